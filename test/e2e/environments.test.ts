/** `Environments` through the real engine, with the rows of real Postgres in what is made from production. */
import { Client } from "pg";
import { poolOptions } from "../../provider/connections";
import { useEmulator } from "../support/emulator.ts";
import { errors, expectDone, names } from "../support/shop.ts";
import { useStacks } from "../support/stack.ts";

const newStack = useStacks();
const emulator = useEmulator({ postgres: true });
const [production, staging, dev] = ["production", "staging", "dev"].map((id) => `projects/shop/branches/${id}`);

const table = `projectId: shop
pgVersion: 17
permissions: [{ groupName: developers, permissionLevel: CAN_USE }]
environments:
  production:
    preset: small
    replicas: 1
    roles:
      deploy: { postgresRole: emulator@example.com }
      app:
    databases: { orders: { role: deploy } }
    migrations: migrations
  staging: { preset: standard, migrations: migrations }
  dev:
    sourceEnvironment: staging
    ttl: 7d
    roles: { tester: }
    databases: { scratch: { role: tester }, orders: { role: deploy } }
`;

const program = (args = "{}") => `
  const lakebase = require("pulumi-lakebase");
  const shop = lakebase.Environments.fromFile("shop", "environments.yaml", ${args});
  const { production, staging } = shop.environments;
  module.exports = {
    production: production.connection({ database: "orders", role: "deploy" }).env,
    staging: staging.connection({ database: "orders", role: "deploy" }).env,
    app: staging.connection({ database: "orders", role: "app" }).uri,
  };
`;

const small = `{ transform: (inner) =>
  inner.type === "Endpoint" && inner.environment === "staging"
    ? { ...inner, args: { ...inner.args, suspendTimeoutDuration: "2m" } }
    : undefined }`;

const files = {
  "environments.yaml": table,
  "migrations/1.sql": "create table items (id int); insert into items values (1), (2)",
};

async function rows(connection: unknown, sql: string): Promise<readonly unknown[]> {
  const env = { ...emulator.env, PGSSLROOTCERT: emulator.ca, ...(connection as Record<string, string>) };
  const client = new Client(await poolOptions(undefined, { env }));
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

test("a preview draws the table with what it costs, and tells mistakes in the file with their places", async () => {
  const stack = await newStack({ env: emulator.env, program: program(), files });
  const preview = await stack.preview();
  const told = preview.diagnostics.filter(({ severity }) => severity === "info").map(({ message }) => message.trim());
  expect(told).toEqual([
    `
shop  Postgres 17, 1 permission
├─ production  root             protected, small
│  ├─ primary     read-write  0.5–2 CU  sleeps after 5m  0 to 1,460 CU-hours
│  ├─ reader-1    read-only   0.5–2 CU  sleeps after 5m  0 to 1,460 CU-hours
│  ├─ roles       deploy, app
│  ├─ databases   orders (of deploy)
│  └─ migrations  migrations in orders
├─ staging     from production  standard
│  ├─ primary     read-write  1–4 CU    sleeps after 1h  0 to 2,920 CU-hours
│  └─ migrations  migrations in orders
└─ dev         from staging     expires after 7d
   ├─ primary     read-write  1 CU      sleeps after 1d  0 to   730 CU-hours
   ├─ roles       tester
   └─ databases   scratch (of tester), orders (of deploy)
In a month of 730 h: at least 0 and at most 6,570 CU-hours.
`.trim(),
  ]);

  stack.write("environments.yaml", table.replace("role: tester", "role: testers").replace("ttl: 7d", "ttl: 70d"));
  const wrong = await stack.preview();
  expect(wrong.status).not.toBe(0);
  expect(errors(wrong)).toContain(
    "environments.yaml:16:10: environments.dev.ttl is longer than the service allows; write 1s to 30d\n" +
      "environments.yaml:18:35: environments.dev.databases.scratch.role is 'testers', and there is no such role in dev or staging or production",
  );
  expect(wrong.stdout).not.toMatch(/\n\s+at /);
  expect(await emulator.calls()).toEqual([]);
});

test("a table becomes environments with production's rows, changes alone, and goes when it may", async () => {
  const env = { ...emulator.env, PGSSLROOTCERT: emulator.ca };
  const stack = await newStack({ env, program: program(small), files });
  const up = await stack.up();
  expect({ status: up.status, errors: errors(up) }).toEqual({ status: 0, errors: "" });
  expect(JSON.stringify(up.diagnostics)).not.toContain("CU-hours");
  const outputs = await stack.outputs();
  expect(outputs["app"]).toMatch(/^postgresql:\/\/app@.*\/orders\?/);
  expect(
    await rows(outputs["production"], "insert into items values (3) returning current_user, current_database()"),
  ).toEqual(["emulator@example.com", "orders"]);
  expect(await rows(outputs["staging"], "select id from items order by id")).toEqual([1, 2]);
  expect(await emulator.outside("GET", `${staging}/endpoints/primary`)).toMatchObject({
    status: { suspend_timeout_duration: "120s", autoscaling_limit_max_cu: 4 },
  });
  const made = await names(stack);
  expect(made.filter((name) => name.startsWith("shop-dev"))).toEqual(
    expect.arrayContaining(["shop-dev", "shop-dev-tester", "shop-dev-scratch", "shop-dev-orders"]),
  );

  await emulator.requests();
  await expectDone(stack.up("--expect-no-changes"));
  expect(await emulator.calls()).toEqual([]);

  const edited = table
    .slice(0, table.indexOf("  dev:"))
    .replace("preset: standard", "preset: standard, compute: { autoscalingLimitMaxCu: 6 }");
  stack.write("environments.yaml", edited);
  await expectDone(stack.up());
  expect((await emulator.calls()).toSorted()).toEqual([
    `DELETE ${dev}`,
    `PATCH ${staging}/endpoints/primary spec.autoscaling_limit_max_cu`,
  ]);

  const refused = await stack.destroy();
  expect(refused.status).not.toBe(0);
  expect(errors(refused)).toContain("cannot be deleted");
  expect(await emulator.calls()).toEqual([`DELETE ${staging}`]);
  expect(await rows(outputs["production"], "select id from items order by id")).toEqual([1, 2, 3]);
  stack.write("environments.yaml", `deletionProtection: false\n${edited}`);
  await emulator.requests();
  await expectDone(stack.up());
  expect(await emulator.calls()).toContain(`PATCH ${production} spec.is_protected`);
  await expectDone(stack.destroy());
  expect(await emulator.outside("GET", "projects")).not.toMatchObject({ projects: [expect.anything()] });
});
