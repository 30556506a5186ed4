import { project } from "../../../provider/schema/service";
import { samplesOf } from "../support/arbitraries";
import { judges } from "../support/checking";
import { shown } from "../support/drift";
import { args, syncedTable } from "../support/resources";

const definition = syncedTable;

describe("a synced table's name", () => {
  const wrong =
    "syncedTableId is not a name of three parts; write CATALOG.SCHEMA.TABLE with letters, digits and _ (in a catalog's name also -)";
  judges([
    { name: "may have capitals, digits and underscores", definition, args: { syncedTableId: "Shop_2.public.Prices" } },
    { name: "has not two parts", definition, args: { syncedTableId: "public.prices" }, want: wrong },
    { name: "has not four", definition, args: { syncedTableId: "a.b.c.d" }, want: wrong },
    { name: "has no empty part", definition, args: { syncedTableId: "shop..prices" }, want: wrong },
    { name: "may be in a catalog with a hyphen", definition, args: { syncedTableId: "my-shop.public.prices" } },
    { name: "has no hyphen in Postgres", definition, args: { syncedTableId: "shop.public.price-list" }, want: wrong },
    { name: "has no slash", definition, args: { syncedTableId: "shop.public.a/b" }, want: wrong },
    {
      name: "is a text",
      definition,
      args: { syncedTableId: ["shop", "public", "prices"] },
      want: "syncedTableId must be a name of three parts, CATALOG.SCHEMA.TABLE",
    },
  ]);
});

describe("what a synced table follows", () => {
  judges([
    { name: "may be any table", definition, args: { sourceTableFullName: "main.`my schema`.prices" } },
    {
      name: "is not empty",
      definition,
      args: { sourceTableFullName: "" },
      want: "sourceTableFullName is empty; write CATALOG.SCHEMA.TABLE",
    },
    { name: "may have keys", definition, args: { primaryKeyColumns: ["id", "day"] } },
    {
      name: "has keys that are names of columns",
      definition,
      args: { primaryKeyColumns: ["id", 2] },
      want: "primaryKeyColumns.1 must be a text",
    },
    {
      name: "has a list of keys",
      definition,
      args: { primaryKeyColumns: "id" },
      want: "primaryKeyColumns must be a list of texts",
    },
    { name: "may have a column that orders rows", definition, args: { timeseriesKey: "at" } },
  ]);
});

describe("a synced table's schedule", () => {
  const policies = ["SNAPSHOT", "TRIGGERED", "CONTINUOUS"];
  judges([
    ...policies.map((schedulingPolicy) => ({
      name: `may be ${schedulingPolicy}`,
      definition,
      args: { schedulingPolicy },
    })),
    {
      name: "is one that the service has",
      definition,
      args: { schedulingPolicy: "HOURLY" },
      want: 'schedulingPolicy must be "SNAPSHOT", "TRIGGERED" or "CONTINUOUS"',
    },
  ]);
});

describe("a synced table's pipeline", () => {
  const clash = "existingPipelineId does not go with newPipelineSpec: give only one of them";
  judges([
    { name: "may be one that exists", definition, args: { existingPipelineId: "1a2b" } },
    {
      name: "may be one of its own",
      definition,
      args: {
        newPipelineSpec: {
          storageCatalog: "main",
          storageSchema: "sales",
          budgetPolicyId: "policy-1",
          pipelineChannel: "PREVIEW",
        },
      },
    },
    {
      name: "is not both",
      definition,
      args: { existingPipelineId: "1a2b", newPipelineSpec: { storageCatalog: "main" } },
      want: clash,
    },
    {
      name: "is not both, though nothing is said of its own",
      definition,
      args: { existingPipelineId: "1a2b", newPipelineSpec: {} },
      want: clash,
    },
    {
      name: "has a channel that there is",
      definition,
      args: { newPipelineSpec: { pipelineChannel: "BETA" } },
      want: 'newPipelineSpec.pipelineChannel must be "CURRENT" or "PREVIEW"',
    },
    {
      name: "has nothing else",
      definition,
      args: { newPipelineSpec: { catalog: "main" } },
      want: "newPipelineSpec.catalog is not an argument of SyncedTable; newPipelineSpec has storageCatalog, storageSchema, budgetPolicyId, pipelineChannel",
    },
  ]);
});

