import { type ClientBase, escapeIdentifier, type QueryConfig } from "pg";
import { badRequest } from "../errors";
import { at, isObject, type Json, type JsonObject, numberAt, textAt } from "../json";
import type { Cluster } from "./cluster";
import { databaseName } from "./databases";
import { BadFile, type Column, type DeltaFile, type Row } from "./delta-file";
import { checkName } from "./identifier";
import { OWNERS } from "./origin";
import { inTransaction } from "./transaction";

/** How long to wait for others' transactions on the table. */
const PATIENCE = "10s";
const ROWS_AT_ONCE = 5_000;
const INCOMING = "pg_temp.incoming";

/** A synced table as Postgres has it. */
export interface Target {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  readonly spec: JsonObject;
}

/** `id` is catalog.schema.table; schema and table are called the same in Postgres. */
export function targetOf(id: string, spec: JsonObject): Target {
  const [, schema = "", table = ""] = id.split(".");
  return {
    database: databaseName(spec),
    schema: checkName("schema", schema),
    table: checkName("table", table),
    spec,
  };
}

/** Makes the schema that the table is in, unless that is to be there. */
export async function makePlace(cluster: Cluster, { database, schema, spec }: Target): Promise<void> {
  await cluster.query(
    (client) =>
      inTransaction(client, async () => {
        const { rowCount } = await client.query("select from pg_namespace where nspname = $1", [schema]);
        if (rowCount === 0 && spec["create_database_objects_if_missing"] === false) {
          throw badRequest(`schema "${schema}" does not exist`);
        }
        const writer = escapeIdentifier(await makeWriter(client));
        const place = escapeIdentifier(schema);
        if (rowCount === 0) await client.query(`create schema ${place} authorization ${writer}`);
        else await client.query(`grant usage, create on schema ${place} to ${writer}`);
        await client.query(`grant temporary on database ${escapeIdentifier(database)} to ${writer}`);
      }),
    { database },
  );
}

/**
 * The role that owns synced tables (field reports: databricks_writer_ and the database's oid). That owners may index and
 * drop them is documented; that they may because they are members is an assumption.
 */
async function makeWriter(client: ClientBase): Promise<string> {
  const writer = await writerOf(client);
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [writer]);
  if (rowCount === 0) {
    await client.query(`create role ${escapeIdentifier(writer)} login`);
    await client.query(`grant ${escapeIdentifier(writer)} to ${OWNERS}`);
  }
  return writer;
}

async function writerOf(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ oid: string }>(
    "select oid::text from pg_database where datname = current_database()",
  );
  return `databricks_writer_${rows[0]?.oid}`;
}

/**
 * Makes the table, empty, with the columns of its source. One that an earlier synced table of that name has left is
 * replaced, an assumption; anybody else's is not.
 */
export async function makeTable(cluster: Cluster, target: Target, columns: readonly Column[]): Promise<void> {
  const { schema, table, spec } = target;
  await write(cluster, target, async (client) => {
    const definitions = await define(client, columns, spec);
    const { rowCount } = await client.query(
      `select from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and c.relname = $2 and c.relkind = 'r' and pg_get_userbyid(c.relowner) = current_user`,
      [schema, table],
    );
    if (rowCount === 1) await client.query(`drop table ${nameOf(target)}`);
    await client.query(single(`create table ${nameOf(target)} (${definitions.join(", ")})`));
  });
}

export async function hasTable(cluster: Cluster, { database, schema, table }: Target): Promise<boolean> {
  const { rowCount } = await cluster.query(
    (client) => client.query("select from pg_tables where schemaname = $1 and tablename = $2", [schema, table]),
    { database },
  );
  return rowCount === 1;
}

/**
 * Makes the rows those of the source. New columns of the source become columns of the table. Rows without a primary key
 * are left out; of those with the same one the latest stays, by the time series key.
 */
export async function fillTable(cluster: Cluster, target: Target, source: DeltaFile): Promise<void> {
  const place = nameOf(target);
  const key = listAt(target.spec, "primary_key_columns").map(escapeIdentifier);
  const latest = textAt(target.spec, "timeseries_key");
  await write(cluster, target, async (client) => {
    const types = await reconcile(client, target, source.columns);
    const names = source.columns.map(({ name }) => escapeIdentifier(name));
    await client.query(
      `create temporary table incoming on commit drop as select ${names.join(", ")} from ${place} with no data`,
    );
    await take(client, names, types, source);
    const whole = key.map((column) => `${column} is not null`).join(" and ");
    if (latest === undefined) await refuseTwins(client, key, whole);
    const [once, order] =
      latest === undefined
        ? ["", ""]
        : [`distinct on (${key})`, `order by ${key}, ${escapeIdentifier(latest)} desc nulls last`];
    const others = names.filter((name) => !key.includes(name)).map((name) => `${name} = excluded.${name}`);
    const same = key.map((column) => `i.${column} = t.${column}`).join(" and ");
    await client.query(`delete from ${place} t where not exists (select from ${INCOMING} i where ${same})`);
    await client.query(
      `insert into ${place} (${names}) select ${once} ${names} from ${INCOMING} where ${whole} ${order}
       on conflict (${key}) do ${others.length === 0 ? "nothing" : `update set ${others}`}`,
    );
  });
}

