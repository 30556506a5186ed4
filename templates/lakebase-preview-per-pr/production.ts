import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

const config = new pulumi.Config();

export function production() {
  const { environments } = new lakebase.Environments("environments", {
    projectId: pulumi.getProject(),
    pgVersion: 17,
    historyRetentionDuration: "14d",
    // Set by `npm run recover` alone: what is there already is this program's, whose state was lost.
    adopt: process.env["ADOPT"] === "true",
    deletionProtection: config.getBoolean("deletionProtection") ?? true,
    environments: { production: { preset: "standard", migrations: "migrations" } },
  });
  const { branch, connection } = environments.production;
  return { branchId: branch.branchId, uri: connection().uri };
}
