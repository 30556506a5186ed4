/** Reads a definition's declaration into flat lists of what can be set: the one place that walks zod schemas. */
import { z } from "zod";
import { type Marks, marks } from "./marks";
import type { Path } from "./unknown";

/** One settable leaf. */
export interface Field {
  /** Where it is among the arguments, e.g. `["defaultEndpointSettings", "suspendTimeoutDuration"]`. */
  readonly path: Path;
  /** Where it is in a request's body, e.g. `["spec", "default_endpoint_settings", "suspend_timeout_duration"]`. */
  readonly wirePath: Path;
  readonly schema: z.ZodType;
  readonly marks: Marks;
}

/** What is compared and masked as one: a field alone, or all members of a oneof group. */
export interface Slot {
  readonly fields: readonly Field[];
  /** The arguments of which at most one is given: its fields, and what slides into one of them. */
  readonly members: readonly Field[];
  /** The group, when the slot is one. */
  readonly group?: string;
  /** Path for `update_mask`. */
  readonly mask: string;
}

export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

/** A map's keys are the user's; those of all other objects are the API's. */
export function isMap({ schema }: Pick<Field, "schema">): boolean {
  return unwrap(schema) instanceof z.ZodRecord;
}

/** Lists the leaves of a declaration's arguments. Maps are leaves: the service takes and masks them only as a whole. */
export function leaves(args: z.ZodRawShape): Field[] {
  return walk(args, [], {});
}

function walk(shape: z.ZodRawShape, at: Path, above: Marks): Field[] {
  return Object.entries(shape as Readonly<Record<string, z.ZodType>>).flatMap(([key, schema]) => {
    const path = [...at, key];
    const own: Marks = { ...inherited(above), ...marks.get(schema) };
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) return walk(inner.shape, path, own);
    const wire = path.map(snake);
    const wirePath = own.place === "top" ? wire : ["spec", ...wire];
    return [{ path, wirePath, schema, marks: own.onDelete || own.slides ? { ...own, place: "local" } : own }];
  });
}

/** A mark on a nested message counts for all that is in it, except those that are about one field alone. */
function inherited({ immutable, createOnly, place, notShown }: Marks): Marks {
  return {
    ...(immutable && { immutable }),
    ...(createOnly && { createOnly }),
    ...(place && { place }),
    ...(notShown && { notShown }),
  };
}

/** Groups leaves into what is compared and masked as one. */
export function slots(fields: readonly Field[]): Slot[] {
  const groups = Map.groupBy(fields, (field) =>
    field.marks.oneof ? [...field.path.slice(0, -1), `(${field.marks.oneof})`].join(".") : field.path.join("."),
  );
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const group = first.marks.oneof;
    const sliding = fields.filter(({ marks: { slides } }) => members.some(({ path }) => path[0] === slides?.into));
    const leaf = group === undefined ? first.wirePath : [...first.wirePath.slice(0, -1), group];
    return [
      {
        fields: members,
        members: [...members, ...sliding],
        mask: leaf.join("."),
        ...(group !== undefined && { group }),
      },
    ];
  });
}
