import type { Collection, CreateRequest, Creation, View } from "../collection";
import { alreadyExists, notFound, required } from "../errors";
import { textAt } from "../json";
import { body, text } from "../shape";
import { type Making, newStored } from "../stored";

const FIELDS = ["catalog", "schema", "postgres_schema"] as const;

/** The change data feed of a Postgres schema into one of Unity Catalog. Flat: there is neither spec nor status. */
export const cdfConfigs: Collection = {
  type: "CdfConfig",
  segment: "cdf-configs",
  parent: "Database",
  idField: "cdf_config_id",
  idPattern: /^[a-z][a-z0-9_]{0,62}$/,
  generateId: (inputs) => textAt(inputs, "postgres_schema") ?? "",
  without: ["uid", "parent", "update_time"],
  missing: "cdf config id not found",
  inData: true,
  body: body(Object.fromEntries(FIELDS.map((field) => [field, text(1)]))),
  create,
  // That `force` also drops the tables in Unity Catalog has no effect here.
  remove: () => "remove",
  render: ({ inputs }) => inputs,
};

function create({ name, id, parent: database, body: inputs, taken }: CreateRequest, context: View & Making): Creation {
  if (database === undefined) throw notFound("database id not found");
  const missing = FIELDS.find((field) => textAt(inputs, field) === undefined);
  if (missing !== undefined) throw required(`cdf_config.${missing}`);
  const twin = context
    .children(database.name, "CdfConfig")
    .some((other) => textAt(other.inputs, "postgres_schema") === textAt(inputs, "postgres_schema"));
  // One for each schema is documented, the text is in the style of the others.
  if (taken !== undefined || twin) throw alreadyExists("cdf config with such id already exists");
  return { resource: newStored({ type: "CdfConfig", name, id, parent: database.name, inputs }, context) };
}
