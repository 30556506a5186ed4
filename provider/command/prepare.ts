/** An endpoint and how to reach it → the environment of a program that connects, with a token made for it. */
import type { Client } from "../api/client";
import { addressOf } from "../connections/address";
import { connectionTo, type Hosts, hostOf } from "../connections/connection";
import { mint } from "../connections/credential";
import { postgresName } from "../connections/postgres-name";
import { endpoint as definition } from "../resources/endpoint";
import type { AnyDefinition } from "../schema/definition";
import { outputs } from "../schema/service";
import { valueAt } from "../schema/unknown";
import { type Address, findEndpoint } from "./address";
import type { ConnectingOptions } from "./connecting";
import { Failure } from "./failure";
import { signedIn } from "./sign-in";
import type { Surroundings } from "./surroundings";

export interface Prepared {
  readonly variables: Readonly<Record<string, string>>;
  /** Variables that would lead libpq elsewhere, with the token, and that are set. */
  readonly displaced: readonly string[];
  /** When the token among the variables expires, as the service says it. */
  readonly expireTime?: string;
}

/** An address beside the host; a service's file, which wins over the environment (PostgreSQL 17, fe-connect.c). */
const elsewhere = ["PGHOSTADDR", "PGSERVICE"];

/** Without tables it is meant for all: an assumption, since the API's reference (2026-08) names a claim's tables only. */
const readOnly = { permission_set: "READ_ONLY" };

/** `subcommand` is named in the requests. */
export async function prepare(
  address: Address,
  options: ConnectingOptions & { readonly token?: boolean },
  subcommand: string,
  around: Surroundings,
): Promise<Prepared> {
  const client = await signedIn(options, subcommand, around);
  const variables = await variablesFor(client, address, options, around);
  const displaced = elsewhere.filter((name) => around.environment[name] !== undefined && variables[name] === undefined);
  if (options.token === false) return { variables, displaced };
  const { token, expireTime } = await mint(client, {
    endpoint: variables["LAKEBASE_ENDPOINT"],
    ...(options.ttl !== undefined && { ttl: options.ttl }),
    ...(options.readOnly && { claims: [readOnly] }),
  });
  return { variables: { ...variables, PGPASSWORD: token }, displaced, expireTime };
}

async function variablesFor(
  client: Client,
  address: Address,
  options: ConnectingOptions,
  { environment }: Surroundings,
): Promise<Readonly<Record<string, string>>> {
  const endpoint = await findEndpoint(client, address);
  const { name } = endpoint;
  const hosts = valueAt(outputs(definition as unknown as AnyDefinition, endpoint), ["status", "hosts"]);
  const host = hostOf(name, (hosts ?? {}) as Hosts, { pooled: options.pooled });
  const known = async () => client;
  const { env } = connectionTo({
    endpoint: name,
    host,
    hostaddr: options.hostaddr ? await addressOf(host) : undefined,
    user: options.role === undefined ? await ownRole(client) : await postgresName("role", options.role, known),
    database: await postgresName("database", options.database, known),
  });
  const mode = environment["PGSSLMODE"];
  return checksTheServer(mode) ? { ...env, PGSSLMODE: mode } : env;
}

/** What a user has set beyond `require` is kept. */
function checksTheServer(mode: string | undefined): mode is string {
  return mode === "verify-ca" || mode === "verify-full";
}

/** A role that signs in with a token is called as its identity: an e-mail, an application id (API reference, 2026-08). */
async function ownRole(client: Client): Promise<string> {
  const name = await client.caller();
  if (name !== undefined) return name;
  throw new Failure("the workspace does not say who signs in; name the role with --role");
}

/** The environment of a program that connects. */
export function environmentWith({ variables, displaced }: Prepared, { environment }: Surroundings) {
  const kept = Object.entries(environment).filter(([name]) => !displaced.includes(name));
  return { ...Object.fromEntries(kept), ...variables };
}
