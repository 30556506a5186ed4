/** Where a compute is, who signs in there, and whom the server's certificate is checked with. */
import { readFile } from "node:fs/promises";
import type { Client } from "../api/client";
import { ConfigurationError } from "../api/errors";
import { endpoint as definition } from "../resources";
import type { AnyDefinition } from "../schema/definition";
import { outputs } from "../schema/service";
import { isRecord, valueAt } from "../schema/unknown";
import { type Hosts, hostOf, type Way } from "./connection";
import { missing } from "./missing";
import { postgresName } from "./postgres-name";

export async function hostFor(name: string, way: Way, client: () => Promise<Client>): Promise<string> {
  const resource = await (await client()).get(name).catch(missing(name));
  const hosts = valueAt(outputs(definition as unknown as AnyDefinition, resource), ["status", "hosts"]);
  return hostOf(name, isRecord(hosts) ? (hosts as Hosts) : {}, way);
}

export async function userFor(given: string | undefined, client: () => Promise<Client>): Promise<string> {
  if (given !== undefined) return postgresName("role", given, client);
  const caller = await (await client()).caller();
  if (caller !== undefined) return caller;
  throw new ConfigurationError("the workspace does not say who this application runs as; give user");
}

/** `system` is libpq's word for the certificates that the system trusts. */
export async function certificates(file: string | undefined): Promise<string | undefined> {
  if (!file || file === "system") return undefined;
  return readFile(file, "utf8").catch((failure: NodeJS.ErrnoException) => {
    throw new ConfigurationError(
      `the root certificates in ${file} cannot be read (${failure.code}); check sslrootcert`,
    );
  });
}
