/** `pulumi-lakebase schema-diff` with branches of real Postgres: each kind of change, once, in the right words. */
import { type Ended, ended } from "../support/command";
import { type Client, startClient } from "./emulator-client";
import { Sessions } from "./emulator-sessions";

// Generous: other suites may be compiling at the same time.
jest.setTimeout(60_000);

const shop = "projects/shop";
const dev = `${shop}/branches/dev`;
const production = `${shop}/branches/production`;
const APP = "8dc75b14-1111-2222-3333-444455556666";

let client: Client;
const sessions = new Sessions(() => client);

beforeAll(async () => {
  client = await startClient({ postgres: true });
});
afterAll(() => client.emulator.close());
afterEach(() => sessions.end());

/** What both branches have before anything differs. */
const before = `
  create role app; create role reporter;
  create schema stock;
  create type mood as enum ('sad', 'ok');
  create domain percent as integer;
  create type place as (city text);
  create sequence tickets;
  create table customers (id integer primary key, email text not null, nick text, age integer default 0);
  create table orders (id integer generated always as identity primary key, customer integer, total integer);
  create index orders_total on orders (total);
  create table events (at date not null, what text) partition by range (at);
  create view emails as select email from customers;
  create materialized view ages as select age from customers;
  create function twice(n integer) returns integer language sql as 'select 2 * n';
  create procedure nothing() language sql as '';
  create function touch() returns trigger language plpgsql as 'begin return new; end';
  create table gone (id integer);
  grant select on orders to reporter;`;

async function project(id: string, spec: object = {}): Promise<void> {
  await client.ok("POST", `projects?project_id=${id}`, { spec });
  await ddl(`projects/${id}/branches/production`, before);
  await client.ok("POST", `projects/${id}/branches?branch_id=dev`, { spec: { no_expiry: true } });
}

async function ddl(branch: string, sql: string, database = "databricks_postgres"): Promise<void> {
  const session = await sessions.connect(`${branch}/endpoints/primary`, undefined, { database });
  await session.query(sql);
}

async function diff(args: readonly string[], { token = client.emulator.token, colours = false } = {}): Promise<Ended> {
  const { status, out, err } = await ended(["schema-diff", ...args], {
    environment: {
      DATABRICKS_HOST: client.emulator.url,
      DATABRICKS_TOKEN: token,
      PGSSLROOTCERT: client.emulator.ca ?? "",
    },
    colours,
    now: () => 0,
  });
  return { status, out, err };
}

/** The lines below the headings that say something. */
function changes(out: string): readonly string[] {
  return out
    .split("\n")
    .slice(3)
    .filter((line) => line !== "");
}

const same = { status: 0, err: "", out: "shop/dev against shop/production\n\ndatabricks_postgres: no difference\n" };

