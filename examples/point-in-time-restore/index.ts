import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

const config = new pulumi.Config();
const before = config.get("before");

const project = new lakebase.Project("project", {
  projectId: config.require("projectId"),
  historyRetentionDuration: "7d",
});
const production = new lakebase.BranchWithCompute("production", { parent: project, branchId: "production" });
new lakebase.SqlScript("orders", { endpoint: production.endpoint, folder: "migrations" });

/** A branch as of that moment. `production` stays as it is, and who is connected there notices nothing. */
const restored = before
  ? new lakebase.PointInTimeRestore("restored", {
      source: production.branch,
      time: before,
      ttl: "2d",
      compute: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 2 },
    })
  : undefined;

export const endpoint = production.endpoint.name;
export const restoredEndpoint = restored?.endpoint.name ?? "none";
export const compare = restored?.compare ?? [];
