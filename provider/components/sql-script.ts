/** SQL that a program has run on a compute. */
import * as pulumi from "@pulumi/pulumi";
import { inPostgres } from "../functions/connection";
import { type ClassOf, type NamedResource, resourceClass } from "../pulumi/resource";
import { sqlScript } from "../resources/sql-script";

export interface SqlScriptArgs {
  /** Where it is run: an `Endpoint`, or its full name. A change, and an endpoint that was made anew, runs all of it again. */
  readonly endpoint: pulumi.Input<string> | NamedResource;
  /** The database: a `Database`, its full name, or its name in Postgres. Default `databricks_postgres`. A change runs all of it again, and so does a `Database` that was made anew; one that was renamed does not. */
  readonly database?: pulumi.Input<string> | NamedResource | undefined;
  /** The role that it is run as, and that owns what it makes: a `Role`, its full name, or its name in Postgres. Default: the identity that Pulumi runs as, which is who signs in. */
  readonly role?: pulumi.Input<string> | NamedResource | undefined;
  /** The SQL. Several statements are one transaction, and one that it begins it must commit. Not together with `folder`. The state keeps a hash of it. */
  readonly sql?: pulumi.Input<string> | undefined;
  /**
   * A folder with `.sql` files, from the program's directory. Each is run once, as one transaction, in the order of their
   * names; one that is new or has changed is run then. Settings of one are not the next one's. Not together with `sql`.
   */
  readonly folder?: pulumi.Input<string> | undefined;
  /**
   * The name under which what has run is noted in the database too, in the table `pulumi_lakebase.scripts`: then it does not
   * run again in a branch that is made from this one, nor when the stack's state was lost. Who signs in keeps it, whatever the
   * `role`, and one run at a time. Default: the state alone knows it.
   */
  readonly ledger?: pulumi.Input<string> | undefined;
  /** File with the root certificates that the server's certificate is checked with. Default: `PGSSLROOTCERT`, or those that Node has. */
  readonly sslrootcert?: pulumi.Input<string> | undefined;
}

const Base: ClassOf<typeof sqlScript> = resourceClass(sqlScript);

/**
 * SQL that is run once on a compute, signed in with a token as the identity that Pulumi runs as, and run again when it
 * changes. Deleting it runs nothing. Needs the package `pg`.
 *
 * ```ts
 * const endpoint = "projects/shop/branches/production/endpoints/primary";
 * new lakebase.SqlScript("schema", { endpoint, database: "orders", folder: "migrations" });
 * ```
 *
 * An error names the script, its line and Postgres's code, never the SQL.
 */
export class SqlScript extends Base {
  constructor(name: string, args: SqlScriptArgs, options?: pulumi.CustomResourceOptions) {
    const { database, role, endpoint, ...others } = args;
    const endpointUid = pulumi.Resource.isInstance(endpoint) ? textOf(endpoint, "uid") : undefined;
    const databaseMade = pulumi.Resource.isInstance(database) ? madeOf(database) : undefined;
    super(
      name,
      {
        ...others,
        endpoint,
        ...(database !== undefined && { database: inPostgres("database", database) }),
        ...(role !== undefined && { role: inPostgres("role", role) }),
        ...(endpointUid !== undefined && { endpointUid }),
        ...(databaseMade !== undefined && { databaseMade }),
      },
      options,
    );
  }
}

/** Changes when the database is made anew, and not when it is renamed. The service gives databases no id of their own. */
function madeOf(database: pulumi.Resource): pulumi.Output<string> | undefined {
  const name = textOf(database, "name");
  const createTime = textOf(database, "createTime");
  return name && createTime && pulumi.interpolate`${name} of ${createTime}`;
}

function textOf(resource: pulumi.Resource, output: string): pulumi.Output<string> | undefined {
  // The class of what the program gives is not known here: an output that it does not have is absent.
  const value = (resource as unknown as Readonly<Record<string, unknown>>)[output];
  return pulumi.Output.isInstance<string>(value) ? value : undefined;
}
