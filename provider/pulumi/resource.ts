/** A definition → the class that programs use: its types, its outputs, and the dependencies that its arguments imply. */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { CommonArgs } from "../schema/common";
import type { AnyDefinition, Definition } from "../schema/definition";
import { fullName } from "../schema/name";
import type { Reference } from "../schema/values";
import { refusePlainSecrets } from "./secrets";
import { providerKey, shell, typeToken } from "./shell";
import { timeoutsIn, timeoutsKey } from "./timeouts";

/** A resource of this package: it has a name that others refer to. */
export interface NamedResource extends pulumi.Resource {
  readonly name: pulumi.Output<string>;
}

/** Where a reference stands, the resource itself may be given. */
type Argument<T> = [Reference] extends [T]
  ? pulumi.Input<Exclude<T, Reference | undefined>> | NamedResource
  : [T] extends [boolean | number | string | undefined]
    ? pulumi.Input<NonNullable<T>>
    : pulumi.Input<{ [K in keyof T]: Argument<T[K]> }>;

type Shape = z.ZodRawShape;
type Optional<S extends Shape> = { [K in keyof S]: undefined extends z.input<S[K]> ? K : never }[keyof S];

/** Arguments of a resource. */
export type Args<D extends { readonly args: Shape }> = ArgsOf<D["args"]>;
type ArgsOf<S extends Shape> = {
  readonly [K in keyof Omit<S, Optional<S>>]: Argument<z.input<S[K]>>;
} & {
  readonly [K in keyof Pick<S, Optional<S>>]?: Argument<z.input<S[K]>> | undefined;
};

/** What the service says: the arguments that it shows, and what it reports beside them. */
export type Status<S extends Shape, Reported extends Shape> = {
  readonly [K in keyof S]: z.output<S[K]> | undefined;
} & {
  readonly [K in keyof Reported]: z.output<Reported[K]> | undefined;
};

/** Outputs of a resource. */
export type Outputs<S extends Shape, Reported extends Shape, Output extends string> = {
  readonly [K in keyof S]: pulumi.Output<Exclude<z.input<S[K]>, Reference>>;
} & {
  /** Full name, e.g. `projects/PROJECT/branches/BRANCH`; known in previews when its parts are. */
  readonly name: pulumi.Output<string>;
  /** The service's own id of the object. */
  readonly uid: pulumi.Output<string>;
  /** When the object was made (RFC 3339). */
  readonly createTime: pulumi.Output<string>;
  /** When it was last changed (RFC 3339). */
  readonly updateTime: pulumi.Output<string>;
  /** What the service says of it, defaults included. */
  readonly status: pulumi.Output<Status<S, Reported>>;
  /** Set when the resource took over an object that existed already: which arguments it changed, and from what. */
  readonly adopted: pulumi.Output<Adopted | undefined>;
} & {
  readonly [K in Output]: pulumi.Output<string>;
};

/** What taking over an object changed about it. */
export interface Adopted {
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
}

export interface ResourceClass<S extends Shape, Reported extends Shape, Output extends string> {
  new (
    name: string,
    args: ArgsOf<S & CommonArgs>,
    options?: pulumi.CustomResourceOptions,
  ): Resource<S, Reported, Output>;
  /** Looks an existing object up by its full name, e.g. `projects/PROJECT`, without managing it. */
  get(name: string, id: pulumi.Input<string>, options?: pulumi.CustomResourceOptions): Resource<S, Reported, Output>;
  /** Whether a value is a resource of this class, also when it comes from another copy of this package. */
  isInstance(value: unknown): value is Resource<S, Reported, Output>;
}

/** The class of a definition. Written out where the class is exported, it keeps the docs of the arguments for editors. */
export type ClassOf<D> =
  D extends Definition<infer S, infer Reported, infer Output> ? ResourceClass<S, Reported, Output> : never;

type Resource<S extends Shape, Reported extends Shape, Output extends string> = pulumi.CustomResource &
  Outputs<S, Reported, Output>;

/**
 * Resources of a program by the full name that plain arguments give them: a later one that names them depends on them.
 * One process may run several programs (Automation API), each with a stack resource of its own.
 */
const named = new WeakMap<object, Map<string, pulumi.Resource>>();
const noStack = {};

/** Full names that are known while the program runs, since all of their parts are plain texts. */
const plainNames = new WeakMap<pulumi.Resource, string>();

function namedHere(): Map<string, pulumi.Resource> {
  const program = pulumi.runtime.getStackResource() ?? noStack;
  const known = named.get(program) ?? new Map<string, pulumi.Resource>();
  named.set(program, known);
  return known;
}

/** One class for each definition, whoever asks first: components make the very resources that programs do. */
const classes = new WeakMap<object, unknown>();

