import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

const config = new pulumi.Config();

const project = new lakebase.Project("project", { projectId: config.require("projectId") });
const production = new lakebase.BranchWithCompute("production", {
  parent: project,
  branchId: "production",
  compute: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 2 },
});

/** They read the same storage as `primary`: another one copies nothing. */
const readers = new lakebase.ReadReplicas("readers", {
  parent: production.branch,
  count: config.requireNumber("readers"),
  autoscalingLimitMinCu: 0.5,
  autoscalingLimitMaxCu: 4,
});

new lakebase.SqlScript("orders", { endpoint: production.endpoint, folder: "migrations" });

// The client makes a password for each compute by its name. What has passwords of its own needs the hosts alone.
export const primary = production.endpoint.name;
export const replicas = readers.endpoints.map(({ name }) => name);
export const { hosts } = readers;
