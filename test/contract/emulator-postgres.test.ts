/** The emulator's computes, as a Postgres client sees them. */
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ClientConfig, Client as PgClient } from "pg";
import { processesWith } from "../support/emulator-process";
import { type Body, type Client, READ_ONLY, READ_WRITE, refusal, refused, startClient } from "./emulator-client";

const USER = "emulator@example.com";
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const primary = `${production}/endpoints/primary`;

let client: Client;
const open: PgClient[] = [];

beforeAll(async () => {
  client = await startClient({ postgres: true });
});
afterAll(async () => {
  const run = dirname(dirname(client.emulator.ca ?? ""));
  await client.emulator.close();
  expect(processesWith(run)).toEqual([]);
  expect(existsSync(run)).toBe(false);
});
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.end()));
});

async function status(name: string): Promise<Body> {
  return (await client.ok("GET", name)).status;
}

async function token(endpoint: string, more: object = {}): Promise<string> {
  return (await client.ok("POST", "credentials", { endpoint, ...more })).token;
}

/** Signs in as whoever owns the emulator's token. */
async function connect(endpoint: string, config: ClientConfig = {}): Promise<PgClient> {
  const { hosts } = await status(endpoint);
  const session = new PgClient({
    host: hosts.host,
    user: USER,
    database: "databricks_postgres",
    password: config.password ?? (await token(endpoint)),
    ssl: { ca: readFileSync(client.emulator.ca ?? "", "utf8") },
    ...config,
  });
  session.on("error", () => {});
  await session.connect();
  open.push(session);
  return session;
}

/** Rows of one column as its values. */
async function rows(session: PgClient, text: string, values: unknown[] = []): Promise<unknown[]> {
  const answer = await session.query<unknown[]>({ text, values, rowMode: "array" });
  return answer.rows.map((row) => (row.length === 1 ? row[0] : row));
}

function fork(id: string, spec: object = {}) {
  return client.ok("POST", `${shop}/branches?branch_id=${id}`, { spec: { no_expiry: true, ...spec } });
}

function endpointOf(branch: string): string {
  return `${shop}/branches/${branch}/endpoints/primary`;
}

/** What a refused client is told. */
async function refusalOf(connecting: Promise<unknown>): Promise<{ code: string; message: string }> {
  // What a socket throws is no Error of the test's own realm.
  const refusal: { code: string; message: string } | undefined = await connecting.then(
    () => undefined,
    (reason) => reason,
  );
  if (refusal === undefined) throw new Error("expected a refusal");
  return { code: refusal.code, message: refusal.message };
}

const startOf = "select pg_postmaster_start_time()::text";

