import { extname } from "node:path";
import { openCsv } from "./csv-file";
import { BadFile, type DeltaFile, type Row } from "./delta-file";
import { openParquet } from "./parquet-file";

const PACKAGE = /Cannot find (?:module|package) '(csv-parse|hyparquet)'/;

/** Opens a .csv or .parquet. */
export async function openDeltaFile(path: string): Promise<DeltaFile> {
  try {
    const { columns, rows } = await (extname(path).toLowerCase() === ".csv" ? openCsv(path) : openParquet(path));
    if (columns.length === 0) throw new BadFile(`${path} has no columns`);
    return { columns, rows: () => telling(path, rows()) };
  } catch (error) {
    throw asBadFile(path, error);
  }
}

async function* telling(path: string, rows: AsyncIterable<readonly Row[]>): AsyncIterable<readonly Row[]> {
  try {
    yield* rows;
  } catch (error) {
    throw asBadFile(path, error);
  }
}

/** Whatever a reader of files says: what is wrong is in the file. What they throw is not always of this realm. */
function asBadFile(path: string, error: unknown): Error {
  if (error instanceof BadFile) return error;
  const message = error !== null && typeof error === "object" && "message" in error ? String(error.message) : "";
  const missing = PACKAGE.exec(message)?.[1];
  if (missing !== undefined)
    return new BadFile(`${path} cannot be read: install what reads it with: npm install ${missing}`);
  const reason = message.includes("ENOENT") ? "there is no such file" : (message.split("\n")[0] ?? "");
  return new BadFile(`${path} cannot be read as a table: ${reason}`);
}
