import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

const config = new pulumi.Config();

const project = new lakebase.Project("project", { projectId: config.require("projectId") });
const production = new lakebase.BranchWithCompute("production", { parent: project, branchId: "production" });

const owner = new lakebase.Role("owner", {
  parent: production.branch,
  postgresRole: lakebase.getCurrentUserOutput().userName,
});
const shop = new lakebase.Database("shop", { parent: production.branch, postgresDatabase: "shop", role: owner });

/** Shows the database in Unity Catalog, and says for a synced table where in Postgres it is. */
const catalog = new lakebase.Catalog("shop", {
  catalogId: config.require("catalogId"),
  branch: production.branch,
  postgresDatabase: shop.postgresDatabase,
});

/** The table `public.items` in Postgres. */
const items = new lakebase.SyncedTable("items", {
  syncedTableId: pulumi.interpolate`${catalog.catalogId}.public.items`,
  sourceTableFullName: config.require("source"),
  primaryKeyColumns: ["id"],
  schedulingPolicy: "TRIGGERED",
  newPipelineSpec: { storageCatalog: "main", storageSchema: "default" },
});

export const endpoint = production.endpoint.name;
export const database = shop.postgresDatabase;
export const table = items.name;
export const state = items.status.detailedState;
