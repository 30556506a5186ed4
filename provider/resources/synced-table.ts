import { z } from "zod";
import * as limits from "../rules/limits";
import { atMost, uniqueName } from "../rules/stack";
import { define } from "../schema/definition";
import { marks, type Wire } from "../schema/marks";
import { valueAt } from "../schema/unknown";
import { flag, inAnyOrder, listOf, message, reference, text, texts } from "../schema/values";

/** The service does not show what a synced table was made with. */
const given = { immutable: true, notShown: true } as const;

/** A failure that the service does not get over by itself. */
const failures = ["SYNCED_TABLE_OFFLINE_FAILED", "SYNCED_TABLE_ONLINE_PIPELINE_FAILED"];

/**
 * A table in Postgres that follows a table in Unity Catalog (reverse ETL). The service shows nothing of what it was made
 * with, so that nobody's change of it is seen, and it has no way to change one: every change replaces it and copies anew.
 *
 * @example
 * ```ts
 * new lakebase.SyncedTable("prices", {
 *   syncedTableId: "shop.public.prices",
 *   sourceTableFullName: "main.sales.prices",
 *   branch: "projects/shop/branches/production",
 *   postgresDatabase: "databricks_postgres",
 *   primaryKeyColumns: ["id"],
 *   schedulingPolicy: "TRIGGERED",
 *   newPipelineSpec: { storageCatalog: "main", storageSchema: "sales" },
 * });
 * ```
 */
