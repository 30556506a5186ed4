/** `PointInTimeRestore` through the real engine and on real Postgres: rows as they were, and what the comparison says. */
import { Client } from "pg";
import { poolOptions } from "../../provider/connections";
import { useEmulator } from "../support/emulator.ts";
import { errors, expectDone } from "../support/shop.ts";
import { useStacks } from "../support/stack.ts";

const newStack = useStacks();
const emulator = useEmulator({ postgres: true });
const production = "projects/shop/branches/production";
const dev = "projects/shop/branches/dev";

const program = (more = "") => `
  const lakebase = require("pulumi-lakebase");
  const project = new lakebase.Project("shop", { projectId: "shop" });
  const production = new lakebase.Branch("production", { parent: project, branchId: "production" });
  const me = new lakebase.Role("me", { parent: production, postgresRole: "emulator@example.com" });
  const stats = new lakebase.Database("stats", { parent: production, postgresDatabase: "stats", role: me });
  const dev = new lakebase.Branch("dev", { parent: project, branchId: "dev", sourceBranch: production });
  ${more}
`;

const env = () => ({ ...emulator.env, PGSSLROOTCERT: emulator.ca });

async function query(branch: string, sql: string, database = "databricks_postgres"): Promise<readonly unknown[]> {
  const client = new Client(await poolOptions(`${branch}/endpoints/primary`, { env: env(), database }));
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows?.flat() ?? [];
  } finally {
    await client.end();
  }
}

/** After all that is committed, and before what is written once it has answered. */
async function moment(branch: string): Promise<{ readonly time: string; readonly lsn: string }> {
  const [now, lsn] = await query(branch, "select clock_timestamp(), pg_current_wal_flush_lsn()");
  // The service's timestamps have milliseconds: the next one, and then one that is behind it.
  const time = (now as Date).getTime() + 1;
  await query(branch, `select pg_sleep_until(to_timestamp(${time + 1} / 1000.0))`);
  return { time: new Date(time).toISOString(), lsn: String(lsn) };
}

test("a root or a child branch is there as it was at a moment or a position, with its rows beside those of today", async () => {
  const stack = await newStack({ env: env(), program: program() });
  await expectDone(stack.up());
  await query(
    production,
    `create table orders as select generate_series(1, 3) as id;
     create schema pulumi_lakebase; create table pulumi_lakebase.scripts as select 'the ledger' as name;
     create table dropped as select 1 as id;
     create schema "odd "" schema";
     create table "odd "" schema"."Big; Table" (id int, at date) partition by range (at);
     create table "odd "" schema".part partition of "odd "" schema"."Big; Table" for values from ('2026-01-01') to ('2027-01-01');
     insert into "odd "" schema"."Big; Table" values (1, '2026-05-05'), (2, '2026-06-06')`,
  );
  await query(production, "create table visits (id int)", "stats");
  await query(dev, "create table drafts as select generate_series(1, 5) as id");
  const before = await moment(production);
  const { lsn } = await moment(dev);
  await query(production, "insert into orders values (4), (5); drop table dropped; create table made (id int)");
  await query(production, "insert into visits values (1)", "stats");
  await query(dev, "delete from drafts where id > 1");

  const restores = program(`
    const before = new lakebase.PointInTimeRestore("before", {
      source: production, time: "${before.time}", ttl: "1d", onExpiry: "forget",
      compute: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 2 },
      transform: (inner) => inner.type === "Endpoint" ? { ...inner, args: { ...inner.args, noSuspension: true } } : inner,
    });
    const drafts = new lakebase.PointInTimeRestore("drafts", {
      source: "${dev}", lsn: "${lsn}", branchId: "drafts", compare: { databases: ["databricks_postgres"] },
    });
    const silent = new lakebase.PointInTimeRestore("silent", { source: dev, lsn: "${lsn}", compare: false });
    module.exports = {
      before: before.compare, drafts: drafts.compare, silent: silent.compare.apply((tables) => tables === undefined),
      branch: silent.branch.name, host: before.connection().host, cu: before.endpoint.autoscalingLimitMaxCu,
      awake: before.endpoint.noSuspension,
    };
  `);
  stack.write("index.js", restores);
  await emulator.requests();
  await expectDone(stack.preview());
  expect(await emulator.calls()).not.toContain("POST credentials");
  await expectDone(stack.up());

  const public_ = { database: "databricks_postgres", schema: "public" };
  expect(await stack.outputs()).toEqual({
    before: [
      {
        database: "databricks_postgres",
        schema: 'odd " schema',
        table: "Big; Table",
        rows: 2,
        sourceRows: 2,
        difference: 0,
      },
      { ...public_, table: "dropped", rows: 1 },
      { ...public_, table: "made", sourceRows: 0 },
      { ...public_, table: "orders", rows: 3, sourceRows: 5, difference: -2 },
      { database: "stats", schema: "public", table: "visits", rows: 0, sourceRows: 1, difference: -1 },
    ],
    drafts: [{ ...public_, table: "drafts", rows: 5, sourceRows: 1, difference: 4 }],
    silent: true,
    branch: `projects/shop/branches/dev-at-${lsn.toLowerCase().replace("/", "-")}`,
    host: expect.any(String),
    cu: 2,
    awake: true,
  });
  expect(await query("projects/shop/branches/drafts", "select count(*)::int from drafts")).toEqual([5]);

  // Nothing is made anew, and a preview still wakes nobody; one that has expired is not counted.
  await emulator.clock({ advance: "172800s" });
  await emulator.requests();
  await expectDone(stack.preview("--expect-no-changes"));
  expect(await emulator.calls()).not.toContain("POST credentials");
  await expectDone(stack.up());
  expect((await stack.outputs())["before"]).toBeUndefined();
  await expectDone(stack.destroy());
});

const refused = [
  { args: "{}", want: "neither time nor lsn is given; write one of them" },
  {
    args: '{ time: "2026-12-01T10:00:00Z", lsn: "0/1A2B3C4" }',
    want: "time and lsn are both given; write one of them",
  },
];

test("what is no point is refused at preview, and one that the history does not have by the service", async () => {
  const stack = await newStack({ env: env(), program: program() });
  for (const { args, want } of refused) {
    stack.write(
      "index.js",
      program(`new lakebase.PointInTimeRestore("before", { ...${args}, source: production, compare: false });`),
    );
    const preview = await stack.preview();
    expect(preview.status).not.toBe(0);
    expect(errors(preview)).toContain(want);
    expect(preview.stdout).not.toMatch(/\n\s+at /);
  }
  stack.write(
    "index.js",
    program('new lakebase.PointInTimeRestore("before", { time: "2020-01-01T10:00:07Z", source: production });'),
  );
  const up = await stack.up();
  expect(up.status).not.toBe(0);
  expect(errors(up)).toMatch(
    /POST projects\/shop\/branches: INVALID_PARAMETER_VALUE \(400\): source_branch_time must lie within the history/,
  );
  await expectDone(stack.destroy());
});
