import { z } from "zod";
import * as limits from "../rules/limits";
import { uniqueName } from "../rules/stack";
import { define } from "../schema/definition";
import { marks } from "../schema/marks";
import { flag, reference, text } from "../schema/values";

/**
 * A catalog of Unity Catalog that shows one Postgres database of a branch. The service has no way to change one: every
 * change replaces it, which leaves the database as it is. Needs `CREATE CATALOG` on the metastore.
 *
 * @example
 * ```ts
 * new lakebase.Catalog("orders", {
 *   catalogId: "shop_orders",
 *   branch: "projects/shop/branches/production",
 *   postgresDatabase: "databricks_postgres",
 * });
 * ```
 */
export const catalog = define({
  type: "Catalog",
  collection: "catalogs",
  id: "catalogId",
  unlisted: true,
  args: {
    /** Name of the catalog in Unity Catalog. A change replaces it. */
    catalogId: z
      .string("must be the name of a catalog")
      .regex(limits.catalogName, "is not the name of a catalog; write letters, digits, _ and -")
      .register(marks, { immutable: true, place: "local" }),
    /** The branch that the database is on: a `Branch`, or its full name. A change replaces the catalog. */
    branch: reference("Branch").register(marks, { immutable: true }),
    /** Name of the database in Postgres. One database can be in one catalog. A change replaces the catalog. */
    postgresDatabase: text().min(1, "is empty; write the database's name").register(marks, { immutable: true }),
    /** `true`: the database is made if there is none of that name. Default `false`. A change replaces the catalog. */
    createDatabaseIfMissing: flag().optional().register(marks, { immutable: true, notShown: true }),
  },
  status: {
    /** The project that the branch lies in. */
    project: z.string(),
  },
  stackRules: [
    uniqueName("catalogId"),
    /** A database is in one catalog. */
    (later, earlier) => {
      const { branch, postgresDatabase } = later.args;
      if (branch === undefined || postgresDatabase === undefined) return undefined;
      const twin = earlier.find(
        ({ type, name, args }) =>
          type === "Catalog" &&
          // Two of one name are `uniqueName`'s.
          (name === undefined || name !== later.name) &&
          args["branch"] === branch &&
          args["postgresDatabase"] === postgresDatabase,
      );
      return (
        twin && {
          property: "postgresDatabase",
          message: `is ${postgresDatabase} of ${branch}, which Catalog '${twin.logicalName}' shows already; a database can be in one catalog`,
        }
      );
    },
  ],
});
