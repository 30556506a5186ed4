/** How many rows the tables of a branch have, counted by SQL on one of its computes. */
import type { ClientBase } from "pg";
import type { Client } from "../api/client";
import { isNotFound } from "../api/errors";
import { defaultDatabase } from "../rules/limits";
import { ledgerSchema } from "../scripts/ledger";
import { isDenied, refusal } from "../scripts/refusal";
import { withSession } from "../scripts/session";
import { compared, type TableComparison, type TableRows } from "./comparison";

export interface Asked {
  /** Full name of a compute of the restored branch. */
  readonly endpoint: string;
  /** Full name of a compute of its source. */
  readonly source: string;
  /** Names in Postgres of the databases to compare. Absent: all of both branches. */
  readonly databases?: readonly string[] | undefined;
  /** File with the root certificates that the servers' are checked with. */
  readonly sslrootcert: string | undefined;
}

/** Counts all rows of all tables on both computes, and wakes them for that. A restored branch that has expired has none. */
export async function compareRows(client: Client, asked: Asked): Promise<readonly TableComparison[] | undefined> {
  const { endpoint, source, databases, sslrootcert } = asked;
  if (!(await isThere(client, endpoint))) return undefined;
  const branches = [endpoint, source].map((one) => ({ client, endpoint: one, sslrootcert }));
  const there = await Promise.all(branches.map(databasesOf));
  const unknown = databases?.find((name) => !there.some((names) => names.includes(name)));
  if (unknown !== undefined) {
    throw new Error(`neither ${endpoint} nor ${source} has a database ${unknown}; name one that is there`);
  }
  const [here = [], other = []] = await Promise.all(
    branches.map((branch, index) =>
      rowsOf(branch, there[index]?.filter((name) => databases?.includes(name) ?? true) ?? []),
    ),
  );
  return compared(here, other);
}

async function isThere(client: Client, name: string): Promise<boolean> {
  return client.get(name).then(
    () => true,
    (failure: unknown) => {
      if (isNotFound(failure)) return false;
      throw failure;
    },
  );
}

interface Compute {
  readonly client: Client;
  readonly endpoint: string;
  readonly sslrootcert: string | undefined;
}

/** Those that who signs in may connect to. What was made or dropped in SQL, Postgres alone knows. */
async function databasesOf(compute: Compute): Promise<readonly string[]> {
  const found = await rowsIn<{ readonly datname: string }>(compute, defaultDatabase, (session) =>
    session.query(
      "select datname from pg_database where datallowconn and not datistemplate and has_database_privilege(datname, 'connect')",
    ),
  );
  return found.map(({ datname }) => datname);
}

/** One database at a time: a compute has better things to do than to count. */
async function rowsOf(compute: Compute, databases: readonly string[]): Promise<readonly TableRows[]> {
  const all: TableRows[] = [];
  for (const database of databases) {
    const counted = await rowsIn(compute, database, countRows);
    all.push(...counted.map((table) => ({ database, ...table })));
  }
  return all;
}

function rowsIn<Row>(
  { client, ...compute }: Compute,
  database: string,
  ask: (session: ClientBase) => Promise<{ readonly rows: readonly Row[] }>,
): Promise<readonly Row[]> {
  return withSession(client, { ...compute, database }, async ({ session, user }) => {
    const { rows } = await ask(session).catch((failure: unknown) => {
      const remedy = isDenied(failure) ? `; let ${user}, who counts, read all of its rows` : "";
      const place = `${compute.endpoint}, database ${database}`;
      throw new Error(`counting rows on ${place}: ${refusal(failure, "")}${remedy}, or write compare: false`);
    });
    return rows;
  });
}

/**
 * Tables of users: a partitioned one counts as one, and its partitions not by themselves; a table that others inherit from
 * has its own rows alone. Those of extensions are the extensions' own.
 */
const tablesOfUsers = `
  select n.nspname as schema, c.relname as table, c.relkind = 'p' as whole
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and n.nspname not in ('information_schema', '${ledgerSchema}') and n.nspname !~ '^pg_'
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

interface UserTable {
  readonly schema: string;
  readonly table: string;
  readonly whole: boolean;
}

/**
 * In one query: Postgres goes as deep into one of many selects as it has of them, and of 10,000 it says that its stack is
 * too small. Each holds a lock on its tables and their indexes, of which a server has 64 for each connection that it allows
 * (defaults of Postgres).
 */
const tablesPerQuery = 1000;

/** As of one moment for all tables of a database. */
export async function countRows(
  session: ClientBase,
): Promise<{ readonly rows: readonly Omit<TableRows, "database">[] }> {
  await session.query("begin isolation level repeatable read read only");
  // A policy that hides rows is an error then, and not a smaller count.
  await session.query("set local row_security = off");
  const { rows: tables } = await session.query<UserTable>(tablesOfUsers);
  const counts: string[] = [];
  for (let start = 0; start < tables.length; start += tablesPerQuery) {
    counts.push(...(await countsOf(session, tables.slice(start, start + tablesPerQuery))));
  }
  return { rows: tables.map(({ schema, table }, index) => ({ schema, table, rows: Number(counts[index]) })) };
}

/** Going back to the savepoint releases the locks, and the moment stays. */
async function countsOf(session: ClientBase, tables: readonly UserTable[]): Promise<readonly string[]> {
  const each = tables.map((table, index) => `select ${index}, count(*) as rows from ${inSql(session, table)}`);
  await session.query("savepoint unlocked");
  const { rows } = await session.query<{ readonly rows: string }>(`${each.join(" union all ")} order by 1`);
  await session.query("rollback to savepoint unlocked");
  return rows.map((row) => row.rows);
}

function inSql(session: ClientBase, { schema, table, whole }: UserTable): string {
  return `${whole ? "" : "only "}${session.escapeIdentifier(schema)}.${session.escapeIdentifier(table)}`;
}
