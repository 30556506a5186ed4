/** `PreviewEnvironment` through the real engine and on real Postgres: from the first push of a pull request to its end. */
import { rmSync } from "node:fs";
import { Client } from "pg";
import { type PoolRequest, poolOptions } from "../../provider/connections";
import type { Connection } from "../../provider/connections/connection";
import { previewBranchId } from "../../provider/environments/branch-id";
import { useEmulator } from "../support/emulator.ts";
import { errors, expectDone } from "../support/shop.ts";
import { type Stack, useStacks } from "../support/stack.ts";

const newStack = useStacks();
const emulator = useEmulator({ postgres: true });
const project = "projects/shop";
const production = `${project}/branches/production`;
const application = "8dc75b14-0000-4000-8000-000000000000";

const branchId = previewBranchId({ prefix: "preview", pullRequest: 12 });
const branch = `${project}/branches/${branchId}`;
const renewal = `PATCH ${branch} spec.expiration`;

const files = {
  "migrations/1-customers.sql": "create table customers (id int, email text)",
  "migrations/2-plan.sql": "alter table customers add column plan text default 'free'",
  "seed/1.sql": `insert into customers values (100, 'seed@example.com', 'gold');
    grant select on customers to "${application}"`,
};

function program(more = "commit: 'abc'"): string {
  return `
    const lakebase = require("pulumi-lakebase");
    const preview = new lakebase.PreviewEnvironment("preview", {
      parent: "${project}",
      pullRequest: 12,
      role: { postgresRole: "${application}", identityType: "SERVICE_PRINCIPAL" },
      database: "orders",
      anonymize: { sql: "update customers set email = 'user' || id || '@example.com'" },
      migrations: "migrations",
      seed: { folder: "seed" },
      ${more}
    });
    const { branchId, expireTime, connection } = preview;
    module.exports = { branchId, expireTime, connection };
  `;
}

async function rows(endpoint: string | undefined, sql: string, request: PoolRequest = {}): Promise<readonly unknown[]> {
  const client = new Client(
    await poolOptions(endpoint, {
      ...(endpoint !== undefined && { database: "orders" }),
      ...request,
      env: { ...emulator.env, PGSSLROOTCERT: emulator.ca, ...request.env },
    }),
  );
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}

const inProduction = (sql: string) => rows(`${production}/endpoints/primary`, sql);
const all = "select id, email, plan from customers order by id";

/** What is in production: two customers, and the first migration, as `SqlScript` notes it there. */
async function shop(): Promise<Stack> {
  const stack = await newStack({
    program: `
      const lakebase = require("pulumi-lakebase");
      const parent = new lakebase.Project("shop", { projectId: "shop" });
      const production = new lakebase.Branch("production", { parent, branchId: "production" });
      const endpoint = new lakebase.Endpoint("primary", {
        parent: production, endpointId: "primary", endpointType: "ENDPOINT_TYPE_READ_WRITE",
      });
      const role = new lakebase.Role("me", { parent: production, postgresRole: "emulator@example.com" });
      const database = new lakebase.Database("orders", { parent: production, postgresDatabase: "orders", role });
      new lakebase.SqlScript("schema", { endpoint, database, folder: "migrations", ledger: "migrations" });
    `,
    files: { "migrations/1-customers.sql": files["migrations/1-customers.sql"] },
    env: env(),
  });
  await expectDone(stack.up());
  await inProduction("insert into customers values (1, 'ada@shop.example'), (2, 'bob@shop.example')");
  await emulator.requests();
  return stack;
}

function env() {
  return { ...emulator.env, PGSSLROOTCERT: emulator.ca };
}

/** What was changed, passwords apart. */
async function writes(): Promise<readonly string[]> {
  const changes = (await emulator.requests()).filter(
    ({ method, path, status }) => method !== "GET" && status < 300 && !/credentials$|\/oidc\//.test(path),
  );
  return changes.map(({ method, path, query }) => [method, path, query["update_mask"] ?? ""].join(" ").trim());
}

/** What the application finds with what it is told, signed in as itself. */
async function asApplication(stack: Stack, sql = all): Promise<readonly unknown[]> {
  const connection = (await stack.outputs())["connection"] as Connection;
  expect(connection.user).toBe(application);
  expect(JSON.stringify(connection)).not.toContain(emulator.token);
  const own = { DATABRICKS_TOKEN: await emulator.tokenOf(application) };
  return rows(undefined, sql, { env: { ...connection.env, ...own, PGSSLROOTCERT: emulator.ca } });
}

const first = [
  [1, "user1@example.com", "free"],
  [2, "user2@example.com", "free"],
  [100, "seed@example.com", "gold"],
];

