/** Several resources in one. */
export { BranchWithCompute, type BranchWithComputeArgs } from "./branch-with-compute";
export { SqlScript, type SqlScriptArgs } from "./sql-script";
