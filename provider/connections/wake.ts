/** Connecting to a compute that may be asleep. */
import { type Clock, delayAfter, systemClock } from "../api/retry";

/** In milliseconds. */
export const wakePatienceMs = 30_000;

export interface RetryOptions {
  /** How long to go on trying, in milliseconds. Default 30 s; a compute wakes within a second. */
  readonly patienceMs?: number;
}

/** A pool of `pg`, as far as it is used here. */
export interface Pool<Client> {
  connect(): Promise<Client>;
  // Never called. Without the second form, TypeScript would not find the type of clients in that of `pg`.
  connect(callback: (...answer: never[]) => void): void;
  on?(event: "error", listener: () => void): unknown;
  listenerCount?(event: "error"): number;
}

/** The server starts or stops (SQLSTATE), or nobody listens yet, or the listener hangs up. */
const passing: ReadonlySet<unknown> = new Set(["57P03", "57P01", "ECONNREFUSED", "ECONNRESET", "EPIPE"]);
/** What `pg` says, without a code, of a server that hangs up in the middle of a sign-in. */
const hungUp = "Connection terminated unexpectedly";

/**
 * A connection of the pool, tried again while the compute wakes up or its server is started anew.
 *
 * ```ts
 * import { Pool } from "pg";
 *
 * const pool = new Pool(await poolOptions());
 * const client = await connectWithRetry(pool);
 * ```
 *
 * Nothing has run on the connection yet, so trying again repeats nothing. What does not pass by itself, such as a wrong
 * password, is thrown at once; so is the last refusal when patience is over.
 *
 * A compute that goes to sleep ends idle connections, which the pool then drops. Without a listener for its `error` event
 * that would end the program, so a pool that has none gets one that does nothing.
 */
export function connectWithRetry<Client>(
  pool: Pool<Client>,
  { patienceMs = wakePatienceMs }: RetryOptions = {},
  clock: Clock = systemClock,
): Promise<Client> {
  if (pool.listenerCount?.("error") === 0) pool.on?.("error", () => {});
  return untilAwake(() => pool.connect(), clock.now() + patienceMs, clock);
}

async function untilAwake<Result>(connect: () => Promise<Result>, deadline: number, clock: Clock): Promise<Result> {
  for (let tries = 0; ; tries++) {
    try {
      return await connect();
    } catch (failure) {
      const delay = delayAfter(failure, tries, clock);
      if (!passesByItself(failure) || clock.now() + delay > deadline) throw failure;
      await clock.sleep(delay);
    }
  }
}

function passesByItself(failure: unknown): boolean {
  if (typeof failure !== "object" || failure === null) return false;
  const { code, message, errors } = failure as { code?: unknown; message?: unknown; errors?: unknown };
  // Node tries each address of a name and gathers what it met.
  if (Array.isArray(errors) && errors.length > 0) return errors.every(passesByItself);
  return passing.has(code) || (code === undefined && message === hungUp);
}
