/**
 * Declarations at random, derived from the definitions' own fields: a field takes those of the samples below that its
 * schema takes, so a new field is covered as soon as it is declared. Samples of one canonical value are its spellings.
 */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { canonical } from "../../../provider/schema/canonical";
import type { AnyDefinition } from "../../../provider/schema/definition";
import type { Field, Slot } from "../../../provider/schema/fields";
import { derivedId } from "../../../provider/schema/name";
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
  "projects/shop/branches/dev/roles/app",
  "projects/shop/branches/main/roles/ada",
  "projects/shop/branches/dev/databases/orders",
  "projects/shop/branches/main/databases/databricks-postgres",
  "projects/shop/snapshots/nightly",
  "projects/store/snapshots/weekly",
  "shop_orders.public.prices",
  "_shop.public.Rates_2",
  "_shop-2",
  "Ada.Lovelace@example.test",
  "8dc75b14-0000-4000-8000-000000000000",
  "ENDPOINT_TYPE_READ_WRITE",
  "ENDPOINT_TYPE_READ_ONLY",
  "USER",
  "SERVICE_PRINCIPAL",
  "LAKEBASE_OAUTH_V1",
  "NO_LOGIN",
  "OPEN_API_MODE_DISABLED",
  "OPEN_API_MODE_IGNORE_PRIVILEGES",
  "SNAPSHOT",
  "CONTINUOUS",
  "CURRENT",
  "PREVIEW",
  "recreate",
  "forget",
  "fail",
  "undelete",
  "purge",
  {},
  { work_mem: "8MB" },
  { work_mem: "8MB", jit: "off" },
  { jit: "off", work_mem: "8MB" },
  [],
  ["public"],
  ["public", "api"],
  ["DATABRICKS_SUPERUSER"],
  [{ dailySchedule: {}, retention: "7d" }],
  [{ dailySchedule: { hour: 0 }, retention: "604800s" }],
  [
    { dailySchedule: { hour: 3 }, retention: "7d" },
    { weeklySchedule: { dayOfWeek: "SUNDAY" }, retention: "30d" },
    { monthlySchedule: { day: 1, hour: 4 }, retention: "35d" },
  ],
  [
    { monthlySchedule: { day: 1, hour: 4 }, retention: "3024000s" },
    { weeklySchedule: { dayOfWeek: "SUNDAY", hour: 0 }, retention: "720h" },
    { dailySchedule: { hour: 3 }, retention: "168h" },
  ],
  [{ dailySchedule: { hour: 3 }, weeklySchedule: { dayOfWeek: "SUNDAY" }, retention: "7d" }],
  [{ retention: "7d" }],
  [{ groupName: "developers", permissionLevel: "CAN_USE" }],
  [
    { userName: "Ada.Lovelace@example.test", permissionLevel: "CAN_MANAGE" },
    { groupName: "developers", permissionLevel: "CAN_USE" },
    { servicePrincipalName: "8dc75b14-0000-4000-8000-000000000000", permissionLevel: "CAN_USE" },
  ],
  [
    { servicePrincipalName: "8dc75b14-0000-4000-8000-000000000000", permissionLevel: "CAN_USE" },
    { permissionLevel: "CAN_USE", groupName: "developers" },
    { permissionLevel: "CAN_MANAGE", userName: "Ada.Lovelace@example.test" },
  ],
  [{ permissionLevel: "CAN_USE" }],
  [{ columnName: "embedding", pgType: "PG_SPECIFIC_TYPE_VECTOR", size: 768 }],
  [{ columnName: "label", pgType: "PG_SPECIFIC_TYPE_VARCHAR" }],
  [{ columnName: "total", columnType: "numeric", compute: "price * pieces", maintenance: "STORED_GENERATED" }],
  [{ columnName: "note", columnType: "text" }],
];

const taken = new WeakMap<Field, readonly unknown[]>();

/** The samples that a field takes. */
export function samplesOf(field: Field): readonly unknown[] {
  const known = taken.get(field) ?? samples.filter((sample) => field.schema.safeParse(sample).success);
  taken.set(field, known);
  return known;
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
  if (Array.isArray(value)) return fc.tuple(...value.map(shuffled));
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

/** Those whose id the service takes: one that follows from another argument may be none, and then check asks for it. */
export function namedDeclarations(definition: AnyDefinition): fc.Arbitrary<Values> {
  const { id } = definition;
  return declarations(definition).filter(
    (args) => !id || definition.args[id]?.safeParse(args[id] ?? derivedId(definition, args)).success === true,
  );
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
