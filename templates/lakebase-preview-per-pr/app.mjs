/** An application: `node app.mjs` lists the items, `node app.mjs NAME CUSTOMER` adds one before. */
import pg from "pg";
import { poolOptions } from "pulumi-lakebase/connections";

const pool = new pg.Pool(await poolOptions());
const item = process.argv.slice(2);
if (item.length === 2) await pool.query("insert into items (name, customer) values ($1, $2)", item);
const { rows } = await pool.query("select * from items order by id");
console.table(rows);
await pool.end();
