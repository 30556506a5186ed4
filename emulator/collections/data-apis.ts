import type { Collection, CreateRequest, Creation, View } from "../collection";
import { alreadyExists, invalid } from "../errors";
import { type JsonObject, objectAt, textAt } from "../json";
import type { MaskRules } from "../masks";
import { body, type Check, duration, flag, list, message, oneOf, pattern, text, within } from "../shape";
import { type Making, newStored, type Stored } from "../stored";

const SCHEMAS = 100;
/** No region of the service: it leads nowhere, and its spelling is an assumption. */
const HOST = "https://dataapi.local-emulator.cloud.databricks.com";

const schemaName = pattern(/^[a-zA-Z_][a-zA-Z0-9_$]{0,62}$/, "the name of a schema");

const FIELDS: Readonly<Record<string, Check>> = {
  db_aggregates_enabled: flag,
  db_extra_search_path: list(schemaName),
  db_max_rows: within(1, Number.MAX_SAFE_INTEGER),
  db_schemas: list(schemaName, SCHEMAS),
  jwt_cache_max_lifetime: duration(0, Number.MAX_SAFE_INTEGER),
  jwt_role_claim_key: text(),
  openapi_mode: oneOf("OPEN_API_MODE_DISABLED", "OPEN_API_MODE_IGNORE_PRIVILEGES"),
  server_cors_allowed_origins: list(text(1)),
  server_timing_enabled: flag,
};

/** Documented (databricks-sdk for Python 0.162, DataApiDataApiSpec). */
const DEFAULTS: JsonObject = { db_schemas: ["public"], db_aggregates_enabled: true, jwt_role_claim_key: ".sub" };

/** Less explored than the masks of other kinds: the whole spec and its fields. */
const mask: MaskRules = {
  paths: ["spec", ...Object.keys(FIELDS).map((field) => `spec.${field}`)],
  groups: {},
  tolerated: [],
  resets: [],
  starSkips: [],
};

/** PostgREST before a database: to create it is to switch it on. */
export const dataApis: Collection = {
  type: "DataApi",
  segment: "data-api",
  parent: "Database",
  without: ["uid"],
  // In the style of the others; what the service says is unknown.
  missing: "data api not found",
  inData: true,
  body: body({ spec: message(FIELDS) }),
  mask,
  create,
  update: (existing, inputs) => ({ ...existing, inputs: fill(inputs) }),
  remove: () => "remove",
  render,
};

function create({ name, parent, body: sent, taken }: CreateRequest, made: Making): Creation {
  const database = parent?.name ?? "";
  const spec = objectAt(sent, "spec");
  if (Object.keys(spec).length === 0) {
    // The Terraform provider's documentation (postgres_data_api, 2026-08).
    throw invalid("Field 'data_api' is required and must contain at least one subfield with a non-default value");
  }
  // Status and text are assumptions.
  if (taken !== undefined) throw alreadyExists("data api already exists");
  const inputs = fill({ spec });
  const own = { type: "DataApi", name, id: "", parent: database, inputs, submitted: { spec } };
  return { resource: newStored(own, made) };
}

function fill(inputs: JsonObject): JsonObject {
  return { spec: { ...DEFAULTS, ...objectAt(inputs, "spec") } };
}

function render({ parent, inputs, facts }: Stored, view: View): JsonObject {
  return {
    status: {
      ...objectAt(inputs, "spec"),
      available_schemas: facts["available_schemas"] ?? DEFAULTS["db_schemas"],
      url: `${HOST}/${textAt(view.find(parent)?.inputs, "spec.postgres_database")}`,
    },
  };
}