const statements: readonly (readonly [sql: string, ...lines: string[]])[] = [
  ["create schema billing", "+ schema billing"],
  ["comment on schema stock is 'What is there'", `~ schema stock: now comment "What is there"`],
  ["grant usage on schema stock to app", "~ schema stock", "+     grant to app USAGE"],
  ["create extension pg_trgm", "+ extension pg_trgm version 1.6 schema public"],
  ["alter type mood add value 'happy'", "~ enum public.mood: labels 'sad', 'ok' → 'sad', 'ok', 'happy'"],
  ["create type colour as enum ('red')", "+ enum public.colour 'red'"],
  [
    "alter domain percent add constraint range check (value between 0 and 100)",
    "~ domain public.percent",
    "+     constraint range CHECK (VALUE >= 0 AND VALUE <= 100)",
  ],
  ["create domain name as text default 'Ann' not null", "+ domain public.name text not null default 'Ann'::text"],
  ["alter type place add attribute zip text", "~ composite type public.place", "+     attribute zip text"],
  ["create type span as range (subtype = date)", "+ range type public.span subtype date"],
  ["alter sequence tickets increment 5", "~ sequence public.tickets: now increment 5"],
  ["create sequence down as integer cache 7", "+ sequence public.down integer cache 7"],
  [
    "create table coupons (code text primary key, percent integer not null default 10 check (percent > 0))",
    "+ table public.coupons",
    "+     column code text not null",
    "+     column percent integer not null default 10",
    "+     constraint coupons_percent_check CHECK (percent > 0)",
    "+     constraint coupons_pkey PRIMARY KEY (code)",
  ],
  ["create unlogged table stock.scratch ()", "+ table stock.scratch unlogged"],
  ["drop table gone", "- table public.gone", "-     column id integer"],
  [
    'alter table orders add note text collate "C"',
    "~ table public.orders",
    '+     column note text collation pg_catalog."C"',
  ],
  ["alter table customers drop nick", "~ table public.customers", "-     column nick text"],
  [
    "alter table orders alter total type numeric(10,2)",
    "~ table public.orders",
    "~     column total: type integer → numeric(10,2)",
  ],
  ["alter table customers alter age drop default", "~ table public.customers", "~     column age: no longer default 0"],
  ["alter table customers alter age set default 18", "~ table public.customers", "~     column age: now default 18"],
  ["alter table customers alter age set not null", "~ table public.customers", "~     column age: now not null"],
  [
    "comment on column customers.email is E'a\\nb'",
    "~ table public.customers",
    "~     column email",
    "~         comment:",
    "+         a",
    "+         b",
  ],
  [
    "alter table orders alter id set increment 2",
    "~ table public.orders",
    "~     column id: identity always → always increment 2",
  ],
  [
    "alter table orders add doubled integer generated always as (customer * 2) stored",
    "~ table public.orders",
    "+     column doubled integer generated always as (customer * 2) stored",
  ],
  [
    "alter table orders add foreign key (customer) references customers",
    "~ table public.orders",
    "+     constraint orders_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id)",
  ],
  [
    "alter table customers add unique (email)",
    "~ table public.customers",
    "+     constraint customers_email_key UNIQUE (email)",
  ],
  [
    "create unique index customers_nick on customers (lower(email)) where age > 0",
    "~ table public.customers",
    "+     index customers_nick unique btree (lower(email)) WHERE (age > 0)",
  ],
  ["drop index orders_total", "~ table public.orders", "-     index orders_total btree (total)"],
  [
    "create statistics pair on customer, total from orders",
    "~ table public.orders",
    "+     statistics public.pair ON customer, total FROM public.orders",
  ],
  [
    "create trigger touched before update on orders for each row execute function touch()",
    "~ table public.orders",
    "+     trigger touched BEFORE UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.touch()",
  ],
  ["alter table orders disable trigger touched", "~ table public.orders", "~     trigger touched: now disabled"],
  [
    "create rule quiet as on delete to orders do instead nothing",
    "~ table public.orders",
    "+     rule quiet ON DELETE TO public.orders DO INSTEAD NOTHING;",
  ],
  ["alter table orders enable row level security", "~ table public.orders: now row security enabled"],
  [
    "create policy own on orders for select to app using (customer = 1)",
    "~ table public.orders",
    "+     policy own for select to app using (customer = 1)",
  ],
  [
    "create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01')",
    "+ table public.events_2025 partition of public.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
  ],
  ["alter table events add primary key (at)", "~ table public.events", "+     constraint events_pkey PRIMARY KEY (at)"],
  ["create index events_what on events (what)", "~ table public.events", "+     index events_what btree (what)"],
  ["alter table events add who text", "~ table public.events", "+     column who text"],
  [
    "create or replace view emails as select email, age from customers",
    "~ view public.emails",
    "-     SELECT email",
    "+     SELECT email,",
    "+         age",
    "         FROM public.customers;",
  ],
  ["alter view emails set (security_invoker = true)", "~ view public.emails: now with security_invoker=true"],
  ["create materialized view totals as select 1 as total", "+ materialized view public.totals SELECT 1 AS total;"],
  ["create index ages_age on ages (age)", "~ materialized view public.ages", "+     index ages_age btree (age)"],
  [
    "create or replace function twice(n integer) returns integer language sql immutable as 'select n + n'",
    "~ function public.twice(integer)",
    "      CREATE OR REPLACE FUNCTION public.twice(n integer)",
    "       RETURNS integer",
    "       LANGUAGE sql",
    "-     AS $function$select 2 * n$function$",
    "+      IMMUTABLE",
    "+     AS $function$select n + n$function$",
  ],
  [
    "create function twice(t text) returns text language sql as 'select t || t'",
    "+ function public.twice(text)",
    "+     CREATE OR REPLACE FUNCTION public.twice(t text)",
    "+      RETURNS text",
    "+      LANGUAGE sql",
    "+     AS $function$select t || t$function$",
  ],
  [
    "drop procedure nothing",
    "- procedure public.nothing()",
    "-     CREATE OR REPLACE PROCEDURE public.nothing()",
    "-      LANGUAGE sql",
    "-     AS $procedure$$procedure$",
  ],
  [
    "create aggregate most(integer) (sfunc = int4larger, stype = integer)",
    "+ aggregate public.most(integer) returns integer sfunc int4larger(integer,integer), stype integer",
  ],
  [
    "grant insert, update (total) on orders to reporter",
    "~ table public.orders",
    "~     grant to reporter: privileges SELECT → INSERT, SELECT",
    "+     grant to reporter on column total UPDATE",
  ],
  [
    "revoke select on orders from reporter",
    "~ table public.orders",
    "~     grant to reporter: privileges INSERT, SELECT → INSERT",
  ],
  ["grant usage on sequence tickets to app", "~ sequence public.tickets", "+     grant to app USAGE"],
  ["revoke execute on function touch from public", "~ function public.touch()", "+     revoked from PUBLIC EXECUTE"],
  [
    "grant execute on function touch to app with grant option",
    "~ function public.touch()",
    "+     grant to app EXECUTE with grant option",
  ],
  [
    "alter default privileges in schema stock grant select on tables to app",
    '+ default privileges of "emulator@example.com" in schema stock on tables',
    "+     grant to app SELECT",
  ],
  [
    "grant create on database databricks_postgres to app",
    "~ database databricks_postgres",
    "+     grant to app CREATE",
  ],
  ['create table "a\\b\n""c" ()', '+ table public."a\\b\\n""c"'],
];

