import { readable, seconds } from "../schema/durations";
import { branchId, kindOf } from "./branch-kinds";
import { called, isUnsure, type PolicyRule, type Resource } from "./policy-rule";

const expirations = ["slidingTtl", "ttl", "expireTime", "noExpiry"] as const;

export const previewTtl: PolicyRule = {
  option: "previewTtl",
  name: "lakebase-preview-ttl",
  description:
    "A preview has an end: a pipeline that is killed, or a pull request that nobody closes, leaves a branch behind that costs storage and counts among the project's branches.",

  one(resource, { previewTtl: most, now, branches }) {
    const id = resource.type === "Branch" ? branchId(resource) : undefined;
    if (most === undefined || id === undefined || kindOf(id, { branches }) !== "preview") return undefined;
    if (isUnsure(resource, ...expirations)) return undefined;
    const longest = readable(most);
    const life = lifetime(resource, now);
    if (life === undefined)
      return `${called(resource)} is a preview that never expires; give it a ttl of ${longest} or less`;
    return life.seconds > most
      ? `${called(resource)} is a preview with ${life.words}, and previews live ${longest} at most; shorten its ${life.argument}`
      : undefined;
  },
};

interface Lifetime {
  readonly argument: (typeof expirations)[number];
  readonly seconds: number;
  readonly words: string;
}

/** A `slidingTtl` puts an `expireTime` beside itself, which is only its next value. A value that is none is the provider's to refuse. */
function lifetime({ args }: Resource, now: number): Lifetime | undefined {
  for (const argument of ["slidingTtl", "ttl"] as const) {
    const text = args[argument];
    if (text !== undefined) return { argument, seconds: seconds(String(text)) ?? 0, words: `a ${argument} of ${text}` };
  }
  const { expireTime } = args;
  if (expireTime === undefined) return undefined;
  const left = (Date.parse(String(expireTime)) - now) / 1000;
  return { argument: "expireTime", seconds: left, words: `the expireTime ${expireTime}` };
}
