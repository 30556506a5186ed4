/** What a TypeScript type takes, in words: for functions and components, which no definition stands behind. */
import ts from "typescript";
import { liesIn, type Sources } from "./comments.mts";
import { code, listed } from "./markdown.mts";
import { pageOf, type Resource } from "./resources.mts";

/** A type in words. `from` is the way from the page to docs/. */
export function typeWords(sources: Sources, type: ts.Type, resources: readonly Resource[], from: string): string {
  const words = parts(type).flatMap((part) => word(sources, part, resources, from) ?? []);
  return listed([...new Set(words)]);
}

/** Both truth values are one word, and what is missing is none. */
function parts(type: ts.Type): readonly ts.Type[] {
  const all = type.isUnion() ? type.types : [type];
  return all.filter(({ flags }) => (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)) === 0);
}

function word(sources: Sources, type: ts.Type, resources: readonly Resource[], from: string): string | undefined {
  const { checker } = sources;
  if (type.isStringLiteral()) return code(JSON.stringify(type.value));
  const plain = plainTypes.find(([flag]) => type.flags & flag);
  if (plain !== undefined) return plain[1];
  if (isLater(type)) return undefined;
  if (type.getCallSignatures().length > 0) return "function";
  const [element] = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference) : [];
  if (element !== undefined) return `list of ${several(typeWords(sources, element, resources, from))}`;
  const own = resourceOf(type, resources);
  if (own !== undefined) return `[${code(own.type)}](${from}${pageOf(own)})`;
  if (type.getProperty("urn") !== undefined) return "a resource";
  const values = valuesOf(sources, type);
  const whole = partOf(type, resources);
  if (whole !== undefined) return `object: [arguments of ${code(whole.type)}](${from}${pageOf(whole)}#arguments)`;
  return values === undefined ? "object" : `map of ${entries(sources, values, resources, from)}`;
}

/** Messages in a map have a table of their own. */
function entries(sources: Sources, type: ts.Type, resources: readonly Resource[], from: string): string {
  const isResource = type.getProperty("urn") !== undefined;
  return isMessage(type) && !isResource ? "objects" : several(typeWords(sources, type, resources, from));
}

const plainTypes = [
  [ts.TypeFlags.StringLike, "text"],
  [ts.TypeFlags.NumberLike, "number"],
  [ts.TypeFlags.BooleanLike, "boolean"],
] as const;

function several(one: string): string {
  return /^[a-z]+$/.test(one) ? `${one}s` : one;
}

/** Whether a type is a promise or an output of a value, which stands beside it wherever Pulumi takes one. */
function isLater(type: ts.Type): boolean {
  if (type.getCallSignatures().length > 0) return false;
  return type.getProperty("then") !== undefined || type.getProperty("apply") !== undefined;
}

/** What a promise or an output holds. */
export function held({ checker }: Sources, type: ts.Type): ts.Type {
  if (!isLater(type)) return type;
  const [value] = type.aliasTypeArguments ?? checker.getTypeArguments(type as ts.TypeReference);
  return value ?? type;
}

/** The resource that a type has all arguments of, apart from those that every resource has. */
export function resourceOf(type: ts.Type, resources: readonly Resource[]): Resource | undefined {
  return resources.find((resource) => ownNames(resource, resources).every((name) => type.getProperty(name)));
}

function ownNames({ args }: Resource, resources: readonly Resource[]): readonly string[] {
  const isCommon = (name: string) => resources.every((other) => other.args.some(({ path }) => path[0] === name));
  return args.flatMap(({ path: [name = ""] }) => (isCommon(name) ? [] : [name]));
}

/** The resource that a message takes arguments of, and nothing else. */
function partOf(type: ts.Type, resources: readonly Resource[]): Resource | undefined {
  const names = type.getProperties().map(({ name }) => name);
  const has = ({ args }: Resource, name: string) => args.some(({ path }) => path[0] === name);
  return names.length === 0 ? undefined : resources.find((one) => names.every((name) => has(one, name)));
}

/** What the values of a map are, also of one whose keys are a parameter of the component's type. */
export function valuesOf({ checker }: Sources, type: ts.Type): ts.Type | undefined {
  const node = type.symbol?.declarations?.find(ts.isMappedTypeNode);
  const key = node?.typeParameter.name.text;
  // Where a value's type depends on its key, it is no map but a message that is made from another one.
  const isMap = node?.type !== undefined && !new RegExp(`\\b${key}\\b`).test(node.type.getText());
  const own = isMap && liesIn(type.symbol, "provider") ? node.type : undefined;
  return type.getStringIndexType() ?? (own && checker.getTypeFromTypeNode(own));
}

/** Whether a type is a message that is written down in the package. */
export function isMessage(type: ts.Type): boolean {
  return type.getCallSignatures().length === 0 && !isLater(type) && members(type).length > 0;
}

export function members(type: ts.Type): readonly ts.Symbol[] {
  return type.getProperties().filter((property) => liesIn(property, "provider"));
}
