/** JSON as it travels on the wire, and the few ways in which the emulator reads and rewrites it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** `undefined` stands for "no such key": JSON.stringify leaves it out. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path. `null` counts as absent, as it does in the service's update masks. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path.split(".")) {
    here = isObject(here) ? here[key] : undefined;
  }
  return here ?? undefined;
}

export function textAt(value: Json | undefined, path: string): string | undefined {
  const found = at(value, path);
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: Json | undefined, path: string): number | undefined {
  const found = at(value, path);
  return typeof found === "number" ? found : undefined;
}

export function flagAt(value: Json | undefined, path: string): boolean {
  return at(value, path) === true;
}

export function objectAt(value: Json | undefined, path: string): JsonObject {
  const found = at(value, path);
  return isObject(found) ? found : {};
}

/** A copy of `value` with `path` set; objects on the way are made. */
export function set(value: JsonObject, path: string, leaf: Json): JsonObject {
  const [head = "", ...rest] = path.split(".");
  return { ...value, [head]: rest.length === 0 ? leaf : set(objectAt(value, head), rest.join("."), leaf) };
}

/** A copy of `value` without `path`. */
export function unset(value: JsonObject, path: string): JsonObject {
  const [head = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    const { [head]: _removed, ...others } = value;
    return others;
  }
  const inner = value[head];
  return isObject(inner) ? { ...value, [head]: unset(inner, rest.join(".")) } : value;
}

/** Equal as JSON values, whatever the order of keys. */
export function equal(left: Json | undefined, right: Json | undefined): boolean {
  return canonical(left) === canonical(right);
}

function canonical(value: Json | undefined): string {
  return JSON.stringify(value ?? null, (_key, inner: Json) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
