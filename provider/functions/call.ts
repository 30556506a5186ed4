/** How the program calls the service: signed in as its resources are, in previews too, and with errors of one sentence. */
import * as pulumi from "@pulumi/pulumi";
import { getAllResources } from "@pulumi/pulumi/output";
import { readConfig } from "../pulumi/config";
import { explained } from "../pulumi/failures";
import { settingsOf } from "../pulumi/provider";
import { type NamedResource, withNames } from "../pulumi/resource";
import { refusePlainSecrets } from "../pulumi/secrets";
import { Session } from "../pulumi/session";
import { isRecord } from "../schema/unknown";

/** Which workspace is asked. */
export interface FunctionOptions {
  /** A `lakebase.Provider`. Default: that of `parent`, or the stack's configuration. */
  readonly provider?: pulumi.ProviderResource | undefined;
  /** A resource whose provider is meant. */
  readonly parent?: pulumi.Resource | undefined;
}

/** Any of the package's types leads to the provider that a resource has for all of them. */
const anyType = "pulumi-nodejs:dynamic/lakebase:Project";

/** By provider, or by program where none is given: one process may run several programs (Automation API). */
const sessions = new WeakMap<object, Promise<Session>>();
const noStack = {};

/** Does a task of the function `name`; what goes wrong ends the program with a sentence instead of a stack. */
export async function call<Result>(
  name: string,
  options: FunctionOptions | undefined,
  task: (session: Session) => Promise<Result>,
): Promise<Result> {
  refusePlainSecrets();
  try {
    return await task(await sessionOf(options));
  } catch (failure) {
    throw new pulumi.RunError(`${name}: ${explained(failure, "read").message}`);
  }
}

function sessionOf(options: FunctionOptions | undefined): Promise<Session> {
  const key = providerOf(options) ?? pulumi.runtime.getStackResource() ?? noStack;
  const session = sessions.get(key) ?? open(settings(options));
  sessions.set(key, session);
  return session;
}

async function open(given: pulumi.Output<unknown>): Promise<Session> {
  const values = await known(given);
  if (!isRecord(values)) {
    throw new Error("its provider has settings that are not known yet; use the function whose name ends in Output");
  }
  const config = readConfig((key) => values[key]);
  if (config.problems.length > 0) throw new Error(config.problems.join("; "));
  return new Session(config, process.env, (message) => void pulumi.log.warn(message));
}

/** The value, or `undefined` while it is not known. */
async function known(output: pulumi.Output<unknown>): Promise<unknown> {
  // Not among the SDK's types, yet there in all of its versions: the one way to a value that does not wait for ever.
  const { isKnown, promise } = output as unknown as { isKnown: Promise<boolean>; promise(): Promise<unknown> };
  return (await isKnown) ? promise() : undefined;
}

function settings(options: FunctionOptions | undefined): pulumi.Output<unknown> {
  const provider = providerOf(options);
  return pulumi.output<unknown>(provider === undefined ? pulumi.runtime.allConfig() : settingsOf(provider));
}

function providerOf({ provider, parent }: FunctionOptions = {}): pulumi.ProviderResource | undefined {
  return provider ?? parent?.getProvider(anyType);
}

/** Arguments as the program has them: values that it may compute, and resources in place of their names. */
export type Inputs<Args> = {
  readonly [K in keyof Args]:
    | pulumi.Input<Args[K]>
    | (K extends "name" | "parent" | "endpoint" ? NamedResource : never);
};

/** The same function for arguments that resources give. */
export type WithInputs<Direct> = Direct extends (args: infer Args, options?: FunctionOptions) => Promise<infer Result>
  ? undefined extends Args
    ? (args?: Inputs<NonNullable<Args>>, options?: FunctionOptions) => pulumi.Output<Result>
    : (args: Inputs<Args>, options?: FunctionOptions) => pulumi.Output<Result>
  : never;

export function withInputs<Direct extends (args: never, options?: FunctionOptions) => Promise<unknown>>(
  direct: Direct,
): WithInputs<Direct> {
  const made = (args: object = {}, options?: FunctionOptions) =>
    whenThere(args, options).apply((known) => direct(known as never, options));
  return made as WithInputs<Direct>;
}

/**
 * The arguments once they are known, all resources that they come from are there, and so is the provider. The name of a
 * resource is known before it exists, and asking for that object in its first preview would find nothing.
 */
export function whenThere<Args extends object>(
  args: Args,
  options: FunctionOptions | undefined,
): pulumi.Output<pulumi.UnwrappedObject<Args>> {
  // An interface has no index signature, though its values are read by name all the same.
  const given = pulumi.output(withNames(args as Readonly<Record<string, unknown>>));
  const ids = getAllResources(given).then((resources) =>
    [...resources].flatMap((one) => (isCustom(one) ? [one.id] : [])),
  );
  // The provider's settings are waited for, and nothing of them goes on: what is found is no secret because they are.
  const signedIn = pulumi.unsecret(settings(options).apply(() => true));
  return pulumi.all([given, ids, signedIn]).apply(([known]) => known) as pulumi.Output<pulumi.UnwrappedObject<Args>>;
}

function isCustom(resource: pulumi.Resource): resource is pulumi.CustomResource {
  return pulumi.CustomResource.isInstance(resource);
}
