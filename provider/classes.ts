/** The classes of all resources. Made by npm run docs from provider/resources. */
import { type Args, type ClassOf, resourceClass } from "./pulumi/resource";
import * as resources from "./resources";

/**
 * A Lakebase project: the unit that holds branches. The service makes the root branch `production` with it, and that
 * branch's read-write endpoint `primary`.
 *
 * ```ts
 * const project = new lakebase.Project("shop", {
 *   projectId: "shop",
 *   displayName: "Shop",
 *   pgVersion: 17,
 *   historyRetentionDuration: "14d",
 *   defaultEndpointSettings: {
 *     autoscalingLimitMinCu: 0.5,
 *     autoscalingLimitMaxCu: 4,
 *     suspendTimeoutDuration: "5m",
 *   },
 *   customTags: { team: "web" },
 * });
 *
 * export const owner = project.status.owner;
 * ```
 */
export const Project: ClassOf<typeof resources.project> = resourceClass(resources.project);
export type Project = InstanceType<typeof Project>;
export type ProjectArgs = Args<typeof resources.project>;

/**
 * Who may use and manage a project: all direct permissions on it. Inherited ones are not touched, and the identity that
 * Pulumi runs as and the project's owner keep managing it, declared or not. Deleting it takes all other direct
 * permissions away.
 *
 * ```ts
 * new lakebase.ProjectPermissions("shop", {
 *   parent: "projects/shop",
 *   accessControlList: [
 *     { groupName: "developers", permissionLevel: "CAN_USE" },
 *     { userName: "dba@example.com", permissionLevel: "CAN_MANAGE" },
 *   ],
 * });
 * ```
 */
export const ProjectPermissions: ClassOf<typeof resources.projectPermissions> = resourceClass(
  resources.projectPermissions,
);
export type ProjectPermissions = InstanceType<typeof ProjectPermissions>;
export type ProjectPermissionsArgs = Args<typeof resources.projectPermissions>;

/**
 * A branch of a project: a copy-on-write fork of another branch, with a read-write endpoint `primary`, databases and
 * roles of its own. Creating `production` takes over the root branch that the service made with the project.
 *
 * ```ts
 * const project = new lakebase.Project("shop", { projectId: "shop" });
 *
 * // A copy of the default branch, which the service deletes after a week.
 * const staging = new lakebase.Branch("staging", { parent: project, branchId: "staging", ttl: "7d" });
 *
 * export const expires = staging.status.expireTime;
 * ```
 */
export const Branch: ClassOf<typeof resources.branch> = resourceClass(resources.branch);
export type Branch = InstanceType<typeof Branch>;
export type BranchArgs = Args<typeof resources.branch>;

/**
 * What a root branch held at one moment, kept until it expires or is deleted. `Branch` with `sourceSnapshot` restores
 * it. The service has no way to change one: every change replaces it.
 *
 * ```ts
 * new lakebase.Snapshot("before-migration", {
 *   parent: "projects/shop",
 *   snapshotId: "before-migration",
 *   sourceBranch: "projects/shop/branches/production",
 *   ttl: "30d",
 * });
 * ```
 */
export const Snapshot: ClassOf<typeof resources.snapshot> = resourceClass(resources.snapshot);
export type Snapshot = InstanceType<typeof Snapshot>;
export type SnapshotArgs = Args<typeof resources.snapshot>;

/**
 * When the service takes snapshots of a root branch by itself. Every branch has one schedule, which begins empty:
 * declaring it sets it, and deleting it empties it.
 *
 * ```ts
 * new lakebase.SnapshotSchedule("nightly", {
 *   parent: "projects/shop/branches/production",
 *   schedule: [
 *     { dailySchedule: { hour: 3 }, retention: "7d" },
 *     { weeklySchedule: { dayOfWeek: "SUNDAY", hour: 4 }, retention: "30d" },
 *   ],
 * });
 * ```
 */
export const SnapshotSchedule: ClassOf<typeof resources.snapshotSchedule> = resourceClass(resources.snapshotSchedule);
export type SnapshotSchedule = InstanceType<typeof SnapshotSchedule>;
export type SnapshotScheduleArgs = Args<typeof resources.snapshotSchedule>;

