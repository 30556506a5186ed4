import * as lakebase from "pulumi-lakebase";

/** The number is GitHub's or GitLab's own: nobody who opens a pull request chooses it. */
const pullRequest = Number(process.env["PULL_REQUEST"]);

const preview = new lakebase.PreviewEnvironment("preview", {
  parent: "projects/shop",
  pullRequest,
  // Of this repository alone: another one that has previews in this project needs another prefix, here and in the scripts
  // of package.json, or it would delete these.
  prefix: "preview-shop",
  // A push renews what is left of the ttl. When nobody pushes and nothing else removes the branch, the service does.
  ttl: "7d",
  ...(process.env["COMMIT"] && { commit: process.env["COMMIT"] }),
  anonymize: { sql: "update items set customer = 'customer ' || id" },
  migrations: "../migrations",
  seed: { sql: "insert into items (name, customer) values ('A test item', 'Nobody')" },
});

export const branchId = preview.branchId;
export const { uri } = preview.connection;
