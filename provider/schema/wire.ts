/** Between the spelling of programs, camelCase, and that of the wire, snake_case. */
import { camel, type Field, isMap, snake } from "./fields";
import { isRecord, type Path } from "./unknown";

/** A field's canonical value as a request's body has it. */
export function toWire(field: Field, value: unknown): unknown {
  return spelt(field, field.marks.sent ? field.marks.sent(value) : value);
}

/** The same value in the wire's spelling. */
export function spelt(field: Field, value: unknown): unknown {
  return isMap(field) ? value : renamed(value, snake);
}

/** A field's value as the service shows it, in the spelling of arguments. */
export function fromWire(field: Field, value: unknown): unknown {
  return isMap(field) ? value : renamed(value, camel);
}

/** Where the service shows a field: in its status, or beside its name. */
export function shownAt({ marks, wirePath }: Field): Path {
  return marks.place === "top" ? wirePath : ["status", ...wirePath.slice(1)];
}

/** The same value with other keys. Those at or below a path of `maps` stay as they are. */
export function renamed(
  value: unknown,
  rename: (key: string) => string,
  maps: ReadonlySet<string> = new Set(),
  at: Path = [],
): unknown {
  if (maps.has(at.join("."))) return value;
  if (Array.isArray(value)) return value.map((element) => renamed(element, rename, maps, at));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [rename(key), renamed(inner, rename, maps, [...at, rename(key)])]),
  );
}