/**
 * A Postgres database of a branch. Every branch comes with `databricks_postgres`, and a child branch with all that its
 * source has: declaring one of these takes it over.
 *
 * ```ts
 * const owner = new lakebase.Role("app", { parent: "projects/shop/branches/production", postgresRole: "app" });
 * const orders = new lakebase.Database("orders", {
 *   parent: "projects/shop/branches/production",
 *   postgresDatabase: "orders",
 *   role: owner,
 * });
 * ```
 */
export const Database: ClassOf<typeof resources.database> = resourceClass(resources.database);
export type Database = InstanceType<typeof Database>;
export type DatabaseArgs = Args<typeof resources.database>;

/**
 * A Postgres role of a branch: a person, a service principal, a group, or a plain role. The role of whoever made the
 * project, and those that a branch has from its source, exist already: declaring one takes it over.
 *
 * ```ts
 * const owner = new lakebase.Role("app", {
 *   parent: "projects/shop/branches/production",
 *   postgresRole: "8dc75b14-0000-4000-8000-000000000000", // a service principal's application id
 *   identityType: "SERVICE_PRINCIPAL",
 *   attributes: { createdb: true },
 * });
 * ```
 */
export const Role: ClassOf<typeof resources.role> = resourceClass(resources.role);
export type Role = InstanceType<typeof Role>;
export type RoleArgs = Args<typeof resources.role>;

/**
 * The HTTP interface of a database (private preview). The service cannot clear a field once it is set: removing one
 * whose default is not known is refused.
 *
 * ```ts
 * const api = new lakebase.DataApi("orders", {
 *   parent: "projects/shop/branches/production/databases/databricks-postgres",
 *   dbSchemas: ["public", "api"],
 *   dbMaxRows: 1000,
 * });
 * export const url = api.url;
 * ```
 */
export const DataApi: ClassOf<typeof resources.dataApi> = resourceClass(resources.dataApi);
export type DataApi = InstanceType<typeof DataApi>;
export type DataApiArgs = Args<typeof resources.dataApi>;

/**
 * Replication of a Postgres schema into Delta tables (change data feed, public beta). The service has no way to change
 * one: every change replaces it.
 *
 * ```ts
 * new lakebase.CdfConfig("orders", {
 *   parent: "projects/shop/branches/production/databases/databricks-postgres",
 *   postgresSchema: "public",
 *   catalog: "main",
 *   schema: "orders_feed",
 * });
 * ```
 */
export const CdfConfig: ClassOf<typeof resources.cdfConfig> = resourceClass(resources.cdfConfig);
export type CdfConfig = InstanceType<typeof CdfConfig>;
export type CdfConfigArgs = Args<typeof resources.cdfConfig>;

/**
 * A catalog of Unity Catalog that shows one Postgres database of a branch. The service has no way to change one: every
 * change replaces it, which leaves the database as it is. Needs `CREATE CATALOG` on the metastore.
 *
 * ```ts
 * new lakebase.Catalog("orders", {
 *   catalogId: "shop_orders",
 *   branch: "projects/shop/branches/production",
 *   postgresDatabase: "databricks_postgres",
 * });
 * ```
 */
export const Catalog: ClassOf<typeof resources.catalog> = resourceClass(resources.catalog);
export type Catalog = InstanceType<typeof Catalog>;
export type CatalogArgs = Args<typeof resources.catalog>;

/**
 * A table in Postgres that follows a table in Unity Catalog (reverse ETL). The service shows nothing of what it was
 * made with, so that nobody's change of it is seen, and it has no way to change one: every change replaces it and
 * copies anew.
 *
 * ```ts
 * new lakebase.SyncedTable("prices", {
 *   syncedTableId: "shop.public.prices",
 *   sourceTableFullName: "main.sales.prices",
 *   branch: "projects/shop/branches/production",
 *   postgresDatabase: "databricks_postgres",
 *   primaryKeyColumns: ["id"],
 *   schedulingPolicy: "TRIGGERED",
 *   newPipelineSpec: { storageCatalog: "main", storageSchema: "sales" },
 * });
 * ```
 */
export const SyncedTable: ClassOf<typeof resources.syncedTable> = resourceClass(resources.syncedTable);
export type SyncedTable = InstanceType<typeof SyncedTable>;
export type SyncedTableArgs = Args<typeof resources.syncedTable>;
