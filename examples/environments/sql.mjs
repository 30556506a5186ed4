/** Runs SQL on a compute and shows the rows: node sql.mjs ENDPOINT SQL [DATABASE] */
import pg from "pg";
import { poolOptions } from "pulumi-lakebase/connections";

const [endpoint, sql, database] = process.argv.slice(2);
const client = new pg.Client(await poolOptions(endpoint, { database }));
await client.connect();
console.table((await client.query(sql)).rows);
await client.end();
