/** Counting rows on real Postgres: what may not be read is an error, and never a smaller count. */
import { Client as Session } from "pg";
import { connect } from "../../provider/api/connect";
import { poolOptions } from "../../provider/connections";
import { compareRows } from "../../provider/restoring/row-counts";
import { useEmulator } from "../support/emulator.ts";

const emulator = useEmulator({ postgres: true });
const endpoint = "projects/shop/branches/production/endpoints/primary";

beforeEach(async () => {
  await emulator.outside("POST", "projects?project_id=shop", { spec: {} });
});

async function sql(text: string): Promise<void> {
  const session = new Session(await poolOptions(endpoint, { env: { ...emulator.env, PGSSLROOTCERT: emulator.ca } }));
  await session.connect();
  await session.query(text).finally(() => session.end());
}

async function counted(token: string, databases?: readonly string[]) {
  const client = await connect({ host: emulator.url, token }, {}, { retryBudgetMs: 0, waitTimeoutMs: 0 });
  return compareRows(client, { endpoint, source: endpoint, databases, sslrootcert: emulator.ca });
}

/** A service principal that may connect. */
async function reader(): Promise<string> {
  const token = await emulator.tokenOf("reader");
  const spec = { postgres_role: "reader", identity_type: "SERVICE_PRINCIPAL" };
  await emulator.outside("POST", "projects/shop/branches/production/roles?role_id=reader", { spec });
  return token;
}

test("a table that the identity may not read is an error that names it and who counts", async () => {
  const token = await reader();
  await sql("create table orders (id int)");
  await expect(counted(token)).rejects.toThrow(
    `counting rows on ${endpoint}, database databricks_postgres: 42501: permission denied for table orders; let reader, who counts, read all of its rows, or write compare: false`,
  );
  await sql("grant select on orders to reader");
  expect(await counted(token)).toMatchObject([{ table: "orders", rows: 0 }]);
});

test("rows that a policy hides are an error", async () => {
  const token = await reader();
  await sql(
    `create table orders as select generate_series(1, 3) as id; grant select on orders to reader;
     alter table orders enable row level security; create policy few on orders using (id = 1)`,
  );
  await expect(counted(token)).rejects.toThrow(/42501: query would be affected by row-level security policy/);
});

test("tables of extensions and of the system are not counted, and those that others inherit from have their own rows", async () => {
  await sql(
    `create table general as select 1 as id; create table special () inherits (general); insert into special values (2);
     create view shown as select * from general; create materialized view kept as select * from general; create temporary table passing (id int)`,
  );
  expect(await counted(emulator.token)).toMatchObject([
    { table: "general", rows: 1, sourceRows: 1 },
    { table: "special", rows: 1, sourceRows: 1 },
  ]);
});

test("a database that neither branch has is an error, and a restored branch that is gone has no rows", async () => {
  await expect(counted(emulator.token, ["databricks_postgres", "nowhere"])).rejects.toThrow(
    `neither ${endpoint} nor ${endpoint} has a database nowhere; name one that is there`,
  );
  await emulator.outside("DELETE", "projects/shop");
  expect(await counted(emulator.token)).toBeUndefined();
});
