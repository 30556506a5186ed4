/** What a database is made of, in plain values: names as SQL has them, definitions as Postgres writes them, no numbers of its own. */

/** What is said of something: `type` → `integer`. What is not so is absent. */
export type Facts = Readonly<Record<string, string>>;

/** In the order in which they are shown. */
export const thingKinds = [
  "database",
  "extension",
  "schema",
  "enum",
  "domain",
  "composite type",
  "range type",
  "sequence",
  "table",
  "foreign table",
  "view",
  "materialized view",
  "function",
  "procedure",
  "aggregate",
  "default privileges",
] as const;

export const partKinds = [
  "column",
  "attribute",
  "constraint",
  "index",
  "statistics",
  "trigger",
  "rule",
  "policy",
  "grant",
  "revocation",
] as const;

export type ThingKind = (typeof thingKinds)[number];
export type PartKind = (typeof partKinds)[number];

/** What has no place but in a thing: a column, an index, what a role may do with it. */
export interface Part {
  readonly kind: PartKind;
  readonly name: string;
  /** Of a grant: the role that has it. */
  readonly grantee?: string;
  readonly facts: Facts;
}

export interface Thing {
  readonly kind: ThingKind;
  /** Quoted where SQL wants it, with its schema; functions with the types of their arguments. */
  readonly name: string;
  readonly owner?: string;
  readonly facts: Facts;
  readonly parts: readonly Part[];
}

/** The things of one database, each once. */
export type Description = readonly Thing[];

/** One row of the catalog: a thing, or a part of one. */
export interface Row {
  readonly kind: ThingKind;
  readonly name: string;
  readonly owner: string | null;
  readonly part: PartKind | null;
  readonly partName: string | null;
  readonly grantee: string | null;
  /** Columns stand as their table has them. */
  readonly position: number;
  readonly facts: Facts;
}

/** The same for the same rows in any order. A part whose thing is not there is left out. */
export function described(rows: readonly Row[]): Description {
  const partsOf = Map.groupBy(
    rows.filter(({ part }) => part !== null),
    identity,
  );
  return rows
    .filter(({ part }) => part === null)
    .sort((one, other) => order(thingKinds, one.kind, other.kind) || compare(one.name, other.name))
    .map((row) => ({
      kind: row.kind,
      name: row.name,
      ...(row.owner !== null && { owner: row.owner }),
      facts: row.facts,
      parts: parts(partsOf.get(identity(row)) ?? []),
    }));
}

export function identity({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

function parts(rows: readonly Row[]): readonly Part[] {
  return rows
    .flatMap(({ part, partName, grantee, facts, position }) =>
      part === null
        ? []
        : [{ kind: part, name: partName ?? "", ...(grantee !== null && { grantee }), facts, position }],
    )
    .sort(
      (one, other) =>
        order(partKinds, one.kind, other.kind) || one.position - other.position || compare(one.name, other.name),
    )
    .map(({ position: _, ...part }) => part);
}

function order<Kind>(kinds: readonly Kind[], one: Kind, other: Kind): number {
  return kinds.indexOf(one) - kinds.indexOf(other);
}

/** No language's order: it would differ between machines. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
