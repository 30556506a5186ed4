/**
 * An application on Databricks' own driver, which finds the workspace and the compute in the environment. Its parent
 * sends it lists of queries; those of one list run at one time, over as many connections.
 */
import { createLakebasePool, getUsernameWithApiLookup } from "@databricks/lakebase";

const pool = createLakebasePool({
  user: await getUsernameWithApiLookup(),
  // On a machine of any speed, connections are waited for and kept.
  connectionTimeoutMillis: 0,
  idleTimeoutMillis: 0,
});

async function ask(queries) {
  const results = await Promise.all(queries.map((query) => pool.query(query)));
  return { rows: results.map(({ rows }) => rows[0]), connections: pool.totalCount };
}

process.on("message", (queries) => {
  ask(queries).then(
    (answer) => process.send(answer),
    (error) => process.send({ error: error.message }),
  );
});
process.once("disconnect", () => pool.end());
process.send({ ready: true });
