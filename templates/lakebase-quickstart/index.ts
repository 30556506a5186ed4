import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

const config = new pulumi.Config();

const project = new lakebase.Project("project", { projectId: config.get("projectId") ?? "quickstart", pgVersion: 17 });

/** The service makes it with the project. Declared, it has what is written here. */
const production = new lakebase.Branch("production", {
  parent: project,
  branchId: "production",
  isProtected: config.getBoolean("isProtected") ?? true,
});

/** A copy of production with a compute of its own. The service deletes it after the ttl. */
const dev = new lakebase.BranchWithCompute("dev", {
  parent: project,
  branchId: "dev",
  sourceBranch: production,
  ttl: config.get("ttl") ?? "7d",
  compute: {
    autoscalingLimitMinCu: 0.5,
    autoscalingLimitMaxCu: config.getNumber("maxCu") ?? 2,
    suspendTimeoutDuration: "5m",
  },
});

/** Where to connect. Whoever does brings a password of their own, so there is none here. */
export const { uri } = dev.connection();
