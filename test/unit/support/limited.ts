/** A service that takes so many requests a second, and those who ask it, in virtual time. */
import type { Pace } from "../../../provider/api/pace";

/** Whether a request that comes at that moment is taken. */
export type Limiter = (now: number) => boolean;

/** Fewer at once than are added in a second: a small bucket. */
export function bucket(perSecond: number, atOnce: number): Limiter {
  let tokens = atOnce;
  let last = 0;
  return (now) => {
    tokens = Math.min(atOnce, tokens + ((now - last) * perSecond) / 1000);
    last = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}

/** `phase`: how far the first window is, in milliseconds. */
export const limiters: Readonly<Record<string, (perSecond: number, phase: number) => Limiter>> = {
  "a bucket of tokens": (perSecond) => bucket(perSecond, perSecond),
  "windows of a second": (perSecond, phase) => {
    let window = Number.NaN;
    let count = 0;
    return (now) => {
      const current = Math.floor((now + phase) / 1000);
      if (current !== window) count = 0;
      window = current;
      if (count >= perSecond) return false;
      count++;
      return true;
    };
  },
  "a look back over a second": (perSecond) => {
    let taken: number[] = [];
    return (now) => {
      taken = taken.filter((at) => at > now - 1000);
      if (taken.length >= perSecond) return false;
      taken.push(now);
      return true;
    };
  },
};

export interface Situation {
  readonly pace: Pace;
  readonly limiter: Limiter;
  readonly requests: number;
  /** How many are on their way at most. */
  readonly inFlight: number;
  /** The way there takes between these, and so does the way back. */
  readonly way: readonly [number, number];
  readonly retryAfterMs?: number;
  /** 0 up to 1. */
  readonly random: () => number;
}

export interface Outcome {
  readonly seconds: number;
  readonly refused: number;
}

/** Sends all, and those that were refused again after a while, as the client does. */
export function run({ pace, limiter, requests, inFlight, way, retryAfterMs, random }: Situation): Outcome {
  const events: { readonly at: number; readonly act: () => void }[] = [];
  const later = (at: number, act: () => void) => {
    const index = events.findIndex((event) => event.at > at);
    events.splice(index < 0 ? events.length : index, 0, { at, act });
  };
  let now = 0;
  let flying = 0;
  let waiting = requests;
  let refused = 0;
  let last = 0;
  const travel = () => way[0] + random() * (way[1] - way[0]);
  const go = () => {
    while (waiting > 0 && flying < inFlight) {
      waiting--;
      flying++;
      attempt();
    }
  };
  const attempt = () => {
    const wait = pace.wait(now);
    if (wait > 0) {
      later(now + Math.ceil(wait), attempt);
      return;
    }
    const sent = pace.send(now);
    later(now + travel(), () => {
      const ok = limiter(now);
      if (ok) last = now;
      later(now + travel(), () => {
        flying--;
        if (ok) pace.taken(sent, now);
        else {
          refused++;
          pace.refused(sent, now, retryAfterMs);
          later(now + Math.max(retryAfterMs ?? 0, 125 + random() * 125), () => {
            waiting++;
            go();
          });
        }
        go();
      });
    });
  };
  go();
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    now = event.at;
    event.act();
  }
  return { seconds: last / 1000, refused };
}
