import type { Collection, View } from "../collection";
import { type JsonObject, textAt } from "../json";
import { newStored, type Stored } from "../stored";

/** How far each table of a change data feed is. What tables there are only the data knows. */
export const cdfStatuses: Collection = {
  type: "CdfStatus",
  segment: "cdf-statuses",
  parent: "CdfConfig",
  idField: "cdf_status_id",
  without: ["id", "uid", "parent", "update_time"],
  missing: "cdf status id not found",
  implied,
  render,
};

function implied(config: Stored): readonly Stored[] {
  const { tables = [] } = config.facts;
  if (!Array.isArray(tables)) return [];
  return tables
    .filter((table) => typeof table === "string")
    .map((table, index) => {
      const name = `${config.name}/cdf-statuses/${table}`;
      const inputs = { catalog: config.inputs["catalog"], schema: config.inputs["schema"] };
      const made = { now: config.createTime, doneAt: config.readyAt, nextSequence: () => index + 1 };
      return newStored({ type: "CdfStatus", name, id: table, parent: config.name, inputs }, made);
    });
}

/** What the table is called in Unity Catalog is an assumption. */
function render({ id, inputs, readyAt }: Stored, view: View): JsonObject {
  return {
    state: view.now < readyAt ? "CDF_STATE_SNAPSHOTTING" : "CDF_STATE_STREAMING",
    postgres_table: id,
    uc_table: `${textAt(inputs, "catalog")}.${textAt(inputs, "schema")}.${id}`,
  };
}
