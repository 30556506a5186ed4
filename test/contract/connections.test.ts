/** An application's own connections: pools of `pg` on the emulator's computes, with passwords that renew themselves. */
import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Pool } from "pg";
import { connectWithRetry, credentialProvider, type PoolRequest, poolOptions } from "../../provider/connections";
import { addressOf } from "../../provider/connections/address";
import { connectionTo } from "../../provider/connections/connection";
import { type Body, type Client, startClient } from "./emulator-client";

const production = "projects/shop/branches/production";
const primary = `${production}/endpoints/primary`;
const minute = 60_000;
const whoAndWhere = "select current_user as user, current_database() as database, pg_backend_pid() as session";

let client: Client;
let env: Readonly<Record<string, string>>;
let host: string;
const pools: Pool[] = [];

beforeAll(async () => {
  client = await startClient({ postgres: true });
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
  host = (await client.ok("GET", primary)).status.hosts.host;
  env = {
    DATABRICKS_HOST: client.emulator.url,
    DATABRICKS_TOKEN: client.emulator.token,
    PGSSLROOTCERT: client.emulator.ca ?? "",
  };
  await client.control("DELETE", "requests");
});
afterEach(async () => {
  for (const pool of pools) {
    // The end of the pool may come before that of its connections, which the next test's reset then breaks off.
    pool.on("error", () => {});
  }
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});

async function poolFor(request: PoolRequest = {}, more: object = {}): Promise<Pool> {
  const pool = new Pool({ ...(await poolOptions(primary, { env, ...request })), ...more });
  pools.push(pool);
  return pool;
}

async function first(pool: Pool, query = whoAndWhere): Promise<Body> {
  return (await pool.query(query)).rows[0];
}

/** Requests since the last look, as `METHOD path`. */
async function asked(): Promise<readonly string[]> {
  const { requests } = await client.control("GET", "requests");
  await client.control("DELETE", "requests");
  return requests.map(({ method, path }: Body) => `${method} ${path.replace("/api/2.0/postgres/", "")}`);
}

function control(action: "suspend" | "wake") {
  return client.control("POST", "computes", { endpoint: primary, action });
}

test("an endpoint's name is all that a pool needs: host, user and password are asked for", async () => {
  const pool = await poolFor();
  expect(await first(pool)).toMatchObject({ user: "emulator@example.com", database: "databricks_postgres" });
  expect([...(await asked())].sort()).toEqual([
    "GET /api/2.0/preview/scim/v2/Me",
    `GET ${primary}`,
    "POST credentials",
  ]);
});

test("what a connection says in the environment is all that a pool needs, beside its passwords", async () => {
  const told = connectionTo({ endpoint: primary, host, user: "emulator@example.com", database: "postgres" }).env;
  const pool = new Pool(await poolOptions(undefined, { env: { ...env, ...told } }));
  pools.push(pool);
  expect(await first(pool)).toMatchObject({ user: "emulator@example.com", database: "postgres" });
  expect(await asked()).toEqual(["POST credentials"]);
});

test("databases and roles may be given by their full names, which differ from those in Postgres", async () => {
  const owner = `${production}/roles/emulator`;
  await client.ok("POST", `${production}/databases?database_id=app-db`, {
    spec: { postgres_database: "App", role: owner },
  });
  const pool = await poolFor({ database: `${production}/databases/app-db`, user: owner });
  expect(await first(pool)).toMatchObject({ user: "emulator@example.com", database: "App" });
});

test("connections that are opened at once take one password, and later ones the same", async () => {
  const pool = await poolFor();
  await asked();
  await Promise.all([1, 2, 3].map(() => pool.query("select pg_sleep(0.05)")));
  expect(pool.totalCount).toBe(3);
  await Promise.all([1, 2, 3, 4, 5].map(() => pool.query("select pg_sleep(0.05)")));
  expect(pool.totalCount).toBe(5);
  expect(await asked()).toEqual(["POST credentials"]);
});

test("a new connection gets a new password when the last one is about to end, and open ones go on", async () => {
  let ahead = 0;
  const password = credentialProvider(primary, { env, ttl: "10m" }, { now: () => Date.now() + ahead });
  const advance = async (minutes: number) => {
    ahead += minutes * minute;
    await client.control("POST", "clock", { advance: `${minutes * 60}s` });
  };
  const pool = await poolFor({}, { password });
  await asked();
  const open = await pool.connect();
  const old = await password();
  await advance(7);
  await pool.query("select 1");
  expect(await asked()).toEqual(["POST credentials"]);

  await advance(4);
  const stale = new Pool({ ...(await poolOptions(primary, { env })), password: old });
  pools.push(stale);
  await expect(stale.query("select 1")).rejects.toMatchObject({ code: "28P01" });
  await asked();
  const another = await pool.connect();
  const late = await pool.connect();
  expect((await open.query("select 6 * 7 as answer")).rows).toEqual([{ answer: 42 }]);
  expect((await late.query("select 6 * 7 as answer")).rows).toEqual([{ answer: 42 }]);
  expect(await asked()).toEqual(["POST credentials"]);
  for (const each of [open, another, late]) each.release();
});