describe("between a branch and what it was made from", () => {
  beforeAll(() => project("shop"));

  test("nothing differs at first", async () => {
    expect(await diff(["shop/dev"])).toEqual(same);
  });

  test.each(statements)("%s", async (sql, ...lines) => {
    await ddl(dev, sql);
    const { status, out, err } = await diff(["shop/dev"]);
    await ddl(production, sql);
    expect({ status, err, lines: changes(out) }).toEqual({ status: 1, err: "", lines });
    expect(await diff(["shop/dev"])).toEqual(same);
  });
});

test("Postgres 16 and 18 show all of it alike", async () => {
  const outs = await Promise.all(
    [16, 18].map(async (version) => {
      const id = `shop${version}`;
      await project(id, { pg_version: version });
      await all(`projects/${id}/branches/dev`);
      const first = await diff([`${id}/dev`]);
      await all(`projects/${id}/branches/production`);
      return [first, await diff([`${id}/dev`])].map(({ status, out }) => ({ status, lines: changes(out) }));
    }),
  );
  expect(outs[0]).toEqual(outs[1]);
  expect(outs[0]).toEqual([
    {
      status: 1,
      lines: expect.arrayContaining(["+ table public.coupons", "~ view public.emails: now with security_invoker=true"]),
    },
    { status: 0, lines: [] },
  ]);
});

/** One by one: a label may not be used in the transaction that adds it. */
async function all(branch: string): Promise<void> {
  for (const [sql] of statements) await ddl(branch, sql);
}

