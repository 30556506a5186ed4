import type { Collection, Context, CreateRequest, Creation, Removal, View } from "../collection";
import { alreadyExists, badRequest, quotaExceeded, required } from "../errors";
import { at, type JsonObject, numberAt, set, textAt } from "../json";
import { lingerTime } from "../settings";
import { body, flag, integer, list, message, oneOf, text } from "../shape";
import { newStored, type Stored } from "../stored";
import { formatInstant } from "../values";
import { projectOf } from "./catalogs";
import { placeFor } from "./databases";

/** Product documentation, 2026-09. */
const TABLES_PER_SOURCE = 20;

const input = body({
  spec: message(
    {
      source_table_full_name: text(1),
      branch: text(),
      postgres_database: text(),
      primary_key_columns: list(text(1)),
      scheduling_policy: oneOf("SNAPSHOT", "TRIGGERED", "CONTINUOUS"),
      timeseries_key: text(),
      create_database_objects_if_missing: flag,
      existing_pipeline_id: text(),
      new_pipeline_spec: message({
        storage_catalog: text(),
        storage_schema: text(),
        budget_policy_id: text(),
        pipeline_channel: oneOf("CURRENT", "PREVIEW"),
      }),
      type_overrides: list(
        message({
          column_name: text(1),
          pg_type: oneOf("PG_SPECIFIC_TYPE_VECTOR", "PG_SPECIFIC_TYPE_HALFVEC", "PG_SPECIFIC_TYPE_VARCHAR"),
          size: integer,
        }),
      ),
      extra_columns: list(
        message({
          column_name: text(1),
          column_type: text(1),
          compute: text(),
          maintenance: oneOf("STORED_GENERATED"),
        }),
      ),
      accelerated_sync: flag,
    },
    { pipeline: ["existing_pipeline_id", "new_pipeline_spec"] },
  ),
});

/** A table in Postgres that follows one of Unity Catalog. */
export const syncedTables: Collection = {
  type: "SyncedTable",
  segment: "synced_tables",
  idField: "synced_table_id",
  idPattern: /^[^\s./]+\.[A-Za-z0-9_]+\.[A-Za-z0-9_]+$/,
  without: ["parent", "update_time"],
  listed: false,
  missing: "synced table id not found",
  inData: true,
  body: input,
  create,
  remove,
  expiresAt: (stored) => numberAt(stored.facts, "deleting_until"),
  render,
};

function create({ id, name, body: sent, taken }: CreateRequest, context: Context): Creation {
  // Also for a while after its delete (databricks/cli testserver, 2026-09).
  if (taken !== undefined) throw alreadyExists("synced table with such id already exists");
  const source = textAt(sent, "spec.source_table_full_name");
  if (source === undefined) throw required("synced_table.spec.source_table_full_name");
  const key = at(sent, "spec.primary_key_columns");
  // The text is an invention.
  if (!Array.isArray(key) || key.length === 0) throw required("synced_table.spec.primary_key_columns", "[]");
  const siblings = context
    .children("", "SyncedTable")
    .filter((table) => textAt(table.inputs, "spec.source_table_full_name") === source);
  if (siblings.length >= TABLES_PER_SOURCE) {
    throw quotaExceeded(`A source table has at most ${TABLES_PER_SOURCE} synced tables`);
  }
  const inputs = place(id, sent, context);
  const { branch, postgres_database } = readPlace(inputs);
  const mayMake = at(inputs, "spec.create_database_objects_if_missing") !== false;
  const table = newStored({ type: "SyncedTable", name, id, parent: "", inputs, submitted: sent }, context);
  return {
    resource: {
      ...table,
      // The rows land a while after the create is done (field report, 2026-10).
      settledAt: context.doneAt + context.settings.operationTime,
      facts: { pipeline_id: textAt(inputs, "spec.existing_pipeline_id") ?? table.uid },
    },
    along: placeFor(branch, postgres_database, mayMake, context),
  };
}

/** Inside of a catalog that is a Postgres database, that says where the table is (databricks-sdk for Python 0.162). */
function place(id: string, sent: JsonObject, context: Context): JsonObject {
  const catalog = context.find(`catalogs/${id.split(".")[0]}`);
  return ["branch", "postgres_database"].reduce((inputs, field) => {
    const wanted = textAt(inputs, `spec.${field}`) ?? "";
    const inCatalog = textAt(catalog?.inputs, `spec.${field}`);
    if (wanted === "" && inCatalog === undefined) throw required(`synced_table.spec.${field}`);
    // The text is an invention.
    if (wanted !== "" && inCatalog !== undefined && wanted !== inCatalog) {
      throw badRequest(`Field 'spec.${field}' must be that of catalog '${catalog?.id}', which is '${inCatalog}'`);
    }
    return set(inputs, `spec.${field}`, inCatalog ?? wanted);
  }, sent);
}

function readPlace(inputs: JsonObject): { readonly branch: string; readonly postgres_database: string } {
  return {
    branch: textAt(inputs, "spec.branch") ?? "",
    postgres_database: textAt(inputs, "spec.postgres_database") ?? "",
  };
}

/** What is left of it goes by itself. That a second delete is accepted meanwhile is an assumption. */
function remove(existing: Stored, context: Context): Removal {
  if (existing.facts["deleting_until"] !== undefined) return "ignore";
  const until = context.doneAt + lingerTime(context.settings);
  if (until <= context.now) return "remove";
  return { fading: { ...existing, facts: { ...existing.facts, deleting_until: until } } };
}

function render(stored: Stored, view: View): JsonObject {
  const { facts, inputs } = stored;
  const isReady = view.now >= stored.settledAt;
  const lastSync = isReady ? (facts["last_sync"] ?? firstSync(stored)) : undefined;
  return {
    status: {
      ...stateOf(stored, view),
      last_processed_commit_version: isReady ? facts["last_processed_commit_version"] : undefined,
      last_sync: lastSync,
      last_sync_time: at(lastSync, "sync_end_time"),
      message: isReady ? facts["message"] : undefined,
      pipeline_id: facts["pipeline_id"],
      project: projectOf(textAt(inputs, "spec.branch") ?? ""),
    },
  };
}

function firstSync(stored: Stored): JsonObject {
  return { sync_start_time: formatInstant(stored.readyAt), sync_end_time: formatInstant(stored.settledAt) };
}

/** What the data has found out about a table that is online is more than the clock knows. */
function stateOf(stored: Stored, view: View): JsonObject {
  const state = (detailed: string, provisioning: string) => ({
    detailed_state: `SYNCED_TABLE_${detailed}`,
    unity_catalog_provisioning_state: provisioning,
  });
  if (stored.facts["deleting_until"] !== undefined) return state("OFFLINE", "DELETING");
  if (view.now < stored.readyAt) return state("PROVISIONING_PIPELINE_RESOURCES", "PROVISIONING");
  if (view.now < stored.settledAt) return state("PROVISIONING_INITIAL_SNAPSHOT", "ACTIVE");
  const isContinuous = textAt(stored.inputs, "spec.scheduling_policy") === "CONTINUOUS";
  const online = state(isContinuous ? "ONLINE_CONTINUOUS_UPDATE" : "ONLINE_NO_PENDING_UPDATE", "ACTIVE");
  return { ...online, detailed_state: stored.facts["detailed_state"] ?? online.detailed_state };
}
