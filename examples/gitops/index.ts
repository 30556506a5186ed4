import * as lakebase from "pulumi-lakebase";

const shop = lakebase.Environments.fromFile("shop", "environments.yaml");

export const production = shop.environments.production.connection().uri;