describe("a compute", () => {
  test("answers a client that checks its certificate, as the caller's own role in the default database", async () => {
    const session = await connect(primary);
    const who = "select current_user, current_database(), pg_has_role('databricks_superuser', 'member'), version()";
    expect(await rows(session, who)).toEqual([
      [USER, "databricks_postgres", true, expect.stringContaining("PostgreSQL 17.")],
    ]);
  });

  test("has a loopback address of its own, and a pooled one", async () => {
    await client.ok("POST", `${production}/endpoints?endpoint_id=reader`, { spec: { endpoint_type: READ_ONLY } });
    const { hosts } = await status(primary);
    const reader = (await status(`${production}/endpoints/reader`)).hosts;
    const all = [hosts.host, hosts.read_write_pooled_host, reader.host, reader.read_only_pooled_host];
    expect(new Set(all).size).toBe(4);
    for (const host of all) expect(host).toMatch(/^127\.\d+\.\d+\.\d+$/);
    const pooled = await connect(primary, { host: hosts.read_write_pooled_host });
    expect(await rows(pooled, "select 1")).toEqual([1]);
  });

  test("that is read-only refuses writes whatever a client says, and shows what the branch gets", async () => {
    const writer = await connect(primary);
    await writer.query("create table cart (item text)");
    await client.ok("POST", `${production}/endpoints?endpoint_id=reader`, { spec: { endpoint_type: READ_ONLY } });
    const reader = await connect(`${production}/endpoints/reader`);
    const write = reader.query("set transaction_read_only = off; insert into cart values ('x')");
    await expect(write).rejects.toMatchObject({ code: expect.stringMatching(/25006|0A000/) });
    await writer.query("insert into cart values ('tea')");
    await until(async () => (await rows(reader, "select item from cart")).length === 1);
  });

  test("is not harmed by settings that are the emulator's own, or that would end its sessions", async () => {
    const pg_settings = {
      log_min_messages: "panic",
      synchronous_standby_names: "*",
      data_directory: "/nowhere",
      archive_command: "false",
      shared_preload_libraries: "no_such_library",
      shared_buffers: "900GB",
      statement_timeout: "1ms",
      idle_session_timeout: "10ms",
      application_name: "back\\slash's",
    };
    const spec = { settings: { pg_settings } };
    await client.ok("PATCH", `${primary}?update_mask=spec.settings.pg_settings`, { spec });
    expect((await status(primary)).settings.pg_settings).toEqual(pg_settings);
    const { now } = await client.control("GET", "clock");
    await fork("dev");
    await fork("past", { source_branch_time: now });
    const options = "-c statement_timeout=0 -c idle_session_timeout=0 -c application_name=";
    for (const endpoint of [primary, endpointOf("dev"), endpointOf("past")]) {
      expect(await rows(await connect(endpoint, { options }), "select 1")).toEqual([1]);
    }
    const [reset] = await rows(
      await connect(primary, { options: "-c statement_timeout=0 -c idle_session_timeout=0" }),
      "select reset_val from pg_settings where name = 'archive_mode'",
    );
    expect(reset).toBe("on");
    const lines = { spec: { settings: { pg_settings: { search_path: "a\nfsync = on" } } } };
    expect(refusal(await client.api("PATCH", `${primary}?update_mask=spec.settings.pg_settings`, lines))).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", "the value of 'search_path' must be one line"),
    );
  });

  test("that reads goes on when its primary is allowed more, or less", async () => {
    await client.ok("POST", `${production}/endpoints?endpoint_id=reader`, { spec: { endpoint_type: READ_ONLY } });
    await connect(`${production}/endpoints/reader`);
    for (const max_connections of ["1500", "50"]) {
      await client.ok("PATCH", `${primary}?update_mask=spec.settings.pg_settings`, {
        spec: { settings: { pg_settings: { max_connections } } },
      });
      await (await connect(primary)).query(`create table cart_${max_connections} ()`);
      const reader = await connect(`${production}/endpoints/reader`);
      await until(async () => (await rows(reader, `select to_regclass('cart_${max_connections}')`))[0] !== null);
    }
  });

  test("that is disabled or changed while it starts is so for the session that started it", async () => {
    const connecting = connect(primary).then(
      () => "let in",
      () => "refused",
    );
    await client.ok("PATCH", `${primary}?update_mask=spec.disabled`, { spec: { disabled: true } });
    await connecting;
    const over = open.splice(0).map((session) => session.query("select 1").catch(() => "ended"));
    expect(await Promise.all(over)).toEqual(over.map(() => "ended"));
    await client.ok("PATCH", `${primary}?update_mask=spec.disabled`, { spec: { disabled: false } });
    const starting = connect(primary);
    const spec = { settings: { pg_settings: { work_mem: "9MB" } } };
    await client.ok("PATCH", `${primary}?update_mask=spec.settings.pg_settings`, { spec });
    await starting.catch(() => {});
    expect(await rows(await connect(primary), "show work_mem")).toEqual(["9MB"]);
  });

  test("of a group lets nobody in as a reader once that is switched off", async () => {
    const group = { min: 2, max: 2, enable_readable_secondaries: true };
    const spec = { endpoint_type: READ_WRITE, no_suspension: true, group };
    await client.ok("POST", `${production}/endpoints?endpoint_id=primary&replace_existing=true`, { spec });
    const host = (await status(primary)).hosts.read_only_host;
    const reader = await connect(primary, { host });
    const over = new Promise((resolve) => reader.once("end", resolve));
    const mask = "spec.group.enable_readable_secondaries";
    await client.ok("PATCH", `${primary}?update_mask=${mask}`, {
      spec: { group: { enable_readable_secondaries: false } },
    });
    await over;
    expect(await refusalOf(connect(primary, { host }))).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("is at another address when somebody listens on the next one", async () => {
    const { hosts } = await status(primary);
    const next = hosts.host.replace(/\d+$/, (last: string) => String(Number(last) + 4));
    const other = createServer().listen(5432, next);
    await once(other, "listening");
    await client.ok("POST", `${production}/endpoints?endpoint_id=reader`, { spec: { endpoint_type: READ_ONLY } });
    const reader = await connect(`${production}/endpoints/reader`);
    other.close();
    expect((await status(`${production}/endpoints/reader`)).hosts.host).not.toBe(next);
    expect(await rows(reader, "select pg_is_in_recovery()")).toEqual([true]);
  });

  test("of a group has a host for readers", async () => {
    const group = { min: 2, max: 2, enable_readable_secondaries: true };
    const spec = { endpoint_type: READ_WRITE, no_suspension: true, group };
    await client.ok("POST", `${production}/endpoints?endpoint_id=primary&replace_existing=true`, { spec });
    const { hosts } = await status(primary);
    const reader = await connect(primary, { host: hosts.read_only_host });
    expect(await rows(reader, "select pg_is_in_recovery()")).toEqual([true]);
  });

  test("that is disabled lets nobody in until it is enabled", async () => {
    const session = await connect(primary);
    const ended = new Promise((resolve) => session.once("end", resolve));
    await client.ok("PATCH", `${primary}?update_mask=spec.disabled`, { spec: { disabled: true } });
    await ended;
    expect(await refusalOf(connect(primary))).toEqual({ code: "57P03", message: expect.stringContaining("disabled") });
    await client.ok("PATCH", `${primary}?update_mask=spec.disabled`, { spec: { disabled: false } });
    expect(await rows(await connect(primary), "select 1")).toEqual([1]);
  });

  test("gets its Postgres settings, also changed ones, and refuses what Postgres would not start with", async () => {
    const path = `${primary}?update_mask=spec.settings.pg_settings`;
    const set = (settings: object) => client.api("PATCH", path, { spec: { settings: { pg_settings: settings } } });
    await set({ work_mem: "7MB", max_connections: "300" });
    const before = await connect(primary);
    expect(await rows(before, "select current_setting('work_mem'), current_setting('max_connections')")).toEqual([
      ["7MB", "300"],
    ]);
    await set({ work_mem: "9MB" });
    expect(await rows(await connect(primary), "show work_mem")).toEqual(["9MB"]);
    expect(refusal(await set({ work_mem: "a lot" }))).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", 'invalid value for parameter "work_mem"'),
    );
    for (const name of ["no_such", "work-mem"]) {
      expect(refusal(await set({ [name]: "1" }))).toEqual(
        refused(400, "INVALID_PARAMETER_VALUE", `unrecognized configuration parameter "${name}"`),
      );
    }
    expect(refusal(await set({ max_connections: "3" }))).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", "max_connections must be more than 3"),
    );
  });
});

