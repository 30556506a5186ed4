/** What components make, and the program's word on it before it is made. */
import * as pulumi from "@pulumi/pulumi";
import { endpointClass } from "../functions/connection";
import { resourceClass } from "../pulumi/resource";
import * as resources from "../resources";
import { SqlScript } from "./sql-script";

const { project, projectPermissions, branch, role, database } = resources;

/** What components have inside. */
const classes = {
  Project: resourceClass(project),
  ProjectPermissions: resourceClass(projectPermissions),
  Branch: resourceClass(branch),
  Endpoint: endpointClass,
  Role: resourceClass(role),
  Database: resourceClass(database),
  SqlScript,
} as const;

type Classes = typeof classes;
type InnerType = keyof Classes;
type ArgsOf<Type extends InnerType> = ConstructorParameters<Classes[Type]>[1];
type Made<Type extends InnerType> = InstanceType<Classes[Type]>;

export interface InnerOf<Type extends InnerType> {
  /** Its class, e.g. `"Endpoint"`. */
  readonly type: Type;
  /** Its name in the program. Another one is another resource. */
  readonly name: string;
  /** The environment that it belongs to, in `Environments`. */
  readonly environment?: string;
  /** Its arguments, as its class takes them. */
  readonly args: ArgsOf<Type>;
  /** Its options, `parent` among them. */
  readonly options: pulumi.CustomResourceOptions;
}

/** A resource that a component is about to make. Once its `type` is compared, its `args` are those of that class. */
export type Inner = { readonly [Type in InnerType]: InnerOf<Type> }[InnerType];

/**
 * Called for each resource of a component before it is made. What it returns is made; without a return, what was given.
 *
 * ```ts
 * const small: lakebase.Transform = (inner) =>
 *   inner.type === "Endpoint" ? { ...inner, args: { ...inner.args, suspendTimeoutDuration: "1m" } } : undefined;
 * ```
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is what most of them are.
export type Transform = (inner: Inner) => Inner | undefined | void;

/** Makes one resource of a component. */
export type Make = <Type extends InnerType>(
  type: Type,
  name: string,
  args: ArgsOf<Type>,
  options: pulumi.CustomResourceOptions,
) => Made<Type>;

/** How a component makes what is inside of it: through the program's `transform`, if it has one. */
export function maker(transform: Transform | undefined): Make {
  return (type, name, args, options) => build(lastWord(transform, { type, name, args, options }));
}

/** What is made in the end. */
export function lastWord<Type extends InnerType>(
  transform: Transform | undefined,
  inner: InnerOf<Type>,
): InnerOf<Type> {
  // The type checker cannot follow that arguments and class belong to one type.
  const changed = transform?.(inner as unknown as Inner) ?? inner;
  if (changed.type === inner.type) return changed as unknown as InnerOf<Type>;
  throw new pulumi.RunError(
    `transform made ${inner.type} '${inner.name}' into '${changed.type}'; return what it was given, with other args or options`,
  );
}

export function build<Type extends InnerType>({ type, name, args, options }: InnerOf<Type>): Made<Type> {
  // The same.
  const made = classes[type] as unknown as new (...given: readonly unknown[]) => Made<Type>;
  return new made(name, args, options);
}
