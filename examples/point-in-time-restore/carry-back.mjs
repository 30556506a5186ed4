/** Copies the rows that are missing: node carry-back.mjs TABLE FROM_ENDPOINT TO_ENDPOINT */
import pg from "pg";
import { poolOptions } from "pulumi-lakebase/connections";

const [table, ...endpoints] = process.argv.slice(2);
const [from, to] = await Promise.all(
  endpoints.map(async (endpoint) => {
    const client = new pg.Client(await poolOptions(endpoint));
    await client.connect();
    return client;
  }),
);

const name = pg.escapeIdentifier(table);
const { rows } = await from.query(`select json_agg(t) as all from ${name} t`);
const carried = await to.query(
  `insert into ${name} overriding system value
   select * from json_populate_recordset(null::${name}, $1) on conflict do nothing`,
  [JSON.stringify(rows[0].all ?? [])],
);
console.log(`${carried.rowCount} rows carried back`);
await Promise.all([from.end(), to.end()]);
