import { badRequest } from "../errors";
import type { JsonObject } from "../json";
import type { Cluster } from "./cluster";

/** The schemas that a Data API could show, without Postgres's own. */
export async function availableSchemas(cluster: Cluster, database: string): Promise<JsonObject> {
  const text =
    "select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1";
  return { available_schemas: await names(cluster, database, text) };
}

/** The tables of a change data feed, as they are when it is made; that its schema must be there is an assumption. */
export async function feedTables(cluster: Cluster, database: string, schema: string): Promise<JsonObject> {
  const found = await names(cluster, database, "select nspname as name from pg_namespace where nspname = $1", schema);
  if (found.length === 0) throw badRequest(`schema "${schema}" does not exist`);
  const text = "select tablename as name from pg_tables where schemaname = $1 order by 1";
  return { tables: await names(cluster, database, text, schema) };
}

function names(cluster: Cluster, database: string, text: string, ...values: string[]): Promise<readonly string[]> {
  return cluster.query(
    async (client) => {
      const { rows } = await client.query<{ name: string }>(text, values);
      return rows.map(({ name }) => name);
    },
    { database },
  );
}
