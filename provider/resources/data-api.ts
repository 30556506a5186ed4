import { z } from "zod";
import * as limits from "../rules/limits";
import { uniqueName } from "../rules/stack";
import { commonArgs } from "../schema/common";
import { define } from "../schema/definition";
import { marks } from "../schema/marks";
import { duration, flag, reference, text, texts } from "../schema/values";

const defaults = limits.dataApiDefaults;

function schemaName() {
  const rule = "write 1 to 63 letters, digits, _ and $, no digit or $ first";
  return text().regex(limits.schemaName, `is not the name of a schema; ${rule}`);
}

/**
 * The HTTP interface of a database (private preview). The service cannot clear a field once it is set: removing one
 * whose default is not known is refused.
 *
 * @example
 * ```ts
 * const api = new lakebase.DataApi("orders", {
 *   parent: "projects/shop/branches/production/databases/databricks-postgres",
 *   dbSchemas: ["public", "api"],
 *   dbMaxRows: 1000,
 * });
 * export const url = api.url;
 * ```
 */
export const dataApi = define({
  type: "DataApi",
  collection: "data-api",
  args: {
    /** The database: a `Database`, or its full name. A change replaces the Data API. */
    parent: reference("Database").register(marks, { immutable: true, place: "local" }),
    /** Schemas that it shows, at most 100. Default `["public"]`. */
    dbSchemas: texts(schemaName())
      .max(limits.dataApiSchemas, `has too many schemas; write at most ${limits.dataApiSchemas}`)
      .optional()
      .register(marks, { resetTo: defaults.dbSchemas }),
    /** Whether aggregate functions can be called. Default `true`. */
    dbAggregatesEnabled: flag().optional().register(marks, { resetTo: defaults.dbAggregatesEnabled }),
    /** Schemas that are searched besides. Once given it can be changed, not removed. */
    dbExtraSearchPath: texts(schemaName()).optional(),
    /** The most rows of one answer. Once given it can be changed, not removed. */
    dbMaxRows: z.int("must be a whole number").min(1, "is too small; write 1 or more").optional(),
    /** Where in a token the role stands. Default `.sub`. */
    jwtRoleClaimKey: text().optional().register(marks, { resetTo: defaults.jwtRoleClaimKey }),
    /** How long a checked token is remembered; `0s`: not at all. Once given it can be changed, not removed. */
    jwtCacheMaxLifetime: duration({ least: 0 }).optional(),
    /** Whether it describes itself. Once given it can be changed, not removed. */
    openapiMode: z
      .enum(
        ["OPEN_API_MODE_DISABLED", "OPEN_API_MODE_IGNORE_PRIVILEGES"],
        'must be "OPEN_API_MODE_DISABLED" or "OPEN_API_MODE_IGNORE_PRIVILEGES"',
      )
      .optional(),
    /** Origins of web pages that may call it. Once given it can be changed, not removed. */
    serverCorsAllowedOrigins: texts().optional(),
    /** Whether answers say what took how long. Once given it can be changed, not removed. */
    serverTimingEnabled: flag().optional(),
  },
  status: {
    /** Schemas that it could show. */
    availableSchemas: z.array(z.string()),
    /** Where it answers. */
    url: z.string(),
  },
  outputs: {
    /** Where it answers. */
    url: ["status", "url"],
  },
  rules: [
    /** At least one setting is given: the service makes no Data API without one. */
    (args) =>
      Object.entries(args).some(([key, value]) => key !== "parent" && !(key in commonArgs) && value !== undefined)
        ? undefined
        : {
            property: "dbSchemas",
            message: 'is missing, and the service makes no Data API without a setting; write dbSchemas: ["public"]',
          },
  ],
  stackRules: [uniqueName("parent")],
});
