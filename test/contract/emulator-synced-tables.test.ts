/** Synced tables of the emulator: rows from files that stand for Delta tables, in the Postgres behind a branch. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type ColumnSource, parquetWriteBuffer, type SchemaElement } from "hyparquet-writer";
import { type Body, type Client, refusal, refused, startClient } from "./emulator-client";
import { Sessions, USER } from "./emulator-sessions";

const shop = "projects/shop";
const production = `${shop}/branches/production`;
const primary = `${production}/endpoints/primary`;
const SOURCE = "main.gold.items";
const ITEMS = "synced_tables/main.shop.items";
const APP = "8dc75b14-0000-4000-8000-000000000000";

const folder = mkdtempSync(join(tmpdir(), "delta-"));
// Postgres does not run as root, and so comes by as somebody else.
chmodSync(folder, 0o711);

let client: Client;
const sessions = new Sessions(() => client);

beforeAll(async () => {
  client = await startClient({ postgres: true });
});
afterAll(async () => {
  await client.emulator.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});
afterEach(() => sessions.end());

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function csv(...lines: readonly string[]): string {
  return write("items.csv", `${lines.join("\n")}\n`);
}

/** The emulator is told of a file. */
function give(file: string, table = SOURCE): Promise<Body> {
  return client.control("POST", "delta-tables", { table, file });
}

const SPEC = {
  source_table_full_name: SOURCE,
  branch: production,
  postgres_database: "databricks_postgres",
  primary_key_columns: ["id"],
  scheduling_policy: "SNAPSHOT",
};

function make(spec: object = {}, name = ITEMS) {
  return client.api("POST", `synced_tables?synced_table_id=${name.split("/")[1]}`, { spec: { ...SPEC, ...spec } });
}

async function made(spec: object = {}, name = ITEMS): Promise<Body> {
  const answer = await make(spec, name);
  expect(answer).toMatchObject({ status: 200 });
  return status(name);
}

async function status(name = ITEMS): Promise<Body> {
  return (await client.ok("GET", name)).status;
}

function sync(table = ITEMS): Promise<Body> {
  return client.control("POST", "syncs", { table });
}

function sql(text: string, identity?: string, database = "databricks_postgres"): Promise<unknown[]> {
  return sessions.sql(primary, text, identity, { database });
}

/** What all of the table's columns are. */
function types(table = "shop.items"): Promise<unknown[]> {
  return sql(
    `select attname, format_type(atttypid, atttypmod) from pg_attribute
     where attrelid = '${table}'::regclass and attnum > 0 order by attnum`,
  );
}

const all = "select * from shop.items order by id";

