/**
 * Pulumi resources for Databricks Lakebase Autoscaling.
 * @packageDocumentation
 */
import "./node";
import { type Args, type ClassOf, resourceClass } from "./pulumi/resource";
import * as resources from "./resources";

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
export const Endpoint: ClassOf<typeof resources.endpoint> = resourceClass(resources.endpoint);
export type Endpoint = InstanceType<typeof Endpoint>;
export type EndpointArgs = Args<typeof resources.endpoint>;
