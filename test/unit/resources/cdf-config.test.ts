import { checked, judges } from "../support/checking";
import { drifts } from "../support/drift";
import { args, cdfConfig } from "../support/resources";

const definition = cdfConfig;

describe("the id of a change data feed", () => {
  const wrong =
    "cdfConfigId is not an id that the service takes; write 1 to 63 lower-case letters, digits or underscores, a letter first";
  judges([
    { name: "may be left out", definition, args: {} },
    { name: "may have underscores", definition, args: { cdfConfigId: "orders_feed_2" } },
    { name: "may end with one", definition, args: { cdfConfigId: "orders_" } },
    { name: "has no hyphen", definition, args: { cdfConfigId: "orders-feed" }, want: wrong },
    { name: "may have 63 characters", definition, args: { cdfConfigId: "c".repeat(63) } },
    { name: "has not 64", definition, args: { cdfConfigId: "c".repeat(64) }, want: wrong },
    {
      name: "is asked for where the schema's name is none",
      definition,
      args: { postgresSchema: "Orders" },
      want: 'postgresSchema makes the cdfConfigId "Orders", which is not an id that the service takes; write 1 to 63 lower-case letters, digits or underscores, a letter first, as cdfConfigId',
    },
    {
      name: "may be given where the schema's name is none",
      definition,
      args: { postgresSchema: "Orders", cdfConfigId: "orders" },
    },
  ]);

  test("follows from the schema", () => {
    expect(checked(definition, args(definition)).inputs).toMatchObject({
      cdfConfigId: "public",
      name: "projects/shop/branches/dev/databases/orders/cdf-configs/public",
    });
  });
});

describe("what a change data feed copies", () => {
  judges([
    {
      name: "is a schema",
      definition,
      args: { postgresSchema: "", cdfConfigId: "orders" },
      want: "postgresSchema is empty; write a schema of the database",
    },
    { name: "goes into a catalog", definition, args: { catalog: "" }, want: "catalog is empty; write a catalog" },
    {
      name: "goes into a schema",
      definition,
      args: { schema: "" },
      want: "schema is empty; write a schema of the catalog",
    },
    {
      name: "goes into a catalog that is named",
      definition,
      args: { catalog: undefined },
      want: "catalog is missing; CdfConfig needs it: it must be a text",
    },
    { name: "may go with it", definition, args: { forceOnDelete: true } },
    {
      name: "goes with it or not",
      definition,
      args: { forceOnDelete: 1 },
      want: "forceOnDelete must be true or false",
    },
  ]);
});

describe("drift: a change data feed's", () => {
  const said = { cdf_config_id: "public", postgres_schema: "public", catalog: "main", schema: "orders_feed" };
  drifts(definition, said, [
    {
      field: "schema in Postgres",
      declared: { forceOnDelete: true },
      same: {},
      changed: { postgres_schema: "api" },
      becomes: { forceOnDelete: true, postgresSchema: "api" },
    },
    { field: "catalog", declared: {}, same: {}, changed: { catalog: "other" }, becomes: { catalog: "other" } },
    { field: "schema", declared: {}, same: {}, changed: { schema: "other" }, becomes: { schema: "other" } },
  ]);
});
