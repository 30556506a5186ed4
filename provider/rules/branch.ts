/** What a branch may be, judged from its own arguments. */

import type { Rule } from "../schema/rule";
import { readable } from "../schema/values";
import { branchTtl, rootBranchId } from "./limits";

export interface BranchArguments {
  readonly parent: string;
  readonly branchId: string;
  readonly sourceBranch?: string | undefined;
  readonly sourceBranchLsn?: string | undefined;
  readonly sourceBranchTime?: string | undefined;
  readonly sourceSnapshot?: string | undefined;
  readonly ttl?: string | undefined;
  readonly expireTime?: string | undefined;
  readonly slidingTtl?: string | undefined;
  readonly renewOn?: string | undefined;
  readonly isProtected?: boolean | undefined;
}

type Expiry = "ttl" | "expireTime" | "slidingTtl";

export function expiry(branch: Pick<BranchArguments, Expiry>): Expiry | undefined {
  if (branch.slidingTtl !== undefined) return "slidingTtl";
  if (branch.ttl !== undefined) return "ttl";
  return branch.expireTime !== undefined ? "expireTime" : undefined;
}

/** `sourceBranch` is a branch of the same project. */
const sourceInSameProject: Rule<BranchArguments> = ({ parent, sourceBranch }) => {
  if (sourceBranch === undefined || sourceBranch.startsWith(`${parent}/`)) return undefined;
  return {
    property: "sourceBranch",
    message: `is ${sourceBranch}, which is not in ${parent}; give a branch of the same project`,
  };
};

/** No branch is made from itself. */
const notItsOwnSource: Rule<BranchArguments> = ({ parent, branchId, sourceBranch }) =>
  sourceBranch === `${parent}/branches/${branchId}`
    ? { property: "sourceBranch", message: "is the branch itself; give the branch that it is made from" }
    : undefined;

/** `sourceSnapshot` is a snapshot of the same project. */
const snapshotInSameProject: Rule<BranchArguments> = ({ parent, sourceSnapshot }) => {
  if (sourceSnapshot === undefined || sourceSnapshot.startsWith(`${parent}/`)) return undefined;
  return {
    property: "sourceSnapshot",
    message: `is ${sourceSnapshot}, which is not in ${parent}; give a snapshot of the same project`,
  };
};

/** A branch that is restored from a snapshot has no source: the service shows none, so it would be asked for again and again. */
const restoredHasNoSource: Rule<BranchArguments> = ({ sourceBranch, sourceSnapshot }) =>
  sourceBranch !== undefined && sourceSnapshot !== undefined
    ? {
        property: "sourceBranch",
        message: "does not go with sourceSnapshot: a branch that is restored has no source; give only one of them",
      }
    : undefined;

const sources = ["sourceBranch", "sourceBranchLsn", "sourceBranchTime", "sourceSnapshot"] as const;

/** `production` has no source. */
const rootHasNoSource: Rule<BranchArguments> = (branch) => {
  if (branch.branchId !== rootBranchId) return undefined;
  const property = sources.find((source) => branch[source] !== undefined);
  return (
    property && {
      property,
      message: `does not apply to '${rootBranchId}', the root that the service makes with the project; leave it out`,
    }
  );
};

/** A protected branch does not expire. */
const protectedNeverExpires: Rule<BranchArguments> = (branch) => {
  if (branch.isProtected !== true) return undefined;
  const property = expiry(branch);
  return (
    property && {
      property,
      message:
        "does not go with isProtected: a protected branch cannot expire; write noExpiry: true, or isProtected: false",
    }
  );
};

/** `production` does not expire. */
const rootNeverExpires: Rule<BranchArguments> = (branch) => {
  if (branch.branchId !== rootBranchId) return undefined;
  const property = expiry(branch);
  return property && { property, message: `does not apply to '${rootBranchId}', which cannot expire; leave it out` };
};

/** `expireTime` lies ahead, by no more than the service allows. One that was declared before is not judged again: it counts from the branch's creation. */
const expiresInTime: Rule<BranchArguments> = ({ expireTime }, { now, before }) => {
  if (expireTime === undefined || now === undefined || before?.["expireTime"] === expireTime) return undefined;
  const left = (Date.parse(expireTime) - now) / 1000;
  if (left > 0 && left <= branchTtl.most) return undefined;
  const most = readable(branchTtl.most);
  const wrong = left > 0 ? `is more than ${most} from now, the most that the service allows` : "is over already";
  return { property: "expireTime", message: `${wrong}; write a moment within ${most} from now` };
};

/** `renewOn` renews `slidingTtl`, and goes with it. */
const renewsWhatSlides: Rule<BranchArguments> = ({ slidingTtl, renewOn }) =>
  renewOn !== undefined && slidingTtl === undefined
    ? { property: "renewOn", message: "renews slidingTtl, which is not given; write slidingTtl, or leave renewOn out" }
    : undefined;

export const branchRules: readonly Rule<BranchArguments>[] = [
  sourceInSameProject,
  notItsOwnSource,
  snapshotInSameProject,
  restoredHasNoSource,
  rootHasNoSource,
  protectedNeverExpires,
  rootNeverExpires,
  expiresInTime,
  renewsWhatSlides,
];
