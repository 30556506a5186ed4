import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

export function preview(pullRequest: number) {
  const { branchId, connection } = new lakebase.PreviewEnvironment("preview", {
    parent: `projects/${pulumi.getProject()}`,
    pullRequest,
    // Of this repository alone: another one that has previews in this project needs another prefix, `preview-web` for
    // example, here and in the scripts of package.json, or each would delete the other's.
    prefix: "preview",
    // A push renews what is left of the ttl. When nobody pushes and nothing else removes the branch, the service does.
    ttl: "7d",
    ...(process.env["COMMIT"] && { commit: process.env["COMMIT"] }),
    // Before anybody can connect: nothing of a customer is in a preview.
    anonymize: { sql: "update items set customer = 'customer ' || id" },
    migrations: "migrations",
    seed: { sql: "insert into items (name, customer) values ('A test item', 'nobody')" },
  });
  return { branchId, uri: connection.uri };
}
