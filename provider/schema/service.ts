/** The service's answer → outputs and, for drift, the values that the declared arguments really have. */
import { canonical, held, sameAsService } from "./canonical";
import type { AnyDefinition } from "./definition";
import { camel, type Field, isMap, type Slot } from "./fields";
import type { Wire } from "./marks";
import { argumentsOf } from "./name";
import { deleteAt, isRecord, setAt, valueAt } from "./unknown";
import { fromWire, renamed, shownAt } from "./wire";

/** What every resource says of itself, beside its arguments. */
export function outputs(definition: AnyDefinition, resource: Wire): Record<string, unknown> {
  const own = Object.entries(definition.outputs ?? {}).map(([name, path]) => [name, valueAt(resource, path)] as const);
  return Object.fromEntries(
    [
      ["name", resource["name"]] as const,
      ["uid", resource["uid"]] as const,
      ["createTime", resource["create_time"]] as const,
      ["updateTime", resource["update_time"]] as const,
      ["status", renamed(statusOf(definition, resource), camel, mapPaths(definition))] as const,
      ...own,
    ].filter(([, value]) => value !== undefined),
  );
}

/** Maps are the user's: their keys stay as they are. */
function mapPaths(definition: AnyDefinition): ReadonlySet<string> {
  return new Set(definition.fields.filter(isMap).map((field) => field.path.join(".")));
}

/** What a resource without a status says lies beside its name. */
function statusOf(definition: AnyDefinition, resource: Wire): unknown {
  if (!definition.flat) return resource["status"] ?? {};
  const { name: _, uid, create_time, update_time, parent, ...said } = resource;
  return said;
}

/** Whether the service has deleted it: a soft-deleted object may still be shown. */
export function isGone(resource: Wire): boolean {
  return (
    typeof resource["delete_time"] === "string" || typeof valueAt(resource, ["status", "delete_time"]) === "string"
  );
}

/** A branch and what it came with may bear times a little apart. */
const sameMoment = 5_000;

/** Whether the service made it together with its parent: then it is as old. */
export function cameWithParent({ comesWithParent }: AnyDefinition, resource: Wire, parent: Wire | undefined): boolean {
  const [own = Number.NaN, its = Number.NaN] = [resource, parent].map((one) =>
    Date.parse(String(one?.["create_time"])),
  );
  return comesWithParent !== undefined && own <= its + sameMoment;
}

/** The value that the service has for one field, in the form that an argument has. */
export function serviceValue(field: Field, resource: Wire, declared?: unknown): unknown {
  const { place, createOnly, notShown, fromService } = field.marks;
  if (place === "local" || createOnly || notShown) return undefined;
  if (fromService) return fromService(resource, declared);
  // A schedule that was never set is null (documentation of update-snapshot-schedule, 2026-09).
  return fromWire(field, valueAt(resource, shownAt(field)) ?? undefined);
}

/**
 * The declared arguments as the service has them: what equals the declared value keeps its spelling, what differs
 * becomes the service's value. Arguments that are not declared stay out, whatever the service says.
 */
export function project(
  definition: AnyDefinition,
  declared: Readonly<Record<string, unknown>>,
  resource: Wire,
): Record<string, unknown> {
  const args = structuredClone(declared);
  for (const slot of definition.slots) {
    const field = slot.fields.find(({ path }) => valueAt(declared, path) !== undefined);
    if (field) projectSlot(slot, field, args, resource);
  }
  return args;
}

function projectSlot(slot: Slot, field: Field, args: Record<string, unknown>, resource: Wire): void {
  if (field.marks.place === "local" || field.marks.createOnly || field.marks.notShown) return;
  const declared = valueAt(args, field.path);
  const now = serviceValue(field, resource, declared);
  if (now !== undefined) {
    if (!sameAsService(field, declared, now)) setAt(args, field.path, now);
    return;
  }
  const other = slot.fields.find((member) => member !== field && serviceValue(member, resource) !== undefined);
  if (other) {
    deleteAt(args, field.path);
    setAt(args, other.path, serviceValue(other, resource));
    return;
  }
  // The service leaves zero values out: an absent value is the same as false, nothing, or an empty map.
  if (!isZero(canonical(field, declared))) deleteAt(args, field.path);
}

/** Whether a value is one that the service may leave out as well. */
export function isZero(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === false || value === 0 || value === "" || (isRecord(value) && Object.keys(value).length === 0);
}

/** All arguments that the service has a value for: what a resource looked up by name shows. */
export function asArguments(definition: AnyDefinition, resource: Wire): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const slot of definition.slots) {
    for (const field of slot.fields) {
      const value = serviceValue(field, resource);
      if (value === undefined) continue;
      setAt(args, field.path, value);
      break;
    }
  }
  return { ...args, ...argumentsOf(definition, String(resource["name"] ?? "")) };
}

/** The first declared argument that cannot change and that the service has another value for. */
export function differingImmutable(
  definition: AnyDefinition,
  args: Readonly<Record<string, unknown>>,
  resource: Wire,
): string | undefined {
  for (const slot of definition.slots) {
    const now = held(slot, args);
    if (now.state !== "known") continue;
    const { immutable, place, notShown } = now.field.marks;
    if (!immutable || place === "local" || notShown) continue;
    const theirs = serviceValue(now.field, resource);
    if (theirs === undefined || !sameAsService(now.field, now.value, theirs)) return now.field.path.join(".");
  }
  return undefined;
}
