/** What a client of Postgres is given to reach a compute: never a password. */
import { ConfigurationError } from "../api/errors";
import { postgresPort } from "../rules/limits";

/** Hosts of a compute, as the service names them. */
export interface Hosts {
  readonly host?: string | undefined;
  readonly readOnlyHost?: string | undefined;
  readonly readWritePooledHost?: string | undefined;
  readonly readOnlyPooledHost?: string | undefined;
}

/** Which of a compute's hosts is meant. */
export interface Way {
  /** `true`: the host behind which connections are pooled. Default `false`. */
  readonly pooled?: boolean | undefined;
  /** `true`: the host that answers reads alone. Default `false`. */
  readonly readOnly?: boolean | undefined;
}

export interface Target {
  /** Full name of the endpoint. */
  readonly endpoint: string;
  readonly host: string;
  readonly hostaddr?: string | undefined;
  readonly port?: number | undefined;
  readonly user: string;
  readonly database: string;
  readonly sslrootcert?: string | undefined;
}

export interface Connection {
  /** Name of the host. */
  readonly host: string;
  /** Its address, where that was asked for. TLS still checks the name. */
  readonly hostaddr?: string;
  /** 5432, unless another was given. */
  readonly port: number;
  /** Name of the role in Postgres. */
  readonly user: string;
  /** Name of the database in Postgres. */
  readonly database: string;
  /** `require`: encrypted. `verify-full`, where root certificates were given: encrypted, and the server's certificate is checked. */
  readonly sslmode: "require" | "verify-full";
  /**
   * The environment of a program that connects: `PGHOST`, `PGPORT`, `PGUSER`, `PGDATABASE`, `PGSSLMODE` for all that is
   * made with libpq, psql too, and with `LAKEBASE_ENDPOINT` for Databricks' driver `@databricks/lakebase`.
   * `PGHOSTADDR` and `PGSSLROOTCERT` where they were asked for.
   */
  readonly env: Readonly<Record<string, string>>;
  /** `postgresql://USER@HOST:PORT/DATABASE?sslmode=…`, percent-encoded, without a password. */
  readonly uri: string;
}

export function connectionTo(target: Target): Connection {
  const { endpoint, host, hostaddr, port = postgresPort, user, database, sslrootcert } = target;
  const sslmode = sslrootcert === undefined ? "require" : "verify-full";
  const extras = { sslmode, ...(hostaddr !== undefined && { hostaddr }), ...(sslrootcert && { sslrootcert }) };
  return {
    host,
    ...(hostaddr !== undefined && { hostaddr }),
    port,
    user,
    database,
    sslmode,
    env: {
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGDATABASE: database,
      LAKEBASE_ENDPOINT: endpoint,
      ...Object.fromEntries(Object.entries(extras).map(([name, value]) => [`PG${name.toUpperCase()}`, value])),
    },
    uri: `postgresql://${encode(user)}@${inUri(host)}:${port}/${encode(database)}?${query(extras)}`,
  };
}

/** A name with half of a surrogate pair is none that Postgres holds, and the encoder would throw. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** libpq takes `+` for a plus sign, so a blank has to be `%20`, not what forms make of it. */
function query(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join("&");
}

/** An address of IPv6 stands in brackets; the sign before its zone is encoded (RFC 6874). */
function inUri(host: string): string {
  return host.includes(":") ? `[${host.replace("%", "%25")}]` : host;
}

/** The host that is meant, or an error that says which ones there are. */
export function hostOf(endpoint: string, hosts: Hosts, way: Way): string {
  const found = hosts[keyOf(hosts, way)];
  if (found) return found;
  const wanted = [way.pooled && "pooled", way.readOnly && "read-only"].filter(Boolean).join(" ");
  const there = Object.keys(hosts).join(", ");
  throw new ConfigurationError(
    there === ""
      ? `${endpoint} has no host yet; a compute that was just made gets it within seconds: try again`
      : `${endpoint} has no ${wanted ? `${wanted} ` : ""}host, only ${there}`,
  );
}

/** A replica's own host is its read-only one (databricks/cli testserver, 2026-08), and its pool one for reads. */
function keyOf(hosts: Hosts, { pooled, readOnly }: Way): keyof Hosts {
  const reads = readOnly || (hosts.host !== undefined && hosts.host === hosts.readOnlyHost);
  if (pooled) return reads ? "readOnlyPooledHost" : "readWritePooledHost";
  return readOnly ? "readOnlyHost" : "host";
}
