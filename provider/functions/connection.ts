/** `endpoint.connection(…)`: what a client of Postgres is given to reach a compute. */
import * as pulumi from "@pulumi/pulumi";
import { addressOf } from "../connections/address";
import { type Connection, connectionTo, hostOf, type Way } from "../connections/connection";
import { type Named, named, postgresName } from "../connections/postgres-name";
import { type ClassOf, type NamedResource, resourceClass } from "../pulumi/resource";
import { endpoint as definition } from "../resources/endpoint";
import { defaultDatabase } from "../rules/limits";
import { call, whenThere } from "./call";
import { currentUserOf } from "./current-user";

/** Plain arguments, each of which the program may compute. */
type Computed<T> = { readonly [K in keyof T]?: pulumi.Input<NonNullable<T[K]>> | undefined };

interface Details extends Way {
  /** `true`: the host's address is looked up and given beside it, for systems whose own resolver fails. Default `false`. */
  readonly hostaddr: boolean;
  /** Where the server listens. Default 5432. */
  readonly port: number;
  /**
   * File with the root certificates that the server's certificate is checked with, at the place where the connection is
   * used; `"system"` stands for those of the system (libpq 16). `sslmode` is `verify-full` then, which Databricks' Node
   * driver does not know; it checks certificates in any case.
   */
  readonly sslrootcert: string;
}

export interface ConnectionArgs extends Computed<Details> {
  /** A `Database`, its full name, or its name in Postgres. Default `databricks_postgres`. */
  readonly database?: pulumi.Input<string> | NamedResource | undefined;
  /** Who signs in: a `Role`, its full name, or its name in Postgres. Default: the identity that the program runs as. */
  readonly role?: pulumi.Input<string> | NamedResource | undefined;
}

type Base = ClassOf<typeof definition>;

interface Connecting {
  /**
   * What a client is given to reach the compute, never a password: `host`, `port`, `user`, `database`, `sslmode`, the
   * environment `env` of programs that connect, and a `uri`. Known once the compute has a host.
   *
   * ```ts
   * const primary = lakebase.Endpoint.get("primary", "projects/shop/branches/production/endpoints/primary");
   * export const { env, uri } = primary.connection({ database: "app", pooled: true });
   * ```
   */
  connection(args?: ConnectionArgs): pulumi.Output<Connection>;
}

export type Endpoint = InstanceType<Base> & Connecting;

/** The class of endpoints, and what one does beside being declared. */
export interface EndpointClass {
  new (...args: ConstructorParameters<Base>): Endpoint;
  /** Looks an existing object up by its full name, `projects/PROJECT/branches/BRANCH/endpoints/ENDPOINT`, without managing it. */
  get(...args: Parameters<Base["get"]>): Endpoint;
  /** Whether a value is a resource of this class, also when it comes from another copy of this package. */
  isInstance(value: unknown): value is Endpoint;
}

const connecting: Connecting & ThisType<Endpoint> = {
  connection({ database = defaultDatabase, role, ...details } = {}) {
    const options = { parent: this };
    const given = whenThere(
      { ...details, database: inPostgres("database", database), role: inPostgres("role", role) },
      options,
    );
    return pulumi.all([this.name, this.status, given]).apply(([endpoint, status, args]) =>
      call("connection", options, async (session) => {
        const client = () => session.client();
        const host = hostOf(endpoint, status.hosts ?? {}, args);
        const [user, name, address] = await Promise.all([
          args.role ? postgresName("role", args.role, client) : currentUserOf(session).then(({ userName }) => userName),
          postgresName("database", args.database, client),
          args.hostaddr ? addressOf(host) : undefined,
        ]);
        return connectionTo({ ...args, endpoint, host, hostaddr: address, user, database: name });
      }),
    );
  },
};

/** A database or a role of the program knows its own name in Postgres. */
export function inPostgres<Given>(kind: Named, given: Given | NamedResource): Given | pulumi.Output<string> {
  if (!pulumi.Resource.isInstance(given)) return given as Given;
  const name = (given as unknown as Readonly<Record<string, unknown>>)[named[kind].argument];
  if (pulumi.Output.isInstance<string>(name)) return name;
  throw new pulumi.RunError(`${kind} is a resource that has no name in Postgres; give a ${kind}`);
}

// The class was just made, and its instances are what `this` is in the method.
const made = resourceClass(definition) as unknown as EndpointClass & { readonly prototype: object };
Object.assign(made.prototype, connecting);

export const endpointClass: EndpointClass = made;