describe("sign-in", () => {
  test.each([
    ["garbage", async () => "garbage"],
    [
      "a token that looks right and is signed by somebody else",
      async () => `${(await token(primary)).slice(0, -6)}AAAAAA`,
    ],
    ["a token of the API", async () => client.emulator.token],
    ["the token of another project", async () => token(await another())],
  ])("refuses %s", async (_what, password) => {
    expect(await refusalOf(connect(primary, { password: await password() }))).toMatchObject({ code: "28P01" });
  });

  test("refuses a token after its time, which has a shortest and a longest", async () => {
    const password = await token(primary, { ttl: "300s" });
    await client.control("POST", "clock", { advance: "299s" });
    await connect(primary, { password });
    await client.control("POST", "clock", { advance: "2s" });
    expect(await refusalOf(connect(primary, { password }))).toEqual({
      code: "28P01",
      message: `password authentication failed for user "${USER}"`,
    });
  });

  test("refuses a token under another name, and a name that is no role of the branch", async () => {
    expect(await refusalOf(connect(primary, { user: "postgres" }))).toMatchObject({ code: "28P01" });
    const password = await tokenOf("8dc75b14-0000-4000-8000-000000000000", primary);
    const stranger = connect(primary, { user: "8dc75b14-0000-4000-8000-000000000000", password });
    expect(await refusalOf(stranger)).toMatchObject({ code: "28P01" });
  });

  test("with a READ_ONLY claim opens a session that reads", async () => {
    const claims = [{ permission_set: "READ_ONLY", resources: [{ table_name: "cart" }] }];
    const session = await connect(primary, { password: await token(primary, { claims }) });
    await expect(session.query("create table cart (item text)")).rejects.toMatchObject({ code: "25006" });
  });

  test("by password works where the project allows it, for the right password", async () => {
    const owner = await connect(primary);
    await owner.query("create role app login password 'fake-password'");
    const config = { user: "app", password: "fake-password" };
    expect(await refusalOf(connect(primary, config))).toEqual({
      code: "28P01",
      message: "native postgres login is disabled for this endpoint",
    });
    await client.ok("PATCH", `${shop}?update_mask=spec.enable_pg_native_login`, {
      spec: { enable_pg_native_login: true },
    });
    expect(await rows(await connect(primary, config), "select current_user")).toEqual(["app"]);
    const wrong = connect(primary, { ...config, password: "another" });
    expect(await refusalOf(wrong)).toEqual({
      code: "28P01",
      message: 'password authentication failed for user "app"',
    });
  });
});

