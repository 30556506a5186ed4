/** Whether an object that stands where a create was to make one is this program's own, from a run whose answer was lost. */
import { isDeepStrictEqual } from "node:util";
import type { Client } from "../api/client";
import type { AnyDefinition } from "../schema/definition";
import type { Wire } from "../schema/marks";
import { differingImmutable, project } from "../schema/service";
import { reckoned } from "../schema/sliding";
import { valueAt } from "../schema/unknown";

/** An object that is younger may be our own, made by a run that did not live to see the answer. */
const ownCreateAge = 60 * 60_000;

/** Why it is somebody else's, as the rest of a sentence; `undefined` when it is our own. */
export async function whyForeign(
  definition: AnyDefinition,
  client: Client,
  args: Readonly<Record<string, unknown>>,
  resource: Wire,
  sent: boolean,
): Promise<string | undefined> {
  const declared = definition.fields.filter(
    ({ marks, path }) => marks.place !== "local" && valueAt(args, path) !== undefined,
  );
  if (!sent && declared.length > 0 && declared.every(({ marks }) => marks.notShown)) {
    return "the service does not show what it was made with";
  }
  const age = (client.serviceNow ?? client.clock.now()) - Date.parse(String(resource["create_time"]));
  if (Number.isNaN(age)) return "it does not say when it was made";
  if (age >= ownCreateAge) return "it is older than an hour";
  const differs = differingImmutable(definition, args, resource);
  if (differs !== undefined) return `its ${differs} is not the declared one`;
  // A run that did not send the create itself goes by what it sees: then all that is declared has to be as declared.
  // The run that died reckoned a moment of its own.
  const { [reckoned(definition, args) ?? ""]: _, ...lasting } = args;
  if (!sent && !isDeepStrictEqual(project(definition, lasting, resource), structuredClone(lasting)))
    return "it is not as declared";
  if (!definition.owner) return undefined;
  const theirs = valueAt(resource, definition.owner) ?? "an unknown owner";
  const caller = await client.caller().catch(() => undefined);
  return theirs === caller
    ? undefined
    : `it belongs to ${theirs}, and this run is ${caller ?? "an identity that could not be read"}`;
}
