/** What roles, databases and snapshots of the API are in the Postgres behind a branch. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, refusal, refused, startClient } from "./emulator-client";
import { Sessions, USER } from "./emulator-sessions";

const shop = "projects/shop";
const production = `${shop}/branches/production`;
const primary = `${production}/endpoints/primary`;
const APP = "8dc75b14-0000-4000-8000-000000000000";
const OTHER = "8dc75b14-0000-4000-8000-000000000001";

let client: Client;
const sessions = new Sessions(() => client);

beforeAll(async () => {
  client = await startClient({ postgres: true });
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});
afterEach(() => sessions.end());

function role(id: string, spec: object, query = ""): Promise<unknown> {
  return client.ok("POST", `${production}/roles?role_id=${id}${query}`, { spec });
}

function database(id: string, name: string, owner: string): Promise<unknown> {
  const spec = { postgres_database: name, role: `${production}/roles/${owner}` };
  return client.ok("POST", `${production}/databases?database_id=${id}`, { spec });
}

function fork(id: string, spec: object = {}): Promise<unknown> {
  return client.ok("POST", `${shop}/branches?branch_id=${id}`, { spec: { no_expiry: true, ...spec } });
}

function endpointOf(branch: string): string {
  return `${shop}/branches/${branch}/endpoints/primary`;
}

/** The roles that are no system's, with what they may. */
function roles(endpoint = primary): Promise<unknown[]> {
  return sessions.sql(
    endpoint,
    `select rolname, rolcanlogin, rolcreatedb, rolcreaterole, rolbypassrls, pg_has_role(oid, 'databricks_superuser', 'member')
     from pg_roles where rolname !~ '^(pg|databricks)_' and rolname <> 'postgres' order by rolname`,
  );
}

function databases(endpoint = primary): Promise<unknown[]> {
  return sessions.sql(
    endpoint,
    "select datname, pg_get_userbyid(datdba) from pg_database where not datistemplate and datname <> 'postgres' order by 1",
  );
}

const OWNER = [USER, true, true, true, true, true];
const ATTRIBUTES = { createdb: false, createrole: false, bypassrls: false };

