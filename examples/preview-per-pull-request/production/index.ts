import * as lakebase from "pulumi-lakebase";

const project = new lakebase.Project("project", { projectId: "preview-per-pull-request" });
const production = new lakebase.BranchWithCompute("production", { parent: project, branchId: "production" });

/** The ledger says in the database what has run, so that previews run only what is new. */
const schema = new lakebase.SqlScript("schema", {
  endpoint: production.endpoint,
  folder: "../migrations",
  ledger: "migrations",
});
new lakebase.SqlScript(
  "customers",
  {
    endpoint: production.endpoint,
    sql: "insert into customers (name, email) values ('Ada King', 'ada@customer.example'), ('Max Born', 'max@customer.example')",
  },
  { dependsOn: schema },
);

export const endpoint = production.endpoint.name;