describe("a CSV file", () => {
  test("becomes a table with a primary key, its types those that all of its values have", async () => {
    await give(
      csv(
        "id,Name,price,in_stock,since,seen,code,nothing,huge,note",
        '1,tea,2.50,true,2026-01-31,2026-01-31T10:00:00Z,00420,,9223372036854775808,""',
        '2,"milk, ""whole""",1e3,FALSE,2026-02-28,2026-02-28 10:00:00.123456+02:00,00421,,1,n/a',
        "3,,,,,,,,,",
      ),
    );
    expect(await made()).toMatchObject({ detailed_state: "SYNCED_TABLE_ONLINE_NO_PENDING_UPDATE", project: shop });
    expect(await types()).toEqual([
      ["id", "bigint"],
      ["Name", "text"],
      ["price", "double precision"],
      ["in_stock", "boolean"],
      ["since", "date"],
      ["seen", "timestamp with time zone"],
      ["code", "text"],
      ["nothing", "text"],
      ["huge", "double precision"],
      ["note", "text"],
    ]);
    expect(
      await sql(
        'select id::int, "Name", price, in_stock, since::text, seen::text, code, nothing, note from shop.items order by id',
      ),
    ).toEqual([
      [1, "tea", 2.5, true, "2026-01-31", "2026-01-31 10:00:00+00", "00420", null, ""],
      [2, 'milk, "whole"', 1000, false, "2026-02-28", "2026-02-28 08:00:00.123456+00", "00421", null, "n/a"],
      [3, null, null, null, null, null, null, null, null],
    ]);
    expect(
      await sql("select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'shop.items'::regclass"),
    ).toEqual(["PRIMARY KEY (id)"]);
  });

  test.each([
    ["a date that no calendar has", ["2026-02-30"]],
    ["a time zone's name", ["2026-01-01 00:00:00 Europe/Berlin"]],
    ["numbers and words", ["1", "one"]],
    ["dates and numbers", ["2026-01-01", "1"]],
    ["yes and no", ["yes", "no"]],
  ])("with %s in a column has text there", async (_what, values) => {
    await give(csv("id,value", ...values.map((value, index) => `${index},${value}`)));
    await made();
    expect(await types()).toEqual([
      ["id", "bigint"],
      ["value", "text"],
    ]);
    expect(await sql("select value from shop.items order by id")).toEqual(values);
  });

  test("of more rows than are read at once is there as a whole", async () => {
    await give(csv("id,name", ...Array.from({ length: 20_001 }, (_row, id) => `${id},item ${id}`)));
    await made();
    expect(await sql("select count(*)::int, count(distinct name)::int, max(id)::int from shop.items")).toEqual([
      [20_001, 20_001, 20_000],
    ]);
  });

  test("with a byte order mark and lines of Windows is read as any other", async () => {
    await give(write("windows.csv", "\ufeffid,name\r\n1,tea\r\n\r\n2,milk\r\n"));
    await made();
    expect(await sql(all)).toEqual([
      ["1", "tea"],
      ["2", "milk"],
    ]);
  });
});

