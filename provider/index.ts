/**
 * Pulumi resources for Databricks Lakebase Autoscaling.
 * @packageDocumentation
 */
import "./node";
import { type EndpointClass, endpointClass } from "./functions/connection";
import { type Args, type ClassOf, resourceClass } from "./pulumi/resource";
import * as resources from "./resources";

export { BranchWithCompute, type BranchWithComputeArgs, SqlScript, type SqlScriptArgs } from "./components";
export type { Connection } from "./connections/connection";
export * from "./functions";
export type { ConnectionArgs } from "./functions/connection";
export { Provider, type ProviderArgs } from "./pulumi/provider";

/** A Lakebase project: the unit that holds branches. */
export const Project: ClassOf<typeof resources.project> = resourceClass(resources.project);
export type Project = InstanceType<typeof Project>;
export type ProjectArgs = Args<typeof resources.project>;

/** A branch of a project: a copy-on-write fork of another branch, with a compute, databases and roles of its own. */
export const Branch: ClassOf<typeof resources.branch> = resourceClass(resources.branch);
export type Branch = InstanceType<typeof Branch>;
export type BranchArgs = Args<typeof resources.branch>;

/** A compute of a branch: its one read-write endpoint, or a read replica. */
export const Endpoint: EndpointClass = endpointClass;
export type Endpoint = InstanceType<typeof Endpoint>;
export type EndpointArgs = Args<typeof resources.endpoint>;

/** A Postgres role of a branch: a person, a service principal, a group, or a plain role. */
export const Role: ClassOf<typeof resources.role> = resourceClass(resources.role);
export type Role = InstanceType<typeof Role>;
export type RoleArgs = Args<typeof resources.role>;

/** A Postgres database of a branch. */
export const Database: ClassOf<typeof resources.database> = resourceClass(resources.database);
export type Database = InstanceType<typeof Database>;
export type DatabaseArgs = Args<typeof resources.database>;

/** A catalog of Unity Catalog that shows one Postgres database of a branch. */
export const Catalog: ClassOf<typeof resources.catalog> = resourceClass(resources.catalog);
export type Catalog = InstanceType<typeof Catalog>;
export type CatalogArgs = Args<typeof resources.catalog>;

/** A table in Postgres that follows a table in Unity Catalog (reverse ETL). */
export const SyncedTable: ClassOf<typeof resources.syncedTable> = resourceClass(resources.syncedTable);
export type SyncedTable = InstanceType<typeof SyncedTable>;
export type SyncedTableArgs = Args<typeof resources.syncedTable>;

/** What a root branch held at one moment, kept until it expires or is deleted. */
export const Snapshot: ClassOf<typeof resources.snapshot> = resourceClass(resources.snapshot);
export type Snapshot = InstanceType<typeof Snapshot>;
export type SnapshotArgs = Args<typeof resources.snapshot>;

/** When the service takes snapshots of a root branch by itself. */
export const SnapshotSchedule: ClassOf<typeof resources.snapshotSchedule> = resourceClass(resources.snapshotSchedule);
export type SnapshotSchedule = InstanceType<typeof SnapshotSchedule>;
export type SnapshotScheduleArgs = Args<typeof resources.snapshotSchedule>;

/** The HTTP interface of a database. */
export const DataApi: ClassOf<typeof resources.dataApi> = resourceClass(resources.dataApi);
export type DataApi = InstanceType<typeof DataApi>;
export type DataApiArgs = Args<typeof resources.dataApi>;

/** Replication of a Postgres schema into Delta tables (change data feed). */
export const CdfConfig: ClassOf<typeof resources.cdfConfig> = resourceClass(resources.cdfConfig);
export type CdfConfig = InstanceType<typeof CdfConfig>;
export type CdfConfigArgs = Args<typeof resources.cdfConfig>;

/** Who may use and manage a project: all direct permissions on it. */
export const ProjectPermissions: ClassOf<typeof resources.projectPermissions> = resourceClass(
  resources.projectPermissions,
);
export type ProjectPermissions = InstanceType<typeof ProjectPermissions>;
export type ProjectPermissionsArgs = Args<typeof resources.projectPermissions>;
