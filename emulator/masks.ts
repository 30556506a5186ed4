import { invalid, required } from "./errors";
import { at, type JsonObject, set, unset } from "./json";
import type { Groups } from "./shape";

/** What `update_mask` may name in one collection, and what it does (probed 2026-08-31, 2026-09-03, 2026-09-21). */
export interface MaskRules {
  /** Every accepted path, verbatim; leaves are those that no other path continues. */
  readonly paths: readonly string[];
  /** Oneof groups by their path: the members stand where the group's last segment would. */
  readonly groups: Groups;
  /** Whole messages that may be named without being in the body; they change nothing. */
  readonly tolerated: readonly string[];
  /** Leaves that a mask of the whole `spec` clears when the body omits them. */
  readonly resets: readonly string[];
  /** Leaves that `*` leaves out when the body does. */
  readonly starSkips: readonly string[];
  /** Paths that may be named without being in the body: that empties them. */
  readonly empties?: readonly string[];
  /** What a request without a mask means. Absent: a mask is required. */
  readonly byDefault?: string;
  /** Leaves that `*` empties when the body omits them. */
  readonly starClears?: readonly string[];
  /** `spec` beside other paths means `*`, and other paths that overlap are refused. */
  readonly strict?: true;
}

/** The paths that a mask names, all of them known and present in the body. */
export function readMask(rules: MaskRules, mask: string, body: JsonObject): readonly string[] {
  const named = mask
    .split(",")
    .map((path) => path.trim())
    .filter((path) => path !== "");
  const paths = named.length === 0 && rules.byDefault !== undefined ? [rules.byDefault] : named;
  if (paths.length === 0) throw required("update_mask");
  const unknown = paths.find((path) => path !== "*" && !rules.paths.includes(path));
  // An unknown path is reported before a missing value (databricks/cli testserver).
  if (unknown !== undefined) throw invalid(`Unknown field path in update_mask: '${unknown}'`);
  const means = (path: string) => path === "*" || (path === "spec" && rules.strict && paths.length > 1);
  if (paths.some(means)) {
    const all = leaves(rules).filter((path) => !(rules.starSkips.includes(path) && isEmpty(rules, path, body)));
    return all.map((path) => (rules.starClears?.includes(path) ? path : demand(rules, path, body)));
  }
  const inner = rules.strict && paths.find((path) => paths.some((other) => path.startsWith(`${other}.`)));
  // That it is refused is known from databricks/cli (2026-08), the text is an invention.
  if (inner !== undefined) throw invalid(`Field path in update_mask overlaps with another: '${inner}'`);
  return paths.filter((path) => !rules.tolerated.includes(path)).map((path) => demand(rules, path, body));
}

/** `current` after the masked parts of `body` were written over it. */
export function applyMask(
  rules: MaskRules,
  paths: readonly string[],
  body: JsonObject,
  current: JsonObject,
): JsonObject {
  let next = current;
  for (const path of paths) {
    next = path === "spec" ? applyWhole(rules, body, next) : applyPath(rules, path, body, next);
  }
  return next;
}

/** `current` after every settable leaf that `body` has was written over it; what it omits stays. */
export function applyGiven(rules: MaskRules, body: JsonObject, current: JsonObject): JsonObject {
  return leaves(rules)
    .filter((path) => isPresent(rules, path, body))
    .reduce((next, path) => applyPath(rules, path, body, next), current);
}

/** A mask of the whole `spec` patches: what is given is written, a few omitted leaves go back to their defaults. */
function applyWhole(rules: MaskRules, body: JsonObject, current: JsonObject): JsonObject {
  const cleared = rules.resets
    .filter((path) => !isPresent(rules, path, body))
    .reduce((next, path) => clear(rules, path, next), current);
  return applyGiven(rules, body, cleared);
}

function applyPath(rules: MaskRules, path: string, body: JsonObject, current: JsonObject): JsonObject {
  let next = clear(rules, path, current);
  for (const member of members(rules, path)) {
    const given = at(body, member);
    if (given !== undefined) next = set(next, member, given);
  }
  return next;
}

function clear(rules: MaskRules, path: string, current: JsonObject): JsonObject {
  return members(rules, path).reduce(unset, current);
}

/** A masked path must be in the body, and so must the oneof of a masked nested message, but not that of `spec` itself. */
function demand(rules: MaskRules, path: string, body: JsonObject): string {
  const nested = Object.keys(rules.groups).filter((group) => path !== "spec" && parent(group) === path);
  for (const wanted of [path, ...nested]) {
    if (!rules.empties?.includes(wanted) && !isPresent(rules, wanted, body)) {
      throw invalid(`Field '${wanted}' is in update_mask but not provided in request`);
    }
  }
  return path;
}

function isPresent(rules: MaskRules, path: string, body: JsonObject): boolean {
  return members(rules, path).some((member) => at(body, member) !== undefined);
}

function isEmpty(rules: MaskRules, path: string, body: JsonObject): boolean {
  const given = at(body, path);
  return !isPresent(rules, path, body) || (Array.isArray(given) && given.length === 0);
}

/** The paths in a document that a mask path stands for: itself, or the members of a group. */
function members(rules: MaskRules, path: string): readonly string[] {
  return rules.groups[path]?.map((member) => `${parent(path)}.${member}`) ?? [path];
}

function parent(path: string): string {
  return path.split(".").slice(0, -1).join(".");
}

function leaves(rules: MaskRules): readonly string[] {
  return rules.paths.filter(
    (path) => !rules.tolerated.includes(path) && !rules.paths.some((other) => other.startsWith(`${path}.`)),
  );
}
