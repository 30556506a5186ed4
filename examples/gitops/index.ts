import * as lakebase from "pulumi-lakebase";

// Set by `npm run recover` alone: what is there already is this program's, whose state was lost.
const adopt = process.env["ADOPT"] === "true";

const shop = lakebase.Environments.fromFile("shop", "environments.yaml", { adopt });

export const production = shop.environments.production.connection().uri;
