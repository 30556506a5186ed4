import * as limits from "../rules/limits";
import { atMost, uniqueName } from "../rules/stack";
import { define } from "../schema/definition";
import { marks } from "../schema/marks";
import { branchOf, slug } from "../schema/name";
import { flag, id, reference } from "../schema/values";
import { postgresName } from "./shared";

/**
 * A Postgres database of a branch. Every branch comes with `databricks_postgres`, and a child branch with all that its
 * source has: declaring one of these takes it over.
 *
 * @example
 * ```ts
 * const owner = new lakebase.Role("app", { parent: "projects/shop/branches/production", postgresRole: "app" });
 * const orders = new lakebase.Database("orders", {
 *   parent: "projects/shop/branches/production",
 *   postgresDatabase: "orders",
 *   role: owner,
 * });
 * ```
 */
export const database = define({
  type: "Database",
  collection: "databases",
  id: "databaseId",
  derivedId: { from: "postgresDatabase", make: (name) => slug(name, "db") },
  args: {
    /** The branch: a `Branch`, or its full name. A change replaces the database. */
    parent: reference("Branch").register(marks, { immutable: true, place: "local" }),
    /** The last part of the database's name. Default: made from the `postgresDatabase` that it begins with, and not changed when that is. A change replaces the database. */
    databaseId: id(limits.resourceId).optional().register(marks, { immutable: true, place: "local" }),
    /** The name in Postgres. A change renames the database. */
    postgresDatabase: postgresName("the database's name"),
    /** The owner: a `Role` of the same branch, or its full name. */
    role: reference("Role"),
    /** `true`: a change that replaces the database, and so loses its data, is let through. Default `false`. */
    allowReplace: flag().optional().register(marks, { place: "local" }),
  },
  status: {},
  rules: [
    /** `role` is a role of the same branch. */
    ({ parent, role }) =>
      branchOf(role) === parent
        ? undefined
        : { property: "role", message: `is ${role}, which is not in ${parent}; give a role of the same branch` },
  ],
  stackRules: [uniqueName("databaseId"), atMost(limits.databasesPerBranch, "parent", "databases")],
  holds: "all of its tables",
  /** `databricks-postgres`, and the databases that a branch has from its source, are taken over when they are declared. */
  comesWithParent: { first: ({ name }) => String(name).endsWith(`/${slug(limits.defaultDatabase, "db")}`) },
});