describe("a synced table's columns", () => {
  const types = ["PG_SPECIFIC_TYPE_VECTOR", "PG_SPECIFIC_TYPE_HALFVEC", "PG_SPECIFIC_TYPE_VARCHAR"];
  judges([
    ...types.map((pgType) => ({
      name: `may become ${pgType}`,
      definition,
      args: { typeOverrides: [{ columnName: "a", pgType, size: 3 }] },
    })),
    {
      name: "do not become what the service does not offer",
      definition,
      args: { typeOverrides: [{ columnName: "a", pgType: "jsonb" }] },
      want: 'typeOverrides.0.pgType must be "PG_SPECIFIC_TYPE_VECTOR", "PG_SPECIFIC_TYPE_HALFVEC" or "PG_SPECIFIC_TYPE_VARCHAR"',
    },
    {
      name: "have whole sizes",
      definition,
      args: { typeOverrides: [{ columnName: "a", pgType: "PG_SPECIFIC_TYPE_VECTOR", size: 1.5 }] },
      want: "typeOverrides.0.size must be a whole number",
    },
    {
      name: "have names",
      definition,
      args: { typeOverrides: [{ pgType: "PG_SPECIFIC_TYPE_VECTOR" }] },
      want: "typeOverrides.0.columnName is missing; SyncedTable needs it: it must be a text",
    },
    {
      name: "come in a list",
      definition,
      args: { typeOverrides: { columnName: "a" } },
      want: "typeOverrides must be a list of: columnName, pgType, size",
    },
    {
      name: "may be computed",
      definition,
      args: {
        extraColumns: [{ columnName: "t", columnType: "numeric", compute: "a * b", maintenance: "STORED_GENERATED" }],
      },
    },
    {
      name: "are kept in the one way that there is",
      definition,
      args: { extraColumns: [{ columnName: "t", columnType: "numeric", maintenance: "VIRTUAL" }] },
      want: 'extraColumns.0.maintenance must be "STORED_GENERATED"',
    },
    {
      name: "have types",
      definition,
      args: { extraColumns: [{ columnName: "t" }] },
      want: "extraColumns.0.columnType is missing; SyncedTable needs it: it must be a text",
    },
  ]);
});

test("nobody's change of a synced table is seen, since the service shows nothing of what it was made with", () => {
  const given = definition.fields.filter(({ path, marks }) => path[0] !== "syncedTableId" && marks.place !== "local");
  const declared = args(definition, {
    ...Object.fromEntries(
      given.filter(({ path }) => path.length === 1).map((field) => [field.path[0], samplesOf(field)[0]]),
    ),
    newPipelineSpec: { storageCatalog: "main" },
  });
  const other = Object.fromEntries(given.map(({ wirePath }) => [wirePath[1], "something else"]));
  for (const said of [{}, other]) {
    expect(project(definition, declared, shown(definition, said))).toEqual(declared);
  }
});

describe("a synced table is there", () => {
  const rows = [
    { state: "SYNCED_TABLE_PROVISIONING", settled: false, failed: undefined },
    { state: "SYNCED_TABLE_PROVISIONING_INITIAL_SNAPSHOT", settled: false, failed: undefined },
    { state: "SYNCED_TABLE_ONLINE", settled: true, failed: undefined },
    { state: "SYNCED_TABLE_ONLINE_NO_PENDING_UPDATE", settled: true, failed: undefined },
    { state: "SYNCED_TABLE_OFFLINE", settled: false, failed: undefined },
    { state: "SYNCED_TABLE_OFFLINE_FAILED", settled: false, failed: "is SYNCED_TABLE_OFFLINE_FAILED: no such column" },
    {
      state: "SYNCED_TABLE_ONLINE_PIPELINE_FAILED",
      settled: true,
      failed: "is SYNCED_TABLE_ONLINE_PIPELINE_FAILED: no such column",
    },
  ];
  test.each(rows)("or not in the state $state", ({ state, settled, failed }) => {
    const resource = shown(definition, { detailed_state: state, message: "no such column" });
    expect(definition.settled?.(resource)).toBe(settled);
    expect(definition.failed?.(resource)).toBe(failed);
  });

  test("only when the service says so", () => {
    expect(definition.settled?.(shown(definition, {}))).toBe(false);
    expect(definition.failed?.(shown(definition, { detailed_state: "SYNCED_TABLE_OFFLINE_FAILED" }))).toBe(
      "is SYNCED_TABLE_OFFLINE_FAILED: the service does not say why",
    );
  });
});
