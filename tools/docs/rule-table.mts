/** README's table of rules, with the figures of provider/rules/limits. */
import { readable } from "../durations.mts";
import { table } from "./markdown.mts";
import type { Provider } from "./provider.mts";

export function ruleTable(limits: Provider["limits"]): string {
  const { compute, resourceId, endpointId, displayName, groupSize } = limits;
  const rows = [
    [
      "`projectId`, `branchId`, `endpointId`",
      `${resourceId.least} to ${resourceId.most} lower-case letters, digits or hyphens, a letter first and no hyphen last; an \`endpointId\` has at least ${endpointId.least}`,
    ],
    ["`displayName`", `${displayName.least} to ${displayName.most} characters`],
    ["`pgVersion`", limits.pgVersions.join(", ")],
    ["`historyRetentionDuration`", span(limits.historyRetention)],
    ["`suspendTimeoutDuration`", span(limits.suspendTimeout)],
    ["`ttl`, `slidingTtl`", `at most ${readable(limits.branchTtl.most)}`],
    [
      "Size of a compute",
      `${compute.smallest} or a whole number up to ${compute.largestAutoscaling} CU; above that ${compute.fixed.join(", ")}, with minimum and maximum equal`,
    ],
    [
      "Minimum and maximum",
      `minimum not above maximum, and at most ${compute.spread} CU apart; \`lakebase:autoscalingSpreadLimit\` raises this to at most ${compute.serviceSpread}`,
    ],
    [
      "High availability (`group`)",
      `${groupSize.least} to ${groupSize.most} computes, \`min\` and \`max\` equal; more than one needs \`noSuspension\``,
    ],
    [
      "One of several",
      "at most one of `ttl`, `slidingTtl`, `expireTime`, `noExpiry`; of `suspendTimeoutDuration`, `noSuspension`; of `sourceBranchLsn`, `sourceBranchTime`, `sourceSnapshot`",
    ],
    ["`sourceBranch`", "a branch of the same project, not the branch itself, and not one that expires"],
    ["Expiration", "not on a protected branch, the default branch, `production`, or a branch that has children"],
    ["Read-write endpoint", "one per branch, and its id is `primary`"],
    [
      "Project",
      `at most ${limits.protectedBranchesPerProject} protected and ${limits.branchesPerProject} branches in all, ${limits.rootBranchesPerProject} root branches (\`production\` and restored ones) and ${limits.snapshotsPerProject} snapshots, as far as the program declares them`,
    ],
    [
      "Branch",
      `at most ${limits.rolesPerBranch} roles, ${limits.databasesPerBranch} databases and ${limits.readReplicasPerBranch} read replicas, as far as the program declares them`,
    ],
    ["`role`, `reassignOwnedTo`", "a role of the same branch, and not the one that is deleted"],
    [
      "Unity Catalog",
      `a database in one catalog; at most ${limits.syncedTablesPerSource} synced tables from one source`,
    ],
    ["Names", "no two resources of a program with the same full name; no argument that the resource does not have"],
    [
      "Data",
      "no replacement of a `Project`, `Branch`, `Database` or `Snapshot` without `allowReplace`, and none of a `Project` or `Branch` with `deletionProtection`",
    ],
  ];
  return table(["What", "Limit"], rows);
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function span({ least, most }: Range): string {
  return `${readable(least)} to ${readable(most)}`;
}
