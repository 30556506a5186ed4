import { invalid } from "./errors";
import { type JsonObject, set, textAt, unset } from "./json";
import { type Check, duration, instant, onlyTrue } from "./shape";
import type { Stored } from "./stored";
import { formatInstant, parseInstant, parseSeconds } from "./values";

/** The members of the oneof by which branches and snapshots are told how long they live. */
export const EXPIRATION = ["ttl", "expire_time", "no_expiry"] as const;

export const EXPIRATION_FIELDS: Readonly<Record<(typeof EXPIRATION)[number], Check>> = {
  ttl: duration(0, Number.MAX_SAFE_INTEGER),
  expire_time: instant,
  no_expiry: onlyTrue(
    "Invalid 'no_expiry' value: must be true to disable expiration. Provide 'ttl' or 'expire_time' instead.",
  ),
};

/** The end that `inputs` mean. A ttl counts from the creation, also when it is set later. */
export function readExpiry(inputs: JsonObject, createTime: number): number | undefined {
  const ttl = parseSeconds(textAt(inputs, "spec.ttl") ?? "");
  return ttl === undefined ? parseInstant(textAt(inputs, "spec.expire_time") ?? "") : createTime + ttl * 1_000;
}

/** The text is an invention. */
export function checkFuture(expiry: number, now: number): void {
  if (expiry <= now) throw invalid("expiration time must be in the future");
}

/** `inputs` with the moment in place of whichever member was given. */
export function withExpiry(inputs: JsonObject, expiry: number | undefined): JsonObject {
  const kept = EXPIRATION.reduce((next, member) => unset(next, `spec.${member}`), inputs);
  if (expiry === undefined) return kept;
  return set(kept, "spec.expire_time", formatInstant(expiry));
}

export function expiresAt(stored: Stored): number | undefined {
  return parseInstant(textAt(stored.inputs, "spec.expire_time") ?? "");
}
