/** A definition → the functions that read one object of its kind, or all of a collection. */
import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { ApiError, ConfigurationError, unreadable } from "../api/errors";
import { checkName } from "../connections/full-name";
import { missing, notThere } from "../connections/missing";
import { Remote } from "../pulumi/remote";
import type { Outputs } from "../pulumi/resource";
import type { AnyDefinition, Definition } from "../schema/definition";
import type { Wire } from "../schema/marks";
import { asArguments, outputs } from "../schema/service";
import { isRecord, valueAt } from "../schema/unknown";
import { call, type FunctionOptions } from "./call";

type Shape = z.ZodRawShape;

/** What is known of an object: its name, its arguments as the service has them, and the service's own words as `status`. */
export type Found<D> =
  D extends Definition<infer S, infer Reported, infer Output> ? Values<Outputs<S, Reported, Output>> : never;
type Values<T> = {
  readonly [K in keyof T as K extends "adopted" ? never : K]: T[K] extends pulumi.OutputInstance<infer Value>
    ? Value
    : never;
};

/** One of a list, where deleted ones may be asked for. */
export type Listed<D> = Found<D> & Deletion;
interface Deletion {
  /** When it was deleted (RFC 3339). Absent for one that was not. */
  readonly deleteTime?: string;
  /** Until when it can be brought back and keeps its id (RFC 3339). */
  readonly purgeTime?: string;
}

export interface LookupArgs {
  /** Full name of the object, e.g. `projects/PROJECT/branches/BRANCH`. */
  readonly name: string;
}

export type Lookup<D> = (args: LookupArgs, options?: FunctionOptions) => Promise<Found<D>>;

type Below<D> =
  D extends Definition<infer S, infer _Reported, infer _Output>
    ? "parent" extends keyof S
      ? {
          /** Full name of what they lie in. */
          readonly parent: string;
        }
      : unknown
    : never;

export interface ShowDeleted {
  /** `true`: those are listed too that were deleted and not purged yet. Default `false`. */
  readonly showDeleted?: boolean;
}

export type ListArgs<D, Filters> = Below<D> & Filters;
/** Where all arguments are filters, none need be given. */
export type List<D, Filters> =
  Partial<ListArgs<D, Filters>> extends ListArgs<D, Filters>
    ? (args?: ListArgs<D, Filters>, options?: FunctionOptions) => Promise<Listed<D>[]>
    : (args: ListArgs<D, Filters>, options?: FunctionOptions) => Promise<Listed<D>[]>;

export function lookup<S extends Shape, Reported extends Shape, Output extends string>(
  definition: Definition<S, Reported, Output>,
): Lookup<Definition<S, Reported, Output>> {
  const core = definition as unknown as AnyDefinition;
  return ({ name }, options) =>
    call(`get${core.type}`, options, async (session) => {
      checkName(core, name);
      const resource = await new Remote(core, await session.client(), name).look();
      if (resource === undefined) throw notThere(name);
      return described(core, resource) as Found<typeof definition>;
    });
}

export function list<S extends Shape, Reported extends Shape, Output extends string, Filters>(
  definition: Definition<S, Reported, Output>,
  name: string,
): List<Definition<S, Reported, Output>, Filters> {
  const core = definition as unknown as AnyDefinition;
  const listed = (
    { parent, showDeleted }: { readonly parent?: string } & ShowDeleted = {},
    options?: FunctionOptions,
  ) =>
    call(name, options, async (session) => {
      const above = core.nested ? `${parentOf(core, parent)}/` : "";
      const found = await (await session.client())
        .list(`${above}${core.collection}`, { show_deleted: showDeleted ? "true" : undefined })
        .catch(missing(String(parent)));
      return found.map((resource) => ({ ...described(core, resource), ...deletion(resource) }));
    });
  return listed as unknown as List<Definition<S, Reported, Output>, Filters>;
}

function parentOf(definition: AnyDefinition, given: unknown): unknown {
  const { error } = definition.args["parent"]?.safeParse(given) ?? {};
  if (error) throw new ConfigurationError(`parent ${error.issues[0]?.message}`);
  return given;
}

function described(definition: AnyDefinition, resource: Wire): Record<string, unknown> {
  if (!definition.flat && !isRecord(resource["status"])) {
    const tried = `GET ${resource["name"]}`;
    throw new ApiError(tried, 200, unreadable, "the answer has no status, so nothing can be told from it; try again");
  }
  return { ...asArguments(definition, resource), ...outputs(definition, resource) };
}

/** A project says it at the top, a branch in its status (API reference, 2026-08). */
function deletion(resource: Wire): Deletion {
  const at = (key: string) => resource[key] ?? valueAt(resource, ["status", key]);
  const [deleteTime, purgeTime] = [at("delete_time"), at("purge_time")];
  return {
    ...(typeof deleteTime === "string" && { deleteTime }),
    ...(typeof purgeTime === "string" && { purgeTime }),
  };
}