describe("a role", () => {
  test.each([
    ["with a password", {}, [true, false, false, false, false]],
    ["that signs in with a token", { auth_method: "LAKEBASE_OAUTH_V1" }, [true, false, false, false, false]],
    ["that does not sign in", { auth_method: "NO_LOGIN" }, [false, false, false, false, false]],
    ["with attributes", { attributes: { createdb: true, bypassrls: true } }, [true, true, false, true, false]],
    ["of the owners", { membership_roles: ["DATABRICKS_SUPERUSER"] }, [true, false, false, false, true]],
  ])("%s is one of Postgres", async (_what, spec, want) => {
    await role("app", { postgres_role: 'the "app"', ...spec });
    expect(await roles()).toEqual([OWNER, ['the "app"', ...want]]);
  });

  test("of a service principal lets it in with its own token, and no further than its grants", async () => {
    await role("app", { postgres_role: APP, identity_type: "SERVICE_PRINCIPAL" });
    await sessions.sql(primary, "create table cart as select 'tea' as item");
    await expect(sessions.sql(primary, "select * from cart", APP)).rejects.toMatchObject({ code: "42501" });
    await sessions.sql(primary, `grant select on cart to "${APP}"`);
    expect(await sessions.sql(primary, "select current_user, item from cart", APP)).toEqual([[APP, "tea"]]);
    await expect(sessions.sql(primary, "delete from cart", APP)).rejects.toMatchObject({ code: "42501" });
  });

  test("changes where its mask says so", async () => {
    await role("app", {
      postgres_role: "app",
      attributes: { createdb: true },
      membership_roles: ["DATABRICKS_SUPERUSER"],
    });
    const change = (mask: string, spec: object) =>
      client.ok("PATCH", `${production}/roles/app?update_mask=${mask}`, { spec });
    await change("spec.attributes.createrole", { attributes: { createrole: true } });
    expect(await roles()).toEqual([["app", true, true, true, false, true], OWNER]);
    await change("spec.membership_roles", { membership_roles: [] });
    await change("spec.attributes", { attributes: ATTRIBUTES });
    expect(await roles()).toEqual([["app", true, false, false, false, false], OWNER]);
  });

  test("that was made in SQL is taken over with what it owns", async () => {
    await sessions.sql(primary, `create role "${APP}" login createdb`);
    await sessions.sql(primary, "create database mine", APP);
    await role("app", { postgres_role: APP, identity_type: "SERVICE_PRINCIPAL" });
    expect(await roles()).toEqual([[APP, true, false, false, false, false], OWNER]);
    expect(await databases()).toContainEqual(["mine", APP]);
  });

  test("of the project's creator is the one that its first session has, and can be narrowed", async () => {
    await client.ok("PATCH", `${production}/roles/emulator?update_mask=spec.attributes.bypassrls`, {
      spec: { attributes: { bypassrls: false } },
    });
    expect(await roles()).toEqual([[USER, true, true, true, false, true]]);
  });

  test.each(["postgres", "databricks_superuser", "pg_monitor", "a".repeat(64)])(
    "may not be called %s",
    async (name) => {
      const answer = await client.api("POST", `${production}/roles?role_id=app`, { spec: { postgres_role: name } });
      expect(refusal(answer)).toEqual(refused(400, "BAD_REQUEST", name));
      expect((await client.api("GET", `${production}/roles/app`)).status).toBe(404);
      expect(await roles()).toEqual([OWNER]);
    },
  );

  test("is gone with its sessions when it is deleted", async () => {
    await role("app", { postgres_role: APP, identity_type: "SERVICE_PRINCIPAL" });
    const session = await sessions.connect(primary, APP);
    const over = new Promise((resolve) => session.once("end", resolve));
    await client.ok("DELETE", `${production}/roles/app`);
    await over;
    expect(await roles()).toEqual([OWNER]);
    await expect(sessions.connect(primary, APP)).rejects.toMatchObject({ code: "28P01" });
  });

  test("that owns something is deleted by nobody who does not say to whom that goes", async () => {
    await role("app", { postgres_role: APP, attributes: { createdb: true } });
    await sessions.sql(primary, `grant create on schema public to "${APP}"`);
    await sessions.sql(primary, "create table cart as select 1 as item", APP);
    const session = await sessions.connect(primary, APP);
    const answer = await client.api("DELETE", `${production}/roles/app`);
    expect(refusal(answer)).toEqual(
      refused(400, "BAD_REQUEST", `role "${APP}" cannot be dropped because some objects depend on it`),
    );
    expect(answer.body.message).toContain("2 objects in database databricks_postgres");
    expect((await session.query("select item from cart")).rows).toEqual([{ item: 1 }]);
    expect((await client.ok("GET", `${production}/roles/app`)).status.postgres_role).toBe(APP);
  });

  test("that is deleted leaves what it owns in all databases to its heir, and its grants to nobody", async () => {
    await role("app", { postgres_role: APP, attributes: { createdb: true } });
    await role("heir", { postgres_role: OTHER });
    await sessions.sql(primary, `grant create on database databricks_postgres to "${APP}"`);
    await sessions.sql(primary, 'create schema "of"', APP);
    await sessions.sql(primary, 'create table "of".cart as select 1 as item', APP);
    await sessions.sql(primary, "create database mine", APP);
    await sessions.sql(primary, "create table cart as select 2 as item", APP, { database: "mine" });
    await sessions.sql(primary, "create table others ()");
    await sessions.sql(primary, `grant select on others to "${APP}"`);
    await client.ok("DELETE", `${production}/roles/app?reassign_owned_to=${production}/roles/heir`);
    expect(await roles()).toEqual([[OTHER, true, false, false, false, false], OWNER]);
    expect(await databases()).toEqual([
      ["databricks_postgres", USER],
      ["mine", OTHER],
    ]);
    expect(await sessions.sql(primary, 'select item from "of".cart', OTHER)).toEqual([1]);
    expect(await sessions.sql(primary, "update cart set item = 3 returning item", OTHER, { database: "mine" })).toEqual(
      [3],
    );
    expect(await sessions.sql(primary, "select relacl::text from pg_class where relname = 'others'")).toEqual([
      expect.not.stringContaining("8dc75b14"),
    ]);
  });

  test("stays with all that it owns while somebody uses a part of that", async () => {
    await role("app", { postgres_role: APP, attributes: { createdb: true } });
    await role("heir", { postgres_role: OTHER });
    for (const name of ["first", "second"]) {
      await sessions.sql(primary, `create database ${name}`, APP);
      await sessions.sql(primary, "create table cart as select 'tea' as item", APP, { database: name });
    }
    const reader = await sessions.connect(primary, USER, { database: "second" });
    await reader.query("begin");
    await reader.query("select item from cart");
    const path = `${production}/roles/app?reassign_owned_to=${production}/roles/heir`;
    expect(refusal(await client.api("DELETE", path))).toEqual(refused(400, "BAD_REQUEST", "lock timeout"));
    const owner = "select tableowner from pg_tables where tablename = 'cart'";
    for (const name of ["first", "second"]) {
      expect(await databases()).toContainEqual([name, APP]);
      expect(await sessions.sql(primary, owner, USER, { database: name })).toEqual([APP]);
    }
    await reader.query("commit");
    await client.ok("DELETE", path);
    expect(await sessions.sql(primary, owner, USER, { database: "second" })).toEqual([OTHER]);
  });

  test.each([
    ["is not there in the API", "nobody", 404, "NOT_FOUND", 'role not found; role_id:"nobody"'],
    ["has gone in SQL", "heir", 400, "BAD_REQUEST", 'role "heir" does not exist'],
    ["is itself", "app", 400, "BAD_REQUEST", "must be another role"],
  ])("whose heir %s stays, with what it owns and its sessions", async (_what, heir, status, code, text) => {
    await role("app", { postgres_role: APP, attributes: { createdb: true } });
    await sessions.sql(primary, "create role heir");
    await role("heir", { postgres_role: "heir" });
    await sessions.sql(primary, "drop role heir");
    await sessions.sql(primary, "create database mine", APP);
    const session = await sessions.connect(primary, APP);
    const path = `${production}/roles/app?reassign_owned_to=${production}/roles/${heir}`;
    expect(refusal(await client.api("DELETE", path))).toEqual(refused(status, code, text));
    expect(await databases()).toContainEqual(["mine", APP]);
    expect((await session.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });
});

describe("a database", () => {
  test("is made for its owner, renamed with those who are in it, given to another and dropped", async () => {
    await role("app", { postgres_role: APP });
    await role("other", { postgres_role: OTHER });
    await database("store", "store", "app");
    expect(await databases()).toEqual([
      ["databricks_postgres", USER],
      ["store", APP],
    ]);
    const session = await sessions.connect(primary, APP, { database: "store" });
    await session.query("create table cart as select 'tea' as item");
    const over = new Promise((resolve) => session.once("end", resolve));
    const path = `${production}/databases/store?update_mask=spec`;
    await client.ok("PATCH", path, { spec: { postgres_database: 'the "shop"', role: `${production}/roles/other` } });
    await over;
    expect(await sessions.sql(primary, "select item from cart", APP, { database: 'the "shop"' })).toEqual(["tea"]);
    expect(await databases()).toEqual([
      ["databricks_postgres", USER],
      ['the "shop"', OTHER],
    ]);
    const last = await sessions.connect(primary, APP, { database: 'the "shop"' });
    const ended = new Promise((resolve) => last.once("end", resolve));
    await client.ok("DELETE", `${production}/databases/store`);
    await ended;
    expect(await databases()).toEqual([["databricks_postgres", USER]]);
  });

  test("is renamed while clients come back as soon as they are sent away", async () => {
    await database("store", "store", "emulator");
    let coming = true;
    const comer = (async () => {
      // Under another name it is not there, which is no failure of the test.
      while (coming) await sessions.connect(primary, USER, { database: "store" }).catch(() => {});
    })();
    for (const postgres_database of ["shop", "store", "mall"]) {
      await client.ok("PATCH", `${production}/databases/store?update_mask=spec.postgres_database`, {
        spec: { postgres_database },
      });
    }
    coming = false;
    await comer;
    expect(await databases()).toEqual([
      ["databricks_postgres", USER],
      ["mall", USER],
    ]);
  });

  test("that was made in SQL is taken over with its rows", async () => {
    await sessions.sql(primary, "create database store");
    await sessions.sql(primary, "create table cart as select 'tea' as item", USER, { database: "store" });
    await role("app", { postgres_role: APP });
    await database("store", "store", "app");
    expect(await databases()).toEqual([
      ["databricks_postgres", USER],
      ["store", APP],
    ]);
    expect(await sessions.sql(primary, "select item from cart", USER, { database: "store" })).toEqual(["tea"]);
  });

  test("that Postgres refuses is neither made nor changed", async () => {
    await role("app", { postgres_role: APP });
    await database("store", "store", "app");
    await sessions.sql(primary, "create database shop");
    const patch = { spec: { postgres_database: "shop", role: `${production}/roles/emulator` } };
    const answer = await client.api("PATCH", `${production}/databases/store?update_mask=spec`, patch);
    expect(refusal(answer)).toEqual(refused(400, "BAD_REQUEST", 'database "shop" already exists'));
    expect((await client.ok("GET", `${production}/databases/store`)).status).toMatchObject({
      postgres_database: "store",
      role: `${production}/roles/app`,
    });
    await sessions.sql(primary, "drop database shop");
    for (const name of ["postgres", "template1", "a".repeat(64)]) {
      const spec = { postgres_database: name, role: `${production}/roles/app` };
      expect(refusal(await client.api("POST", `${production}/databases?database_id=other`, { spec }))).toEqual(
        refused(400, "BAD_REQUEST", name),
      );
    }
    expect(await databases()).toEqual([
      ["databricks_postgres", USER],
      ["store", APP],
    ]);
  });

  test("whose owner was dropped in SQL is refused in Postgres's words", async () => {
    await sessions.sql(primary, "create role app");
    await role("app", { postgres_role: "app" });
    await sessions.sql(primary, "drop role app");
    const spec = { postgres_database: "store", role: `${production}/roles/app` };
    const answer = await client.api("POST", `${production}/databases?database_id=store`, { spec });
    expect(refusal(answer)).toEqual(refused(400, "BAD_REQUEST", 'role "app" does not exist'));
    expect(await databases()).toEqual([["databricks_postgres", USER]]);
  });

  test("whose users have settings for it does not keep the service from its work there", async () => {
    await role("app", { postgres_role: APP });
    await role("heir", { postgres_role: OTHER });
    await database("store", "store", "app");
    await sessions.sql(primary, "create table cart as select 'tea' as item", APP, { database: "store" });
    for (const setting of ["default_transaction_read_only = on", "statement_timeout = '1ms'", `role = '${APP}'`]) {
      await sessions.sql(primary, `alter database store set ${setting}`, APP);
    }
    await client.ok("PATCH", `${production}/databases/store?update_mask=spec.role`, {
      spec: { role: `${production}/roles/heir` },
    });
    await client.ok("DELETE", `${production}/roles/app?reassign_owned_to=${production}/roles/heir`);
    const options = "-c statement_timeout=0 -c role=none";
    expect(await sessions.sql(primary, "select item from cart", OTHER, { database: "store", options })).toEqual([
      "tea",
    ]);
  });
});

describe("a catalog", () => {
  test("makes the database that it registers, for its caller's own role", async () => {
    const spec = { branch: production, postgres_database: "store", create_database_if_missing: true };
    const headers = { authorization: `Bearer ${await sessions.accessToken(APP)}` };
    const body = JSON.stringify({ spec });
    const path = "/api/2.0/postgres/catalogs?catalog_id=store";
    expect(await client.raw("POST", path, { headers, body })).toMatchObject({ status: 200 });
    expect(await roles()).toEqual([[APP, true, false, false, false, false], OWNER]);
    expect(await databases()).toEqual([
      ["databricks_postgres", USER],
      ["store", APP],
    ]);
    await sessions.sql(primary, "create table cart as select 'tea' as item", APP, { database: "store" });
    await client.ok("DELETE", "catalogs/store");
    expect(await sessions.sql(primary, "select item from cart", USER, { database: "store" })).toEqual(["tea"]);
  });
});

describe("a branch", () => {
  test("has its source's roles, databases and grants from its beginning, and changes of its own stay apart (case 29)", async () => {
    await role("app", { postgres_role: APP, identity_type: "SERVICE_PRINCIPAL", attributes: { createdb: true } });
    await database("store", "store", "app");
    await sessions.sql(primary, "create table cart as select 'tea' as item", APP, { database: "store" });
    await fork("dev");
    const dev = `${shop}/branches/dev`;
    expect(await roles(endpointOf("dev"))).toEqual([[APP, true, true, false, false, false], OWNER]);
    expect(await sessions.sql(endpointOf("dev"), "select item from cart", APP, { database: "store" })).toEqual(["tea"]);
    const listed = (await client.ok("GET", `${dev}/databases`)).databases.map(({ name }: { name: string }) => name);
    expect(listed).toEqual([`${dev}/databases/databricks-postgres`, `${dev}/databases/store`]);
    await client.ok("DELETE", `${dev}/databases/store`);
    await client.ok("DELETE", `${dev}/roles/app`);
    expect(await roles(endpointOf("dev"))).toEqual([OWNER]);
    expect(await roles()).toHaveLength(2);
    expect(await databases()).toHaveLength(2);
  });

  test("whose compute sleeps or is disabled is changed all the same", async () => {
    await client.control("POST", "computes", { endpoint: primary, action: "suspend" });
    expect((await client.ok("GET", primary)).status.current_state).toBe("IDLE");
    await role("app", { postgres_role: APP });
    expect((await client.ok("GET", primary)).status.current_state).toBe("ACTIVE");
    const disable = (disabled: boolean) =>
      client.ok("PATCH", `${primary}?update_mask=spec.disabled`, { spec: { disabled } });
    await disable(true);
    await database("store", "store", "app");
    expect((await client.ok("GET", primary)).status.current_state).toBe("IDLE");
    await disable(false);
    expect(await databases()).toContainEqual(["store", APP]);
  });
});

test.each([16, 18])("Postgres %d has the same roles and databases, and gives them away", async (major) => {
  const branch = "projects/other/branches/production";
  const endpoint = `${branch}/endpoints/primary`;
  await client.ok("POST", "projects?project_id=other", { spec: { pg_version: major } });
  for (const [id, name] of Object.entries({ app: APP, heir: OTHER })) {
    const spec = { postgres_role: name, membership_roles: ["DATABRICKS_SUPERUSER"] };
    await client.ok("POST", `${branch}/roles?role_id=${id}`, { spec });
  }
  const spec = { postgres_database: "store", role: `${branch}/roles/app` };
  await client.ok("POST", `${branch}/databases?database_id=store`, { spec });
  await sessions.sql(endpoint, "create table cart as select 'tea' as item", APP, { database: "store" });
  await client.ok("PATCH", `${branch}/databases/store?update_mask=spec.postgres_database`, {
    spec: { postgres_database: "mall" },
  });
  await client.ok("DELETE", `${branch}/roles/app?reassign_owned_to=${branch}/roles/heir`);
  expect(await roles(endpoint)).toEqual([[OTHER, true, false, false, false, true], OWNER]);
  expect(await databases(endpoint)).toContainEqual(["mall", OTHER]);
  expect(await sessions.sql(endpoint, "drop table cart", OTHER, { database: "mall" })).toEqual([]);
});

describe("a snapshot", () => {
  const items = "select item from cart order by item";

  function snapshot(id: string, spec: object = {}): Promise<unknown> {
    return client.ok("POST", `${shop}/snapshots?snapshot_id=${id}`, { spec: { source_branch: production, ...spec } });
  }

  function restore(id: string, from: string): Promise<unknown> {
    return client.ok("POST", `${shop}/branches?branch_id=${id}`, {
      spec: { no_expiry: true, source_snapshot: `${shop}/snapshots/${from}` },
    });
  }

  test("keeps rows, roles and databases as they were, whatever becomes of the branch", async () => {
    await role("app", { postgres_role: APP, identity_type: "SERVICE_PRINCIPAL" });
    await database("store", "store", "app");
    await sessions.sql(primary, "create table cart as select 'tea' as item", APP, { database: "store" });
    await snapshot("before");
    await sessions.sql(primary, "insert into cart values ('milk')", APP, { database: "store" });
    await client.ok("DELETE", `${production}/databases/store`);
    await client.ok("DELETE", `${production}/roles/app`);
    await restore("back", "before");
    const back = endpointOf("back");
    expect(await sessions.sql(back, items, APP, { database: "store" })).toEqual(["tea"]);
    const listed = (await client.ok("GET", `${shop}/branches/back/databases`)).databases;
    expect(listed.map(({ database_id }: { database_id: string }) => database_id)).toContain("store");
    await client.ok("DELETE", `${shop}/branches/back/roles/app?reassign_owned_to=${shop}/branches/back/roles/emulator`);
    expect(await roles(back)).toEqual([OWNER]);
    expect(await roles()).toEqual([OWNER]);
  });

  test("may be of a moment before, and outlives what was restored from it", async () => {
    await sessions.sql(primary, "create table cart as select 'tea' as item");
    const [lsn] = await sessions.sql(primary, "select pg_current_wal_flush_lsn()::text");
    await sessions.sql(primary, "insert into cart values ('milk')");
    await snapshot("past", { source_branch_lsn: lsn });
    for (const id of ["one", "two"]) {
      await restore(id, "past");
      expect(await sessions.sql(endpointOf(id), items)).toEqual(["tea"]);
      await sessions.sql(endpointOf(id), "insert into cart values ('bread')");
    }
    await client.ok("DELETE", `${shop}/snapshots/past`);
    expect(await sessions.sql(endpointOf("two"), items)).toEqual(["bread", "tea"]);
  });

  test("that a schedule takes has what there was at its hour", async () => {
    const schedule = [{ daily_schedule: { hour: 3 }, retention: "864000s" }];
    await client.control("POST", "clock", { now: "2999-01-01T01:00:00Z" });
    await client.ok("PATCH", `${production}/snapshot-schedule?update_mask=schedule`, { schedule });
    await sessions.sql(primary, "create table cart as select 'tea' as item");
    await client.control("POST", "clock", { now: "2999-01-01T05:00:00Z" });
    await sessions.sql(primary, "insert into cart values ('milk')");
    const [taken] = (await client.ok("GET", `${shop}/snapshots`)).snapshots;
    await restore("back", taken.snapshot_id);
    expect(await sessions.sql(endpointOf("back"), items)).toEqual(["tea"]);
  });

  test("of a point that the branch's history does not have is refused, and not there", async () => {
    await sessions.sql(primary, "create table cart ()");
    const spec = { source_branch: production, source_branch_lsn: "FF/0" };
    const answer = await client.api("POST", `${shop}/snapshots?snapshot_id=past`, { spec });
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", "does not reach that position"));
    expect((await client.api("GET", `${shop}/snapshots/past`)).status).toBe(404);
  });
});

describe("over a restart", () => {
  const data = mkdtempSync(join(tmpdir(), "sql-"));
  let own: Client;

  beforeAll(() => {
    // Postgres does not run as root, and so comes by as somebody else.
    chmodSync(data, 0o711);
    own = client;
  });
  afterAll(async () => {
    client = own;
    rmSync(data, { recursive: true, force: true });
  });

  test("roles, databases and snapshots stay, also those that were made where no Postgres ran", async () => {
    client = await startClient({ data });
    await client.ok("POST", "projects?project_id=shop", { spec: {} });
    await role("early", { postgres_role: "early", attributes: { createdb: true } });
    await database("early", "early", "early");
    await client.emulator.close();
    client = await startClient({ data, postgres: true });
    await role("late", { postgres_role: "late" });
    await database("late", "late", "late");
    await client.ok("POST", `${shop}/snapshots?snapshot_id=kept`, { spec: { source_branch: production } });
    for (const again of [false, true]) {
      if (again) {
        await sessions.end();
        await client.emulator.close();
        client = await startClient({ data, postgres: true });
      }
      expect(await roles()).toEqual([
        ["early", true, true, false, false, false],
        OWNER,
        ["late", true, false, false, false, false],
      ]);
      expect(await databases()).toEqual([
        ["databricks_postgres", USER],
        ["early", "early"],
        ["late", "late"],
      ]);
    }
    const spec = { no_expiry: true, source_snapshot: `${shop}/snapshots/kept` };
    await client.ok("POST", `${shop}/branches?branch_id=back`, { spec });
    expect(await databases(endpointOf("back"))).toEqual(await databases());
    await client.emulator.close();
  });
});