export function resourceClass<S extends Shape, Reported extends Shape, Output extends string>(
  definition: Definition<S, Reported, Output>,
): ResourceClass<S, Reported, Output> {
  const known = classes.get(definition) ?? newClass(definition);
  classes.set(definition, known);
  return known as ResourceClass<S, Reported, Output>;
}

function newClass<S extends Shape, Reported extends Shape, Output extends string>(
  definition: Definition<S, Reported, Output>,
): ResourceClass<S, Reported, Output> {
  const core = definition as unknown as AnyDefinition;
  const type = typeToken(core.type);
  const outputNames = [
    "name",
    "uid",
    "createTime",
    "updateTime",
    "status",
    "adopted",
    ...Object.keys(core.outputs ?? {}),
  ];

  const made = class extends pulumi.CustomResource {
    constructor(name: string, args: Readonly<Record<string, unknown>>, options: pulumi.CustomResourceOptions = {}) {
      refusePlainSecrets();
      if (options.import !== undefined) {
        throw new pulumi.RunError(
          `${core.type} '${name}': the import option does not work with dynamic providers; take it out, bring what exists into the stack with 'npx pulumi-lakebase import', or read the object with ${core.type}.get`,
        );
      }
      const given = withNames(args ?? {});
      const before = mentioned([...Object.values(given), ...liesIn(core, given)]);
      const merged = pulumi.mergeOptions(options, before.length > 0 ? { dependsOn: before } : {});
      const secret = [...(merged.additionalSecretOutputs ?? [])];
      const placeholders = Object.fromEntries(
        [...Object.keys(core.args), ...outputNames].map((key) => [key, undefined]),
      );
      // Pulumi notes a stack four times for each output, with its source map: 13 ms a resource with all frames (measured in
      // November 2026). An error that is thrown in here is one of whoever makes the resource.
      const frames = Error.stackTraceLimit;
      Error.stackTraceLimit = 0;
      try {
        super(
          type,
          name,
          {
            ...placeholders,
            ...given,
            ...timeoutsIn({ [timeoutsKey]: merged.customTimeouts }),
            [providerKey]: text(core.type, name, given, secret),
          },
          { ...merged, additionalSecretOutputs: secret },
        );
      } catch (failure) {
        Error.stackTraceLimit = frames;
        if (failure instanceof Error) Error.captureStackTrace(failure, made);
        throw failure;
      } finally {
        Error.stackTraceLimit = frames;
      }
      const full = options.id ?? fullName(core, plainly(args ?? {}));
      if (typeof full !== "string") return;
      plainNames.set(this, full);
      if (options.id === undefined) namedHere().set(full, this);
    }

    static get(name: string, id: pulumi.Input<string>, options: pulumi.CustomResourceOptions = {}) {
      return new made(name, {}, { ...options, id });
    }

    static override isInstance(value: unknown): value is pulumi.CustomResource {
      return pulumi.CustomResource.isInstance(value) && (value as { __pulumiType?: unknown }).__pulumiType === type;
    }
  };
  Object.defineProperty(made, "name", { value: core.type });
  return made as unknown as ResourceClass<S, Reported, Output>;
}

/** Arguments in which a resource stands for its name, where that is plain. */
function plainly(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      pulumi.Resource.isInstance(value) ? plainNames.get(value) : value,
    ]),
  );
}

/** A resource given where a name belongs stands for its name. */
export function withNames(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      pulumi.Resource.isInstance(value) ? (value as NamedResource).name : value,
    ]),
  );
}

/** What a plain id says that it lies in, e.g. a synced table in a catalog. */
function liesIn({ id, liesIn: names }: AnyDefinition, args: Readonly<Record<string, unknown>>): readonly string[] {
  const own = id === undefined ? undefined : args[id];
  return typeof own === "string" ? (names?.(own) ?? []) : [];
}

/**
 * Earlier resources of this program that plain text arguments name, or that what they name lies in. Making follows that
 * order and deleting goes the other way round: children first.
 */
function mentioned(values: readonly unknown[]): pulumi.Resource[] {
  const known = namedHere();
  const texts = values.filter((value) => typeof value === "string");
  return texts.flatMap((value) => {
    const parts = value.split("/");
    return parts.flatMap((_, index) => known.get(parts.slice(0, index + 1).join("/")) ?? []);
  });
}

/**
 * The provider's text, which resolves only when it is known which arguments are secret: then the service's echo of them
 * is marked as one too, and the list of secret outputs is read after the arguments have resolved.
 */
async function text(
  type: string,
  name: string,
  args: Readonly<Record<string, unknown>>,
  secretOutputs: string[],
): Promise<string> {
  const isSecret = await Promise.all(Object.values(args).map((value) => pulumi.isSecret(pulumi.output(value))));
  const secrets = Object.keys(args).filter((_, index) => isSecret[index]);
  if (secrets.length > 0) secretOutputs.push("status", "adopted");
  return shell(type, name, secrets);
}
