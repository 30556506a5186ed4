/** Databricks' SDK for Python and psycopg, unchanged: what they see of the emulator, and what they send. */
import { join } from "node:path";
import { connectionTo } from "../../provider/connections/connection";
import { run } from "../../tools/process.mts";
import { pythonWith, vendorRequirements } from "../../tools/python.mts";
import { type Body, type Client, startClient } from "./emulator-client";

let python: string;
let client: Client;

beforeAll(async () => {
  python = await pythonWith(vendorRequirements);
  // The SDK finds the address for OAuth in the host's metadata and nowhere else.
  client = await startClient({ postgres: true, hostMetadata: true });
});
afterAll(() => client.emulator.close());

/** What a program in vendor/ prints. */
async function seenBy(program: string, env: Readonly<Record<string, string>>, at: Client = client): Promise<Body> {
  const { status, stdout, stderr } = await run(python, [join(__dirname, "vendor", program)], {
    env: {
      // Nothing of the machine's own sign-in, and no compiled files beside the programs.
      HOME: "/nonexistent",
      PATH: process.env["PATH"],
      PYTHONDONTWRITEBYTECODE: "1",
      DATABRICKS_HOST: at.emulator.url,
      ...env,
    },
  });
  if (status !== 0) throw new Error(`${program} ended with status ${status}:\n${stderr}`);
  return JSON.parse(stdout, instant);
}

/** The SDK writes whole seconds without their milliseconds. */
function instant(_key: string, value: unknown): unknown {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT.*Z$/.test(value) ? Date.parse(value) : value;
}

describe("an application on the SDK", () => {
  const endpoint = "projects/shop/branches/dev/endpoints/primary";
  let seen: Body;
  let sent: readonly Body[];

  beforeAll(async () => {
    await client.control("POST", "reset");
    seen = await seenBy("lifecycle.py", {
      DATABRICKS_TOKEN: client.emulator.token,
      LAKEBASE_CA: client.emulator.ca ?? "",
    });
    sent = (await client.control("GET", "requests")).requests;
  });

  test("makes a project and a branch for a day, and changes what the mask names", () => {
    expect(seen).toMatchObject({
      project: { sent: { name: "projects/shop", status: { display_name: "Shop", pg_version: 17 } } },
      branch: { sent: { name: "projects/shop/branches/dev", status: { current_state: "READY" } } },
      endpoint: {
        sent: { name: endpoint, status: { autoscaling_limit_max_cu: 4, suspend_timeout_duration: "86400s" } },
      },
      gone: true,
    });
    const { create_time: made, status } = seen.branch.sent;
    expect(status.expire_time - made).toBe(86_400_000);
  });

  test.each(["project", "branch", "endpoint"])("understands every field of the %s", (resource) => {
    expect(seen[resource].understood).toEqual(seen[resource].sent);
  });

  test("connects with its credential over TLS, and in no other way", () => {
    const answer = { row: ["emulator@example.com", "databricks_postgres", 42], encrypted: true };
    expect(seen.connections).toEqual({
      required: answer,
      verified: answer,
      forged: expect.stringContaining('password authentication failed for user "emulator@example.com"'),
      "no token": expect.stringContaining("native postgres login is disabled"),
      "not encrypted": expect.stringMatching(/SSL|TLS|encrypt/i),
      "not trusted": expect.stringContaining("certificate verify failed"),
    });
  });

  test("sends one request for each change, with what it was told", () => {
    const changes = sent.filter(({ method }) => method !== "GET");
    const prefix = "/api/2.0/postgres/";
    expect(changes.map(({ method, path, status }) => `${status} ${method} ${path.replace(prefix, "")}`)).toEqual([
      "200 POST projects",
      "200 POST projects/shop/branches",
      `200 PATCH ${endpoint}`,
      "200 POST credentials",
      "200 DELETE projects/shop/branches/dev",
    ]);
    const wanted = {
      autoscaling_limit_max_cu: 4,
      endpoint_type: "ENDPOINT_TYPE_READ_WRITE",
      suspend_timeout_duration: "600s",
    };
    expect(changes.map(({ query, body }) => ({ query, body }))).toEqual([
      { query: { project_id: "shop" }, body: { spec: { display_name: "Shop", pg_version: 17 } } },
      { query: { branch_id: "dev" }, body: { spec: { ttl: "86400s" } } },
      { query: { update_mask: "spec.autoscaling_limit_max_cu" }, body: { spec: wanted } },
      { query: {}, body: { endpoint, ttl: "300s" } },
      { query: {}, body: null },
    ]);
  });
});