describe("options", () => {
  beforeAll(async () => {
    await project("options");
    const spec = { postgres_role: APP, identity_type: "SERVICE_PRINCIPAL" };
    await client.ok("POST", "projects/options/branches/dev/roles?role_id=app", { spec });
    await client.ok("POST", "projects/options/branches/production/roles?role_id=app", { spec });
    await ddl(
      "projects/options/branches/dev",
      "create table hidden (id integer); create schema more; create table more.other (); create schema pulumi_lakebase; create table pulumi_lakebase.scripts ()",
    );
    await ddl("projects/options/branches/dev", "create database reports");
    await ddl("projects/options/branches/dev", "create table sales ()", "reports");
    await client.ok("POST", "projects/options/branches?branch_id=leaf", {
      spec: { no_expiry: true, source_branch: "projects/options/branches/dev" },
    });
  });

  test("who may not read a table sees it nevertheless", async () => {
    const token = await sessions.accessToken(APP);
    await expect(sessions.sql("projects/options/branches/dev/endpoints/primary", "table hidden", APP)).rejects.toThrow(
      "permission denied",
    );
    const { status, out } = await diff(["options/dev", "--schema", "public"], { token });
    expect({ status, lines: changes(out) }).toEqual({
      status: 1,
      lines: ["+ table public.hidden", "+     column id integer"],
    });
  });

  test("without BASE it is what the branch was made from, whatever that is", async () => {
    expect(await diff(["options/leaf"])).toMatchObject({
      status: 0,
      out: "options/leaf against options/dev\n\ndatabricks_postgres: no difference\n",
    });
    expect((await diff(["options/leaf", "production"])).out).toMatch(/^options\/leaf against options\/production\n/);
    const full = ["projects/options/branches/leaf", "projects/options/branches/dev"];
    expect((await diff(full)).status).toBe(0);
  });

  test("a database that is on one side only is a difference, with all that is in it", async () => {
    const { status, out } = await diff(["options/dev", "--database", "reports"]);
    expect({ status, lines: changes(out) }).toEqual({
      status: 1,
      lines: expect.arrayContaining(["+ database reports collation C", "+ table public.sales"]),
    });
    const back = await diff([
      "options/production",
      "dev",
      "--database",
      "reports",
      "--database",
      "databricks_postgres",
    ]);
    expect({ status: back.status, titles: back.out.match(/^\w+: .*$/gm) }).toEqual({
      status: 1,
      titles: ["databricks_postgres: 3 removed", expect.stringMatching(/^reports: \d removed$/)],
    });
    const all = await diff(["options/dev", "--all-databases"]);
    expect(all.out.match(/^\w+(?=: )/gm)).toEqual(["databricks_postgres", "postgres", "reports"]);
  });

  test("--schema leaves out all else, --owners says who owns what", async () => {
    const { out } = await diff(["options/dev", "--schema", "more", "--owners"]);
    expect(changes(out)).toEqual([
      '+ schema more owner "emulator@example.com"',
      '+ table more.other owner "emulator@example.com"',
    ]);
  });

  test("--json is for programs", async () => {
    const { status, out } = await diff(["options/dev", "--schema", "more", "--json"]);
    const added = { action: "added", facts: [], parts: [] };
    expect({ status, found: JSON.parse(out) }).toEqual({
      status: 1,
      found: {
        branch: "projects/options/branches/dev",
        base: "projects/options/branches/production",
        databases: [
          {
            database: "databricks_postgres",
            changes: [
              { ...added, kind: "schema", name: "more" },
              { ...added, kind: "table", name: "more.other" },
            ],
          },
        ],
        differs: true,
      },
    });
  });

  test("--markdown begins with the marker that --help tells of", async () => {
    const marker =
      "<!-- pulumi-lakebase schema-diff projects/options/branches/dev projects/options/branches/production -->";
    const { status, out } = await diff(["options/dev", "--markdown"]);
    expect({ status, first: out.split("\n")[0] }).toEqual({ status: 1, first: marker });
    const told = marker.replaceAll("options", "P").replace("dev", "BRANCH").replace("production", "BASE");
    expect((await diff(["--help"])).out).toContain(told);
    const none = await diff(["options/leaf", "--markdown"]);
    expect(none).toMatchObject({ status: 0, out: expect.stringMatching(/\nNo difference\.\n$/) });
  });

  test("colours are for terminals", async () => {
    expect((await diff(["options/dev"], { colours: true })).out).toContain("\u001b[32m+     column id integer");
    expect((await diff(["options/dev"])).out).not.toContain("\u001b");
  });

  test("sends nothing that changes anything, but for tokens", async () => {
    await client.control("DELETE", "requests");
    await diff(["options/dev"]);
    const { requests } = await client.control("GET", "requests");
    const writes = requests.filter(
      ({ method, path }: { method: string; path: string }) => method !== "GET" && !path.endsWith("/credentials"),
    );
    expect(writes).toEqual([]);
  });

  test.each([
    ["a branch that is not there", ["options/none"], "projects/options/branches/none does not exist"],
    ["a BASE that is not there", ["options/dev", "none"], "projects/options/branches/none"],
    ["a root without BASE", ["options/production"], "was made from no other branch; name BASE: options/BRANCH"],
    ["a database on neither side", ["options/dev", "--database", "none"], "database none is neither on"],
    ["a project alone", ["options"], "Name a branch"],
    ["two databases and all", ["options/dev", "--database", "a", "--all-databases"], "cannot be used with"],
    ["two formats", ["options/dev", "--json", "--markdown"], "cannot be used with"],
  ])("%s is trouble: status 2", async (_, args, want) => {
    expect(await diff(args)).toEqual({ status: 2, out: "", err: expect.stringContaining(want) });
  });

  test("no sign-in is trouble", async () => {
    expect(await diff(["options/dev"], { token: "wrong-and-fake" })).toMatchObject({ status: 2, out: "" });
  });
});