describe("a compute at rest", () => {
  test("sleeps once its timeout has passed without a connection, and wakes for the next one", async () => {
    await client.ok("PATCH", `${primary}?update_mask=spec.suspension`, { spec: { suspend_timeout_duration: "60s" } });
    const first = await connect(primary);
    const [started] = await rows(first, startOf);
    await client.control("POST", "clock", { advance: "3600s" });
    expect(await rows(first, startOf)).toEqual([started]);
    expect((await status(primary)).current_state).toBe("ACTIVE");
    await left(primary, first);
    await client.control("POST", "clock", { advance: "59s" });
    const second = await connect(primary);
    expect(await rows(second, startOf)).toEqual([started]);
    await left(primary, second);
    await client.control("POST", "clock", { advance: "61s" });
    expect((await status(primary)).current_state).toBe("IDLE");
    expect(await rows(await connect(primary), startOf)).not.toEqual([started]);
    expect((await status(primary)).current_state).toBe("ACTIVE");
  });

  test("never sleeps when it is not to be suspended", async () => {
    await client.ok("PATCH", `${primary}?update_mask=spec.suspension`, { spec: { no_suspension: true } });
    const first = await connect(primary);
    const [started] = await rows(first, startOf);
    await left(primary, first);
    await client.control("POST", "clock", { advance: "864000s" });
    expect(await rows(await connect(primary), startOf)).toEqual([started]);
  });
});

