/** Read-only computes of one branch. */
import * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "../functions/connection";
import type { Args } from "../pulumi/resource";
import type { endpoint } from "../resources/endpoint";
import { readReplicasPerBranch } from "../rules/limits";
import { maker, type Transform } from "./transform";

/** Each replica is as these arguments of an `Endpoint` say. */
export type ReadReplicasArgs = Omit<Args<typeof endpoint>, "endpointId" | "endpointType"> & {
  /** How many there are to be: 0 to 6. Fewer than before delete the last ones. */
  readonly count: number;
  /** What their ids begin with: they are `PREFIX-1`, `PREFIX-2` and so on. Default `reader`. A change replaces all of them. */
  readonly prefix?: string | undefined;
  /** Called for each replica before it is made; what it returns is made. */
  readonly transform?: Transform | undefined;
};

/**
 * Read replicas of a branch: computes that answer reads alone, each at a host of its own. Another `count` makes or
 * deletes the last ones, and the others stay as they are, hosts included.
 *
 * ```ts
 * const readers = new lakebase.ReadReplicas("readers", {
 *   parent: "projects/shop/branches/production",
 *   count: 2,
 *   autoscalingLimitMinCu: 0.5,
 *   autoscalingLimitMaxCu: 4,
 * });
 * export const { hosts } = readers;
 * ```
 */
export class ReadReplicas extends pulumi.ComponentResource {
  /** The replicas, in the order of their numbers. */
  readonly endpoints: readonly Endpoint[];
  /** Where each of them answers, in the same order. */
  readonly hosts: pulumi.Output<string[]>;
  /** Like `hosts`, through the service's connection pool. */
  readonly pooledHosts: pulumi.Output<string[]>;

  constructor(name: string, args: ReadReplicasArgs, options?: pulumi.ComponentResourceOptions) {
    super("lakebase:index:ReadReplicas", name, {}, options);
    const { count, prefix = "reader", transform, ...own } = args;
    refuse(name, count);
    const make = maker(transform);
    this.endpoints = Array.from({ length: count }, (_, index) => {
      const number = index + 1;
      return make(
        "Endpoint",
        `${name}-${number}`,
        { ...own, endpointId: `${prefix}-${number}`, endpointType: "ENDPOINT_TYPE_READ_ONLY" },
        { parent: this },
      );
    });
    this.hosts = pulumi.all(this.endpoints.map(({ host }) => host));
    // A replica's pool is one for reads, and the service gives it no other.
    this.pooledHosts = pulumi.all(this.endpoints.map(({ readOnlyPooledHost }) => readOnlyPooledHost));
    this.registerOutputs({ hosts: this.hosts, pooledHosts: this.pooledHosts });
  }
}

function refuse(name: string, count: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= readReplicasPerBranch) return;
  throw new pulumi.RunError(
    `ReadReplicas '${name}': count is ${count}, and a branch has 0 to ${readReplicasPerBranch} read replicas; write a whole number in that range`,
  );
}
