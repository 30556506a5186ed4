/** SqlScript through real HTTP and real Postgres: what runs when, what is remembered, and what no error says. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { type Emulator, startEmulator } from "../../emulator/server";
import { poolOptions } from "../../provider/connections";
import { readConfig } from "../../provider/pulumi/config";
import { Created } from "../../provider/pulumi/failures";
import { Handlers } from "../../provider/pulumi/handlers";
import { ScriptHandlers } from "../../provider/pulumi/script-handlers";
import { Session } from "../../provider/pulumi/session";
import { branch as branchDefinition, role as roleDefinition } from "../../provider/resources";
import type { AnyDefinition } from "../../provider/schema/definition";
import { unknownValue } from "../../provider/schema/unknown";
import { refusal } from "../../provider/scripts/refusal";
import { runScripts } from "../../provider/scripts/run";
import type { Script } from "../../provider/scripts/script";
import { CountedClock } from "../support/clock";

const branchKind = branchDefinition as unknown as AnyDefinition;
const roleKind = roleDefinition as unknown as AnyDefinition;

type Values = Readonly<Record<string, unknown>>;

const endpoint = "projects/shop/branches/production/endpoints/primary";
let emulator: Emulator;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({ postgres: true, log: () => {} });
  env = {
    DATABRICKS_HOST: emulator.url,
    DATABRICKS_TOKEN: emulator.token,
    ...(emulator.ca !== undefined && { PGSSLROOTCERT: emulator.ca }),
  };
});
afterAll(() => emulator.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "scripts-"));
  await fetch(`${emulator.url}/_emulator/reset`, { method: "POST" });
  await api("POST", "projects?project_id=shop", { spec: {} });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function api(method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`${emulator.url}/api/2.0/postgres/${path}`, {
    method,
    headers: { authorization: `Bearer ${emulator.token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(await response.text());
}

async function query(sql: string): Promise<readonly unknown[]> {
  const { host, port, user, database, ssl, password } = await poolOptions(endpoint, { env });
  const client = new Client({ host, port, user, database, ssl, password });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

/** A role `app` that who signs in may become, with a right of its own. */
async function roleApp(right?: string): Promise<void> {
  await query("create role app");
  await query('grant app to "emulator@example.com"');
  if (right !== undefined) await query(`grant ${right} to app`);
}

function newSession(means: Session["means"] = {}): Session {
  const config: Values = { "lakebase:host": emulator.url, "lakebase:token": emulator.token };
  return new Session(
    readConfig((key) => config[key]),
    {},
    () => {},
    means,
  );
}

function run(): ScriptHandlers {
  return new ScriptHandlers("schema", newSession());
}

function arguments_(more: Values): Values {
  return { endpoint, ...(emulator.ca !== undefined && { sslrootcert: emulator.ca }), ...more };
}

async function create(more: Values) {
  const script = run();
  const { inputs, failures } = await script.check({}, arguments_(more));
  expect(failures).toEqual([]);
  return { inputs, ...(await script.create(inputs)) };
}