export const syncedTable = define({
  type: "SyncedTable",
  collection: "synced_tables",
  id: "syncedTableId",
  unlisted: true,
  args: {
    /** Its name in Unity Catalog, `CATALOG.SCHEMA.TABLE`. Schema and table in Postgres are called the same. A change replaces it. */
    syncedTableId: z
      .string("must be a name of three parts, CATALOG.SCHEMA.TABLE")
      .refine(
        (name) => {
          const [catalog = "", ...inPostgres] = name.split(".");
          return (
            limits.catalogName.test(catalog) &&
            inPostgres.length === 2 &&
            inPostgres.every((part) => limits.tableNamePart.test(part))
          );
        },
        {
          error:
            "is not a name of three parts; write CATALOG.SCHEMA.TABLE with letters, digits and _ (in a catalog's name also -)",
        },
      )
      .register(marks, { immutable: true, place: "local" }),
    /** Full name of the table that it follows, `CATALOG.SCHEMA.TABLE`. At most 20 synced tables follow one table. A change replaces it. */
    sourceTableFullName: text().min(1, "is empty; write CATALOG.SCHEMA.TABLE").register(marks, given),
    /** The branch: a `Branch`, or its full name. Needed unless the catalog is one of Lakebase. A change replaces it. */
    branch: reference("Branch").optional().register(marks, given),
    /** Name of the database in Postgres. Needed unless the catalog is one of Lakebase; there it must be that one. A change replaces it. */
    postgresDatabase: text().optional().register(marks, given),
    /** Columns that tell rows apart. A change replaces it. */
    primaryKeyColumns: texts().optional().register(marks, given),
    /** When it is brought up to date: once, when its pipeline is run, or all the time. A change replaces it. */
    schedulingPolicy: z
      .enum(["SNAPSHOT", "TRIGGERED", "CONTINUOUS"], 'must be "SNAPSHOT", "TRIGGERED" or "CONTINUOUS"')
      .optional()
      .register(marks, given),
    /** A column that orders rows of one key: the latest is kept. A change replaces it. */
    timeseriesKey: text().optional().register(marks, given),
    /** Whether database and schema are made when they are missing. Default `true`. A change replaces it. */
    createDatabaseObjectsIfMissing: flag().optional().register(marks, given),
    /** Id of a pipeline that brings it up to date with others. Not together with `newPipelineSpec`. A change replaces it. */
    existingPipelineId: text().optional().register(marks, given),
    /** A pipeline of its own. A change replaces it. */
    newPipelineSpec: message({
      /** Catalog for what the pipeline keeps. */
      storageCatalog: text().optional(),
      /** Schema for what the pipeline keeps. */
      storageSchema: text().optional(),
      /** Budget policy that the pipeline's cost is booked on. */
      budgetPolicyId: text().optional(),
      /** Which release of the pipeline's runtime. */
      pipelineChannel: z.enum(["CURRENT", "PREVIEW"], 'must be "CURRENT" or "PREVIEW"').optional(),
    })
      .optional()
      .register(marks, given),
    /** Columns that get another type in Postgres than they would. A change replaces it. */
    typeOverrides: listOf({
      /** The column. */
      columnName: text(),
      /** The type that it gets. */
      pgType: z.enum(
        ["PG_SPECIFIC_TYPE_VECTOR", "PG_SPECIFIC_TYPE_HALFVEC", "PG_SPECIFIC_TYPE_VARCHAR"],
        'must be "PG_SPECIFIC_TYPE_VECTOR", "PG_SPECIFIC_TYPE_HALFVEC" or "PG_SPECIFIC_TYPE_VARCHAR"',
      ),
      /** Number of dimensions, or of characters. */
      size: z.int("must be a whole number").optional(),
    })
      .transform(inAnyOrder)
      .optional()
      .register(marks, given),
    /** Columns that Postgres computes from the others. A change replaces it. */
    extraColumns: listOf({
      /** The column. */
      columnName: text(),
      /** Its type in Postgres. */
      columnType: text(),
      /** The expression that it is computed with. */
      compute: text().optional(),
      /** How it is kept. */
      maintenance: z.enum(["STORED_GENERATED"], 'must be "STORED_GENERATED"').optional(),
    })
      .optional()
      .register(marks, given),
    /** Whether the first copy goes a faster way. A change replaces it. */
    acceleratedSync: flag().optional().register(marks, given),
  },
  status: {
    /** What it is doing, e.g. `SYNCED_TABLE_ONLINE_NO_PENDING_UPDATE`. */
    detailedState: z.string(),
    /** What Unity Catalog makes of it, e.g. `ACTIVE`. */
    unityCatalogProvisioningState: z.string(),
    /** How far its making has come. */
    provisioningPhase: z.string(),
    /** Id of the pipeline that brings it up to date. */
    pipelineId: z.string(),
    /** The project that the branch lies in. */
    project: z.string(),
    /** What the service says of its state, in words. */
    message: z.string(),
    /** When it was last brought up to date (RFC 3339). */
    lastSyncTime: z.string(),
    /** Version of the source table that it has come to. */
    lastProcessedCommitVersion: z.union([z.number(), z.string()]),
  },
  rules: [
    /** A synced table has a pipeline of its own or one that exists, not both. */
    ({ existingPipelineId, newPipelineSpec }) =>
      existingPipelineId !== undefined && newPipelineSpec !== undefined
        ? { property: "existingPipelineId", message: "does not go with newPipelineSpec: give only one of them" }
        : undefined,
  ],
  stackRules: [
    uniqueName("syncedTableId"),
    atMost(limits.syncedTablesPerSource, "sourceTableFullName", "synced tables"),
  ],
  settled: (resource) => /^SYNCED_TABLE_ONLINE/.test(state(resource)),
  failed(resource) {
    if (!failures.includes(state(resource))) return undefined;
    return `is ${state(resource)}: ${valueAt(resource, ["status", "message"]) ?? "the service does not say why"}`;
  },
  liesIn: (name) => [`catalogs/${name.split(".")[0]}`],
  lingers: true,
  // With an id that is taken the service may refuse, or replace what is there (databricks/cli acceptance tests, 2026-09).
  overwrites: true,
});

function state(resource: Wire): string {
  return String(valueAt(resource, ["status", "detailed_state"]) ?? "");
}
