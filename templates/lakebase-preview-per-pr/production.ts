import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

const config = new pulumi.Config();

export function production() {
  const { environments } = new lakebase.Environments("environments", {
    projectId: pulumi.getProject(),
    pgVersion: 17,
    historyRetentionDuration: "14d",
    deletionProtection: config.getBoolean("deletionProtection") ?? true,
    environments: { production: { preset: "standard", migrations: "migrations" } },
  });
  const { branch, connection } = environments.production;
  return { branchId: branch.branchId, uri: connection().uri };
}
