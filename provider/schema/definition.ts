/** The shape of a resource's declaration: data, from which check, diff, masks, bodies, outputs and classes are derived. */
import type { z } from "zod";
import { type CommonArgs, commonArgs } from "./common";
import { type Field, leaves, type Slot, slots } from "./fields";
import type { Wire } from "./marks";
import type { Rule, StackRule } from "./rule";
import type { Path } from "./unknown";
import { registerKind } from "./values";

/** The arguments of a declaration in canonical form, as rules see them. */
export type Canonical<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

export interface Declaration<Shape extends z.ZodRawShape, Status extends z.ZodRawShape, Output extends string> {
  /** Name of the class and last part of the type token. */
  readonly type: string;
  /** The collection in the service's paths, e.g. `branches`; for what its parent has exactly one of, its own segment. */
  readonly collection: string;
  /**
   * The argument that is the last part of the name, e.g. `branchId`. Sent as a query parameter of the create.
   * Absent for what its parent has exactly one of.
   */
  readonly id?: keyof Shape & string;
  /** Where the id comes from when it is not given: another argument, and what is made of it. */
  readonly derivedId?: { readonly from: keyof Shape & string; readonly make: (value: string) => string };
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
  /** Full names of what it lies in beside its parent, as far as its id says so. */
  readonly liesIn?: (id: string) => readonly string[];
  /** Whether deleted ones are kept for a while and can be brought back. */
  readonly undeletable?: true;
  /** There as long as its parent is: making it means setting it, and deleting it means setting it back to this body. */
  readonly permanent?: { readonly cleared: Wire };
  /** Whether the service has no list of them. */
  readonly unlisted?: true;
  /** Served by another API of the workspace than the service's own: set as a whole, and answered at once. */
  readonly foreign?: Foreign;
  /**
   * Whether its parent comes with some of these, which a program then takes over instead of making them: a branch with
   * all that its source has, and the first one of a project with those that are `first`, by the project's owner.
   */
  readonly comesWithParent?: { readonly first: (resource: Wire, owner: unknown) => boolean };
  /** Whether deleting it goes on after the service has said that it is done, so that its name is not free yet. */
  readonly lingers?: true;
  /** Whether a create may silently take the place of one that exists, so that it has to be looked for before. */
  readonly overwrites?: true;
  /** How long its name should rest after a delete, in milliseconds: one that is used again sooner may not work. */
  readonly rests?: number;
  /** Whether the service deletes it by itself at `status.expire_time`, and what lies in it too. */
  readonly expires?: true;
  /** Whether the service makes this one by itself, so that creating it means taking it over. */
  readonly implicit?: (args: Partial<Canonical<Shape>>) => boolean;
  /** Whether it goes only with its parent, so that deleting it means letting go of it. */
  readonly goesWithParent?: (args: Partial<Canonical<Shape>>) => boolean;
  /** Whether the service is done with what an operation started, judged from the resource. Default: at once. */
  readonly settled?: (resource: Wire) => boolean;
  /** Why the service will never be done with it, as the rest of a sentence. */
  readonly failed?: (resource: Wire) => string | undefined;
  /** Who a resource belongs to, where only the owner may take it over after a lost answer. */
  readonly owner?: Path;
  /** Explains a refused delete from the resource itself and the list that `among` names. */
  readonly blockers?: {
    readonly among: (name: string) => string;
    readonly explain: (name: string, resource: Wire | undefined, listed: readonly Wire[]) => string | undefined;
  };
}

/**
 * How something is read and set that another API serves. `managers` are the identities that have to go on managing the
 * project: the one that the requests run as, and the project's owner.
 */
export interface Foreign {
  readonly path: (name: string) => string;
  /** Its answer in the form that the service's own resources have. */
  readonly read: (answer: Wire, managers: readonly string[]) => Wire;
  /** The whole that its PUT takes, from a body as the service's own resources have it. */
  readonly write: (body: Wire, managers: readonly string[]) => Wire;
}

/** A declaration with all that is derived from it once. */
export interface Definition<
  Shape extends z.ZodRawShape = z.ZodRawShape,
  Status extends z.ZodRawShape = z.ZodRawShape,
  Output extends string = string,
> extends Omit<Declaration<Shape, Status, Output>, "args"> {
  readonly args: Shape & CommonArgs;
  readonly fields: readonly Field[];
  readonly slots: readonly Slot[];
  /** Whether it lies below another resource, its `parent`. */
  readonly nested: boolean;
  /** Whether its fields stand beside its name, without `spec` and `status`. */
  readonly flat: boolean;
  /** Whether the service lists those that lie together. */
  readonly listed: boolean;
}

/** A definition whose arguments are no longer known to the type checker, as the core takes it. */
export type AnyDefinition = Omit<Definition, "args" | "rules" | "stackRules" | "implicit" | "goesWithParent"> & {
  readonly args: Readonly<Record<string, z.ZodType>>;
  readonly rules?: readonly Rule<never>[];
  readonly stackRules?: readonly StackRule<never>[];
  readonly implicit?: (args: never) => boolean;
  readonly goesWithParent?: (args: never) => boolean;
};

function isFlat(fields: readonly Field[]): boolean {
  return fields.every(({ marks }) => marks.place === "local" || marks.place === "top");
}

export function define<Shape extends z.ZodRawShape, Status extends z.ZodRawShape, Output extends string = never>(
  declaration: Declaration<Shape, Status, Output>,
): Definition<Shape, Status, Output> {
  const { type, collection, id, unlisted, foreign } = declaration;
  const args = { ...declaration.args, ...commonArgs };
  const fields = leaves(args);
  registerKind(type, collection, id, declaration.args["parent"] as z.ZodType | undefined);
  const listed = id !== undefined && !unlisted && !foreign;
  return { ...declaration, args, fields, slots: slots(fields), nested: "parent" in args, flat: isFlat(fields), listed };
}
