/**
 * What Pulumi's host process requires: the state keeps only this module's address with a resource's type and name, so
 * a resource is always handled by the code that is installed now, and no code or secret is in the state.
 */
import "./node";
import type { dynamic } from "@pulumi/pulumi";
import { readConfig } from "./pulumi/config";
import { Handlers } from "./pulumi/handlers";
import { DynamicProvider } from "./pulumi/host";
import { ScriptHandlers } from "./pulumi/script-handlers";
import { Session } from "./pulumi/session";
import * as resources from "./resources";
import { sqlScript } from "./resources/sql-script";
import type { AnyDefinition } from "./schema/definition";

const definitions = new Map<string, AnyDefinition>(
  Object.values(resources).map((definition) => [definition.type, definition as unknown as AnyDefinition]),
);

/** One host process serves one provider, so all of its resources share one session. */
let session: Session | undefined;

function configure({ config }: dynamic.ConfigureRequest): void {
  session ??= new Session(
    readConfig((key) => config.get(key)),
    process.env,
    (message) => console.warn(message),
  );
}

/** The handlers of one resource, in the shape that Pulumi's dynamic host calls. Names of secret arguments may follow. */
export function handler(type: string, logicalName: string): dynamic.ResourceProvider {
  const definition = definitions.get(type);
  if (!definition && type !== sqlScript.type) {
    throw new Error(
      `this version of pulumi-lakebase has no resource ${type}; install the version that made it, or a newer one`,
    );
  }
  const connect = (waitTimeoutMs?: number) => {
    if (!session) throw new Error("the provider was called before it was configured");
    return definition
      ? new Handlers(definition, logicalName, session, waitTimeoutMs)
      : new ScriptHandlers(logicalName, session, waitTimeoutMs);
  };
  return new DynamicProvider(connect, configure);
}
