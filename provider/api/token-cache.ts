/** A token that is kept while it is valid, and renewed before it is not. */
import type { Clock } from "./retry";

export interface Token {
  readonly value: string;
  /** How long it is valid from now on, in milliseconds. */
  readonly lifetimeMs: number;
}

const minute = 60_000;

/** The most before its end that a token is renewed in the background (databricks-sdk-go's auth/cache.go, 2026-08). */
const longestLead = 20 * minute;

/** Azure Databricks refuses a token with 30 s or less to go (the JavaScript SDK, 0.17, which keeps 10 s more). */
const margin = 40_000;

/** How long a renewal in the background is let be after one has failed; the token at hand is still good (auth/cache.go). */
const pause = minute;

/** Gives the token at hand, or waits for a new one. Only one is fetched at a time, whoever asks. */
export function kept(fetch: () => Promise<Token>, clock: Clock): () => Promise<string> {
  let held: { readonly value: string; readonly renewFrom: number; readonly validUntil: number } | undefined;
  let letBeUntil = 0;
  let fetching: Promise<string> | undefined;

  async function renew(): Promise<string> {
    // Counted from before the request: whatever it takes is lost to the token.
    const start = clock.now();
    const { value, lifetimeMs } = await fetch();
    const end = start + lifetimeMs;
    held = {
      value,
      renewFrom: end - Math.min(lifetimeMs / 2, longestLead),
      validUntil: end - Math.min(lifetimeMs / 2, margin),
    };
    return value;
  }

  function shared(): Promise<string> {
    fetching ??= renew().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  return async () => {
    const now = clock.now();
    if (held === undefined || now >= held.validUntil) return shared();
    if (now >= held.renewFrom && now >= letBeUntil && fetching === undefined) {
      shared().catch(() => {
        letBeUntil = clock.now() + pause;
      });
    }
    return held.value;
  };
}
