/** Reads go to the replicas in turn, writes to `primary`: node spread.mjs "$(pulumi stack output --json)" */
import pg from "pg";
import { poolOptions } from "pulumi-lakebase/connections";

const outputs = JSON.parse(process.argv[2]);
const [primary, ...replicas] = await Promise.all(
  [outputs.primary, ...outputs.replicas].map(async (name) => ({ name, pool: new pg.Pool(await poolOptions(name)) })),
);

let turn = 0;
function nextReplica() {
  return replicas[turn++ % replicas.length];
}

for (let reading = 0; reading < 4; reading++) {
  const { name, pool } = nextReplica();
  const { rows } = await pool.query("select count(*) from orders");
  console.log(`${name.split("/").at(-1)} reads ${rows[0].count} orders`);
}
await primary.pool.query("insert into orders (item) values ('A sugar bowl')");
console.log("primary writes one more");

await Promise.all([primary, ...replicas].map(({ pool }) => pool.end()));
