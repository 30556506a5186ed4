/** A password for Postgres: a token that the service makes for a while. It is kept nowhere but in memory. */
import type { Client } from "../api/client";
import { ApiError, ConfigurationError, unreadable } from "../api/errors";
import { endpoint as definition } from "../resources";
import { credentialTtl } from "../rules/limits";
import type { AnyDefinition } from "../schema/definition";
import { duration } from "../schema/values";
import { checkName } from "./full-name";
import { missing } from "./missing";

export interface CredentialOptions {
  /** How long the token lets sessions in, e.g. `"5m"`: 5 m to 1 h. Default 1 h. */
  readonly ttl?: string | undefined;
  /**
   * Full names (`catalog.schema.table`) of tables that the token may read, and nothing else. Default: it may do all that
   * the identity may.
   */
  readonly readOnlyTables?: readonly string[] | undefined;
}

export interface Credential {
  /** The password. */
  readonly token: string;
  /** Until when it lets sessions in (RFC 3339). */
  readonly expireTime: string;
}

const ttl = duration(credentialTtl);

/** The body of the request, or an error in one sentence before anything is sent. */
export function credentialRequest(endpoint: string, options: CredentialOptions): Readonly<Record<string, unknown>> {
  checkName(definition as unknown as AnyDefinition, endpoint);
  return { endpoint, ...lifetime(options.ttl), ...claims(options.readOnlyTables) };
}

function lifetime(given: string | undefined): { readonly ttl?: string } {
  if (given === undefined) return {};
  const { data, error } = ttl.safeParse(given);
  if (data === undefined) throw new ConfigurationError(`ttl ${error?.issues[0]?.message}`);
  return { ttl: data };
}

/** One claim for all tables: its form is the API reference's (2026-08), which knows this one permission set. */
function claims(tables: readonly string[] | undefined): Readonly<Record<string, unknown>> {
  if (tables === undefined) return {};
  if (tables.length === 0 || tables.some((table) => !/^[^.]+\.[^.]+\.[^.]+$/.test(table))) {
    throw new ConfigurationError(
      'readOnlyTables names no tables; give one or more full names such as "main.shop.orders", or leave it out',
    );
  }
  return { claims: [{ permission_set: "READ_ONLY", resources: tables.map((table) => ({ table_name: table })) }] };
}

export async function mint(client: Client, request: Readonly<Record<string, unknown>>): Promise<Credential> {
  const { token, expire_time: expireTime } = await client
    .credential(request)
    .catch(missing(String(request["endpoint"])));
  if (typeof token === "string" && token !== "" && typeof expireTime === "string") return { token, expireTime };
  throw new ApiError("POST credentials", 200, unreadable, "the answer has no token and expire_time; try again");
}
