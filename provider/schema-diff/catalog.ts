/** The one place that asks: a database of a branch → its description, as of one moment. Nothing is changed, no row is read. */
import type { Client } from "../api/client";
import { refusal } from "../scripts/refusal";
import { type OpenSession, type Place, withSession } from "../scripts/session";
import { type Description, described, type Row } from "./description";
import { catalogQuery, settings } from "./queries";

/** `undefined`: there is no such database. `schemas`: only these. */
export async function describe(
  client: Client,
  place: Place,
  schemas: readonly string[] | undefined,
): Promise<Description | undefined> {
  const rows = await asked(client, place, catalogQuery, [schemas ?? null]).catch((failure: unknown) => {
    if (isMissing(failure)) return undefined;
    throw failure;
  });
  // The query has these columns.
  return rows && described(rows as readonly Row[]);
}

/** Names in Postgres of all databases that are for users. */
export async function databasesOf(client: Client, place: Place): Promise<readonly string[]> {
  const all = "select datname from pg_database where datallowconn and not datistemplate";
  return (await asked(client, place, all, [])).map((row) => (row as { datname: string }).datname);
}

function asked(client: Client, place: Place, sql: string, values: unknown[]): Promise<readonly unknown[]> {
  return withSession(client, place, async ({ session, database }: OpenSession) => {
    try {
      await session.query(`begin isolation level repeatable read read only; ${settings}`);
      return (await session.query(sql, values)).rows;
    } catch (failure) {
      const said = refusal(failure, "");
      throw new Error(`the catalog of database ${database} on ${place.endpoint} cannot be read: ${said}`);
    }
  });
}

/** SQLSTATE invalid_catalog_name. */
function isMissing(failure: unknown): boolean {
  const cause = failure instanceof Error ? failure.cause : undefined;
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === "3D000";
}
