import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import type { Column, DeltaFile, Row } from "./delta-file";

const ROWS_AT_ONCE = 5_000;
const BIGGEST = 2n ** 63n;

/** What the values of a column may be, the narrowest first. A type goes when a value is none of it; text stays. */
const TYPES: readonly { readonly type: string; readonly fits: (value: string) => boolean }[] = [
  { type: "boolean", fits: (value) => /^(true|false)$/i.test(value) },
  { type: "bigint", fits: isBigint },
  {
    type: "double precision",
    fits: (value) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) && !isPadded(value),
  },
  { type: "date", fits: (value) => /^\d{4}-\d\d-\d\d$/.test(value) && isInstant(value) },
  {
    type: "timestamp with time zone",
    fits: (value) =>
      /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?$/.test(value) && isInstant(value),
  },
];
const TEXT = "text";

/** The first line has the names. Of an empty field that is not quoted nothing is known: it is null. */
export async function openCsv(path: string): Promise<DeltaFile> {
  let names: Row = [];
  let candidates: (typeof TYPES)[] = [];
  const isKnown: boolean[] = [];
  let isFirst = true;
  for await (const rows of pieces(path)) {
    for (const row of rows) {
      if (isFirst) {
        names = row;
        candidates = row.map(() => TYPES);
        isFirst = false;
        continue;
      }
      for (const [index, value] of row.entries()) {
        if (value === null) continue;
        isKnown[index] = true;
        candidates[index] = (candidates[index] ?? []).filter(({ fits }) => fits(value));
      }
    }
  }
  const columns = names.map(
    (name, index): Column => ({
      name: name ?? "",
      type: (isKnown[index] === true ? candidates[index]?.[0]?.type : undefined) ?? TEXT,
    }),
  );
  return { columns, rows: () => withoutFirst(pieces(path)) };
}

async function* withoutFirst(all: AsyncIterable<readonly Row[]>): AsyncIterable<readonly Row[]> {
  let isFirst = true;
  for await (const rows of all) {
    yield isFirst ? rows.slice(1) : rows;
    isFirst = false;
  }
}

async function* pieces(path: string): AsyncIterable<readonly Row[]> {
  // Loaded when it is wanted: few have synced tables.
  const { parse }: typeof import("csv-parse") = require("csv-parse");
  const cast = (value: string, { quoting }: { quoting: boolean }) => (value === "" && !quoting ? null : value);
  // What goes wrong reaches whoever reads from the parser.
  const parser = pipeline(createReadStream(path), parse({ bom: true, skip_empty_lines: true, cast }), () => {});
  let rows: Row[] = [];
  for await (const row of parser) {
    rows.push(row);
    if (rows.length < ROWS_AT_ONCE) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

function isBigint(value: string): boolean {
  if (!/^[+-]?\d{1,19}$/.test(value) || isPadded(value)) return false;
  const number = BigInt(value.replace("+", ""));
  return -BIGGEST <= number && number < BIGGEST;
}

/** Such as 00420: a code, of which a number would lose a part. */
function isPadded(value: string): boolean {
  return /^[+-]?0\d/.test(value);
}

/** `Date` takes the 31st of any month; Postgres does not. */
function isInstant(value: string): boolean {
  const day = value.slice(0, 10);
  const time = Date.parse(value.length > 10 ? value.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00") : value);
  return !Number.isNaN(time) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