async function update({ id, outs }: { id: string; outs: Values }, more: Values) {
  const script = run();
  const { inputs, failures } = await script.check({}, arguments_(more));
  expect(failures).toEqual([]);
  const planned = script.diff(outs, inputs);
  return { planned, outs: planned.changed.length > 0 ? await script.update(id, outs, inputs) : outs, id };
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

test("roles are listed again after a script, which may have changed them", async () => {
  const branch = "projects/shop/branches/production";
  for (const id of ["first", "second"])
    await api("POST", `${branch}/roles?role_id=${id}`, { spec: { postgres_role: id } });
  const session = newSession();
  const read = (id: string) =>
    new Handlers(roleKind, id, session).read(`${branch}/roles/${id}`, { parent: branch, roleId: id });
  await read("first");
  const script = new ScriptHandlers("schema", session);
  const { inputs } = await script.check({}, arguments_({ sql: "select 1" }));
  await script.create(inputs);
  await read("second");
  const answer = await fetch(`${emulator.url}/_emulator/requests`);
  const { requests } = (await answer.json()) as { requests: { method: string; path: string }[] };
  const reads = requests.filter(({ method, path }) => method === "GET" && path.includes("/roles"));
  expect(reads.map(({ path }) => path)).toEqual(Array(2).fill(`/api/2.0/postgres/${branch}/roles`));
});

test("a text runs once, and again when it changes; the state has its hash alone", async () => {
  const first = await create({ sql: "create table canary_one (id int)" });
  expect(JSON.stringify(first)).not.toContain("canary_one");
  expect(first.outs).toMatchObject({ sql: expect.stringMatching(/^sha256:/), ran: { sql: first.inputs["sql"] } });
  const same = await update(first, { sql: "create table canary_one (id int)" });
  expect(same.planned.changed).toEqual([]);
  await update(same, { sql: "create table canary_two (id int)" });
  expect(await query("select relname from pg_class where relname like 'canary%' order by 1")).toEqual([
    "canary_one",
    "canary_two",
  ]);
});

test("of a folder's files those run that are new or have changed, in the order of their names", async () => {
  write({
    "2-rows.sql": "insert into log values ('rows')",
    "1-table.sql": "create table log (what text); insert into log values ('table')",
    "notes.txt": "no sql",
  });
  const first = await create({ folder });
  expect(await query("select what from log")).toEqual(["table", "rows"]);
  write({ "3-more.sql": "insert into log values ('more')" });
  const second = await update(first, { folder });
  expect(await query("select what from log")).toEqual(["table", "rows", "more"]);
  write({ "2-rows.sql": "insert into log values ('rows again')" });
  const third = await update(second, { folder });
  expect(await query("select what from log")).toEqual(["table", "rows", "more", "rows again"]);
  expect((await update(third, { folder })).planned.changed).toEqual([]);
});

test("a file that fails leaves nothing of itself; those before it are remembered, and the next run goes on from there", async () => {
  write({ "1.sql": "create table log (what text)", "2.sql": "insert into log values ('a');\nselect * from canary" });
  const failure = await create({ folder }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Created);
  const { id, properties, message } = failure as Created;
  expect(message).toBe(
    `2.sql on ${endpoint}, database databricks_postgres: 42P01 in line 2: relation … does not exist`,
  );
  expect(Object.keys(properties["ran"] as Values)).toEqual(["1.sql"]);
  expect(await query("select * from log")).toEqual([]);
  write({ "2.sql": "insert into log values ('b')" });
  await update({ id, outs: properties }, { folder });
  expect(await query("select * from log")).toEqual(["b"]);
});

test("a script that fails at once leaves nothing in the state", async () => {
  const failure = await create({ sql: "create tabel canary_three ()" }).catch((error: unknown) => error);
  expect(failure).not.toBeInstanceOf(Created);
  expect(String(failure)).toBe(
    `Error: sql on ${endpoint}, database databricks_postgres: 42601 in line 1: syntax error at or near …`,
  );
});

describe.each([
  ["without a ledger", {}],
  ["with a ledger", { ledger: "migrations" }],
])("%s", (_, more) => {
  test("a script that leaves a transaction open is refused and leaves nothing; one that commits does not", async () => {
    write({ "1.sql": "create table log (what text)", "2.sql": "begin;\ninsert into log values ('lost')" });
    const failure = await create({ folder, ...more }).catch((error: unknown) => error);
    expect(String(failure)).toContain(
      `2.sql on ${endpoint}, database databricks_postgres: leaves a transaction open; write commit at its end, or leave begin out`,
    );
    const { id, properties } = failure as Created;
    expect(Object.keys(properties["ran"] as Values)).toEqual(["1.sql"]);
    expect(await query("select * from log")).toEqual([]);
    write({ "2.sql": "begin;\ninsert into log values ('kept');\ncommit" });
    await update({ id, outs: properties }, { folder, ...more });
    expect(await query("select * from log")).toEqual(["kept"]);
  });

  test("a script that commits halfway is told that this stays", async () => {
    write({ "1.sql": "create table kept (id int);\ncommit;\nbegin;\ncreate table lost (id int)" });
    const failure = await create({ folder, ...more }).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/leave begin out; what it committed before that stays, so take that out$/);
    expect(await query("select to_regclass('kept')::text, to_regclass('lost')::text")).toEqual(["kept", null]);
  });

  test("a file that begins with a byte order mark runs", async () => {
    write({ "1.sql": "\uFEFFcreate table marked (id int)" });
    await create({ folder, ...more });
    expect(await query("select to_regclass('marked')::text")).toEqual(["marked"]);
  });

  test("what is there already is said to be another's doing", async () => {
    write({ "1.sql": "create table twice (id int)", "2.sql": "create table twice (id int)" });
    const failure = await create({ folder, ...more }).catch((error: unknown) => error);
    expect(String(failure)).toMatch(
      /2\.sql .*: 42P07: relation … already exists; another script made it on this branch, or/,
    );
  });

  test("settings, a role and temporary tables of one script are not the next one's", async () => {
    await roleApp();
    write({
      "1.sql": "create schema apart; set search_path = apart; create table here (id int)",
      "2.sql": "create table there (id int); set role app",
      "3.sql": "create table more (id int); create temporary table there (id int)",
      "4.sql": "insert into there values (1)",
    });
    await create({ folder, ...more });
    const tables =
      "select schemaname || '.' || tablename from pg_tables where tablename ~ '^(here|there|more)$' order by 1";
    expect(await query(tables)).toEqual(["apart.here", "public.more", "public.there"]);
    expect(await query("select id from there")).toEqual([1]);
  });

  test("each script runs as the role that is named, whatever the one before did", async () => {
    await roleApp("create on schema public");
    write({ "1.sql": "create table one (id int); reset role", "2.sql": "create table two (id int)" });
    await create({ folder, role: "app", ...more });
    const owners = "select tableowner from pg_tables where tablename in ('one', 'two')";
    expect(await query(owners)).toEqual(["app", "app"]);
  });

  test("an error of rights names the role that a script ran as", async () => {
    await roleApp();
    const failure = create({ sql: "create table mine (id int)", role: "app", ...more });
    await expect(failure).rejects.toThrow(/42501.*it runs as app: grant that the right/);
  });
});

