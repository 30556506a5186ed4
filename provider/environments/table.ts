/** The table of environments: its keys, most of which are arguments of resources as these declare them. */
import { z } from "zod";
import { branch } from "../resources/branch";
import { database } from "../resources/database";
import { endpoint } from "../resources/endpoint";
import { project } from "../resources/project";
import { projectPermissions } from "../resources/project-permissions";
import { role } from "../resources/role";
import { readReplicasPerBranch } from "../rules/limits";
import type { CommonArgs } from "../schema/common";
import { flag, type Reference, text } from "../schema/values";
import { presetNames } from "./presets";

type Shape = z.ZodRawShape;

function without<S extends Shape, Key extends keyof S>(shape: S, ...keys: readonly Key[]): Omit<S, Key> {
  return Object.fromEntries(Object.entries(shape).filter(([key]) => !keys.some((other) => other === key))) as Omit<
    S,
    Key
  >;
}

const fromParent = ["parent", "adopt", "deleteOnRelease"] satisfies readonly ("parent" | keyof CommonArgs)[];

const compute = without(endpoint.args, ...fromParent, "endpointId", "endpointType");

const replicas = {
  /** How many there are to be: 0 to 6. */
  count: z
    .int(`must be a whole number, 0 to ${readReplicasPerBranch}`)
    .min(0, `is too small; write 0 to ${readReplicasPerBranch}`)
    .max(readReplicasPerBranch, `is too large; write 0 to ${readReplicasPerBranch}`),
  ...compute,
};

const roleKeys = {
  /** The name in Postgres. Default: the key. A change replaces the role. */
  postgresRole: role.args.postgresRole.optional(),
  ...without(role.args, ...fromParent, "postgresRole", "reassignOwnedTo"),
  /** The key of the role that gets what this one owns when it is deleted. Without it, a role that owns something is not deleted. */
  reassignOwnedTo: text().optional(),
};

const databaseKeys = {
  /** The name in Postgres. Default: the key. A change renames the database. */
  postgresDatabase: database.args.postgresDatabase.optional(),
  ...without(database.args, ...fromParent, "postgresDatabase", "role"),
  /** The owner: the key of a role of this environment, or of one that it is made from. */
  role: z.string("must be the key of a role, its owner"),
};

const migrations = {
  /** The folder with `.sql` files, from the program's directory. */
  folder: text().min(1, "is empty; write a folder"),
  /** The key of the database that they are run in. Default: the only one that the environment has, and `databricks_postgres` where it has none. */
  database: text().optional(),
  /** The key of the role that they are run as. Default: the identity that Pulumi runs as. */
  role: text().optional(),
};

const environment = {
  /** What its compute is unless `compute` says otherwise: `small` (0.5–2 CU, asleep after 5m), `standard` (1–4 CU, asleep after 1h) or `highAvailability` (2 × 2–8 CU, never asleep). Default: what `defaultEndpointSettings` say. */
  preset: z.enum(presetNames, `must be ${presetNames.map((name) => `"${name}"`).join(", ")}`).optional(),
  /** The key of the environment that its branch is made from. Default `production`. A change replaces the branch. */
  sourceEnvironment: text().optional(),
  ...without(branch.args, ...fromParent, "branchId", "sourceBranch", "sourceSnapshot", "isProtected"),
  /** Whether the branch is protected from deletion, reset and expiry. One branch of a project can be. Default: `production` is, unless the table's `deletionProtection` is `false`. */
  isProtected: flag().optional(),
  /** Its read-write compute `primary`: what is said here counts more than the preset. */
  compute: z.strictObject(compute, notA("set of arguments of its compute")).optional(),
  /** Read replicas `reader-1`, `reader-2` and so on: how many, or `{ count, … }` with sizes of their own. Without these, each is as one compute of `primary`. Default: none. */
  replicas: z
    .union(
      [replicas.count, z.strictObject(replicas)],
      notA(`number of read replicas, 0 to ${readReplicasPerBranch}, or { count, … }`),
    )
    .optional(),
  /** Roles by key. Those that the branch has from its source need no entry; one with an entry is taken over. */
  roles: z
    .record(text(), z.strictObject(roleKeys, notA("set of arguments of a role")), notA("map of roles"))
    .optional(),
  /** Databases by key. Those that the branch has from its source need no entry; one with an entry is taken over. */
  databases: z
    .record(text(), z.strictObject(databaseKeys, notA("set of arguments of a database")), notA("map of databases"))
    .optional(),
  /** A folder of `.sql` files that `SqlScript` runs, or `{ folder, database, role }`. What has run is noted in the ledger `migrations` of the database, so that it does not run again in a branch that is made from this one. */
  migrations: z
    .union([migrations.folder, z.strictObject(migrations)], notA("folder, or { folder, database, role }"))
    .optional(),
};

const table = {
  ...without(project.args, "initialBranchSpec", "initialEndpointSpec", "defaultBranch", "deletionProtection"),
  /** Whether the project and all that is in `production` are kept from deletion, by Pulumi and by the service, which protects the branch. Default `true`. To destroy it all, or to take something away from `production`, write `false`, run `pulumi up`, then destroy. */
  deletionProtection: flag().optional(),
  /** Who may use and manage the project, in any order. Each entry names one principal. */
  permissions: projectPermissions.args.accessControlList.optional(),
  /** The environments by key, which is the id of its branch. `production` is always there. */
  environments: z.record(
    branch.args.branchId,
    z.strictObject(environment, notA("set of arguments of an environment")),
    notA("map of environments"),
  ),
};

export const tableSchema = z.strictObject(table, notA("table of environments: projectId, environments and so on"));

function notA(what: string): string {
  return `must be a ${what}`;
}

// What programs write: plain values, since the whole table is judged and drawn before anything is made.
type Optional<S extends Shape> = { [K in keyof S]: undefined extends z.input<S[K]> ? K : never }[keyof S];
type Plain<T> = T extends string | number | boolean | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : { readonly [K in keyof T]: Plain<Exclude<T[K], undefined>> };
type Given<T> = Plain<Exclude<T, Reference | undefined>>;
type Written<S extends Shape> = {
  readonly [K in keyof Omit<S, Optional<S>>]: Given<z.input<S[K]>>;
} & {
  readonly [K in keyof Pick<S, Optional<S>>]?: Given<z.input<S[K]>> | undefined;
};

/** A compute, as an environment says it. */
export type ComputeOfTable = Written<typeof compute>;
/** Read replicas with sizes of their own. */
export type ReplicasOfTable = Written<typeof replicas>;
/** A role of an environment. */
export type RoleOfTable = Written<typeof roleKeys>;
/** A database of an environment. */
export type DatabaseOfTable = Written<typeof databaseKeys>;
/** Migrations of an environment. */
export type MigrationsOfTable = Written<typeof migrations>;

type Replaced<T, By> = Omit<T, keyof By> & By;

/** One environment of a table. */
export type EnvironmentArgs = Written<typeof environment>;

/** A project and its environments. */
export type EnvironmentTable<Key extends string = string> = Replaced<
  Written<typeof table>,
  {
    /** The environments by key, which is the id of its branch. `production` is always there. */
    readonly environments: { readonly [K in Key]: EnvironmentArgs };
  }
>;
