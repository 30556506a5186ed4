/** Full names: how a resource's arguments make one, and what one says. */
import type { AnyDefinition } from "./definition";
import { snake } from "./fields";
import { unknownValue } from "./unknown";
import { idWord, shapeOf } from "./values";

const longestId = 63;

type Values = Readonly<Record<string, unknown>>;

/** The full name that the arguments give, or `undefined` while a part of it is not known. */
export function fullName(definition: AnyDefinition, args: Values): string | undefined {
  const { collection, id, nested } = definition;
  const { parent } = args;
  if (nested && !isKnownText(parent)) return undefined;
  const start = nested ? `${parent}/${collection}` : collection;
  if (id === undefined) return start;
  const last = args[id] ?? derivedId(definition, args);
  return isKnownText(last) ? `${start}/${last}` : undefined;
}

function isKnownText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value !== unknownValue;
}

/** The id that follows from another argument, where the program gives none. */
export function derivedId({ derivedId: rule }: AnyDefinition, args: Values): string | undefined {
  const from = rule && args[rule.from];
  return rule && isKnownText(from) ? rule.make(from) : undefined;
}

/** A text as an id: lower-case, with a hyphen for every character that an id cannot have, as the service derives ids. */
export function slug(text: string, prefix: string): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "-")
    .replace(/^-+/, "");
  const lettered = /^[a-z]/.test(plain) ? plain : `${prefix}-${plain}`;
  return lettered.slice(0, longestId).replace(/-+$/, "");
}

/**
 * The arguments with the id that they have anyway: the one that the resource got when it was made, which a later rename
 * does not change, or the one that follows from another argument.
 */
export function withId(definition: AnyDefinition, olds: Values | undefined, news: Values): Values {
  const { id, derivedId: rule, fields } = definition;
  if (id === undefined || rule === undefined || news[id] !== undefined) return news;
  const isReplaced =
    fields.some(({ path, marks }) => path[0] === rule.from && marks.immutable) && olds?.[rule.from] !== news[rule.from];
  const kept = isReplaced ? undefined : olds?.[id];
  const last = kept ?? derivedId(definition, news);
  return last === undefined ? news : { ...news, [id]: last };
}

/** What the name is made of, for messages. */
export function nameParts({ nested, id }: AnyDefinition): string {
  return [...(nested ? ["parent"] : []), ...(id === undefined ? [] : [id])].join(" and ");
}

/** Whether a text is a full name of this kind, so that it can be a part of a request's path. */
export function isNameOf({ type }: AnyDefinition, name: string): boolean {
  const pattern = shapeOf(type).replace(idWord, "\\w[\\w.-]*");
  return new RegExp(`^${pattern}$`).test(name);
}

/** The arguments that a full name stands for. */
export function argumentsOf({ id, nested }: AnyDefinition, name: string): Record<string, unknown> {
  const parts = name.split("/");
  const own = id === undefined ? 1 : 2;
  return {
    ...(id !== undefined && { [id]: parts.at(-1) }),
    ...(nested && { parent: parts.slice(0, -own).join("/") }),
  };
}

/** Where a create is sent: the collection, or the name itself of what its parent has exactly one of. */
export function collectionOf({ id }: AnyDefinition, name: string): string {
  return id === undefined ? name : name.slice(0, name.lastIndexOf("/"));
}

/** The query parameter that carries the id of a create, e.g. `branch_id`. */
export function idQuery({ id }: AnyDefinition, args: Values): Record<string, string> {
  return id === undefined ? {} : { [snake(id)]: String(args[id]) };
}

/** The project that a full name lies in. */
export function projectOf(name: string): string {
  return name.split("/").slice(0, 2).join("/");
}

/** The branch that a full name is, or lies in. */
export function branchOf(name: string): string | undefined {
  return /^projects\/[^/]+\/branches\/[^/]+/.exec(name)?.[0];
}
