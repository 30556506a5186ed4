/** A way to the emulator that is cut at one request: there it stays, before the service has got it or before its answer is through. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** `before`: the service never gets the request. `after`: it has done what was asked, and nobody hears of it. */
export type Side = "before" | "after";

export class CutWay implements AsyncDisposable {
  readonly #server: Server;
  #left = Number.POSITIVE_INFINITY;
  #side: Side = "before";
  #reached = Promise.withResolvers<void>();

  private constructor(readonly emulator: string) {
    this.#server = createServer((asked, answer) => this.#pass(asked, answer));
  }

  static async to(emulator: string): Promise<CutWay> {
    const way = new CutWay(emulator);
    await new Promise<void>((resolve) => way.#server.listen(0, "127.0.0.1", resolve));
    return way;
  }

  get url(): string {
    // A server that listens on a port has an address of this kind.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Cuts at the `n`-th request from now. What this answers resolves when it is there. */
  at(n: number, side: Side): Promise<void> {
    this.#left = n;
    this.#side = side;
    this.#reached = Promise.withResolvers();
    return this.#reached.promise;
  }

  /** Lets everything through. */
  mend(): void {
    this.#left = Number.POSITIVE_INFINITY;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    this.#left -= 1;
    const isLast = this.#left === 0;
    // What comes after it is not to arrive either: who sent it is about to end.
    if (this.#left < 0 || (isLast && this.#side === "before")) {
      this.#reached.resolve();
      return;
    }
    const passed = request(
      new URL(asked.url ?? "/", this.emulator),
      { method: asked.method, headers: asked.headers },
      (got) => {
        if (isLast) {
          got.resume();
          got.on("end", () => this.#reached.resolve());
          return;
        }
        answer.writeHead(got.statusCode ?? 500, got.headers);
        got.pipe(answer);
      },
    );
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  }
}
