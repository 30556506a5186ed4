/** How the kinds of resources belong together, read from their definitions. */
import * as resources from "../resources";
import type { AnyDefinition } from "../schema/definition";
import type { Field } from "../schema/fields";
import { valueAt } from "../schema/unknown";
import { kindOf } from "../schema/values";
import { inOrder } from "./order";

const all = Object.values(resources).map((definition) => definition as unknown as AnyDefinition);

/** The kind that a kind lies below. */
function above({ args }: AnyDefinition): string | undefined {
  const { parent } = args;
  return parent && kindOf(parent);
}

/** The arguments that refer to others and that the service shows, without the parent. */
function references({ fields }: AnyDefinition): readonly Field[] {
  return fields.filter(
    ({ schema, marks: { place, notShown } }) => place !== "local" && !notShown && kindOf(schema) !== undefined,
  );
}

/** The kinds that lie directly below one, each after those that it refers to. */
export function kindsBelow({ type }: AnyDefinition): readonly AnyDefinition[] {
  const kinds = all.filter((definition) => above(definition) === type);
  return inOrder(kinds, (kind) => {
    const named = references(kind).map(({ schema }) => kindOf(schema));
    return kinds.filter((other) => named.includes(other.type));
  });
}

/** The kind that all others lie in: its objects are walked through. */
export const root: AnyDefinition = only(
  all.filter((definition) => above(definition) === undefined && kindsBelow(definition).length > 0),
);

/** Kinds that lie in no other and that the service does not list, so that they are named one by one. */
export const alone: readonly AnyDefinition[] = all.filter(
  (definition) => above(definition) === undefined && !definition.listed,
);

function only(found: readonly AnyDefinition[]): AnyDefinition {
  const [first, ...others] = found;
  if (!first || others.length > 0) throw new Error("exactly one kind of resource has others below it and none above");
  return first;
}

/** Full names that an object's arguments refer to. */
export function namesIn(definition: AnyDefinition, args: Readonly<Record<string, unknown>>): readonly string[] {
  return references(definition)
    .map(({ path }) => valueAt(args, path))
    .filter((name) => typeof name === "string");
}

/** Required arguments that the service never shows: somebody has to know them. */
export function unknownTo({ fields }: AnyDefinition): readonly string[] {
  return fields.flatMap(({ path, schema, marks }) =>
    marks.notShown && !schema.safeParse(undefined).success ? path.slice(0, 1) : [],
  );
}
