import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Compressors, ConvertedType, FileMetaData, ParquetType, SchemaElement, SchemaTree } from "hyparquet";
import { BadFile, type DeltaFile, type Row } from "./delta-file";

/** Of those that hyparquet has not itself, what Node has. */
const COMPRESSORS: Compressors = {
  BROTLI: (input) => brotliDecompressSync(input),
  GZIP: (input) => gunzipSync(input),
  ZSTD: (input) => zstdDecompressSync(input),
};

/** Postgres has microseconds, as Delta tables do, and `Date` has not. */
const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => instant(BigInt(millis) * 1_000n),
  timestampFromMicroseconds: instant,
  timestampFromNanoseconds: (nanos: bigint) => instant(floor(nanos, 1_000n)),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
};

/** As the service maps the types of Delta tables (databricks-agent-skills, 2026-08), by what Parquet calls them. */
const PHYSICAL: Readonly<Record<ParquetType, string>> = {
  BOOLEAN: "boolean",
  INT32: "integer",
  INT64: "bigint",
  INT96: "timestamp with time zone",
  FLOAT: "real",
  DOUBLE: "double precision",
  BYTE_ARRAY: "bytea",
  FIXED_LEN_BYTE_ARRAY: "bytea",
};
const CONVERTED: Readonly<Partial<Record<ConvertedType, string>>> = {
  UTF8: "text",
  ENUM: "text",
  JSON: "jsonb",
  DECIMAL: "numeric",
  DATE: "date",
  INT_8: "smallint",
  INT_16: "smallint",
  UINT_8: "smallint",
  UINT_16: "integer",
  UINT_32: "bigint",
  UINT_64: "numeric",
  TIMESTAMP_MILLIS: "timestamp with time zone",
  TIMESTAMP_MICROS: "timestamp with time zone",
};
/** Delta tables have no times of day; the service says of the others that it does not sync them. */
const UNSUPPORTED = ["TIME", "TIME_MILLIS", "TIME_MICROS", "INTERVAL", "BSON", "VARIANT", "GEOMETRY", "GEOGRAPHY"];

export async function openParquet(path: string): Promise<DeltaFile> {
  // Loaded when it is wanted: few have synced tables.
  const hyparquet: typeof import("hyparquet") = require("hyparquet");
  const file = await hyparquet.asyncBufferFromFile(path);
  const found = await hyparquet.parquetMetadataAsync(file);
  const fields = hyparquet.parquetSchema(found).children;
  const columns = fields.map((field) => ({ name: field.element.name, type: typeOf(path, field) }));
  const metadata = withoutDecimals(found, fields);
  async function* rows(): AsyncIterable<readonly Row[]> {
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const options = { file, metadata, rowStart, rowEnd, compressors: COMPRESSORS, parsers: PARSERS, utf8: false };
      const objects = await hyparquet.parquetReadObjects(options);
      yield objects.map((object) => fields.map((field) => textOf(object[field.element.name], field)));
      rowStart = rowEnd;
    }
  }
  return { columns, rows };
}

function typeOf(path: string, { element, children }: SchemaTree): string {
  const { type, name, converted_type: converted, logical_type: logical } = element;
  const unsupported = [logical?.type, converted].find((each) => each !== undefined && UNSUPPORTED.includes(each));
  if (unsupported !== undefined)
    throw new BadFile(`${path}: the type ${unsupported} of column "${name}" is not synced`);
  if (children.length > 0 || element.repetition_type === "REPEATED") return "jsonb";
  switch (logical?.type) {
    case "TIMESTAMP":
      return logical.isAdjustedToUTC ? "timestamp with time zone" : "timestamp without time zone";
    case "STRING":
    case "UUID":
      return "text";
    case "FLOAT16":
      return "real";
    case "INTEGER":
      return integerOf(logical.bitWidth, logical.isSigned);
    case "DECIMAL":
    case "DATE":
    case "JSON":
      return CONVERTED[logical.type] ?? "text";
    default:
      return (converted && CONVERTED[converted]) ?? PHYSICAL[type ?? "BYTE_ARRAY"];
  }
}

function integerOf(width: number, isSigned: boolean): string {
  const bits = isSigned ? width : width + 1;
  if (bits <= 16) return "smallint";
  if (bits <= 32) return "integer";
  return bits <= 64 ? "bigint" : "numeric";
}

/** hyparquet makes floating point numbers of them; without being told what they are it leaves their digits. */
function withoutDecimals(metadata: FileMetaData, fields: readonly SchemaTree[]): FileMetaData {
  const decimals = new Set(fields.map(({ element }) => element).filter(isDecimal));
  const schema = metadata.schema.map((element) => {
    if (!decimals.has(element)) return element;
    const { converted_type: _converted, logical_type: _logical, ...raw } = element;
    return raw;
  });
  return { ...metadata, schema };
}

function isDecimal({ converted_type, logical_type, num_children }: SchemaElement): boolean {
  return (converted_type === "DECIMAL" || logical_type?.type === "DECIMAL") && num_children === undefined;
}

function textOf(value: unknown, { element, children }: SchemaTree): string | null {
  if (value === null || value === undefined) return null;
  const isJson = children.length > 0 || element.repetition_type === "REPEATED";
  if (isJson || element.converted_type === "JSON" || element.logical_type?.type === "JSON") {
    return JSON.stringify(value, plain);
  }
  if (isDecimal(element)) return decimal(value, scaleOf(element));
  return value instanceof Uint8Array ? `\\x${hex(value)}` : String(value);
}

/** In JSON; a number that JavaScript cannot hold becomes its digits, and bytes become base64, as Spark writes them. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

function scaleOf({ scale, logical_type: logical }: SchemaElement): number {
  return scale ?? (logical?.type === "DECIMAL" ? logical.scale : 0);
}

function decimal(value: unknown, scale: number): string {
  const unscaled =
    value instanceof Uint8Array
      ? BigInt.asIntN(value.length * 8, BigInt(`0x${hex(value) || "0"}`))
      : BigInt(String(value));
  const digits = String(unscaled)
    .replace("-", "")
    .padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`.replace(/\.$/, "");
}

function instant(micros: bigint): string {
  const millis = floor(micros, 1_000n);
  const rest = String(micros - millis * 1_000n).padStart(3, "0");
  return new Date(Number(millis)).toISOString().replace("Z", `${rest}Z`);
}

function floor(value: bigint, by: bigint): bigint {
  return value >= 0n ? value / by : -((-value + by - 1n) / by);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
