/** Kinds of values that several resources have. */
import { z } from "zod";
import * as limits from "../rules/limits";
import { marks, type Wire } from "../schema/marks";
import { type Path, valueAt } from "../schema/unknown";
import { text } from "../schema/values";
import { words } from "../schema/words";

export function computeSize() {
  const { smallest, largestAutoscaling, fixed } = limits.compute;
  return z.number("must be a number of compute units (CU)").register(words, {
    limits: `${smallest}, 1 to ${largestAutoscaling}, or a fixed size up to ${Math.max(...fixed)}`,
  });
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

/** The service turns a ttl into a moment and does not show it again: it counts from the object's creation. */
export function remainingTtl(resource: Wire): string | undefined {
  const expires = valueAt(resource, ["status", "expire_time"]);
  const created = resource["create_time"];
  if (typeof expires !== "string" || typeof created !== "string") return undefined;
  const lifetime = Math.round((Date.parse(expires) - Date.parse(created)) / 1000);
  return Number.isFinite(lifetime) ? `${lifetime}s` : undefined;
}

/** A name in Postgres, which cuts off what is longer. */
export function postgresName(what: string, reserved = /^$/) {
  const most = limits.postgresNameBytes;
  return text()
    .min(1, `is empty; write ${what}`)
    .refine((name) => name === "" || !reserved.test(name), "begins with pg_, as Postgres's own do; write another name")
    .refine((name) => Buffer.byteLength(name) <= most && !name.includes("\0"), {
      error: `is no name in Postgres; write ${what} with at most ${most} bytes`,
    })
    .register(words, { limits: `1 to ${most} bytes` });
}

/** What becomes of one that the service has deleted because its time had come. */
export function onExpiry() {
  return z
    .enum(["recreate", "forget"], 'must be "recreate" or "forget"')
    .optional()
    .register(marks, { place: "local" });
}

/** What to do where a deleted one holds the id. */
export function onTombstone() {
  return z
    .enum(["fail", "undelete", "purge"], 'must be "fail", "undelete" or "purge"')
    .optional()
    .register(marks, { place: "local" });
}