test("what a script raises is not told", async () => {
  const failure = create({ sql: "do $$ begin raise exception 'canary of a secret'; end $$" });
  await expect(failure).rejects.toThrow(/^sql on \S+ database databricks_postgres: P0001$/);
});

test("it runs in the database and as the role that are named", async () => {
  const branch = "projects/shop/branches/production";
  await query("create role app");
  await query('grant app to "emulator@example.com"');
  await api("POST", `${branch}/databases?database_id=orders`, {
    spec: { postgres_database: "orders_in_postgres", role: `${branch}/roles/emulator` },
  });
  await create({ sql: "grant create on schema public to app", database: `${branch}/databases/orders` });
  await create({ sql: "create table mine (id int)", database: "orders_in_postgres", role: "app" });
  await create({
    sql: "do $$ begin assert (select tableowner from pg_tables where tablename = 'mine') = 'app'; end $$",
    database: "orders_in_postgres",
  });
});

test("an endpoint that was made anew gets all of it again", async () => {
  const branch = "projects/shop/branches/dev";
  const there = { endpoint: `${branch}/endpoints/primary`, sql: "create table here (id int)" };
  await api("POST", "projects/shop/branches?branch_id=dev", { spec: { no_expiry: true } });
  const made = await create(there);
  expect((await run().read(made.id, made.outs)).id).toBe(made.id);
  await api("DELETE", `${branch}?purge=true`);
  expect((await run().read(made.id, made.outs)).id).toBe("");
  await api("POST", "projects/shop/branches?branch_id=dev", { spec: { no_expiry: true } });
  expect((await run().read(made.id, made.outs)).id).toBe("");
  const { inputs } = await run().check({}, arguments_({ ...there, endpointUid: "another" }));
  expect(run().diff({ ...made.outs, endpointUid: "one" }, inputs).replaces).toEqual(["endpointUid"]);
});

test("a database that was made anew gets all of it again; one that was renamed does not", async () => {
  const first = { sql: "create table here (id int)", database: "orders", databaseMade: "orders of January" };
  const { inputs: outs } = await run().check({}, arguments_(first));
  const planned = async (more: Values) =>
    run().diff(outs, (await run().check({}, arguments_({ ...first, ...more }))).inputs);
  expect((await planned({ databaseMade: "orders of March" })).replaces).toEqual(["databaseMade"]);
  expect((await planned({ databaseMade: unknownValue })).replaces).toEqual(["databaseMade"]);
  expect((await planned({ database: "renamed" })).replaces).toEqual([]);
  expect((await planned({ database: "other", databaseMade: "other of March" })).replaces).toContain("database");
  expect((await planned({ database: "renamed", databaseMade: undefined })).replaces).toEqual(["database"]);
});

