/** The service's answer → outputs and, for drift, the values that the declared arguments really have. */
import { z } from "zod";
import { canonical, held, sameAsService } from "./canonical";
import type { AnyDefinition } from "./definition";
import { camel, type Field, type Slot, unwrap } from "./fields";
import type { Wire } from "./marks";
import { deleteAt, isRecord, type Path, setAt, valueAt } from "./unknown";

/** What every resource says of itself, beside its arguments. */
export function outputs(definition: AnyDefinition, resource: Wire): Record<string, unknown> {
  const own = Object.entries(definition.outputs ?? {}).map(([name, path]) => [name, valueAt(resource, path)] as const);
  return Object.fromEntries(
    [
      ["name", resource["name"]] as const,
      ["uid", resource["uid"]] as const,
      ["createTime", resource["create_time"]] as const,
      ["updateTime", resource["update_time"]] as const,
      ["status", camelKeys(resource["status"] ?? {}, [], mapPaths(definition))] as const,
      ...own,
    ].filter(([, value]) => value !== undefined),
  );
}

/** Maps are the user's: their keys stay as they are. */
function mapPaths(definition: AnyDefinition): ReadonlySet<string> {
  const maps = definition.fields.filter((field) => unwrap(field.schema) instanceof z.ZodRecord);
  return new Set(maps.map((field) => field.path.join(".")));
}

function camelKeys(value: unknown, at: Path, maps: ReadonlySet<string>): unknown {
  if (maps.has(at.join("."))) return value;
  if (Array.isArray(value)) return value.map((element) => camelKeys(element, at, maps));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = camel(key);
      return [name, camelKeys(inner, [...at, name], maps)];
    }),
  );
}

/** Whether the service has deleted it: a soft-deleted object may still be shown. */
export function isGone(resource: Wire): boolean {
  return (
    typeof resource["delete_time"] === "string" || typeof valueAt(resource, ["status", "delete_time"]) === "string"
  );
}

/** The value that the service has for one field, in the form that an argument has. */
export function serviceValue(field: Field, resource: Wire, declared?: unknown): unknown {
  if (field.marks.place === "local" || field.marks.createOnly) return undefined;
  if (field.marks.fromService) return field.marks.fromService(resource, declared);
  return valueAt(resource, ["status", ...field.wirePath.slice(1)]);
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
  if (field.marks.place === "local" || field.marks.createOnly) return;
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

function isZero(value: unknown): boolean {
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
  return { ...args, ...nameParts(definition, resource) };
}

function nameParts(definition: AnyDefinition, resource: Wire): Record<string, unknown> {
  const parts = String(resource["name"] ?? "").split("/");
  return {
    [definition.id]: parts.at(-1),
    ...(definition.nested && { parent: parts.slice(0, -2).join("/") }),
  };
}

/** The first declared argument that cannot change and that the service has another value for. */
export function differingImmutable(
  definition: AnyDefinition,
  args: Readonly<Record<string, unknown>>,
  resource: Wire,
): string | undefined {
  for (const slot of definition.slots) {
    const now = held(slot, args);
    if (now.state !== "known" || !now.field.marks.immutable || now.field.marks.place === "local") continue;
    const theirs = serviceValue(now.field, resource);
    if (theirs === undefined || !sameAsService(now.field, now.value, theirs)) return now.field.path.join(".");
  }
  return undefined;
}
