import { z } from "zod";
import * as limits from "../rules/limits";
import { atMost, ofRootBranch, uniqueName } from "../rules/stack";
import { define } from "../schema/definition";
import { marks } from "../schema/marks";
import { projectOf } from "../schema/name";
import { valueAt } from "../schema/unknown";
import { duration, flag, id, lsn, only, reference, timestamp } from "../schema/values";
import { onExpiry, remainingTtl } from "./shared";

/**
 * What a root branch held at one moment, kept until it expires or is deleted. `Branch` with `sourceSnapshot` restores it.
 * The service has no way to change one: every change replaces it.
 *
 * @example
 * ```ts
 * new lakebase.Snapshot("before-migration", {
 *   parent: "projects/shop",
 *   snapshotId: "before-migration",
 *   sourceBranch: "projects/shop/branches/production",
 *   ttl: "30d",
 * });
 * ```
 */
export const snapshot = define({
  type: "Snapshot",
  collection: "snapshots",
  id: "snapshotId",
  args: {
    /** The project: a `Project`, or its full name. A change replaces the snapshot. */
    parent: reference("Project").register(marks, { immutable: true, place: "local" }),
    /** The last part of the snapshot's name. A change replaces the snapshot. */
    snapshotId: id(limits.resourceId).register(marks, { immutable: true, place: "local" }),
    /** The root branch that it is taken of: a `Branch`, or its full name. A change replaces the snapshot. */
    sourceBranch: reference("Branch").register(marks, { immutable: true }),
    /** As of this position in the branch's log. Default: now. A change replaces the snapshot. */
    sourceBranchLsn: lsn().optional().register(marks, { immutable: true, oneof: "source point", notShown: true }),
    /** As of this moment (RFC 3339). Default: now. A change replaces the snapshot. */
    sourceBranchTime: timestamp()
      .optional()
      .register(marks, { immutable: true, oneof: "source point", notShown: true }),
    /** The service deletes the snapshot at this moment (RFC 3339). A change replaces the snapshot. */
    expireTime: timestamp().optional().register(marks, { immutable: true, oneof: "expiration", rounded: true }),
    /** The service deletes the snapshot this long after its creation. A change replaces the snapshot. */
    ttl: duration()
      .optional()
      .register(marks, { immutable: true, oneof: "expiration", rounded: true, fromService: remainingTtl }),
    /** `true`: the snapshot never expires. A change replaces the snapshot. */
    noExpiry: only("to let the snapshot expire, write ttl or expireTime instead")
      .optional()
      .register(marks, {
        immutable: true,
        oneof: "expiration",
        fromService: (resource) => (valueAt(resource, ["status", "expire_time"]) === undefined ? true : undefined),
      }),
    /** What becomes of a snapshot that has expired: `recreate` (default) takes it again with the next `up`, `forget` leaves it until an argument changes. */
    onExpiry: onExpiry(),
    /** `true`: a change that replaces the snapshot, and so loses what it keeps, is let through. Default `false`. */
    allowReplace: flag().optional().register(marks, { place: "local" }),
  },
  status: {
    /** `EXPIRED`, once its time has come and `onExpiry: "forget"` remembers it. */
    currentState: z.enum(["EXPIRED"]),
    /** Size of all that it keeps, in bytes. */
    fullSizeBytes: z.union([z.number(), z.string()]),
    /** Size of what it keeps beyond the snapshot before it, in bytes. */
    diffSizeBytes: z.union([z.number(), z.string()]),
  },
  rules: [
    /** `sourceBranch` is a branch of the same project. */
    ({ parent, sourceBranch }) =>
      projectOf(sourceBranch) === parent
        ? undefined
        : {
            property: "sourceBranch",
            message: `is ${sourceBranch}, which is not in ${parent}; give a branch of the same project`,
          },
  ],
  stackRules: [
    uniqueName("snapshotId"),
    ofRootBranch("sourceBranch"),
    atMost(limits.snapshotsPerProject, "parent", "snapshots"),
  ],
  holds: "what it keeps of its branch",
  expires: true,
});
