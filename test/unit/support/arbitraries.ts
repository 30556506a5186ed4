/**
 * Declarations at random, derived from the definitions' own fields: a field takes those of the samples below that its
 * schema takes, so a new field is covered as soon as it is declared. Samples of one canonical value are its spellings.
 */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { canonical } from "../../../provider/schema/canonical";
import type { AnyDefinition } from "../../../provider/schema/definition";
import type { Field, Slot } from "../../../provider/schema/fields";
import { isRecord, setAt, valueAt } from "../../../provider/schema/unknown";
import type { Values } from "./resources";

const samples: readonly unknown[] = [
  true,
  false,
  0.5,
  1,
  2,
  4,
  17,
  18,
  72,
  "17",
  "018",
  "300s",
  "5m",
  "0d0h5m0.0s",
  "12h",
  "43200s",
  "7d",
  "168h",
  "604800s",
  "2030-01-02T03:04:05Z",
  "2030-01-02t04:34:05.000+01:30",
  "2030-01-02T03:04:05.25Z",
  "2030-01-01 22:04:05.250-05:00",
  "0/1A2B",
  "00000000/00001a2b",
  "1/0",
  "shop",
  "dev",
  "projects/shop",
  "projects/store",
  "projects/shop/branches/main",
  "projects/shop/branches/dev",
  "ENDPOINT_TYPE_READ_WRITE",
  "ENDPOINT_TYPE_READ_ONLY",
  {},
  { work_mem: "8MB" },
  { work_mem: "8MB", jit: "off" },
  { jit: "off", work_mem: "8MB" },
];

/** The samples that a field takes. */
export function samplesOf(field: Field): readonly unknown[] {
  return samples.filter((sample) => field.schema.safeParse(sample).success);
}

function isRequired(field: Field): boolean {
  return !field.schema.safeParse(undefined).success;
}

/** A slot's content: one of its fields with a value, or nothing where it may be left out. */
function content({ fields }: Slot): fc.Arbitrary<{ readonly field: Field; readonly value: unknown } | undefined> {
  const all = fields.flatMap((field) => samplesOf(field).map((value) => ({ field, value })));
  const given = fc.constantFrom(...all);
  return fields.some(isRequired) ? given : fc.option(given, { nil: undefined });
}

/** Values in which the keys stand in any order. */
function shuffled(value: unknown): fc.Arbitrary<unknown> {
  if (!isRecord(value)) return fc.constant(value);
  const entries = Object.entries(value).map(([key, inner]) => shuffled(inner).map((one) => [key, one] as const));
  return fc
    .tuple(...entries)
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
    .map((all) => Object.fromEntries(all));
}

/** Arguments that each schema takes, at most one member of each oneof group. */
export function declarations(definition: AnyDefinition): fc.Arbitrary<Values> {
  return fc.tuple(...definition.slots.map(content)).map((contents) => {
    const args: Record<string, unknown> = {};
    for (const one of contents) if (one) setAt(args, one.field.path, structuredClone(one.value));
    return args;
  });
}

/** The same declaration in another spelling: other units, other offsets, other order. */
export function respellings(definition: AnyDefinition, args: Values): fc.Arbitrary<Values> {
  const given = definition.fields.filter(({ path }) => valueAt(args, path) !== undefined);
  const spellings = given.map((field) => {
    const value = canonical(field, valueAt(args, field.path));
    const same = samplesOf(field).filter((sample) => isDeepStrictEqual(canonical(field, sample), value));
    return fc.constantFrom(...same).map((sample) => ({ field, sample }));
  });
  return fc
    .tuple(...spellings)
    .map((all) => {
      const respelt: Record<string, unknown> = {};
      for (const { field, sample } of all) setAt(respelt, field.path, structuredClone(sample));
      return respelt;
    })
    .chain((respelt) => shuffled(respelt) as fc.Arbitrary<Values>);
}

/** Whether a slot can be changed by an update. */
export function isMutable({ fields: [first] }: Slot): boolean {
  return !first?.marks.immutable && !first?.marks.createOnly && first?.marks.place !== "local";
}
