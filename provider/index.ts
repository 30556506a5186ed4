/**
 * Pulumi resources for Databricks Lakebase Autoscaling.
 * @packageDocumentation
 */
import "./node";
import { type EndpointClass, endpointClass } from "./functions/connection";
import type { Args } from "./pulumi/resource";
import type { endpoint } from "./resources";

export * from "./classes";
export {
  BranchWithCompute,
  type BranchWithComputeArgs,
  type CompareArgs,
  type Environment,
  type EnvironmentArgs,
  Environments,
  type EnvironmentsArgs,
  type EnvironmentTable,
  type Inner,
  PointInTimeRestore,
  type PointInTimeRestoreArgs,
  type PreviewDatabaseArgs,
  PreviewEnvironment,
  type PreviewEnvironmentArgs,
  type PreviewSql,
  ReadReplicas,
  type ReadReplicasArgs,
  SqlScript,
  type SqlScriptArgs,
  type Transform,
} from "./components";
export type { Connection } from "./connections/connection";
export * from "./functions";
export type { ConnectionArgs } from "./functions/connection";
export { Provider, type ProviderArgs } from "./pulumi/provider";
export type { TableComparison } from "./restoring/comparison";

/** A compute of a branch: its one read-write endpoint, or a read replica. */
export const Endpoint: EndpointClass = endpointClass;
export type Endpoint = InstanceType<typeof Endpoint>;
export type EndpointArgs = Args<typeof endpoint>;
