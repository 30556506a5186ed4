/** What was written → the table, or everything that is wrong with it. */
import { z } from "zod";
import { rootBranchId } from "../rules/limits";
import { unwrap } from "../schema/fields";
import { isRecord, type Path, valueAt } from "../schema/unknown";
import type { Mistake } from "./mistake";
import { tableRules } from "./rules";
import { type EnvironmentTable, tableSchema } from "./table";

export interface Read {
  /** Absent when something is wrong. */
  readonly table?: EnvironmentTable;
  readonly mistakes: readonly Mistake[];
}

export function readTable(written: unknown): Read {
  const given = filled(written);
  const { error } = tableSchema.safeParse(given);
  const shape = [...unlookedAt(written, []), ...(error?.issues ?? []).flatMap((issue) => mistakesOf(issue, given))];
  const right = shape.length === 0 ? given : withoutWrong(given, shape);
  const mistakes = [...shape, ...(right ? tableRules.flatMap((rule) => rule(right as EnvironmentTable)) : [])];
  // The schema has just said that it is one, and of one with mistakes the rules read what is there.
  return mistakes.length === 0 ? { table: right as EnvironmentTable, mistakes } : { mistakes };
}

/** A map of things, each of which may be there without a word about it. */
function isMap(path: Path): boolean {
  const map = schemaAt(tableSchema, path);
  return map instanceof z.ZodRecord && schemaAt(map.valueType as z.ZodType, []) instanceof z.ZodObject;
}

function isEntry(path: Path): boolean {
  return path.length > 0 && isMap(path.slice(0, -1));
}

/** What is undefined is not said, an entry with nothing in it is one with nothing of its own, and `production` is always there. */
function filled(written: unknown): unknown {
  const given = plain(written, []);
  if (!isRecord(given)) return given;
  const { environments = {} } = given;
  return isRecord(environments) && environments[rootBranchId] === undefined
    ? { ...given, environments: { ...environments, [rootBranchId]: {} } }
    : { ...given, environments };
}

function plain(value: unknown, at: Path): unknown {
  if (value === null && (isMap(at) || isEntry(at))) return {};
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).filter(([key, inner]) => inner !== undefined && key !== passedOver);
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner, [...at, key])]));
}

/** The one key that a schema does not look at. */
const passedOver = "__proto__";

function unlookedAt(value: unknown, at: Path): readonly Mistake[] {
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...at, key];
    return key === passedOver
      ? [{ path, message: "cannot be a name; choose another", isKey: true }]
      : unlookedAt(inner, path);
  });
}

/** What is made by a class is no part of a table, and is left for the schema to refuse. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function mistakesOf(issue: z.core.$ZodIssue, given: unknown): readonly Mistake[] {
  const path = issue.path.map(String);
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = keysAt(path);
      const of = path.length === 0 ? "it" : path.join(".");
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `is not known; ${of} has ${known.join(", ")}`,
        isKey: true,
      }));
    }
    case "invalid_key":
      return issue.issues.map(({ message }) => ({ path, message, isKey: true }));
    case "invalid_union": {
      // A set of arguments is meant for the last of the ways in which it can be written.
      const meant = isRecord(valueIn(given, path)) ? issue.errors.at(-1) : undefined;
      const inner = meant?.flatMap((one) => mistakesOf({ ...one, path: [...issue.path, ...one.path] }, given));
      return inner ?? [{ path, message: issue.message }];
    }
    default: {
      const value = valueIn(given, path);
      const message = value === undefined && path.length > 0 ? `is missing; it ${issue.message}` : issue.message;
      return [{ path, message: isComputed(value) ? computed : message }];
    }
  }
}

const computed =
  "is known only when it has been computed, and a table is drawn before anything is made; write it out, or set it with transform";

/** An output or a promise, where a plain value belongs. */
function isComputed(value: unknown): boolean {
  return isRecord(value) && (typeof value["apply"] === "function" || typeof value["then"] === "function");
}

function valueIn(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (Array.isArray(inner) ? inner[Number(key)] : valueAt(inner, [key])),
    value,
  );
}

/** The keys that a place in the table can have. */
function keysAt(path: Path): readonly string[] {
  const schema = schemaAt(tableSchema, path);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** What a place in the table is to hold. Of several ways in which it can be written, the last one has keys. */
function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodUnion) return schemaAt(inner.options.at(-1) as z.ZodType, path);
  if (inner instanceof z.ZodPipe) return schemaAt(inner.in as z.ZodType, path);
  const [key, ...rest] = path;
  if (key === undefined) return inner;
  if (inner instanceof z.ZodRecord) return schemaAt(inner.valueType as z.ZodType, rest);
  if (inner instanceof z.ZodArray) return schemaAt(inner.element as z.ZodType, rest);
  const below = inner instanceof z.ZodObject ? (valueAt(inner.shape, [key]) as z.ZodType | undefined) : undefined;
  return below && schemaAt(below, rest);
}

/** The table without what is wrong in it, so that the rest of it is judged too; nothing of what is no table. */
function withoutWrong(given: unknown, mistakes: readonly Mistake[]): Record<string, unknown> | undefined {
  if (!isRecord(given)) return undefined;
  const right: Record<string, unknown> = { ...given, environments: copied(given["environments"]) };
  for (const { path } of mistakes) cut(right, path, []);
  return { ...right, environments: right["environments"] ?? {} };
}

/** Takes out what a path leads to. Of a map's entry the key stays, since others may name it; a list goes as a whole. */
function cut(value: unknown, [key, ...rest]: Path, at: Path): void {
  if (!isRecord(value) || key === undefined) return;
  const path = [...at, key];
  const inner = value[key];
  if (rest.length > 0 && isRecord(inner)) cut(inner, rest, path);
  else if (isEntry(path) && !isRecord(inner)) value[key] = {};
  else delete value[key];
}

function copied(value: unknown): unknown {
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copied(inner)])) : value;
}