test("a resource where its name stood before is remembered, and runs nothing", async () => {
  const sql = "create table here (id int)";
  const first = await create({ sql });
  const { planned, outs } = await update(first, { sql, endpointUid: "one", databaseMade: "orders of January" });
  expect(planned).toMatchObject({ changed: ["endpointUid", "databaseMade"], replaces: [] });
  expect(outs).toMatchObject({ endpointUid: "one", databaseMade: "orders of January", ran: first.outs["ran"] });
});

test.each([
  ["neither SQL nor a folder", {}, "sql is missing; write the SQL, or folder: a folder of .sql files"],
  ["both", { sql: "select 1", folder: "." }, "sql does not go with folder: give only one of them"],
  ["a folder that is not there", { folder: "no-such-folder" }, "folder no-such-folder cannot be read (ENOENT)"],
  ["a folder without SQL", { folder: "docs" }, "folder docs has no .sql files; check the path"],
])("%s is refused at preview", async (_, more, want) => {
  const { failures } = await run().check({}, arguments_(more));
  expect(failures.map(({ reason }) => reason)).toEqual([expect.stringContaining(want)]);
});

test("a refusal of the SQL has no value beside it that Pulumi would print", async () => {
  const { failures } = await run().check({}, arguments_({ sql: "select 1", folder: "." }));
  expect(failures.map(({ property }) => property)).toEqual([""]);
});

test("what failed is still to be run after a refresh", async () => {
  const first = await create({ sql: "create table canary_four (id int)" });
  const broken = await update(first, { sql: "canary" }).catch((error: unknown) => error);
  expect(broken).toBeInstanceOf(Created);
  const { id, properties } = broken as Created;
  const { outs } = await run().read(id, properties);
  const { inputs } = await run().check({}, arguments_({ sql: "canary" }));
  expect(run().diff(outs, inputs).changed).toEqual(["hashes"]);
});

test("on a branch that is remembered as expired it is left alone, and runs again when that comes back", async () => {
  const there = { endpoint: "projects/shop/branches/dev/endpoints/primary", sql: "create table here (id int)" };
  const branch = { parent: "projects/shop", branchId: "dev", ttl: "1d", onExpiry: "forget" };
  const session = newSession();
  const branches = new Handlers(branchKind, "dev", session);
  const { inputs } = await branches.check({}, branch);
  const dev = await branches.create(inputs);
  const made = await create(there);
  await fetch(`${emulator.url}/_emulator/clock`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ advance: "2d" }),
  });
  const expired = await branches.read(dev.id, dev.outs);
  const script = new ScriptHandlers("schema", session);
  const remembered = await script.read(made.id, made.outs);
  expect(remembered.id).toBe(made.id);
  const { inputs: more } = await script.check({}, arguments_({ ...there, sql: "create table more (id int)" }));
  expect(script.diff(remembered.outs, more).changed).toEqual([]);

  const longer = await branches.check(inputs, { ...branch, ttl: "7d" });
  branches.diff(expired.outs, longer.inputs);
  await branches.update(dev.id, expired.outs, longer.inputs);
  expect(script.diff(remembered.outs, more).changed).toEqual(["endpoint"]);
  expect(await script.update(made.id, remembered.outs, more)).toMatchObject({ ran: more["hashes"] });
});

test("a pg that cannot tell whether a transaction is open is refused before anything runs", async () => {
  const { getTransactionStatus } = Client.prototype;
  Reflect.deleteProperty(Client.prototype, "getTransactionStatus");
  try {
    await expect(create({ sql: "create table early (id int)" })).rejects.toThrow(
      "running SQL needs the package pg 8.21 or newer, and an older one is installed; run 'npm install pg@8'",
    );
  } finally {
    Client.prototype.getTransactionStatus = getTransactionStatus;
  }
  expect(await query("select to_regclass('early')::text")).toEqual([null]);
});

