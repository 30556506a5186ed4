import type { Clock } from "../../provider/api/retry";

/** A clock that jumps instead of waiting, and takes another along where one is given. */
export class CountedClock implements Clock {
  readonly waits: number[] = [];
  #now = Date.now();

  constructor(readonly advance: (ms: number) => Promise<void> = async () => {}) {}

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.waits.push(Math.round(ms));
    await this.pass(ms);
  }

  /** Time that nobody waited for. */
  async pass(ms: number): Promise<void> {
    this.#now += ms;
    await this.advance(ms);
  }

  random(): number {
    return 1;
  }
}