test("a password for some tables lets nothing be written", async () => {
  const pool = await poolFor({ readOnlyTables: ["main.shop.orders"], ttl: "5m" });
  await expect(pool.query("create table orders (id int)")).rejects.toMatchObject({ code: "25006" });
});

test("a compute that was suspended ends idle connections, which ends no program, and the next one wakes it", async () => {
  const pool = await poolFor({ idleTimeoutMillis: 60 * minute });
  (await connectWithRetry(pool)).release();
  // Node's own `once` would listen for errors, and this pool has to do without.
  const dropped = new Promise((resolve) => pool.once("remove", resolve));
  await control("suspend");
  await dropped;
  expect(pool.totalCount).toBe(0);
  const again = await connectWithRetry(pool);
  expect((await again.query("select 6 * 7 as answer")).rows).toEqual([{ answer: 42 }]);
  again.release();
});

test("a compute that does not start yet is asked again until it does", async () => {
  const pool = await poolFor();
  await client.ok("PATCH", `${primary}?update_mask=spec.disabled`, { spec: { disabled: true } });
  await expect(pool.connect()).rejects.toMatchObject({ code: "57P03" });
  let waits = 0;
  const sleep = async () => {
    waits++;
    if (waits === 2) await client.ok("PATCH", `${primary}?update_mask=spec.disabled`, { spec: { disabled: false } });
  };
  const session = await connectWithRetry(pool, {}, { now: () => 0, random: () => 1, sleep });
  expect((await session.query("select 6 * 7 as answer")).rows).toEqual([{ answer: 42 }]);
  session.release();
  expect(waits).toBe(2);
});

test("a host where nobody listens is asked again, and told when patience is over", async () => {
  const pool = await poolFor({ port: 1 });
  let now = 0;
  const sleep = async (ms: number) => {
    now += ms;
  };
  const clock = { now: () => now, random: () => 1, sleep };
  await expect(connectWithRetry(pool, { patienceMs: 3000 }, clock)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(now).toBeGreaterThan(1000);
});

const replaced = [
  { name: "idle for too long", request: { idleTimeoutMillis: 1 } },
  { name: "too old", request: { idleTimeoutMillis: 60 * minute, maxLifetimeSeconds: 0.05 } },
];

test.each(replaced)("a connection that is $name is replaced", async ({ request }) => {
  const pool = await poolFor(request);
  const removed = once(pool, "remove");
  const { session } = await first(pool);
  await removed;
  expect((await first(pool)).session).not.toBe(session);
});

test("by default connections end before the service's limits of a day without use and three days in all", async () => {
  expect(await poolOptions(primary, { env })).toMatchObject({ idleTimeoutMillis: 30_000, maxLifetimeSeconds: 172_800 });
});

test("an address goes in beside the name, which the certificate is still checked against", async () => {
  const told = { ...env, LAKEBASE_ENDPOINT: primary, PGUSER: "emulator@example.com", PGHOSTADDR: host };
  const good = new Pool(await poolOptions(undefined, { env: { ...told, PGHOST: "localhost" } }));
  pools.push(good);
  expect(await first(good)).toMatchObject({ user: "emulator@example.com" });
  const wrong = new Pool(await poolOptions(undefined, { env: { ...told, PGHOST: "elsewhere.example" } }));
  pools.push(wrong);
  await expect(wrong.query("select 1")).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
});

test("a certificate that nobody vouches for lets nothing through", async () => {
  const { PGSSLROOTCERT: _, ...without } = env;
  const pool = new Pool(await poolOptions(primary, { env: without }));
  pools.push(pool);
  await expect(pool.query("select 1")).rejects.toMatchObject({
    code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/),
  });
  expect(await asked()).not.toContain("POST credentials");
});

