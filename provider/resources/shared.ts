/** Kinds of values that several resources have. */
import { z } from "zod";
import * as limits from "../rules/limits";
import type { Wire } from "../schema/marks";
import { type Path, valueAt } from "../schema/unknown";

export function computeSize() {
  return z.number("must be a number of compute units (CU)");
}

export function groupSize() {
  const range = `${limits.groupSize.least} to ${limits.groupSize.most}`;
  return z
    .int(`must be a whole number, ${range}`)
    .min(limits.groupSize.least, `is too small; write ${range}`)
    .max(limits.groupSize.most, `is too large; write ${range}`);
}

export function pgSettings() {
  return z.record(z.string(), z.string('must be a text, such as "64MB" or "on"'), "must be a map of texts");
}

/** The service shows no `no_suspension`: a compute that never sleeps is one without a timeout. */
export function suspensionFromService(at: Path) {
  return (resource: Wire): true | undefined =>
    valueAt(resource, ["status", ...at, "suspend_timeout_duration"]) === undefined ? true : undefined;
}
