/** Which branches of a project are swept, and why the others are not. */
import { rootBranchId } from "../rules/limits";
import { readable } from "../schema/durations";
import { lastOf, statusOf, type Wire } from "./inventory";
import { moment } from "./moments";
import type { Owners } from "./stacks";

export interface Looked {
  /** All branches of the project, as the service shows them. */
  readonly branches: readonly Wire[];
  /** What the ids of branches begin with that may be swept. */
  readonly prefix: string;
  /** How old a branch has to be, in seconds. */
  readonly olderThan: number;
  /** The service's clock, in milliseconds since 1970. */
  readonly now: number;
  readonly owners: Owners;
}

export interface Verdict {
  /** Full name of the branch. */
  readonly name: string;
  readonly goes: boolean;
  /** In words for people. */
  readonly why: string;
}

/** One for each branch with the prefix: first those that go, children before what they were made from, then the others. */
export function verdicts(looked: Looked): readonly Verdict[] {
  const { branches, now, owners } = looked;
  const named = branches.filter((branch) => lastOf(branch["name"]).startsWith(looked.prefix));
  const kept = new Map<unknown, string>();
  for (const branch of named) {
    const reason = reasonToKeep(branch, looked);
    if (reason !== undefined) kept.set(branch["name"], reason);
  }
  const going = inOrder(
    named.filter(({ name }) => !kept.has(name)),
    branches,
    (branch, child) => kept.set(branch["name"], `${lastOf(child["name"])} was made from it, and stays`),
  );
  const unowned = owners === undefined ? "" : ", and no stack has it";
  return [
    ...going.map((branch) => ({
      name: String(branch["name"]),
      goes: true,
      why: `made ${moment(branch["create_time"], now)}${unowned}`,
    })),
    ...[...kept].map(([name, why]) => ({ name: String(name), goes: false, why })),
  ];
}

/** Why a branch stays, judged without those that were made from it. */
function reasonToKeep(branch: Wire, { olderThan, now, owners }: Looked): string | undefined {
  const name = String(branch["name"]);
  if (lastOf(name) === rootBranchId) return `${rootBranchId} is never swept`;
  if (statusOf(branch, "default") === true) return "it is the default branch";
  if (statusOf(branch, "is_protected") === true) return "it is protected";
  // The service deletes a root branch with its project only.
  if (statusOf(branch, "source_branch") === undefined) return "it is a root branch, which goes with its project";
  const owner = owners?.get(name);
  if (owner !== undefined) return `the state of ${owner} has it`;
  const age = (now - Date.parse(String(branch["create_time"]))) / 1000;
  if (Number.isNaN(age)) return "the service does not show when it was made";
  if (age < olderThan) {
    return `made ${moment(branch["create_time"], now)}, which is not ${readable(olderThan)} ago`;
  }
  if (statusOf(branch, "current_state") === "INIT" || statusOf(branch, "pending_state") !== undefined) {
    return "the service is at work on it";
  }
  return undefined;
}

/** Children first. Of what has a child that stays, `stays` is told, and it is left out. */
function inOrder(
  candidates: readonly Wire[],
  branches: readonly Wire[],
  stays: (branch: Wire, child: Wire) => void,
): readonly Wire[] {
  const gone = new Set<Wire>();
  let left = candidates;
  for (;;) {
    const blocking = (branch: Wire) =>
      branches.find((one) => statusOf(one, "source_branch") === branch["name"] && !gone.has(one));
    const next = left.filter((branch) => blocking(branch) === undefined);
    if (next.length === 0) {
      for (const branch of left) stays(branch, blocking(branch) ?? branch);
      return [...gone];
    }
    for (const branch of next) gone.add(branch);
    left = left.filter((branch) => !gone.has(branch));
  }
}

/**
 * Whether a branch that was to go still does: it may have become somebody's, or been made anew under its name, while
 * others were deleted. Another end of its time says that somebody renews it. `undefined`: it is gone.
 */
export function stillGoes(name: string, before: Looked, now: Looked): Verdict | undefined {
  const [old, found] = [before, now].map(({ branches }) => branches.find((branch) => branch["name"] === name));
  if (found === undefined) return undefined;
  const child = now.branches.find((branch) => statusOf(branch, "source_branch") === name);
  if (child !== undefined) return { name, goes: false, why: `${lastOf(child["name"])} was made from it, and is there` };
  const isSame = ["uid", "expire_time"].every((key) => shown(found, key) === shown(old, key));
  const verdict = isSame ? verdicts(now).find((one) => one.name === name) : undefined;
  return verdict ?? { name, goes: false, why: "somebody has changed it since" };
}

function shown(branch: Wire | undefined, key: string): unknown {
  return branch && (branch[key] ?? statusOf(branch, key));
}