describe("what a connection gives to libpq", () => {
  const endpoint = "projects/shop/branches/production/endpoints/primary";
  const user = "emulator@example.com";

  /** Names that a uri has to encode, and a shell would quote. */
  const databases = [
    "databricks_postgres",
    "my shop",
    "a/b?c=d&e#f",
    "100%25",
    "l\u00e4den @home:5432",
    'it\'s "here"',
  ];

  test.each(databases)("leads to database %j by its environment and by its uri", async (database) => {
    await client.control("POST", "reset");
    await client.ok("POST", "projects?project_id=shop", { spec: {} });
    if (database !== "databricks_postgres") {
      const spec = { postgres_database: database, role: "projects/shop/branches/production/roles/emulator" };
      await client.ok("POST", "projects/shop/branches/production/databases?database_id=named", { spec });
    }
    const { host } = (await client.ok("GET", endpoint)).status.hosts;
    const { token } = await client.ok("POST", "credentials", { endpoint });
    const { ca } = client.emulator;
    const { env, uri } = connectionTo({ endpoint, host, user, database, hostaddr: host, sslrootcert: ca });
    const answer = { row: [user, database, 42], encrypted: true };
    expect(await seenBy("environment.py", { ...env, PGPASSWORD: token, URI: uri })).toEqual({
      environment: answer,
      uri: answer,
    });
  });
});

test("a service principal signs in with what the environment says and is its own role", async () => {
  await client.control("POST", "reset");
  const seen = await seenBy("service_principal.py", {
    DATABRICKS_CLIENT_ID: "shop-app",
    DATABRICKS_CLIENT_SECRET: "fake-secret",
  });
  expect(seen).toEqual({
    auth: "oauth-m2m",
    me: "shop-app",
    owner: "shop-app",
    answer: { row: ["shop-app", "databricks_postgres", 42], encrypted: true },
  });
});

describe("all other resources by the SDK", () => {
  const kinds = ["role", "database", "data api", "feed", "catalog", "synced table", "snapshot", "schedule"];
  let result: Body;

  beforeAll(async () => {
    const other = await startClient();
    result = await seenBy("whole_service.py", { DATABRICKS_TOKEN: other.emulator.token }, other).finally(() =>
      other.emulator.close(),
    );
  });

  test.each(kinds)("understands every field of the %s", (kind) => {
    expect(result.seen[kind].understood).toEqual(result.seen[kind].sent);
  });

  test("makes and changes them", () => {
    expect(result.seen).toMatchObject({
      role: {
        sent: {
          status: { attributes: { createdb: true, createrole: false }, membership_roles: ["DATABRICKS_SUPERUSER"] },
        },
      },
      database: { sent: { database_id: "stock", status: { postgres_database: "goods" } } },
      "data api": {
        sent: { status: { db_max_rows: 100, server_timing_enabled: true, jwt_cache_max_lifetime: "60s" } },
      },
      "synced table": { sent: { status: { detailed_state: "SYNCED_TABLE_ONLINE_NO_PENDING_UPDATE" } } },
      schedule: { sent: { schedule: [{ daily_schedule: { hour: 3 }, retention: "86400s" }] } },
    });
    expect(result.unnamed).toMatch(/^role-/);
  });

  test("lists them, also page by page", () => {
    expect(result.lists).toEqual({
      roles: ["emulator", "app", result.unnamed],
      databases: ["databricks-postgres", "stock"],
      feeds: ["public"],
      tables: [],
      snapshots: ["nightly"],
    });
  });

  test("gives permissions", () => {
    expect(result.granted.access_control_list).toEqual([
      { group_name: "developers", all_permissions: [expect.objectContaining({ permission_level: "CAN_USE" })] },
      { group_name: "admins", all_permissions: [{ permission_level: "CAN_MANAGE", inherited: true }] },
    ]);
  });

  test("deletes them, and hands over what a deleted role owned", () => {
    const gone = kinds.filter((kind) => kind !== "schedule");
    expect(result.gone).toEqual(Object.fromEntries(gone.map((kind) => [kind, true])));
    expect(result.heir).toBe(true);
  });
});
