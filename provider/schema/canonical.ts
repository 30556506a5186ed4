/** Arguments as people wrote them → their canonical values, by which they are compared and sent. */
import { isDeepStrictEqual } from "node:util";
import type { Field, Slot } from "./fields";
import { type Path, separate, unknownValue, valueAt } from "./unknown";
import { seconds } from "./values";

/** A slot's value among some arguments. */
export type Held =
  | { readonly state: "absent" }
  | { readonly state: "unknown"; readonly field: Field }
  | { readonly state: "known"; readonly field: Field; readonly value: unknown };

const absent: Held = { state: "absent" };

/** What a slot holds: the member of a oneof group that is given, or the field itself. */
export function held(slot: Slot, args: Readonly<Record<string, unknown>>): Held {
  for (const field of slot.fields) {
    const { known, unknown } = separate(at(args, field.path));
    if (unknown.length > 0) return { state: "unknown", field };
    if (known !== undefined && known !== null) return { state: "known", field, value: canonical(field, known) };
  }
  return absent;
}

/** The value at a path; an unknown value on the way makes everything below it unknown. */
function at(args: Readonly<Record<string, unknown>>, path: Path): unknown {
  for (let length = 1; length < path.length; length++) {
    const above = valueAt(args, path.slice(0, length));
    if (above === unknownValue) return above;
  }
  return valueAt(args, path);
}

/** The canonical form of one value. A value that its schema refuses stands for itself: it came from an older version or the service. */
export function canonical(field: Field, value: unknown): unknown {
  const parsed = field.schema.safeParse(value);
  return parsed.success ? parsed.data : value;
}

export function sameHeld(a: Held, b: Held): boolean {
  if (a.state !== "known" || b.state !== "known") return a.state === b.state && a.state === "absent";
  return a.field === b.field && isDeepStrictEqual(a.value, b.value);
}

/** Whether the service's value is the declared one. */
export function sameAsService(field: Field, declared: unknown, service: unknown): boolean {
  const [a, b] = [canonical(field, declared), canonical(field, service)];
  if (isDeepStrictEqual(a, b)) return true;
  if (!field.marks.rounded || typeof a !== "string" || typeof b !== "string") return false;
  return Math.abs(inSeconds(a) - inSeconds(b)) <= 1;
}

function inSeconds(text: string): number {
  return seconds(text) ?? Date.parse(text) / 1000;
}