test("from the first push to the end of a pull request", async () => {
  const base = await shop();
  const stack = await newStack({ program: program(), files, env: env() });

  const preview = await stack.preview();
  expect(preview).toMatchObject({ status: 0 });
  expect(await writes()).toEqual([]);

  await expectDone(stack.up());
  // The identity's role and the database have come with the branch.
  const made = [`POST ${project}/branches`, `POST ${branch}/endpoints`, `POST ${branch}/roles`];
  expect((await writes()).toSorted()).toEqual(made.toSorted());
  expect(await asApplication(stack)).toEqual(first);
  expect((await stack.outputs())["branchId"]).toBe(branchId);
  expect(await inProduction("select * from customers")).toEqual([
    [1, "ada@shop.example"],
    [2, "bob@shop.example"],
  ]);

  await expectDone(stack.up("--expect-no-changes"));
  expect(await writes()).toEqual([]);

  // A push with a new migration.
  const { expireTime: before } = await stack.outputs();
  await emulator.clock({ advance: "1h" });
  stack.write("index.js", program("commit: 'def'"));
  stack.write("migrations/3-note.sql", "update customers set plan = plan || '!'");
  await expectDone(stack.up());
  expect(await writes()).toEqual([renewal]);
  const { expireTime: after } = await stack.outputs();
  expect(Date.parse(String(after)) - Date.parse(String(before))).toBeGreaterThanOrEqual(3_600_000);
  expect(await asApplication(stack, "select plan from customers order by id")).toEqual([
    ["free!"],
    ["free!"],
    ["gold!"],
  ]);

  // The state is lost.
  rmSync(stack.stateFile());
  await expectDone(stack.run("stack", "init", "dev"));
  await expectDone(stack.up());
  expect((await writes()).toSorted()).toEqual([renewal, `POST ${branch}/endpoints`].toSorted());
  expect(await asApplication(stack, "select plan from customers order by id")).toEqual([
    ["free!"],
    ["free!"],
    ["gold!"],
  ]);

  // Its time is over, and then there is one more push: the seed comes after the migrations this time.
  await emulator.clock({ advance: "8d" });
  stack.write("index.js", program("commit: 'ghi'"));
  await expectDone(stack.up());
  expect((await writes()).filter((call) => call.startsWith("DELETE"))).toEqual([]);
  expect(await asApplication(stack, "select plan from customers order by id")).toEqual([
    ["free!"],
    ["free!"],
    ["gold"],
  ]);

  // A new start.
  stack.write("index.js", program("commit: 'ghi', reset: '1'"));
  await inProduction("insert into customers values (3, 'cy@shop.example')");
  await emulator.requests();
  await expectDone(stack.up());
  expect((await writes()).filter((call) => call.startsWith("DELETE"))).toEqual([`DELETE ${branch}`]);
  expect(await asApplication(stack, "select email from customers order by id")).toEqual([
    ["user1@example.com"],
    ["user2@example.com"],
    ["user3@example.com"],
    ["seed@example.com"],
  ]);

  const { branchId: anew } = await stack.outputs();
  await emulator.requests();
  await expectDone(stack.destroy());
  expect((await emulator.requests()).filter(({ method }) => method !== "GET")).toMatchObject([
    { method: "DELETE", path: `${project}/branches/${anew}`, query: { purge: "true" } },
  ]);
  expect(await inProduction("select count(*)::int from customers")).toEqual([[3]]);
  expect(await emulator.outside("GET", `${project}/branches`)).toMatchObject({ branches: [{ name: production }] });
  await expectDone(base.up("--expect-no-changes"));
}, 300_000);

test("what is wrong with the arguments is said at preview, in one sentence and without a stack", async () => {
  const args = `parent: "${project}"`;
  const wrong = [
    { args: `${args}, ref: "main", pullRequest: 1`, want: "ref and pullRequest are both given" },
    { args, want: "neither ref nor pullRequest is given" },
    {
      args: `${args}, pullRequest: Number("x")`,
      want: "pullRequest is NaN, which is not the number of a pull request",
    },
    { args: `${args}, ref: require("@pulumi/pulumi").output("main")`, want: "ref is not a plain text" },
    { args: `${args}, ref: "main", prefix: "Preview"`, want: 'prefix is "Preview"; write 1 to 30' },
  ];
  const stack = await newStack({
    program: `
      const lakebase = require("pulumi-lakebase");
      const said = [${wrong.map((one, at) => `() => new lakebase.PreviewEnvironment("p${at}", { ${one.args} })`).join(",\n")}]
        .map((make) => { try { make(); } catch (failure) { return failure.message; } });
      console.log(JSON.stringify(said));
      new lakebase.PreviewEnvironment("p", { ${args} });
    `,
    env: env(),
  });
  const preview = await stack.preview();
  expect(preview.status).not.toBe(0);
  for (const [at, { want }] of wrong.entries()) {
    expect(preview.stdout).toContain(JSON.stringify(`PreviewEnvironment 'p${at}': ${want}`).slice(1, -1));
  }
  expect(errors(preview)).toContain("PreviewEnvironment 'p': neither ref nor pullRequest is given; write a git ref");
  expect(preview.stdout).not.toMatch(/\n\s+at /);
});
