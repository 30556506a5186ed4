import * as limits from "../rules/limits";
import { uniqueName } from "../rules/stack";
import { define } from "../schema/definition";
import { marks } from "../schema/marks";
import { flag, id, reference, text } from "../schema/values";

/** The service shows these beside its name. */
const own = { immutable: true, place: "top" } as const;

/**
 * Replication of a Postgres schema into Delta tables (change data feed, public beta). The service has no way to change
 * one: every change replaces it.
 *
 * @example
 * ```ts
 * new lakebase.CdfConfig("orders", {
 *   parent: "projects/shop/branches/production/databases/databricks-postgres",
 *   postgresSchema: "public",
 *   catalog: "main",
 *   schema: "orders_feed",
 * });
 * ```
 */
export const cdfConfig = define({
  type: "CdfConfig",
  collection: "cdf-configs",
  id: "cdfConfigId",
  derivedId: { from: "postgresSchema", make: (schema) => schema },
  args: {
    /** The database: a `Database`, or its full name. A change replaces it. */
    parent: reference("Database").register(marks, { immutable: true, place: "local" }),
    /** The last part of its name: lower-case letters, digits and `_`, a letter first. Default: the `postgresSchema`. A change replaces it. */
    cdfConfigId: id({ ...limits.cdfConfigId, written: "lower-case letters, digits or underscores, a letter first" })
      .optional()
      .register(marks, { immutable: true, place: "local" }),
    /** The schema in Postgres that is replicated; one configuration per schema. A change replaces it. */
    postgresSchema: text().min(1, "is empty; write a schema of the database").register(marks, own),
    /** The catalog in Unity Catalog that the Delta tables are made in. A change replaces it. */
    catalog: text().min(1, "is empty; write a catalog").register(marks, own),
    /** The schema in that catalog. A change replaces it. */
    schema: text().min(1, "is empty; write a schema of the catalog").register(marks, own),
    /** `true`: deleting it deletes the Delta tables too. Default `false`. */
    forceOnDelete: flag().optional().register(marks, { onDelete: "force" }),
  },
  status: {},
  stackRules: [uniqueName("cdfConfigId")],
});
