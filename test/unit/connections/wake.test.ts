import { EventEmitter } from "node:events";
import { connectWithRetry } from "../../../provider/connections/wake";

/** Time that passes only by waiting. */
class Clock {
  waited = 0;
  now = () => this.waited;
  random = () => 1;
  sleep = async (ms: number) => {
    this.waited += ms;
  };
}

/** A pool whose compute refuses with these errors, one after the other, and then lets in. */
class Pool extends EventEmitter {
  tries = 0;
  readonly #refusals: unknown[];

  constructor(...refusals: readonly unknown[]) {
    super();
    this.#refusals = [...refusals];
  }

  async connect(): Promise<string> {
    this.tries++;
    if (this.#refusals.length > 0) throw this.#refusals.shift();
    return "a client";
  }
}

const refusal = (code: string) => Object.assign(new Error("refused"), { code });
const hungUp = new Error("Connection terminated unexpectedly");

const passing = [
  { name: "a server that starts", refusals: [refusal("57P03")] },
  { name: "a server that stops", refusals: [refusal("57P01"), refusal("57P03")] },
  { name: "nobody who listens", refusals: [refusal("ECONNREFUSED"), refusal("ECONNREFUSED")] },
  { name: "a listener that hangs up", refusals: [refusal("ECONNRESET"), hungUp] },
  { name: "nobody at any address", refusals: [new AggregateError([refusal("ECONNREFUSED"), refusal("ECONNREFUSED")])] },
];

test.each(passing)("$name: tried again until it lets in", async ({ refusals }) => {
  const pool = new Pool(...refusals);
  expect(await connectWithRetry(pool, {}, new Clock())).toBe("a client");
  expect(pool.tries).toBe(refusals.length + 1);
});

const lasting = [
  { name: "a wrong password", refused: refusal("28P01") },
  { name: "a database that is not there", refused: refusal("3D000") },
  { name: "a certificate that is not trusted", refused: refusal("SELF_SIGNED_CERT_IN_CHAIN") },
  { name: "a host without an address", refused: new AggregateError([refusal("ECONNREFUSED"), refusal("ENOTFOUND")]) },
  { name: "no error at all", refused: undefined },
];

test.each(lasting)("$name: told at once", async ({ refused }) => {
  const pool = new Pool(refused);
  await expect(connectWithRetry(pool, {}, new Clock())).rejects.toBe(refused);
  expect(pool.tries).toBe(1);
});

test("patience ends, with the last refusal", async () => {
  const clock = new Clock();
  const pool = new Pool(...Array.from({ length: 100 }, () => refusal("57P03")));
  await expect(connectWithRetry(pool, { patienceMs: 5000 }, clock)).rejects.toMatchObject({ code: "57P03" });
  expect(clock.waited).toBeLessThanOrEqual(5000);
  expect(pool.tries).toBeGreaterThan(3);
});

test("a pool that nobody listens to survives a connection that a sleeping compute ended", async () => {
  const pool = new Pool();
  await connectWithRetry(pool, {}, new Clock());
  expect(() => pool.emit("error", hungUp)).not.toThrow();
  await connectWithRetry(pool, {}, new Clock());
  expect(pool.listenerCount("error")).toBe(1);
});

test("a pool whose program listens keeps its own listener alone", async () => {
  const pool = new Pool();
  pool.on("error", () => {});
  await connectWithRetry(pool, {}, new Clock());
  expect(pool.listenerCount("error")).toBe(1);
});
