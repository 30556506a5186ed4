/** The shape of a resource's declaration: data, from which check, diff, masks, bodies, outputs and classes are derived. */
import type { z } from "zod";
import { type Field, leaves, type Slot, slots, snake } from "./fields";
import type { Wire } from "./marks";
import type { Rule, StackRule } from "./rule";
import { type Path, unknownValue } from "./unknown";

/** The arguments of a declaration in canonical form, as rules see them. */
export type Canonical<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

export interface Declaration<Shape extends z.ZodRawShape, Status extends z.ZodRawShape, Output extends string> {
  /** Name of the class and last part of the type token. */
  readonly type: string;
  /** The collection in the service's paths, e.g. `branches`. */
  readonly collection: string;
  /** The argument that is the last part of the name, e.g. `branchId`. Sent as a query parameter of the create. */
  readonly id: keyof Shape & string;
  /** Arguments. Keys are the API's own, in camelCase, with the `spec` level left out. */
  readonly args: Shape;
  /** What the service reports beside the arguments, in camelCase. */
  readonly status: Status;
  /** Outputs of the resource itself, each with its place in the service's answer. */
  readonly outputs?: Readonly<Record<Output, Path>>;
  readonly rules?: readonly Rule<Canonical<Shape>>[];
  readonly stackRules?: readonly StackRule<Canonical<Shape>>[];
  /** What is lost when the resource is replaced. Its presence makes a replacement need `allowReplace`. */
  readonly holds?: string;
  /** Whether a deleted one keeps its id until it is purged, so that nothing can take its place. */
  readonly keepsId?: true;
  /** Whether the service makes this one by itself, so that creating it means taking it over. */
  readonly implicit?: (args: Partial<Canonical<Shape>>) => boolean;
  /** Whether it goes only with its parent, so that deleting it means letting go of it. */
  readonly goesWithParent?: (args: Partial<Canonical<Shape>>) => boolean;
  /** Whether the service is done with what an operation started, judged from the resource. Default: at once. */
  readonly settled?: (resource: Wire) => boolean;
  /** Who a resource belongs to, where only the owner may take it over after a lost answer. */
  readonly owner?: Path;
  /** Explains a refused delete from the resource itself and the list that `among` names. */
  readonly blockers?: {
    readonly among: (name: string) => string;
    readonly explain: (name: string, resource: Wire | undefined, listed: readonly Wire[]) => string | undefined;
  };
}

/** A declaration with all that is derived from it once. */
export interface Definition<
  Shape extends z.ZodRawShape = z.ZodRawShape,
  Status extends z.ZodRawShape = z.ZodRawShape,
  Output extends string = string,
> extends Declaration<Shape, Status, Output> {
  readonly fields: readonly Field[];
  readonly slots: readonly Slot[];
  /** Whether it lies below another resource, its `parent`. */
  readonly nested: boolean;
}

/** A definition whose arguments are no longer known to the type checker, as the core takes it. */
export type AnyDefinition = Omit<Definition, "args" | "rules" | "stackRules" | "implicit" | "goesWithParent"> & {
  readonly args: Readonly<Record<string, z.ZodType>>;
  readonly rules?: readonly Rule<never>[];
  readonly stackRules?: readonly StackRule<never>[];
  readonly implicit?: (args: never) => boolean;
  readonly goesWithParent?: (args: never) => boolean;
};

export function define<Shape extends z.ZodRawShape, Status extends z.ZodRawShape, Output extends string = never>(
  declaration: Declaration<Shape, Status, Output>,
): Definition<Shape, Status, Output> {
  const fields = leaves(declaration.args);
  return { ...declaration, fields, slots: slots(fields), nested: "parent" in declaration.args };
}

/** The full name that the arguments give, or `undefined` while a part of it is not known. */
export function fullName(definition: AnyDefinition, args: Readonly<Record<string, unknown>>): string | undefined {
  const id = args[definition.id];
  if (!isKnownText(id)) return undefined;
  if (!definition.nested) return `${definition.collection}/${id}`;
  const { parent } = args;
  return isKnownText(parent) ? `${parent}/${definition.collection}/${id}` : undefined;
}

function isKnownText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value !== unknownValue;
}

/** Whether a text is a full name of this kind, so that it can be a part of a request's path. */
export function isNameOf({ collection, nested }: AnyDefinition, name: string): boolean {
  const parts = name.split("/");
  const whole = parts.length % 2 === 0 && parts.length >= (nested ? 4 : 2) && (nested || parts.length === 2);
  return whole && parts.at(-2) === collection && parts.every((part) => /^[A-Za-z0-9][\w.-]*$/.test(part));
}

/** The name of the query parameter that carries the id, e.g. `branch_id`. */
export function idParameter(definition: AnyDefinition): string {
  return snake(definition.id);
}

/** The project that a full name lies in. */
export function projectOf(name: string): string {
  return name.split("/").slice(0, 2).join("/");
}
