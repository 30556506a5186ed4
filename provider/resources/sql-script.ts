import { z } from "zod";
import { define } from "../schema/definition";
import { marks } from "../schema/marks";
import { reference, text } from "../schema/values";

/**
 * SQL that is run once on a compute, signed in with a token as the identity that Pulumi runs as, and run again when it
 * changes. The state keeps a hash of it and never the text. Deleting it runs nothing. It is not a resource of the
 * service: what it did is not read back, so somebody else's change is not seen.
 *
 * @example
 * ```ts
 * new lakebase.SqlScript("schema", {
 *   endpoint: "projects/shop/branches/dev/endpoints/primary",
 *   folder: "migrations",
 * });
 * ```
 */
export const sqlScript = define({
  type: "SqlScript",
  collection: "sql",
  args: {
    /** Where it is run: an `Endpoint`, or its full name. A change, and an endpoint that was made anew, runs all of it again. */
    endpoint: reference("Endpoint").register(marks, { immutable: true, place: "local" }),
    /** The database: a `Database`, its full name, or its name in Postgres. Default `databricks_postgres`. A change runs all of it again, and so does a `Database` that was made anew; one that was renamed does not. */
    database: text()
      .min(1, "is empty; write a database's name")
      .optional()
      .register(marks, { immutable: true, place: "local" }),
    /** The role that it is run as, and that owns what it makes: a `Role`, its full name, or its name in Postgres. Default: the identity that Pulumi runs as, which is who signs in. */
    role: text().min(1, "is empty; write a role's name").optional().register(marks, { place: "local" }),
    /** The SQL. Several statements are one transaction, and one that it begins it must commit. Not together with `folder`. */
    sql: text().optional().register(marks, { oneof: "text", place: "local" }),
    /** A folder with `.sql` files, from the program's directory. Each is run once, as one transaction, in the order of their names; one that is new or has changed is run then. Settings of one are not the next one's. Not together with `sql`. */
    folder: text().min(1, "is empty; write a folder").optional().register(marks, { oneof: "text", place: "local" }),
    /**
     * The name under which what has run is noted in the database too, in the table `pulumi_lakebase.scripts`: then it does
     * not run again in a branch that is made from this one, nor when the stack's state was lost. Who signs in keeps it,
     * whatever the `role`, and one run at a time. Default: the state alone knows it.
     */
    ledger: text().min(1, "is empty; write a name").optional().register(marks, { place: "local" }),
    /** File with the root certificates that the server's certificate is checked with. Default: `PGSSLROOTCERT`, or those that Node has. */
    sslrootcert: text().optional().register(marks, { place: "local" }),
    /** What was read of the SQL: hashes by the names of files. Written by the provider. @internal */
    hashes: z.record(z.string(), z.string()).optional().register(marks, { place: "local", internal: true }),
    /** The endpoint's own id, so that one made anew is told from the old. Written by the class. @internal */
    endpointUid: text().optional().register(marks, { immutable: true, place: "local", internal: true }),
    /** Which `Database` it is, so that one made anew is told from one that was renamed. Written by the class. @internal */
    databaseMade: text().optional().register(marks, { immutable: true, place: "local", internal: true }),
  },
  status: {},
  rules: [
    ({ sql, folder }) =>
      sql === undefined && folder === undefined
        ? { property: "sql", message: "is missing; write the SQL, or folder: a folder of .sql files" }
        : undefined,
  ],
});
