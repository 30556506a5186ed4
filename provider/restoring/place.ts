/** Where a restored branch lies and what it is called, where nobody says it. */
import { createHash } from "node:crypto";
import { resourceId } from "../rules/limits";
import { lsn, utc } from "../schema/values";

export { projectOf } from "../schema/name";

/** A moment (RFC 3339), or a position in the write-ahead log. */
export type Point = { readonly time: string } | { readonly lsn: string };

/**
 * `production-at-20261201t100000z`, `production-at-0-1a2b3c4`: one id for all spellings of a point, and another for each
 * other point or source of a project.
 */
export function restoredBranchId(source: string, point: Point): string {
  const from = source.split("/").at(-1) ?? "";
  const moment = canonical(point);
  const stamp = plain(moment ?? "");
  const whole = `${from}-at-${stamp}`;
  if (moment !== undefined && resourceId.pattern.test(whole)) return whole;
  const hash = createHash("sha256")
    .update(JSON.stringify([source, moment ?? point]))
    .digest("hex")
    .slice(0, 8);
  const end = ["", "at", stamp, hash].filter((part, index) => index === 0 || part !== "").join("-");
  // What is no branch's name and no point is refused by the branch's own check, which is to find fault with that alone.
  const start = plain(from).replace(/^(?![a-z])/, "r-");
  return `${start.slice(0, resourceId.most - end.length).replace(/-+$/, "")}${end}`;
}

/** The same for all ways of writing one point; `undefined` for what is none. */
function canonical(point: Point): string | undefined {
  return "lsn" in point ? lsn().safeParse(point.lsn).data : utc(point.time)?.replace(/[-:]/g, "");
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
