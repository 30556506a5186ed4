import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

const config = new pulumi.Config();

/** Its rows are those of production, and nobody sees them before `anonymize` has run. Without a push for a week it is gone. */
const preview = new lakebase.PreviewEnvironment("preview", {
  parent: `projects/${config.require("projectId")}`,
  pullRequest: config.requireNumber("pullRequest"),
  commit: config.get("commit"),
  ttl: "7d",
  compute: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 1, suspendTimeoutDuration: "5m" },
  anonymize: { sql: "update customers set name = 'Customer ' || id, email = id || '@example.com'" },
  migrations: "migrations",
  seed: { sql: "insert into customers (name, email) values ('A test customer', 'test@example.com')" },
});

// What the application under test gets: it makes its own passwords.
export const { env } = preview.connection;
export const endpoint = preview.endpoint.name;
export const expires = preview.expireTime;
