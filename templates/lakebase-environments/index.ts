import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

const config = new pulumi.Config();

const { environments } = lakebase.Environments.fromFile("environments", "environments.yaml", {
  deletionProtection: config.getBoolean("deletionProtection") ?? true,
});

/** Where to connect. Whoever does brings a password of their own, so there is none here. */
export const uris = Object.fromEntries(
  Object.entries(environments).map(([key, { connection }]) => [key, connection().uri]),
);
