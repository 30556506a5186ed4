import { setTimeout as sleep } from "node:timers/promises";
import { type ClientBase, escapeIdentifier } from "pg";
import type { View } from "../collection";
import type { Change } from "../data";
import { badRequest } from "../errors";
import { type JsonObject, objectAt, textAt } from "../json";
import { type Cluster, MAINTENANCE, PASSWORD_CHECK } from "./cluster";
import { checkName } from "./identifier";
import { roleNamed } from "./roles";
import { inTransaction } from "./transaction";

const RESERVED: readonly string[] = [MAINTENANCE, PASSWORD_CHECK, "template0", "template1"];
/** Milliseconds between looks at who is still connected. */
const PAUSE = 100;

/** What a change of a Database means. */
export async function changeDatabase(cluster: Cluster, change: Change, view: Pick<View, "find">): Promise<JsonObject> {
  const { verb, stored, before } = change;
  const spec = objectAt(stored.inputs, "spec");
  const name = databaseName(spec);
  if (verb === "delete") {
    await dropDatabase(cluster, name);
    return {};
  }
  const owner = roleNamed(textAt(spec, "role") ?? "", view);
  if (before === undefined) await putDatabase(cluster, name, owner);
  else await alterDatabase(cluster, databaseName(objectAt(before.inputs, "spec")), name, owner);
  return {};
}

/** The Postgres database of a Database's, a Catalog's or a SyncedTable's spec. */
export function databaseName(spec: JsonObject): string {
  const name = checkName("database", textAt(spec, "postgres_database") ?? "");
  if (RESERVED.includes(name)) throw badRequest(`database name "${name}" is reserved`);
  return name;
}

async function hasDatabase(client: ClientBase, name: string): Promise<boolean> {
  const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
  return rowCount === 1;
}

/** Makes the database; one that is there, made in SQL or with its branch, gets the owner. */
function putDatabase(cluster: Cluster, name: string, owner: string): Promise<void> {
  return cluster.query(async (client) => {
    if (await hasDatabase(client, name)) await client.query(owned(name, owner));
    else await client.query(made(name, owner));
  });
}

/** Renames it and gives it to its owner, both or none. Postgres renames what nobody is connected to, so sessions end. */
function alterDatabase(cluster: Cluster, before: string, name: string, owner: string): Promise<void> {
  return cluster.query(async (client) => {
    // It may have been renamed in SQL already.
    const isRenamed = before === name || (!(await hasDatabase(client, before)) && (await hasDatabase(client, name)));
    await inTransaction(client, async () => {
      if (!isRenamed) {
        const statement = `alter database ${escapeIdentifier(before)} rename to ${escapeIdentifier(name)}`;
        await emptying(cluster, before, client.query(statement));
      }
      await client.query(owned(name, owner));
    });
  });
}

async function dropDatabase(cluster: Cluster, name: string): Promise<void> {
  await cluster.query((client) => client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`));
}

/** Nobody is ever connected to that template, as would keep it from being copied. */
function made(name: string, owner: string): string {
  return `create database ${escapeIdentifier(name)} template template0 owner ${escapeIdentifier(owner)}`;
}

function owned(name: string, owner: string): string {
  return `alter database ${escapeIdentifier(name)} owner to ${escapeIdentifier(owner)}`;
}

/** Ends sessions in a database for as long as a statement waits for that: whoever comes later waits for the statement. */
async function emptying(cluster: Cluster, database: string, statement: Promise<unknown>): Promise<void> {
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  statement.then(
    () => settle(),
    () => settle(),
  );
  await cluster.query(async (client) => {
    for (let isOver = false; !isOver; ) {
      await client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [database]);
      isOver = await Promise.race([settled.then(() => true), sleep(PAUSE, false)]);
    }
  });
  await statement;
}