describe("a compute that is steered by hand", () => {
  const steer = (action: string) => client.control("POST", "computes", { endpoint: primary, action });

  test("ends its sessions when it is suspended, and starts for the next one", async () => {
    const session = await connect(primary);
    const over = new Promise((resolve) => session.once("end", resolve));
    await steer("suspend");
    await over;
    expect((await status(primary)).current_state).toBe("IDLE");
    expect(await rows(await connect(primary), "select 1")).toEqual([1]);
  });

  test("runs after it was woken, without a session, and not after it was suspended", async () => {
    // The certificate lies in the folder of the run, as all of the data does.
    const data = `-D ${dirname(dirname(client.emulator.ca ?? ""))}`;
    // Beside each there is a shell for a moment longer, which ends it when the emulator is gone.
    const servers = () => processesWith(data).filter((line) => !line.startsWith("/bin/sh"));
    await steer("wake");
    expect(servers()).not.toEqual([]);
    expect((await status(primary)).current_state).toBe("ACTIVE");
    await steer("suspend");
    expect(servers()).toEqual([]);
    expect((await status(primary)).current_state).toBe("IDLE");
  });
});

describe("a branch", () => {
  test("has its source's rows, and later writes stay apart", async () => {
    const source = await connect(primary);
    await source.query("create table cart (item text)");
    await source.query("insert into cart values ('tea')");
    await fork("dev");
    const dev = await connect(endpointOf("dev"));
    await dev.query("insert into cart values ('milk')");
    await source.query("insert into cart values ('bread')");
    expect(await rows(dev, "select item from cart order by item")).toEqual(["milk", "tea"]);
    expect(await rows(source, "select item from cart order by item")).toEqual(["bread", "tea"]);
  });

  test("made while clients write has of each what came before one moment, and the source loses nothing", async () => {
    const source = await connect(primary);
    await source.query("create table line (client int, number int)");
    const writers = await Promise.all(Array.from({ length: 20 }, () => connect(primary)));
    let writing = true;
    const counts = writers.map(async (writer, id) => {
      let number = 0;
      while (writing) {
        number += 1;
        await writer.query("insert into line values ($1, $2)", [id, number]);
      }
      return number;
    });
    await until(async () => Number((await rows(source, "select count(*) from line"))[0]) > 100);
    await fork("dev");
    writing = false;
    const written = await Promise.all(counts);
    const summary = "select client, count(*)::int, max(number) from line group by client order by client";
    expect(await rows(source, summary)).toEqual(written.map((count, id) => [id, count, count]));
    const copied = await rows(await connect(endpointOf("dev")), summary);
    // A prefix: as many rows as the highest number says, and no more than the source.
    for (const row of copied) {
      const [id, count, highest] = row as [number, number, number];
      expect([id, count]).toEqual([id, highest]);
      expect(count).toBeLessThanOrEqual(written[id] ?? 0);
    }
    expect(copied.length).toBeGreaterThan(0);
  });

  test("is made though its source is put to sleep meanwhile", async () => {
    const source = await connect(primary);
    await source.query("create table page as select repeat(md5(g::text), 50) from generate_series(1, 20000) g");
    const forks = ["one", "two", "three"].map((id) => fork(id));
    await client.control("POST", "computes", { endpoint: primary, action: "suspend" });
    await Promise.all(forks);
    expect(await rows(await connect(endpointOf("three")), "select count(*)::int from page")).toEqual([20_000]);
  });

  test("is made while databases come and go", async () => {
    const source = await connect(primary);
    let forking = true;
    const coming = (async () => {
      while (forking) for (const what of ["create", "drop"]) await source.query(`${what} database passing`);
    })();
    for (const id of ["one", "two", "three", "four", "five"]) await fork(id);
    forking = false;
    await coming;
    expect(await rows(await connect(endpointOf("five")), "select 1")).toEqual([1]);
  });

  test("of a branch that nobody connected to is there as well, and so is its own branch", async () => {
    await fork("dev");
    await fork("deep", { source_branch: `${shop}/branches/dev` });
    expect(await rows(await connect(endpointOf("deep")), "select current_user")).toEqual([USER]);
  });

  test("is whole when several are made at once, of now and of a moment ago, and some are deleted meanwhile", async () => {
    const source = await connect(primary);
    await source.query("create table line (number int)");
    let number = 0;
    for (const round of [1, 2, 3]) {
      await source.query("insert into line select generate_series($1::int, $1::int + 99)", [number + 1]);
      number += 100;
      const { now } = await client.control("GET", "clock");
      const ids = [1, 2, 3, 4].map((each) => `copy-${round}-${each}`);
      const dropped = round === 1 ? [] : ids.map((id) => id.replace(`-${round}-`, `-${round - 1}-`));
      await Promise.all([
        ...ids.map((id, each) => fork(id, each % 2 === 0 ? {} : { source_branch_time: now })),
        ...dropped.map((id) => client.ok("DELETE", `${shop}/branches/${id}?purge=true`)),
      ]);
      for (const id of ids) {
        expect(await rows(await connect(endpointOf(id)), "select count(*)::int, max(number) from line")).toEqual([
          [number, number],
        ]);
      }
    }
  });

  test("has what its source has, however much of that is shared with earlier copies", async () => {
    const source = await connect(primary);
    await source.query("create table page (id int primary key, text text)");
    const sums = "select count(*)::int, md5(coalesce(string_agg(id || text, ',' order by id), '')) from page";
    const changes = [
      "insert into page select g, repeat(md5(g::text), 20) from generate_series(1, 2000) g",
      "update page set text = text || 'x' where id % 7 = 0",
      "delete from page where id % 5 = 0",
      "truncate page",
      "insert into page select g, md5(g::text) from generate_series(1, 50) g",
    ];
    const expected: unknown[] = [];
    for (const [index, change] of changes.entries()) {
      await source.query(change);
      if (index === 2) await source.query("vacuum full page");
      await fork(`copy-${index}`);
      expected.push(await rows(source, sums));
    }
    const found: unknown[] = [];
    for (const index of changes.keys()) {
      const copy = await connect(endpointOf(`copy-${index}`));
      found.push(await rows(copy, sums));
      await copy.query("update page set text = 'written to the copy'");
    }
    expect(found).toEqual(expected);
    expect(await rows(source, sums)).toEqual(expected.at(-1));
  });

  test("with a source that sleeps is made all the same", async () => {
    const source = await connect(primary);
    await source.query("create table cart as select 1 as item");
    await left(primary, source);
    await client.control("POST", "clock", { advance: "864000s" });
    expect((await status(primary)).current_state).toBe("IDLE");
    await fork("dev");
    expect(await rows(await connect(endpointOf("dev")), "select item from cart")).toEqual([1]);
  });

  test("is gone with its data and its sessions when its time has come, or when it is deleted", async () => {
    await client.ok("POST", `${shop}/branches?branch_id=short`, { spec: { ttl: "3600s" } });
    await fork("long");
    const short = await connect(endpointOf("short"));
    const long = await connect(endpointOf("long"));
    const over = [short, long].map((session) => new Promise((resolve) => session.once("end", resolve)));
    const { host } = (await status(endpointOf("short"))).hosts;
    await client.control("POST", "clock", { advance: "3601s" });
    await over[0];
    await client.ok("DELETE", `${shop}/branches/long`);
    await over[1];
    expect(await refusalOf(connect(primary, { host }))).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("comes back with its data when its project is undeleted", async () => {
    const session = await connect(primary);
    await session.query("create table cart as select 1 as item");
    await client.ok("DELETE", shop);
    await client.ok("POST", `${shop}/undelete`, {});
    expect(await rows(await connect(primary), "select item from cart")).toEqual([1]);
  });
});

describe("a point in time", () => {
  async function twoWrites(): Promise<{ source: PgClient; between: string; lsn: unknown }> {
    const source = await connect(primary);
    await source.query("create table cart (item text)");
    await source.query("insert into cart values ('tea')");
    // The server's clock, a moment after the first commit and before the second.
    const [between] = await rows(source, "select to_json(clock_timestamp() at time zone 'UTC') #>> '{}' || 'Z'");
    const [lsn] = await rows(source, "select pg_current_wal_flush_lsn()::text");
    await until(async () => Date.now() > Date.parse(String(between)) + 2);
    await source.query("insert into cart values ('milk')");
    return { source, between: String(between), lsn };
  }

  const items = "select item from cart order by item";

  test("between two writes has the first alone", async () => {
    const { between } = await twoWrites();
    // The service's timestamps have milliseconds: the next one after the first commit.
    const time = new Date(Date.parse(between) + 1).toISOString();
    await fork("past", { source_branch_time: time });
    expect(await rows(await connect(endpointOf("past")), items)).toEqual(["tea"]);
  });

  test("given as a position in the log has what was written up to there", async () => {
    const { lsn } = await twoWrites();
    await fork("past", { source_branch_lsn: lsn });
    expect((await status(`${shop}/branches/past`)).source_branch_lsn).toBe(lsn);
    expect(await rows(await connect(endpointOf("past")), items)).toEqual(["tea"]);
  });

  test("just now has everything, while the source is in use and while it sleeps", async () => {
    const { source } = await twoWrites();
    await fork("used", { source_branch_time: new Date().toISOString() });
    expect(await rows(await connect(endpointOf("used")), items)).toEqual(["milk", "tea"]);
    await left(primary, source);
    await client.control("POST", "clock", { advance: "864000s" });
    const { now } = await client.control("GET", "clock");
    await fork("slept", { source_branch_time: now });
    expect(await rows(await connect(endpointOf("slept")), items)).toEqual(["milk", "tea"]);
  });

  test("is a time of the emulator's clock, which may have been moved between", async () => {
    const source = await connect(primary);
    await source.query("create table cart as select 'tea' as item");
    await client.control("POST", "clock", { advance: "3600s" });
    await source.query("insert into cart values ('milk')");
    const { now } = await client.control("GET", "clock");
    await fork("past", { source_branch_time: new Date(Date.parse(now) - 1_800_000).toISOString() });
    expect(await rows(await connect(endpointOf("past")), items)).toEqual(["tea"]);
  });

  test("before a branch was made is one of its source's", async () => {
    const { between, source } = await twoWrites();
    await fork("dev");
    await source.query("insert into cart values ('bread')");
    const time = new Date(Date.parse(between) + 1).toISOString();
    await fork("past", { source_branch: `${shop}/branches/dev`, source_branch_time: time });
    expect(await rows(await connect(endpointOf("past")), items)).toEqual(["tea"]);
  });

  test.each([
    ["ahead of the log", "FF/0", "does not reach that position"],
    ["before the project", "0/10", "does not go back that far"],
  ])("given as a position %s is refused, and leaves no branch", async (_where, lsn, text) => {
    await connect(primary);
    const spec = { no_expiry: true, source_branch_lsn: lsn };
    const answer = await client.api("POST", `${shop}/branches?branch_id=past`, { spec });
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", text));
    expect((await client.api("GET", `${shop}/branches/past`)).status).toBe(404);
  });

  test("before the project was is refused, and leaves no branch", async () => {
    const { now } = await client.control("GET", "clock");
    const spec = { no_expiry: true, source_branch_time: new Date(Date.parse(now) - 60_000).toISOString() };
    const answer = await client.api("POST", `${shop}/branches?branch_id=past`, { spec });
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", "does not go back that far"));
    expect((await client.api("GET", `${shop}/branches/past`)).status).toBe(404);
  });

  test("is kept by a branch that was made from a point in time itself", async () => {
    const { lsn } = await twoWrites();
    await fork("past", { source_branch_lsn: lsn });
    const past = await connect(endpointOf("past"));
    await past.query("insert into cart values ('bread')");
    const [then] = await rows(past, "select pg_current_wal_flush_lsn()::text");
    await past.query("insert into cart values ('salt')");
    await fork("later", { source_branch: `${shop}/branches/past`, source_branch_lsn: then });
    expect(await rows(await connect(endpointOf("later")), items)).toEqual(["bread", "tea"]);
  });
});

describe("a project", () => {
  test("has settings that its own Postgres knows", async () => {
    const make = (major: number, pg_settings: object) =>
      client.api("POST", `projects?project_id=pg-${major}`, {
        spec: { pg_version: major, default_endpoint_settings: { no_suspension: true, pg_settings } },
      });
    expect(refusal(await make(16, { summarize_wal: "off" }))).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", 'unrecognized configuration parameter "summarize_wal"'),
    );
    expect(await make(18, { io_method: "sync" })).toMatchObject({ status: 200 });
    const session = await connect("projects/pg-18/branches/production/endpoints/primary");
    expect(await rows(session, "show io_method")).toEqual(["sync"]);
  });

  test.each([16, 18])("may ask for Postgres %d", async (major) => {
    await client.ok("POST", "projects?project_id=other", { spec: { pg_version: major } });
    const session = await connect("projects/other/branches/production/endpoints/primary");
    expect(await rows(session, "show server_version")).toEqual([expect.stringMatching(`^${major}\\.`)]);
  });
});

test("two hundred clients are served at once", async () => {
  const sessions = await Promise.all(Array.from({ length: 200 }, () => connect(primary)));
  const answers = await Promise.all(sessions.map((session, id) => rows(session, "select $1::int", [id])));
  expect(answers).toEqual(sessions.map((_session, id) => [id]));
});

describe("where all computes share an address", () => {
  const pgPort = 15_432;
  const data = mkdtempSync(join(tmpdir(), "shared-"));
  let own: Client;

  beforeAll(() => {
    // Postgres does not run as root, and so comes by as somebody else.
    chmodSync(data, 0o711);
    own = client;
  });
  afterAll(() => {
    client = own;
    rmSync(data, { recursive: true, force: true });
  });

  test("the token tells which one is meant, also after a restart, and with addresses of their own again", async () => {
    client = await startClient({ postgres: true, pgShared: true, pgPort, data });
    await client.ok("POST", "projects?project_id=shop", { spec: {} });
    const source = await connect(primary, { port: pgPort });
    await source.query("create table cart as select 'tea' as item");
    await fork("dev");
    const dev = await connect(endpointOf("dev"), { port: pgPort });
    await dev.query("insert into cart values ('milk')");
    expect((await status(primary)).hosts).toMatchObject({ host: "127.0.0.1", read_write_pooled_host: "127.0.0.1" });
    expect(await rows(source, "select item from cart")).toEqual(["tea"]);
    expect(await rows(dev, "select item from cart order by item")).toEqual(["milk", "tea"]);
    for (const pgShared of [true, false]) {
      await client.emulator.close();
      client = await startClient({ postgres: true, pgShared, pgPort, data });
      const again = [await connect(primary, { port: pgPort }), await connect(endpointOf("dev"), { port: pgPort })];
      expect(await Promise.all(again.map((session) => rows(session, "select count(*)::int from cart")))).toEqual([
        [1],
        [2],
      ]);
    }
    expect((await status(primary)).hosts.host).not.toBe("127.0.0.1");
    await client.emulator.close();
  });
});

async function another(): Promise<string> {
  await client.ok("POST", "projects?project_id=other", { spec: {} });
  return "projects/other/branches/production/endpoints/primary";
}

/** A Postgres token of a service principal. */
async function tokenOf(application: string, endpoint: string): Promise<string> {
  const signedIn = await client.raw("POST", "/oidc/v1/token", {
    headers: { authorization: `Basic ${btoa(`${application}:fake-secret`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: "all-apis" }),
  });
  const answer = await client.raw("POST", "/api/2.0/postgres/credentials", {
    headers: { authorization: `Bearer ${signedIn.body.access_token}` },
    body: JSON.stringify({ endpoint }),
  });
  return answer.body.token;
}

/** Ends a session, and waits until the compute has seen it go. */
async function left(endpoint: string, session: PgClient): Promise<void> {
  const before = (await status(endpoint)).last_active_time;
  open.splice(open.indexOf(session), 1);
  await session.end();
  await until(async () => (await status(endpoint)).last_active_time !== before);
}

/** Asks until it is so; the test's own time limit ends it. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}
