/** SQL of a program through the real engine and on real Postgres; the state never holds it. */
import { Client } from "pg";
import { type Emulator, startEmulator } from "../../emulator/server";
import { poolOptions } from "../../provider/connections";
import { errors, expectDone } from "../support/shop.ts";
import { useStacks } from "../support/stack.ts";

const newStack = useStacks();
const endpoint = "projects/shop/branches/production/endpoints/primary";
let emulator: Emulator;
let env: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({ postgres: true, log: () => {} });
  env = {
    DATABRICKS_HOST: emulator.url,
    DATABRICKS_TOKEN: emulator.token,
    PGSSLROOTCERT: emulator.ca ?? "",
  };
});
afterAll(() => emulator.close());
beforeEach(() => fetch(`${emulator.url}/_emulator/reset`, { method: "POST" }));

const program = (more = "") => `
  const lakebase = require("pulumi-lakebase");
  const project = new lakebase.Project("shop", { projectId: "shop" });
  const production = new lakebase.Branch("production", { parent: project, branchId: "production" });
  const primary = new lakebase.Endpoint("primary", {
    parent: production, endpointId: "primary", endpointType: "ENDPOINT_TYPE_READ_WRITE",
  });
  const owner = new lakebase.Role("owner", { parent: production, postgresRole: "emulator@example.com" });
  const orders = new lakebase.Database("orders", { parent: production, postgresDatabase: "orders", role: owner });
  new lakebase.SqlScript("schema", { endpoint: primary, database: orders, folder: "migrations" });
  ${more}
`;

async function rows(sql: string): Promise<readonly unknown[]> {
  const client = new Client(await poolOptions(endpoint, { env, database: "orders" }));
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

test("a folder of migrations is run once, then what is new; the state has hashes and no SQL", async () => {
  const files = { "migrations/1.sql": "create table canary_items (id int); insert into canary_items values (1)" };
  const stack = await newStack({ program: program(), files, env });
  await expectDone(stack.up());
  expect(await rows("select id from canary_items")).toEqual([1]);
  await expectDone(stack.up("--expect-no-changes"));
  await expectDone(stack.refresh("--expect-no-changes"));

  stack.write("migrations/2.sql", "insert into canary_items values (2)");
  const preview = await stack.preview();
  expect(preview.operations).toMatchObject({ schema: "update" });
  expect(await rows("select id from canary_items")).toEqual([1]);
  await expectDone(stack.up());
  expect(await rows("select id from canary_items")).toEqual([1, 2]);
  expect(JSON.stringify(await stack.exportState())).not.toContain("canary");

  stack.write("migrations/3.sql", "select canary_of_an_error from nowhere");
  stack.write("index.js", program(`new lakebase.SqlScript("text", { endpoint: primary, sql: "select 1" });`));
  const failed = await stack.up();
  expect(failed.status).not.toBe(0);
  expect(errors(failed)).toContain(`3.sql on ${endpoint}, database orders: 42P01 in line 1: relation … does not exist`);
  expect(failed.stdout).not.toContain("canary");

  stack.write("migrations/3.sql", "insert into canary_items values (3)");
  await expectDone(stack.up());
  expect(await rows("select id from canary_items")).toEqual([1, 2, 3]);
  await expectDone(stack.destroy());
});

test("a folder whose second file fails on the first run keeps what the first one did, and goes on after it", async () => {
  const files = {
    "migrations/1.sql": "create table steps (id int); insert into steps values (1)",
    "migrations/2.sql": "insert into nowhere values (2)",
  };
  const stack = await newStack({ program: program(), files, env });
  const failed = await stack.up();
  expect(failed.status).not.toBe(0);
  expect(errors(failed)).toContain(`2.sql on ${endpoint}, database orders: 42P01 in line 1: relation … does not exist`);

  stack.write("migrations/2.sql", "insert into steps values (2)");
  await expectDone(stack.up());
  expect(await rows("select id from steps")).toEqual([1, 2]);
  await expectDone(stack.destroy());
});
