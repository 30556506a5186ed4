/** What people write for an endpoint → the endpoint, as the service shows it. */
import { InvalidArgumentError } from "commander";
import type { Client } from "../api/client";
import { ApiError, isNotFound } from "../api/errors";
import { readWriteEndpointId } from "../rules/limits";
import { valueAt } from "../schema/unknown";
import { Failure } from "./failure";

export interface Address {
  readonly project: string;
  /** Default: the project's default branch. */
  readonly branch?: string | undefined;
  /** Default: the branch's read-write endpoint. */
  readonly endpoint?: string | undefined;
}

type Wire = Readonly<Record<string, unknown>>;

const id = "([a-z](?:[a-z0-9-]*[a-z0-9])?)";
const full = new RegExp(`^projects/${id}(?:/branches/${id}(?:/endpoints/${id})?)?$`);
const short = new RegExp(`^${id}(?:/${id}(?:/${id})?)?$`);

/** `projects/p/branches/b/endpoints/e` or `p/b/e`, either without its end. */
export function readAddress(text: string): Address {
  const [, project, branch, endpoint] = full.exec(text) ?? short.exec(text) ?? [];
  if (project === undefined) {
    throw new InvalidArgumentError(
      "Write PROJECT, PROJECT/BRANCH or projects/PROJECT/branches/BRANCH/endpoints/ENDPOINT.",
    );
  }
  return { project, branch, endpoint };
}

/** An endpoint that somebody can connect to. */
export async function findEndpoint(client: Client, address: Address): Promise<Wire & { readonly name: string }> {
  const branch = await findBranch(client, address);
  const name = `${branch}/endpoints/${address.endpoint ?? readWriteEndpointId}`;
  const endpoint = await read(client, name);
  if (valueAt(endpoint, ["status", "disabled"]) === true) {
    throw new Failure(`${name} is disabled, and no connection wakes it; set disabled: false on it, then try again`);
  }
  return { ...endpoint, name };
}

/** The full name of the branch that is meant. */
export async function findBranch(client: Client, { project, branch }: Address): Promise<string> {
  if (branch !== undefined) return `projects/${project}/branches/${branch}`;
  const name = `projects/${project}`;
  const found = valueAt(await read(client, name), ["status", "default_branch"]);
  if (typeof found === "string") return found;
  throw new Failure(`${name} says nothing of a default branch; name one: ${project}/BRANCH`);
}

/** Reads one object that somebody named. */
export async function read(client: Client, name: string): Promise<Wire> {
  try {
    return await client.get(name);
  } catch (failure) {
    if (!isNotFound(failure)) throw failure;
    const words = failure instanceof ApiError ? failure.words : "not found";
    throw new Failure(`${name} does not exist (${words}); 'pulumi-lakebase tree' shows what does`);
  }
}
