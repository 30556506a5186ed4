import type { Collection, Context, CreateRequest, Creation, View } from "../collection";
import { alreadyExists, badRequest, required } from "../errors";
import { flagAt, objectAt, textAt } from "../json";
import { body, flag, message, text } from "../shape";
import { newStored, type Stored } from "../stored";
import { findDatabase, placeFor } from "./databases";

const input = body({
  spec: message({ postgres_database: text(1), branch: text(), create_database_if_missing: flag }),
});

/** A Postgres database as Unity Catalog knows it. */
export const catalogs: Collection = {
  type: "Catalog",
  segment: "catalogs",
  idField: "catalog_id",
  // What Unity Catalog refuses in names of catalogs.
  idPattern: /^[^\s./]{1,255}$/,
  listed: false,
  missing: "catalog id not found",
  body: input,
  create,
  remove: () => "remove",
  render: ({ inputs }) => {
    const { branch, postgres_database } = objectAt(inputs, "spec");
    return { status: { branch, postgres_database, project: projectOf(textAt(inputs, "spec.branch") ?? "") } };
  },
};

function create({ id, name, body: inputs, taken }: CreateRequest, context: Context): Creation {
  if (taken !== undefined) throw alreadyExists("catalog with such id already exists");
  const database = textAt(inputs, "spec.postgres_database");
  if (database === undefined) throw required("catalog.spec.postgres_database");
  const branch = textAt(inputs, "spec.branch") ?? "";
  if (branch === "") throw required("catalog.spec.branch");
  const along = placeFor(branch, database, flagAt(inputs, "spec.create_database_if_missing"), context);
  const other = registration(findDatabase(branch, database, context), context);
  // That it is refused is documented, the text is an invention.
  if (other !== undefined) throw badRequest(`database '${database}' is already registered with catalog '${other.id}'`);
  return { resource: newStored({ type: "Catalog", name, id, parent: "", inputs }, context), along };
}

/** The catalog of a database. A copy counts as registered with that of its original, for as long as that has one. */
function registration(database: Stored | undefined, view: View): Stored | undefined {
  if (database === undefined) return undefined;
  const own = view
    .children("", "Catalog")
    .find(
      (catalog) =>
        textAt(catalog.inputs, "spec.branch") === database.parent &&
        textAt(catalog.inputs, "spec.postgres_database") === textAt(database.inputs, "spec.postgres_database"),
    );
  if (own !== undefined) return own;
  const original = view.find(textAt(database.facts, "copied_from") ?? "");
  // One that was made after the copy only has the same name.
  const isOlder = original !== undefined && original.createTime <= database.createTime;
  const found = isOlder ? registration(original, view) : undefined;
  return found !== undefined && found.createTime <= database.createTime ? found : undefined;
}

/** The project that a branch is in, by their names. */
export function projectOf(branch: string): string {
  return branch.split("/").slice(0, 2).join("/");
}