const wrong: readonly { readonly name: string; readonly call: () => Promise<unknown>; readonly want: RegExp }[] = [
  {
    name: "no endpoint",
    call: () => poolOptions(undefined, { env }),
    want: /^no endpoint to connect to; give its full name, or set LAKEBASE_ENDPOINT/,
  },
  {
    name: "an endpoint that is not there",
    call: () => poolOptions(`${production}/endpoints/none`, { env }),
    want: /^projects\/shop\/branches\/production\/endpoints\/none does not exist; check the name/,
  },
  {
    name: "a database that is not there",
    call: () => poolOptions(primary, { env, database: `${production}/databases/none` }),
    want: /^projects\/shop\/branches\/production\/databases\/none does not exist; check the name/,
  },
  {
    name: "an empty user",
    call: () => poolOptions(primary, { env, user: "" }),
    want: /^role is empty; give the name of a role in Postgres/,
  },
  {
    name: "a host that the compute has not",
    call: () => poolOptions(primary, { env, readOnly: true }),
    want: /has no read-only host, only host, readWritePooledHost$/,
  },
  {
    name: "connections that are never too old",
    call: () => poolOptions(primary, { env, maxLifetimeSeconds: 0 }),
    want: /^maxLifetimeSeconds is 0, and the service ends sessions after 3d; write more than 0 and at most 259200$/,
  },
  {
    name: "connections that lie idle for a week",
    call: () => poolOptions(primary, { env, idleTimeoutMillis: 604_800_000 }),
    want: /^idleTimeoutMillis is 604800000, and the service ends sessions after 1d; write more than 0 and at most 86400000$/,
  },
  {
    name: "certificates that are not there",
    call: () => poolOptions(primary, { env, sslrootcert: "/nonexistent/ca.pem" }),
    want: /^the root certificates in \/nonexistent\/ca\.pem cannot be read \(ENOENT\); check sslrootcert$/,
  },
  {
    name: "a workspace that nobody named",
    call: () => credentialProvider(primary, { env: { HOME: "/nonexistent" } })(),
    want: /^no Databricks workspace to talk to/,
  },
];

test.each(wrong)("$name is told in a sentence", async ({ call, want }) => {
  await expect(call()).rejects.toThrow(want);
});

test("a sign-in that failed is tried again by the next connection", async () => {
  const password = credentialProvider(primary, { env });
  await client.control("POST", "faults", { method: "POST", path: "credentials", status: 403, times: 1 });
  await expect(password()).rejects.toThrow(/POST credentials.*403/);
  expect(await password()).toMatch(/^ey/);
});

describe("a host's address", () => {
  let server: Socket;
  let resolver: Resolver;
  /** Answers of the name server, by the number of the record's type (A 1, AAAA 28). */
  let records: Readonly<Record<number, readonly number[]>>;

  beforeEach(async () => {
    server = createSocket("udp4");
    server.on("message", (query, { port, address }) => server.send(answerTo(query), port, address));
    server.bind(0, "127.0.0.1");
    await once(server, "listening");
    resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${(server.address() as AddressInfo).port}`]);
  });
  afterEach(() => {
    resolver.cancel();
    server.close();
  });

  /** The question with its answer appended, or with "no such name" (RFC 1035). */
  function answerTo(query: Buffer): Buffer {
    const end = query.indexOf(0, 12) + 5;
    const data = records[query.readUInt16BE(end - 4)];
    const head = Buffer.concat([
      query.subarray(0, 2),
      Buffer.from([0x81, data ? 0x80 : 0x83, 0, 1, 0, data ? 1 : 0, 0, 0, 0, 0]),
    ]);
    const question = query.subarray(12, end);
    if (!data) return Buffer.concat([head, question]);
    const record = [0xc0, 12, ...question.subarray(-4), 0, 0, 0, 60, 0, data.length, ...data];
    return Buffer.concat([head, question, Buffer.from(record)]);
  }

  const name = "ep-cool-sky-1a2b3c4d.database.us-east-1.cloud.databricks.com";
  const nobody = () => Promise.reject(new Error("getaddrinfo ENOTFOUND"));
  const ask = (of: string, lookup: (host: string) => Promise<{ readonly address: string }> = nobody) =>
    addressOf(of, { resolve4: (host) => resolver.resolve4(host), resolve6: (host) => resolver.resolve6(host), lookup });

  test("comes from the name server, where the system's resolver fails", async () => {
    records = { 1: [10, 1, 2, 3] };
    expect(await ask(name)).toBe("10.1.2.3");
  });

  test("may be one of IPv6 alone", async () => {
    records = { 28: [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] };
    expect(await ask(name)).toBe("fd00::1");
  });

  test("comes from the system's resolver where the name server knows nothing", async () => {
    records = {};
    expect(await ask("compute.internal", async () => ({ address: "10.9.9.9" }))).toBe("10.9.9.9");
  });

  test("is the host itself when that is one", async () => {
    records = {};
    expect(await ask("127.16.0.4")).toBe("127.16.0.4");
    expect(await ask("fd00::1")).toBe("fd00::1");
  });

  test("is told to be unknown when nobody knows it", async () => {
    records = {};
    await expect(ask(name)).rejects.toThrow(
      `${name} has no address that this machine's name servers know; check the network, or leave hostaddr out`,
    );
  });
});
