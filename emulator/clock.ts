/** Time as the emulator sees it: the machine's (or a test's), moved by an offset that can be set. */
export class Clock {
  constructor(
    private readonly source: () => number,
    private offset = 0,
  ) {}

  now(): number {
    return this.source() + this.offset;
  }

  advance(milliseconds: number): void {
    this.offset += milliseconds;
  }

  set(instant: number): void {
    this.offset = instant - this.source();
  }

  get shift(): number {
    return this.offset;
  }

  set shift(milliseconds: number) {
    this.offset = milliseconds;
  }
}
