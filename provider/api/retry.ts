/** Retrying as a value: a retrier answers how long to wait until the next try, or that there is none. */
import { ApiError, ConnectionError, isConflict } from "./errors";

export interface Clock {
  now(): number;
  /** Over earlier when `until` is. */
  sleep(ms: number, until?: Promise<unknown>): Promise<void>;
  /** 0 up to 1, for jitter. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, until) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      until?.then(() => {
        clearTimeout(timer);
        resolve();
      });
    }),
  random: () => Math.random(),
};

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** Milliseconds until the next try of a request that ended like this, or `undefined`: never. */
export type Retrier = (failure: unknown) => number | undefined;

const first = 250;
const longest = 10_000;

/** How long nobody at all may be reached, in milliseconds: more is not a hiccup but a wrong address. */
const unreachedBudget = 10_000;

/** Tries again what passes by itself, ever slower, until the budget is used up. A `Retry-After` is kept to. */
export function retrier(method: Method, budgetMs: number, clock: Clock): Retrier {
  const start = clock.now();
  let tries = 0;
  return (failure) => {
    if (!passesByItself(method, failure)) return undefined;
    const unreached = failure instanceof ConnectionError && !failure.mayHaveArrived;
    const delay = delayAfter(failure, tries++, clock);
    const end = start + (unreached ? Math.min(budgetMs, unreachedBudget) : budgetMs);
    return clock.now() + delay > end ? undefined : delay;
  };
}

/** Milliseconds to wait after a failure before try number `tries` (from 0) is made again. */
export function delayAfter(failure: unknown, tries: number, clock: Clock): number {
  const slower = Math.min(longest, first * 2 ** tries);
  const asked = failure instanceof ApiError ? (failure.retryAfterMs ?? 0) : 0;
  return Math.max(asked, slower * (0.5 + clock.random() / 2));
}

/**
 * A create is not repeated after a 500 or a lost connection: it may have happened, so the caller looks for the object
 * first. The other methods mean the same the second time. A certificate that is not trusted stays so.
 */
function passesByItself(method: Method, failure: unknown): boolean {
  if (failure instanceof ConnectionError) {
    return failure.mayHaveArrived
      ? method !== "POST"
      : !/CERT|TLS|SSL|certificate|UND_ERR_INVALID_ARG/.test(failure.message);
  }
  if (!(failure instanceof ApiError)) return false;
  if (failure.status === 429 || failure.status === 503 || isConflict(failure)) return true;
  if (failure.status === 504 || failure.status === 502) return method !== "POST";
  return failure.status === 500 && (method === "GET" || method === "DELETE");
}
