/** The emulator's computes, as a Postgres client sees them. */
import { readFileSync } from "node:fs";
import { type ClientConfig, Client as PgClient } from "pg";
import { type Body, type Client, READ_ONLY, startClient } from "./emulator-client";

const USER = "emulator@example.com";
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const primary = `${production}/endpoints/primary`;

let client: Client;
const open: PgClient[] = [];

beforeAll(async () => {
  client = await startClient({ postgres: true });
});
afterAll(() => client.emulator.close());
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

async function rows(session: PgClient, text: string, values?: unknown[]): Promise<unknown[]> {
  return (await session.query({ text, values, rowMode: "array" })).rows.map((row) => (row.length === 1 ? row[0] : row));
}

function fork(id: string, spec: object = {}) {
  return client.ok("POST", `${shop}/branches?branch_id=${id}`, { spec: { no_expiry: true, ...spec } });
}

function endpointOf(branch: string): string {
  return `${shop}/branches/${branch}/endpoints/primary`;
}

describe("a compute", () => {
  test("answers a client that checks its certificate, as the caller's own role in the default database", async () => {
    const session = await connect(primary);
    expect(
      await rows(session, "select current_user, current_database(), pg_has_role('databricks_superuser', 'member')"),
    ).toEqual([[USER, "databricks_postgres", true]]);
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
});
