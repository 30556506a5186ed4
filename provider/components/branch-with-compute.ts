/** A branch and its compute in one. */
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../connections/connection";
import { type ConnectionArgs, type Endpoint, endpointClass } from "../functions/connection";
import { type Args, type ClassOf, resourceClass } from "../pulumi/resource";
import { branch } from "../resources/branch";
import type { endpoint } from "../resources/endpoint";
import { readWriteEndpointId } from "../rules/limits";

type Branch = InstanceType<ClassOf<typeof branch>>;

/** The arguments of a `Branch`, and those of its compute. */
export type BranchWithComputeArgs = Args<typeof branch> & {
  /** What the branch's read-write compute `primary` is to be. Default: what the project says. */
  readonly compute?: Omit<Args<typeof endpoint>, "parent" | "endpointId" | "endpointType"> | undefined;
};

/**
 * A branch and its read-write compute `primary`.
 *
 * ```ts
 * const dev = new lakebase.BranchWithCompute("dev", {
 *   parent: "projects/shop",
 *   branchId: "dev",
 *   ttl: "7d",
 *   compute: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 2 },
 * });
 * export const { uri } = dev.connection();
 * ```
 */
export class BranchWithCompute extends pulumi.ComponentResource {
  /** The branch. */
  readonly branch: Branch;
  /** Its read-write compute. */
  readonly endpoint: Endpoint;

  constructor(name: string, args: BranchWithComputeArgs, options?: pulumi.ComponentResourceOptions) {
    super("lakebase:index:BranchWithCompute", name, {}, options);
    const { compute, ...own } = args;
    this.branch = new (resourceClass(branch))(name, own, { parent: this });
    this.endpoint = new endpointClass(
      name,
      {
        ...compute,
        parent: this.branch,
        endpointId: readWriteEndpointId,
        endpointType: "ENDPOINT_TYPE_READ_WRITE",
      },
      { parent: this },
    );
    this.registerOutputs({ branch: this.branch.name, endpoint: this.endpoint.name });
  }

  /** As that of its endpoint. */
  connection(args?: ConnectionArgs): pulumi.Output<Connection> {
    return this.endpoint.connection(args);
  }
}
