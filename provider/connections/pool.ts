/** Settings for an application's pool. */
import { isIP } from "node:net";
import { ConfigurationError } from "../api/errors";
import { defaultDatabase, postgresPort, session } from "../rules/limits";
import { readable } from "../schema/values";
import { addressOf } from "./address";
import type { Way } from "./connection";
import { type CredentialProviderOptions, credentialProvider } from "./credential-provider";
import { postgresName } from "./postgres-name";
import { certificates, hostFor, userFor } from "./reach";
import { workspaceOf } from "./workspace";

/** As in @databricks/lakebase 0.6: a compute sleeps only when nobody is connected. */
const defaultIdle = 30_000;
/** A session that is in use when its time has come is replaced when it is given back: this leaves it a day. */
const defaultLifetime = session.lifetime - 86_400;

export interface PoolRequest extends CredentialProviderOptions, Way {
  /** Name of the database in Postgres, or its full name. Default `databricks_postgres`. */
  readonly database?: string;
  /** Name of the role in Postgres, or its full name. Default: the identity that the application runs as. */
  readonly user?: string;
  /** Address to connect to, where the system's resolver fails; `true`: ask for it. The certificate is checked against the name. */
  readonly hostaddr?: string | boolean;
  /** Where the server listens. Default 5432. */
  readonly port?: number;
  /** File with the root certificates that the server's is checked with. Default: `PGSSLROOTCERT`, or those that Node has. */
  readonly sslrootcert?: string;
  /** How long a connection may lie idle in the pool, in milliseconds. Default 30 s; the service ends it after 24 h. */
  readonly idleTimeoutMillis?: number;
  /** How old a connection may get, in seconds. Default 2 d; the service ends it after 3 d. */
  readonly maxLifetimeSeconds?: number;
}

/** Settings of a `pg.Pool`. */
export interface PoolOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly ssl: { readonly rejectUnauthorized: true; readonly servername?: string; readonly ca?: string };
  readonly password: () => Promise<string>;
  readonly idleTimeoutMillis: number;
  readonly maxLifetimeSeconds: number;
}

/**
 * Settings for a pool of `pg` on a compute: where it is, who signs in, passwords that are renewed, and connections that
 * are replaced before the service ends them.
 *
 * ```ts
 * import { Pool } from "pg";
 *
 * const pool = new Pool(await poolOptions("projects/shop/branches/dev/endpoints/primary", { database: "app" }));
 * ```
 *
 * Without an endpoint, it and all that is not given here is taken from the environment that `endpoint.connection()` made:
 * `LAKEBASE_ENDPOINT`, `PGHOST`, `PGPORT`, `PGUSER`, `PGDATABASE`, `PGHOSTADDR`, `PGSSLROOTCERT`. With one, the service is
 * asked for the host and the user.
 */
export async function poolOptions(endpoint?: string, request: PoolRequest = {}): Promise<PoolOptions> {
  const { env = process.env } = request;
  const name = endpoint ?? env["LAKEBASE_ENDPOINT"];
  if (!name) {
    throw new ConfigurationError(
      "no endpoint to connect to; give its full name, or set LAKEBASE_ENDPOINT as endpoint.connection().env has it",
    );
  }
  const password = credentialProvider(name, request);
  const limits = {
    idleTimeoutMillis: within("idleTimeoutMillis", request.idleTimeoutMillis ?? defaultIdle, session.idle, 1000),
    maxLifetimeSeconds: within(
      "maxLifetimeSeconds",
      request.maxLifetimeSeconds ?? defaultLifetime,
      session.lifetime,
      1,
    ),
  };
  // What the environment says of a connection belongs to the endpoint that it names.
  const told = (key: string) => (endpoint === undefined ? env[key] || undefined : undefined);
  const client = () => workspaceOf(env);
  const [host, user, database, ca] = await Promise.all([
    (!request.pooled && !request.readOnly && told("PGHOST")) || hostFor(name, request, client),
    userFor(request.user ?? told("PGUSER"), client),
    postgresName("database", request.database ?? told("PGDATABASE") ?? defaultDatabase, client),
    certificates(request.sslrootcert ?? env["PGSSLROOTCERT"]),
  ]);
  const { hostaddr = told("PGHOSTADDR") } = request;
  const address = hostaddr === true ? await addressOf(host) : hostaddr || undefined;
  return {
    host: address ?? host,
    port: request.port ?? Number(told("PGPORT") ?? postgresPort),
    user,
    database,
    ssl: {
      rejectUnauthorized: true,
      ...(address !== undefined && isIP(host) === 0 && { servername: host }),
      ...(ca !== undefined && { ca }),
    },
    password,
    ...limits,
  };
}

/** `pg` takes 0 for never, and then the service would end the session in the middle of something. */
function within(name: string, value: number, most: number, unit: number): number {
  if (value > 0 && value <= most * unit) return value;
  throw new ConfigurationError(
    `${name} is ${value}, and the service ends sessions after ${readable(most)}; write more than 0 and at most ${most * unit}`,
  );
}