describe("a Parquet file", () => {
  function parquet(columnData: ColumnSource[], schema?: SchemaElement[], more: object = {}): string {
    const options = { columnData, ...(schema !== undefined && { schema }), ...more };
    return write("items.parquet", new Uint8Array(parquetWriteBuffer(options)));
  }

  const instant = (isAdjustedToUTC: boolean): Partial<SchemaElement> => ({
    type: "INT64",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC, unit: "MICROS" },
  });

  /** A column's name, how Parquet has it, a value, the type in Postgres and the value there as text. */
  const columns: readonly [string, Partial<SchemaElement>, unknown, string, string][] = [
    ["id", { type: "INT32" }, 1, "integer", "1"],
    ["truth", { type: "BOOLEAN" }, true, "boolean", "true"],
    ["tiny", { type: "INT32", converted_type: "INT_8" }, -5, "smallint", "-5"],
    ["big", { type: "INT64" }, 9007199254740993n, "bigint", "9007199254740993"],
    ["unsigned", { type: "INT32", converted_type: "UINT_32" }, 4294967295, "bigint", "4294967295"],
    ["float", { type: "FLOAT" }, 0.5, "real", "0.5"],
    ["double", { type: "DOUBLE" }, 0.1, "double precision", "0.1"],
    ["string", { type: "BYTE_ARRAY", converted_type: "UTF8" }, "größer {'n\\\",", "text", "größer {'n\\\","],
    ["bytes", { type: "BYTE_ARRAY" }, Uint8Array.of(0, 255), "bytea", "\\x00ff"],
    ["day", { type: "INT32", converted_type: "DATE" }, new Date("1969-12-31"), "date", "1969-12-31"],
    ["small", { type: "INT32", converted_type: "DECIMAL", precision: 9, scale: 2 }, -5n, "numeric", "-0.05"],
    [
      "long",
      { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, converted_type: "DECIMAL", precision: 38, scale: 4 },
      -12345678901234567890123n,
      "numeric",
      "-1234567890123456789.0123",
    ],
    ["whole", { type: "INT64", converted_type: "DECIMAL", precision: 18, scale: 0 }, 42n, "numeric", "42"],
    ["moment", instant(true), 1767225600123456n, "timestamp with time zone", "2026-01-01 00:00:00.123456+00"],
    ["earlier", instant(true), -1n, "timestamp with time zone", "1969-12-31 23:59:59.999999+00"],
    ["local", instant(false), 1767225600000000n, "timestamp without time zone", "2026-01-01 00:00:00"],
    ["json", { type: "BYTE_ARRAY", converted_type: "JSON" }, { a: [1] }, "jsonb", '{"a": [1]}'],
  ];

  test("becomes a table with the types that it names, every digit kept, and what is null", async () => {
    const schema = columns.map(([name, element]): SchemaElement => ({ repetition_type: "OPTIONAL", name, ...element }));
    const data = columns.map(([name, , value]) => ({ name, data: [value, name === "id" ? 2 : null] }));
    await give(parquet(data, [{ name: "root", num_children: columns.length }, ...schema]));
    await made();
    expect(await types()).toEqual(columns.map(([name, , , type]) => [name, type]));
    const texts = columns.map(([name]) => `${name}::text`).join(", ");
    expect(await sql(`select ${texts} from shop.items order by id`)).toEqual([
      columns.map(([, , , , text]) => text),
      columns.map(([name]) => (name === "id" ? "2" : null)),
    ]);
  });

  test("with lists and structs has them as JSON", async () => {
    const schema: SchemaElement[] = [
      { name: "root", num_children: 3 },
      { name: "id", type: "INT32", repetition_type: "REQUIRED" },
      { name: "tags", repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      { name: "size", repetition_type: "OPTIONAL", num_children: 2 },
      { name: "width", type: "INT64", repetition_type: "OPTIONAL" },
      { name: "at", repetition_type: "OPTIONAL", ...instant(true) },
    ];
    const data = [
      { name: "id", data: [1, 2] },
      { name: "tags", data: [["hot", null], null] },
      { name: "size", data: [{ width: 3n, at: 0n }, null] },
    ];
    await give(parquet(data, schema));
    await made();
    expect(await types()).toEqual([
      ["id", "integer"],
      ["tags", "jsonb"],
      ["size", "jsonb"],
    ]);
    expect(await sql(all)).toEqual([
      [1, ["hot", null], { width: 3, at: "1970-01-01T00:00:00.000000Z" }],
      [2, null, null],
    ]);
  });

  test("with a type that is not synced fails the table, which says so", async () => {
    const schema: SchemaElement[] = [
      { name: "root", num_children: 2 },
      { name: "id", type: "INT32", repetition_type: "REQUIRED" },
      { name: "hour", type: "INT32", converted_type: "TIME_MILLIS", repetition_type: "REQUIRED" },
    ];
    await give(
      parquet(
        [
          { name: "id", data: [1] },
          { name: "hour", data: [1] },
        ],
        schema,
      ),
    );
    expect(await made()).toMatchObject({
      detailed_state: "SYNCED_TABLE_OFFLINE_FAILED",
      message: expect.stringContaining('the type TIME_MILLIS of column "hour" is not synced'),
    });
  });

  test.each(["SNAPPY", "GZIP", "UNCOMPRESSED"] as const)("compressed with %s is read", async (codec) => {
    const compressors = { GZIP: (input: Uint8Array) => new Uint8Array(gzipSync(input)) };
    const data = [
      { name: "id", data: [1, 2, 3], type: "INT32" as const },
      { name: "name", data: ["tea", "tea", "tea"], type: "STRING" as const },
    ];
    await give(parquet(data, undefined, { codec, compressors, rowGroupSize: 2 }));
    await made();
    expect(await sql(all)).toEqual([1, 2, 3].map((id) => [id, "tea"]));
  });
});

