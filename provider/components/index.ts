/** Several resources in one. */

export type { EnvironmentArgs, EnvironmentTable } from "../environments/table";
export { BranchWithCompute, type BranchWithComputeArgs } from "./branch-with-compute";
export type { Environment } from "./environment";
export { Environments, type EnvironmentsArgs } from "./environments";
export { type CompareArgs, PointInTimeRestore, type PointInTimeRestoreArgs } from "./point-in-time-restore";
export {
  type PreviewDatabaseArgs,
  PreviewEnvironment,
  type PreviewEnvironmentArgs,
  type PreviewSql,
} from "./preview-environment";
export { ReadReplicas, type ReadReplicasArgs } from "./read-replicas";
export { SqlScript, type SqlScriptArgs } from "./sql-script";
export type { Inner, Transform } from "./transform";