/** As the role that owns synced tables, in one transaction. What is called there is not called with the superuser's rights. */
async function write(cluster: Cluster, target: Target, work: (client: ClientBase) => Promise<void>): Promise<void> {
  const { database, schema } = target;
  const user = await cluster.query(writerOf, { database });
  await cluster.query(
    (client) =>
      inTransaction(client, async () => {
        await client.query(`set local search_path = ${escapeIdentifier(schema)}, public`);
        await client.query(`set local lock_timeout = '${PATIENCE}'`);
        await work(client);
      }),
    { database, user },
  );
}

/** A new synced table's columns and its primary key. */
async function define(client: ClientBase, columns: readonly Column[], spec: JsonObject): Promise<readonly string[]> {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const latest = textAt(spec, "timeseries_key");
  for (const override of objectsAt(spec, "type_overrides")) {
    types.set(known(types, textAt(override, "column_name") ?? ""), await overridden(client, override));
  }
  if (latest !== undefined) known(types, latest);
  const key = listAt(spec, "primary_key_columns").map(escapeIdentifier);
  return [
    ...columns.map(({ name }) => `${escapeIdentifier(checkName("column", name))} ${types.get(name)}`),
    ...objectsAt(spec, "extra_columns").map(generated),
    `primary key (${key})`,
  ];
}

function known(types: ReadonlyMap<string, unknown>, name: string): string {
  if (!types.has(name)) throw badRequest(`column "${name}" does not exist in the source table`);
  return name;
}

/** Of `PG_SPECIFIC_TYPE_VECTOR` and the like. The types of vectors come with an extension, where that is installed. */
async function overridden(client: ClientBase, override: JsonObject): Promise<string> {
  const type = (textAt(override, "pg_type") ?? "").replace(/^PG_SPECIFIC_TYPE_/, "").toLowerCase();
  const { rows } = await client.query<{ found: string | null }>("select to_regtype($1)::text as found", [type]);
  if (rows[0]?.found == null) {
    throw badRequest(
      `type "${type}" does not exist: it comes with an extension that the emulator's Postgres does not have`,
    );
  }
  const size = numberAt(override, "size");
  return size === undefined ? type : `${type}(${size})`;
}

/** Type and expression are SQL, as they are for the service. */
function generated(extra: JsonObject): string {
  const name = escapeIdentifier(checkName("column", textAt(extra, "column_name") ?? ""));
  return `${name} ${textAt(extra, "column_type")} generated always as (${textAt(extra, "compute")}) stored`;
}

/** With SQL of the caller's in it: this protocol takes one statement only. */
function single(text: string): QueryConfig {
  // What is declared of pg's settings lacks this one.
  const config: QueryConfig & { readonly queryMode: "extended" } = { text, queryMode: "extended" };
  return config;
}

/** Adds the columns that the source has got since; answers the type of each of the source's columns, without its size. */
async function reconcile(client: ClientBase, target: Target, columns: readonly Column[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, null) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [nameOf(target)],
  );
  const types = new Map(rows.map(({ name, type }) => [name, type]));
  const gone = rows.find(({ name }) => !columns.some((column) => column.name === name));
  if (gone !== undefined) throw new BadFile(`the source table has no column "${gone.name}" any more`);
  for (const { name, type } of columns) {
    if (!types.has(name))
      await client.query(`alter table ${nameOf(target)} add column ${escapeIdentifier(name)} ${type}`);
  }
  return columns.map(({ name, type }) => types.get(name) ?? type);
}

/** pg has no COPY; whole columns as arrays are as good. */
async function take(
  client: ClientBase,
  names: readonly string[],
  types: readonly string[],
  source: DeltaFile,
): Promise<void> {
  const given = names.map((_name, index) => `$${index + 1}::text[]`);
  const aliases = names.map((_name, index) => `c${index}`);
  const values = types.map((type, index) => `c${index}::${type}`);
  const text = `insert into ${INCOMING} (${names}) select ${values} from unnest(${given}) as u(${aliases})`;
  for await (const rows of source.rows()) {
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
      const piece = rows.slice(start, start + ROWS_AT_ONCE);
      await client.query(
        text,
        names.map((_name, index) => piece.map((row: Row) => row[index] ?? null)),
      );
    }
  }
}

/** Documented: without a time series key two such rows are no table that can be synced. The text is an invention. */
async function refuseTwins(client: ClientBase, key: readonly string[], whole: string): Promise<void> {
  const twins = await client.query(
    `select from ${INCOMING} where ${whole} group by ${key} having count(*) > 1 limit 1`,
  );
  if (twins.rowCount === 0) return;
  throw new BadFile(
    "several rows of the source table have the same primary key; a timeseries_key tells which one stays",
  );
}

function nameOf({ schema, table }: Target): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
}

function listAt(spec: JsonObject, path: string): readonly string[] {
  return arrayAt(spec, path).filter((each) => typeof each === "string");
}

function objectsAt(spec: JsonObject, path: string): readonly JsonObject[] {
  return arrayAt(spec, path).filter(isObject);
}

function arrayAt(spec: JsonObject, path: string): readonly Json[] {
  const found = at(spec, path);
  return Array.isArray(found) ? found : [];
}
