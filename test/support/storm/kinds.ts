/** The kinds of resources that programs declare, with values at random. */
import type { Random } from "./random";

export type Args = Readonly<Record<string, unknown>>;

/** How each kind is named, what of it cannot change, and what of it can, at random. */
interface Kind {
  readonly collection: string;
  /** The id; nothing for what its parent has one of. */
  readonly id: (args: Args) => string | undefined;
  readonly immutable: readonly string[];
  /** Undefined takes the argument out, where its default is known. */
  readonly mutable: Readonly<Record<string, (chance: Random) => unknown>>;
}

const sizes = [0.5, 1, 2, 4];
export const flag = (chance: Random) => chance.pick([true, false, undefined]);

export const kinds: Readonly<Record<string, Kind>> = {
  Project: {
    collection: "projects",
    id: ({ projectId }) => String(projectId),
    immutable: ["pgVersion"],
    mutable: {
      displayName: (chance) => `Shop ${chance.below(100)}`,
      historyRetentionDuration: (chance) => chance.pick(["2d", "14d", "336h", undefined]),
      customTags: (chance) => chance.pick([{ team: "web" }, { team: "data", tier: "2" }, undefined]),
      enablePgNativeLogin: flag,
      defaultEndpointSettings: (chance) =>
        chance.pick([
          { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: chance.pick(sizes) },
          { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 4, suspendTimeoutDuration: "5m" },
          undefined,
        ]),
    },
  },
  ProjectPermissions: {
    collection: "permissions",
    id: () => undefined,
    immutable: [],
    mutable: {
      accessControlList: (chance) => [
        { groupName: "developers", permissionLevel: chance.pick(["CAN_USE", "CAN_MANAGE"]) },
        ...(chance.chance(0.5) ? [{ userName: "dba@example.com", permissionLevel: "CAN_MANAGE" }] : []),
      ],
    },
  },
  Branch: {
    collection: "branches",
    id: ({ branchId }) => String(branchId),
    immutable: ["sourceBranch"],
    mutable: {},
  },
  SnapshotSchedule: {
    collection: "snapshot-schedule",
    id: () => undefined,
    immutable: [],
    mutable: {
      schedule: (chance) => [{ dailySchedule: { hour: chance.below(24) }, retention: chance.pick(["1d", "7d"]) }],
    },
  },
  Endpoint: {
    collection: "endpoints",
    id: ({ endpointId }) => String(endpointId),
    immutable: ["endpointType"],
    mutable: {
      autoscalingLimitMaxCu: (chance) => chance.pick([4, 6, 8]),
      suspendTimeoutDuration: (chance) => chance.pick(["5m", "300s", "1h"]),
      disabled: flag,
      settings: (chance) => chance.pick([{ pgSettings: { work_mem: chance.pick(["8MB", "64MB"]) } }, undefined]),
    },
  },
  Role: {
    collection: "roles",
    id: ({ roleId, postgresRole }) => String(roleId ?? postgresRole),
    immutable: ["postgresRole", "authMethod"],
    mutable: {
      attributes: (chance) => chance.pick([{ createdb: true }, { createdb: true, createrole: true }, undefined]),
      membershipRoles: (chance) => chance.pick([["DATABRICKS_SUPERUSER"], [], undefined]),
    },
  },
  Database: {
    collection: "databases",
    id: ({ databaseId }) => String(databaseId),
    immutable: [],
    mutable: {
      postgresDatabase: (chance) => `orders_${chance.below(1_000_000)}`,
    },
  },
  DataApi: {
    collection: "data-api",
    id: () => undefined,
    immutable: [],
    mutable: {
      dbSchemas: (chance) => chance.pick([["public"], ["public", "api"]]),
      jwtRoleClaimKey: (chance) => chance.pick([".role", ".sub", undefined]),
    },
  },
};

export function kindOf({ type }: { readonly type: string }): Kind {
  const kind = kinds[type];
  if (!kind) throw new Error(`there is no kind ${type}`);
  return kind;
}
