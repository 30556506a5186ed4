import { statSync } from "node:fs";
import { resolve } from "node:path";
import { badRequest, invalid } from "./errors";
import { type Json, textAt } from "./json";
import type { Service } from "./service";
import type { Stored } from "./stored";

/** Files that stand for Delta tables, and what is synced from them. */
export interface Sources {
  /** The files by the full names of their tables. */
  list(): Readonly<Record<string, string>>;
  /** Also fills what has waited for the file. */
  give(table: string, file: string): Promise<void>;
  /** Brings a synced table up to what its source is now. */
  sync(table: Stored): Promise<void>;
}

const NAME = /^[^.\s]+\.[^.\s]+\.[^.\s]+$/;
const KINDS = /\.(csv|parquet)$/i;

/** The file for a Delta table, wherever it was given. */
function checkSource(table: string, file: string): string {
  if (!NAME.test(table)) throw invalid(`a Delta table is named CATALOG.SCHEMA.TABLE, got '${table}'`);
  if (!KINDS.test(file)) throw invalid(`the file of Delta table ${table} must be a .csv or a .parquet, got '${file}'`);
  const path = resolve(file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
  throw invalid(`there is no file ${path} for Delta table ${table}`);
}

export function checkSources(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([table, file]) => [table, checkSource(table, file)]));
}

/** Carries out the body of a `POST /_emulator/delta-tables`. */
export async function giveSource(wanted: Json, sources: Sources | undefined): Promise<void> {
  const table = textAt(wanted, "table") ?? "";
  const file = textAt(wanted, "file") ?? "";
  await demand(sources).give(table, checkSource(table, file));
}

/** Carries out the body of a `POST /_emulator/syncs`. */
export async function steerSync(wanted: Json, service: Service, sources: Sources | undefined): Promise<void> {
  const name = textAt(wanted, "table") ?? "";
  if (!/^synced_tables\/[^/]+$/.test(name)) {
    throw invalid(`'table' must be a name such as synced_tables/main.shop.items, got '${name}'`);
  }
  await demand(sources).sync(service.demand("SyncedTable", name));
}

function demand(sources: Sources | undefined): Sources {
  if (sources === undefined) throw badRequest("synced tables have rows only where Postgres runs");
  return sources;
}
