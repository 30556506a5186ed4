/** Sessions that query as an application does, one query after the other each; prints queries a second. */
import { readFileSync } from "node:fs";
import { Client } from "pg";

const { PGSSLROOTCERT } = process.env;
const count = Number(process.argv[2]);
const queries = 6_000;

const ssl = { ca: readFileSync(PGSSLROOTCERT ?? "", "utf8") };
const sessions = await Promise.all(
  Array.from({ length: count }, async () => {
    const client = new Client({ ssl });
    await client.connect();
    return client;
  }),
);
const start = performance.now();
let left = queries;
await Promise.all(
  sessions.map(async (session) => {
    while (left > 0) {
      left -= 1;
      // Some rows of a page, as a list in an application shows them.
      await session.query("select g as id, md5(g::text) as name, now() as at from generate_series(1, $1::int) g", [50]);
    }
  }),
);
console.log(queries / ((performance.now() - start) / 1_000));
await Promise.all(sessions.map((session) => session.end()));
