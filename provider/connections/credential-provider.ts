/** Passwords for an application's own connections. */
import { type Clock, systemClock } from "../api/retry";
import { defaultCredentialTtl } from "../rules/limits";
import { seconds } from "../schema/values";
import { type CredentialOptions, credentialRequest, mint } from "./credential";
import { refreshing } from "./refreshing";
import { workspaceOf } from "./workspace";

export interface CredentialProviderOptions extends CredentialOptions {
  /** Where the sign-in is read from: `DATABRICKS_HOST` and the like. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * A password callback for `pg`: it asks the service for a token, keeps it in memory, and asks for the next one two
 * minutes before that ends.
 *
 * ```ts
 * import { Pool } from "pg";
 *
 * const password = credentialProvider("projects/shop/branches/production/endpoints/primary");
 * const pool = new Pool({ host: process.env.PGHOST, user: process.env.PGUSER, ssl: true, password });
 * ```
 *
 * `endpoint` is the full name, `projects/PROJECT/branches/BRANCH/endpoints/ENDPOINT`. A `ttl` or a table that is wrong is
 * told at once; a sign-in that fails, by the connection that needed it.
 */
export function credentialProvider(
  endpoint: string,
  options: CredentialProviderOptions = {},
  clock: Pick<Clock, "now"> = systemClock,
): () => Promise<string> {
  const { env = process.env, ...asked } = options;
  const request = credentialRequest(endpoint, asked);
  const lifetime = seconds(asked.ttl ?? defaultCredentialTtl) ?? 0;
  return refreshing(async () => mint(await workspaceOf(env), request), lifetime * 1000, clock);
}