describe("a synced table", () => {
  test("of a source without a file has failed, says how to give one, and is filled when it comes", async () => {
    expect(await made()).toMatchObject({
      detailed_state: "SYNCED_TABLE_OFFLINE_FAILED",
      message: expect.stringContaining(`start it with --delta-table ${SOURCE}=FILE`),
    });
    expect(await sql("select to_regclass('shop.items')")).toEqual([null]);
    await give(csv("id,name", "1,tea"), SOURCE.toUpperCase());
    const now = await status();
    expect(now.detailed_state).toBe("SYNCED_TABLE_ONLINE_NO_PENDING_UPDATE");
    expect(now.message).toBeUndefined();
    expect(now.last_sync.delta_table_sync_info).toMatchObject({ delta_commit_version: 0 });
    expect(await sql(all)).toEqual([["1", "tea"]]);
    expect(await client.control("GET", "delta-tables")).toEqual({
      deltaTables: { [SOURCE]: join(folder, "items.csv") },
    });
  });

  test.each(["SNAPSHOT", "TRIGGERED"])("with the policy %s follows its source when it is told to", async (policy) => {
    await give(csv("id,name", "1,tea", "2,milk", "3,bread"));
    await made({ scheduling_policy: policy });
    csv("id,name", "1,tea", "2,oat milk", "4,salt");
    await client.control("POST", "clock", { advance: "3600s" });
    expect(await sql("select name from shop.items order by id")).toEqual(["tea", "milk", "bread"]);
    await sync();
    expect(await sql(all)).toEqual([
      ["1", "tea"],
      ["2", "oat milk"],
      ["4", "salt"],
    ]);
    expect((await status()).last_processed_commit_version).toBe(1);
  });

  test("with the policy CONTINUOUS follows its source by itself, and does nothing while that stays as it is", async () => {
    await give(csv("id,name", "1,tea"));
    expect(await made({ scheduling_policy: "CONTINUOUS" })).toMatchObject({
      detailed_state: "SYNCED_TABLE_ONLINE_CONTINUOUS_UPDATE",
    });
    csv("id,name", "1,black tea", "2,milk");
    await client.control("POST", "clock", { advance: "15s" });
    expect(await sql("select name from shop.items order by id")).toEqual(["black tea", "milk"]);
    await client.control("POST", "clock", { advance: "15s" });
    expect((await status()).last_processed_commit_version).toBe(1);
  });

  test("has of several rows with the same key the latest by its time series key, and none without a key", async () => {
    await give(csv("id,at,name", "1,2026-01-02,new", "1,2026-01-01,old", "1,,unknown", ",2026-01-01,nobody"));
    await made({ timeseries_key: "at" });
    expect(await sql("select name from shop.items")).toEqual(["new"]);
  });

  test("keeps rows apart by all columns of its key, which may be all that there are", async () => {
    await give(csv("a,b", "1,1", "1,2"));
    await made({ primary_key_columns: ["b", "a"] });
    await sync();
    expect(await sql("select a::int, b::int from shop.items order by b")).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });

  test("gets the columns that its source gets, and fails with the rows that it has when one goes", async () => {
    await give(csv("id,name", "1,tea"));
    await made({ scheduling_policy: "TRIGGERED" });
    csv("id,price,name", "1,2.5,tea");
    await sync();
    expect(await sql(all)).toEqual([["1", "tea", 2.5]]);
    csv("id,price", "2,3");
    await sync();
    expect(await status()).toMatchObject({
      detailed_state: "SYNCED_TABLE_ONLINE_PIPELINE_FAILED",
      message: 'the source table has no column "name" any more',
    });
    expect(await sql(all)).toEqual([["1", "tea", 2.5]]);
    csv("id,price,name", "2,3,milk");
    await sync();
    expect(await sql(all)).toEqual([["2", "milk", 3]]);
    expect((await status()).message).toBeUndefined();
  });

  test.each([
    ["two rows have the same key", ["id,name", "1,tea", "1,milk"], {}, "a timeseries_key tells which one stays"],
    [
      "a text is too long for its type",
      ["id,name", "1,oat milk"],
      { type_overrides: [{ column_name: "name", pg_type: "PG_SPECIFIC_TYPE_VARCHAR", size: 3 }] },
      "value too long for type character varying(3)",
    ],
    ["a line has too many fields", ["id,name", "1,tea,2"], {}, "cannot be read as a table: Invalid Record Length"],
  ])("whose source cannot be synced, as %s, is there and says why", async (_what, lines, spec, message) => {
    await give(csv(...lines));
    expect(await made(spec)).toMatchObject({
      detailed_state: "SYNCED_TABLE_OFFLINE_FAILED",
      message: expect.stringContaining(message),
    });
  });

  test("whose file has gone since says so", async () => {
    const file = csv("id,name", "1,tea");
    await give(file);
    await made({ scheduling_policy: "CONTINUOUS" });
    rmSync(file);
    await client.control("POST", "clock", { advance: "15s" });
    expect((await status()).message).toContain("there is no such file");
    expect(await sql(all)).toEqual([["1", "tea"]]);
  });

  test("has types and further columns as its spec says", async () => {
    await give(csv("id,name", "1,tea"));
    await made({
      type_overrides: [{ column_name: "name", pg_type: "PG_SPECIFIC_TYPE_VARCHAR", size: 30 }],
      extra_columns: [
        { column_name: "loud", column_type: "text", compute: "upper(name)", maintenance: "STORED_GENERATED" },
      ],
    });
    expect(await types()).toEqual([
      ["id", "bigint"],
      ["name", "character varying(30)"],
      ["loud", "text"],
    ]);
    expect(await sql(all)).toEqual([["1", "tea", "TEA"]]);
  });

  test.each([
    ["a key that is no column", { primary_key_columns: ["no"] }, 'column "no" named in key does not exist'],
    ["a time series key that is no column", { timeseries_key: "no" }, 'column "no" does not exist in the source table'],
    [
      "a type for no column",
      { type_overrides: [{ column_name: "no", pg_type: "PG_SPECIFIC_TYPE_VARCHAR" }] },
      'column "no" does not exist in the source table',
    ],
    [
      "a type of an extension that is not there",
      { type_overrides: [{ column_name: "name", pg_type: "PG_SPECIFIC_TYPE_VECTOR", size: 3 }] },
      'type "vector" does not exist: it comes with an extension',
    ],
    [
      "an expression that Postgres does not take",
      { extra_columns: [{ column_name: "x", column_type: "text", compute: "no(name)" }] },
      "function no(text) does not exist",
    ],
    [
      "more than an expression",
      {
        extra_columns: [{ column_name: "x", column_type: "int", compute: "1) stored); drop schema shop cascade; --" }],
      },
      "cannot insert multiple commands into a prepared statement",
    ],
    [
      "a schema that is not there and may not be made",
      { create_database_objects_if_missing: false },
      'schema "shop" does not exist',
    ],
  ])("with %s is refused, and not there", async (_what, spec, text) => {
    await give(csv("id,name", "1,tea"));
    expect(refusal(await make(spec))).toEqual(refused(400, "BAD_REQUEST", text));
    expect((await client.api("GET", ITEMS)).status).toBe(404);
    expect(await sql("select to_regclass('shop.items')")).toEqual([null]);
  });

  test("does not take over a table of somebody else", async () => {
    await give(csv("id,name", "1,tea"));
    await sql("create schema shop");
    await sql("create table shop.items as select 1 as item");
    expect(refusal(await make())).toEqual(refused(400, "BAD_REQUEST", 'relation "items" already exists'));
    expect(await sql("select item from shop.items")).toEqual([1]);
  });

  test("is in a database of its own where that is missing, for whoever made it", async () => {
    await give(csv("id,name", "1,tea"));
    await made({ postgres_database: "store" });
    expect(await sql("select name from shop.items", USER, "store")).toEqual(["tea"]);
    expect(await sql("select pg_get_userbyid(datdba) from pg_database where datname = 'store'")).toEqual([USER]);
  });

  test("is read by the owners, and by those whom they let, and indexed and dropped by the owners", async () => {
    await give(csv("id,name", "1,tea"));
    await made();
    await client.ok("POST", `${production}/roles?role_id=app`, { spec: { postgres_role: APP } });
    await expect(sql(all, APP)).rejects.toMatchObject({ code: "42501" });
    await sql(`grant usage on schema shop to "${APP}"`);
    await sql(`grant select on shop.items to "${APP}"`);
    expect(await sql(all, APP)).toEqual([["1", "tea"]]);
    await sql("create index on shop.items (name)");
    await sync();
    expect(await sql(all, APP)).toEqual([["1", "tea"]]);
    await sql("drop table shop.items");
    await sync();
    expect(await sql(all)).toEqual([["1", "tea"]]);
  });

  test("leaves its rows in Postgres when it is deleted, and its name to the next one", async () => {
    await give(csv("id,name", "1,tea"));
    await made();
    await client.ok("DELETE", ITEMS);
    expect(await sql(all)).toEqual([["1", "tea"]]);
    await give(csv("id,price", "1,2"));
    await client.control("POST", "clock", { advance: "3600s" });
    await made();
    expect(await sql(all)).toEqual([["1", "2"]]);
  });

  test("calls nothing of its users' with rights that they have not", async () => {
    await give(csv("id,name", "1,tea"));
    await made();
    // In a database of theirs users may decide where names are looked up.
    await sql("alter database databricks_postgres set search_path = evil, pg_catalog");
    await sql("create schema evil");
    await sql(`create function evil.current_database() returns name language plpgsql as
      $$ begin raise exception 'called as %', session_user; end $$`);
    await sql(`create function evil.watch() returns trigger language plpgsql as
      $$ begin reset role; new.name = session_user || ' ' || current_setting('is_superuser'); return new; end $$`);
    await sql("create trigger watch before insert or update on shop.items for each row execute function evil.watch()");
    await sync();
    expect(await sql("select name from shop.items")).toEqual([expect.stringMatching(/^databricks_writer_\d+ off$/)]);
  });

  test("is copied with its branch, and follows there no more", async () => {
    await give(csv("id,name", "1,tea"));
    await made({ scheduling_policy: "CONTINUOUS" });
    await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    csv("id,name", "1,milk");
    await client.control("POST", "clock", { advance: "15s" });
    expect(await sessions.sql(`${shop}/branches/dev/endpoints/primary`, "select name from shop.items")).toEqual([
      "tea",
    ]);
    expect(await sql("select name from shop.items")).toEqual(["milk"]);
  });
});

