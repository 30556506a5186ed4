/**
 * Values that are not known yet, which Pulumi sends in previews as one magic string, at any depth.
 * The core never lets a schema or a rule see one: it takes them out here and remembers where they were.
 */

/** The same constant as `pulumi.runtime.unknownValue` (a unit test holds the two together). */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Path = readonly string[];

export interface Separated {
  /** The value without its unknown parts; `undefined` when it is unknown as a whole. */
  readonly known: unknown;
  /** Where the unknown parts were. */
  readonly unknown: readonly Path[];
}

/** Takes unknown parts out of a value. An array with an unknown element counts as unknown as a whole. */
export function separate(value: unknown, at: Path = []): Separated {
  if (value === unknownValue) return { known: undefined, unknown: [at] };
  if (Array.isArray(value)) {
    return value.some((element) => separate(element).unknown.length > 0)
      ? { known: undefined, unknown: [at] }
      : { known: value, unknown: [] };
  }
  if (!isRecord(value)) return { known: value, unknown: [] };
  const parts = Object.entries(value).map(([key, inner]) => [key, separate(inner, [...at, key])] as const);
  return {
    known: Object.fromEntries(parts.flatMap(([key, { known }]) => (known === undefined ? [] : [[key, known]]))),
    unknown: parts.flatMap(([, { unknown }]) => unknown),
  };
}

export function hasUnknown(value: unknown): boolean {
  return separate(value).unknown.length > 0;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of plain objects, or `undefined`. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}

/** Sets the value at a path, making the objects on the way. */
export function setAt(target: Record<string, unknown>, path: Path, value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const there = valueAt(target, [key]);
  const inner = isRecord(there) ? there : {};
  target[key] = inner;
  setAt(inner, rest, value);
}

/** Deletes the value at a path; objects that it leaves empty go too. */
export function deleteAt(target: Record<string, unknown>, path: Path): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  const inner = target[key];
  if (rest.length === 0) delete target[key];
  else if (isRecord(inner)) {
    deleteAt(inner, rest);
    if (Object.keys(inner).length === 0) delete target[key];
  }
}
