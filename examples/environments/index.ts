import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

/** The table is in the file. What is given here counts more than what it says. */
const { environments } = lakebase.Environments.fromFile("shop", "environments.yaml", {
  deletionProtection: new pulumi.Config().requireBoolean("deletionProtection"),
});

export const production = environments.production.endpoint.name;
export const dev = environments.dev?.endpoint.name;
/** What the application in production gets: it signs in as `app`. */
export const { env } = environments.production.connection({ role: "app" });