describe("a ledger in the database", () => {
  const ledger = "migrations";
  const log = () => query("select what from log");
  const files = {
    "1-table.sql": "create table log (what text); insert into log values ('table')",
    "2-rows.sql": "insert into log values ('rows') -- the end",
  };

  test("is known to a stack that has lost its state, which runs what is new, has changed or was changed back", async () => {
    write(files);
    await create({ folder, ledger });
    const again = await create({ folder, ledger });
    expect(again.outs).toMatchObject({ ran: again.inputs["hashes"] });
    expect(await log()).toEqual(["table", "rows"]);
    write({ "2-rows.sql": "insert into log values ('changed')", "3-new.sql": "insert into log values ('new')" });
    const changed = await create({ folder, ledger });
    write({ "2-rows.sql": files["2-rows.sql"] });
    await update(changed, { folder, ledger });
    expect(await log()).toEqual(["table", "rows", "changed", "new", "rows"]);
  });

  test("is known to a branch that is made from this one, and another ledger is not", async () => {
    write(files);
    await create({ folder, ledger });
    await api("POST", "projects/shop/branches?branch_id=dev", { spec: { no_expiry: true } });
    const there = "projects/shop/branches/dev/endpoints/primary";
    write({ "2-rows.sql": "create table log (what text)" });
    await expect(create({ folder, ledger, endpoint: there })).rejects.toThrow(`2-rows.sql on ${there}`);
    await expect(create({ folder, ledger: "others", endpoint: there })).rejects.toThrow(`1-table.sql on ${there}`);
    write({ "2-rows.sql": files["2-rows.sql"] });
    await create({ folder, ledger, endpoint: there });
    expect(await log()).toEqual(["table", "rows"]);
  });

  test("gets what had run before there was one, without running it", async () => {
    write(files);
    await update(await create({ folder }), { folder, ledger });
    await create({ folder, ledger });
    expect(await log()).toEqual(["table", "rows"]);
  });

  test("is kept by who signs in, so that a role that is named later finds it", async () => {
    await roleApp("create on schema public");
    write(files);
    const first = await create({ folder, ledger });
    write({ "3-new.sql": "create table mine (id int)" });
    await update(first, { folder, ledger, role: "app" });
    expect(await query("select tableowner from pg_tables where tablename = 'mine'")).toEqual(["app"]);
    expect(await query("select name from pulumi_lakebase.scripts order by 1")).toEqual([
      ...Object.keys(files),
      "3-new.sql",
    ]);
  });

  test("notes a script whose deferred constraints hold, as the role and with the settings that it ran with", async () => {
    await roleApp("create on database databricks_postgres");
    const sql = `
      create schema apart; set search_path = apart;
      create table log (what name);
      create table rows (id int);
      create function noted() returns trigger language plpgsql as
        $$ begin insert into log values (current_user); return null; end $$;
      create constraint trigger at_the_end after insert on rows deferrable initially deferred
        for each row execute function noted();
      insert into rows values (1)`;
    await create({ sql, ledger, role: "app" });
    expect(await query("select what from apart.log")).toEqual(["app"]);
  });

  test("lets one run at a time in, so that of several at once each script runs once", async () => {
    write({ ...files, "3-index.sql": "create index concurrently by_what on log (what)" });
    const runs = await Promise.all([1, 2, 3].map(() => create({ folder, ledger })));
    for (const { inputs, outs } of runs) expect(outs).toMatchObject({ ran: inputs["hashes"] });
    expect(await log()).toEqual(["table", "rows"]);
  });

  test("is waited for an hour at most", async () => {
    const holder = new Client(await poolOptions(endpoint, { env }));
    await holder.connect();
    await holder.query(`select pg_advisory_lock(hashtextextended('pulumi_lakebase ${ledger}', 0))`);
    const place = { endpoint, database: "databricks_postgres", sslrootcert: emulator.ca };
    const ran: string[] = [];
    const clock = new CountedClock();
    const scripts = [{ name: "1.sql", text: "create table log (what text)" }];
    const client = await newSession().client();
    const done = ({ name }: Script) => ran.push(name);
    await expect(runScripts(client, place, scripts, done, ledger, { clock })).rejects.toThrow(
      `the ledger ${ledger} on ${endpoint}, database databricks_postgres: another run has had it for an hour; let that one end`,
    );
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(3_590_000);
    const resource = new ScriptHandlers("schema", newSession({ clock }));
    const { inputs } = await resource.check({}, arguments_({ sql: "create table log (what text)", ledger }));
    await expect(resource.create(inputs)).rejects.toThrow("another run has had it for an hour");
    await holder.query("select pg_advisory_unlock_all()");
    await holder.end();
    await runScripts(client, place, scripts, done, ledger, { clock });
    expect(ran).toEqual(["1.sql"]);
  });

  test("is waited for no longer than a resource's customTimeouts allow", async () => {
    const holder = new Client(await poolOptions(endpoint, { env }));
    await holder.connect();
    await holder.query(`select pg_advisory_lock(hashtextextended('pulumi_lakebase ${ledger}', 0))`);
    const clock = new CountedClock();
    const resource = new ScriptHandlers("schema", newSession({ clock }), 5_000);
    const { inputs } = await resource.check({}, arguments_({ sql: "select 1", ledger }));
    await expect(resource.create(inputs)).rejects.toThrow("another run has had it for 5 s; let that one end");
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(5_000);
    await holder.end();
  });

  test("is made once by runs with ledgers of their own", async () => {
    const runs = ["a", "b", "c", "d"].map((name) => create({ sql: `create table ${name} (id int)`, ledger: name }));
    await Promise.all(runs);
    expect(await query("select ledger from pulumi_lakebase.scripts order by 1")).toEqual(["a", "b", "c", "d"]);
  });

  test("is no application's to change", async () => {
    write(files);
    await create({ folder, ledger });
    await query("create role app");
    const rights = "has_table_privilege(rolname, 'pulumi_lakebase.scripts', 'insert, update, delete')";
    const who = `select rolname::text from pg_roles where rolname in ('app', 'databricks_superuser') and ${rights}`;
    expect(await query(who)).toEqual(["databricks_superuser"]);
  });

  test("has what cannot be part of a transaction, and nothing of what failed", async () => {
    write({ "1.sql": "create table log (what text)", "2.sql": "create index concurrently by_what on log (what)" });
    await create({ folder, ledger });
    write({ "3.sql": "insert into log values ('half'); select * from nowhere" });
    await expect(create({ folder, ledger })).rejects.toThrow("3.sql");
    expect(await query("select name from pulumi_lakebase.scripts order by 1")).toEqual(["1.sql", "2.sql"]);
    expect(await log()).toEqual([]);
  });

  test("runs once what a script committed before a statement that cannot be part of a transaction", async () => {
    write({ "1.sql": files["1-table.sql"], "2.sql": "insert into log values ('rows'); commit; vacuum log" });
    const failure = await create({ folder, ledger }).catch((error: unknown) => error);
    expect(String(failure)).toMatch(
      /2\.sql on .*: 25001: .*; put the statement that cannot run in a transaction in a file of its own; what it committed before stays$/,
    );
    expect(await log()).toEqual(["table", "rows"]);
    expect(await query("select name from pulumi_lakebase.scripts")).toEqual(["1.sql"]);
  });

  test("has what cannot be part of a transaction and only looks as if it committed", async () => {
    const index = "create index concurrently by_what on log ((case what when 'table' then 1 end));\n";
    write({ "1.sql": files["1-table.sql"], "2.sql": index });
    await create({ folder, ledger });
    expect(await query("select name from pulumi_lakebase.scripts order by 1")).toEqual(["1.sql", "2.sql"]);
  });
});

test.each([
  ["a name in quotes", { code: "42601", message: 'syntax error at or near ""canary""' }, "syntax error at or near …"],
  [
    "quotes within quotes",
    { code: "42601", message: `unterminated quoted string at or near "'a "canary" b"` },
    "unterminated quoted string at or near …",
  ],
  [
    "a name without quotes",
    { code: "42501", message: "permission denied for table canary" },
    "permission denied for table …",
  ],
  ["a qualified name", { code: "42703", message: "column c.canary does not exist" }, "column ….… does not exist"],
  ["what it raised", { code: "22023", message: "made of canary", routine: "exec_stmt_raise" }, undefined],
])("an error of Postgres is told without %s", (_, failure, want) => {
  const sql = `select c.canary from "canary" as c where 'a "canary" b'`;
  expect(refusal(failure, sql)).toBe(want === undefined ? failure.code : `${failure.code}: ${want}`);
});

test("SQL that is not known yet waits", async () => {
  const { inputs, failures } = await run().check({}, arguments_({ sql: unknownValue }));
  expect(failures).toEqual([]);
  expect(inputs).toMatchObject({ sql: unknownValue });
});