describe("the emulator's own routes", () => {
  test.each([
    ["delta-tables", { table: "items", file: "x.csv" }, "a Delta table is named CATALOG.SCHEMA.TABLE, got 'items'"],
    ["delta-tables", { table: SOURCE, file: "x.json" }, "must be a .csv or a .parquet, got 'x.json'"],
    ["delta-tables", { table: SOURCE, file: "/no/such.csv" }, "there is no file /no/such.csv"],
    ["syncs", { table: "main.shop.items" }, "must be a name such as synced_tables/main.shop.items"],
  ])("refuse %s %j", async (route, body, text) => {
    const answer = await client.raw("POST", `/_emulator/${route}`, { body: JSON.stringify(body) });
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", text));
  });

  test("know no synced table that is not there", async () => {
    const answer = await client.raw("POST", "/_emulator/syncs", { body: JSON.stringify({ table: ITEMS }) });
    expect(answer.status).toBe(404);
  });
});

describe("with a folder that is kept", () => {
  const data = mkdtempSync(join(tmpdir(), "synced-"));
  let own: Client;

  beforeAll(() => {
    chmodSync(data, 0o711);
    own = client;
  });
  afterEach(() => {
    client = own;
  });
  afterAll(() => {
    rmSync(data, { recursive: true, force: true });
  });

  test("tables stay, and those that waited for a file or for Postgres get their rows", async () => {
    const file = csv("id,name", "1,tea");
    client = await startClient({ data });
    await client.ok("POST", "projects?project_id=shop", { spec: {} });
    await made();
    await client.emulator.close();
    client = await startClient({ data, postgres: true });
    expect((await status()).detailed_state).toBe("SYNCED_TABLE_OFFLINE_FAILED");
    await client.emulator.close();
    client = await startClient({ data, postgres: true, deltaTables: { [SOURCE]: file } });
    expect(await sql(all)).toEqual([["1", "tea"]]);
    await sessions.end();
    await client.emulator.close();
    client = await startClient({ data, postgres: true });
    expect(await sql(all)).toEqual([["1", "tea"]]);
    expect((await status()).detailed_state).toBe("SYNCED_TABLE_ONLINE_NO_PENDING_UPDATE");
    await client.emulator.close();
  });

  test("a file that is not there is told of before anything starts", async () => {
    const starting = startClient({ data, postgres: true, deltaTables: { [SOURCE]: "no-such.csv" } });
    await expect(starting).rejects.toThrow(`there is no file ${join(process.cwd(), "no-such.csv")} for Delta table`);
  });
});
