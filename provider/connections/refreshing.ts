/** Keeps a password until shortly before it ends. */
import type { Clock } from "../api/retry";
import type { Credential } from "./credential";

/** How long before its end a token is not given out any more, as in @databricks/lakebase 0.6. */
const margin = 2 * 60_000;

interface Held extends Credential {
  readonly validUntil: number;
}

/**
 * A callback for a pool: the token that there is, or a new one when that is about to end. However many ask at once, one
 * request is made. While a new one is not to be had, the old one does until its end.
 */
export function refreshing(
  mint: () => Promise<Credential>,
  lifetimeMs: number,
  clock: Pick<Clock, "now">,
): () => Promise<string> {
  let held: Held | undefined;
  let minting: Promise<Held> | undefined;

  async function renew(): Promise<Held> {
    const asked = clock.now();
    const credential = await mint();
    // The service's clock and this machine's may differ: what was asked for counts, unless the service gave less.
    held = { ...credential, validUntil: Math.min(asked + lifetimeMs, Date.parse(credential.expireTime)) };
    return held;
  }

  return async () => {
    if (held && clock.now() < held.validUntil - margin) return held.token;
    minting ??= renew().finally(() => {
      minting = undefined;
    });
    try {
      return (await minting).token;
    } catch (failure) {
      if (held && clock.now() < held.validUntil) return held.token;
      throw failure;
    }
  };
}
