import fc from "fast-check";
import { resourceId } from "../../../provider/rules/limits";
import type { AnyDefinition } from "../../../provider/schema/definition";
import {
  argumentsOf,
  branchOf,
  collectionOf,
  derivedId,
  fullName,
  idQuery,
  isNameOf,
  nameParts,
  projectOf,
  slug,
} from "../../../provider/schema/name";
import { unknownValue } from "../../../provider/schema/unknown";
import { namedDeclarations } from "../support/arbitraries";
import { checked } from "../support/checking";
import {
  args,
  branch,
  catalog,
  cdfConfig,
  dataApi,
  database,
  endpoint,
  project,
  projectPermissions,
  resources,
  role,
  snapshot,
  snapshotSchedule,
  syncedTable,
  type Values,
} from "../support/resources";

const dev = "projects/shop/branches/dev";

describe("a full name", () => {
  const rows: readonly { name: string; definition: AnyDefinition; given: Values; want: string | undefined }[] = [
    { name: "of a project is its id's", definition: project, given: { projectId: "shop" }, want: "projects/shop" },
    {
      name: "of a branch goes on from its project's",
      definition: branch,
      given: { parent: "projects/shop", branchId: "dev" },
      want: dev,
    },
    {
      name: "of an endpoint goes on from its branch's",
      definition: endpoint,
      given: { parent: dev, endpointId: "replica" },
      want: `${dev}/endpoints/replica`,
    },
    {
      name: "of a catalog lies under no project",
      definition: catalog,
      given: args(catalog),
      want: "catalogs/shop_orders",
    },
    {
      name: "of a synced table lies under no project",
      definition: syncedTable,
      given: args(syncedTable, { branch: dev }),
      want: "synced_tables/shop_orders.public.prices",
    },
    {
      name: "of what its parent has one of has no id",
      definition: snapshotSchedule,
      given: args(snapshotSchedule),
      want: "projects/shop/branches/production/snapshot-schedule",
    },
    {
      name: "of a Data API goes on from its database's",
      definition: dataApi,
      given: args(dataApi),
      want: `${dev}/databases/orders/data-api`,
    },
    {
      name: "of what its parent has one of needs a parent",
      definition: projectPermissions,
      given: { parent: unknownValue },
      want: undefined,
    },
    {
      name: "has the id that follows where none is given",
      definition: role,
      given: { parent: dev, postgresRole: "Ada@example.test" },
      want: `${dev}/roles/ada`,
    },
    {
      name: "has the id that is given before the one that follows",
      definition: role,
      given: { parent: dev, postgresRole: "Ada@example.test", roleId: "countess" },
      want: `${dev}/roles/countess`,
    },
    {
      name: "needs what its id follows from",
      definition: database,
      given: { parent: dev, postgresDatabase: unknownValue },
      want: undefined,
    },
    { name: "needs an id", definition: branch, given: { parent: "projects/shop" }, want: undefined },
    { name: "needs an id that says something", definition: project, given: { projectId: "" }, want: undefined },
    { name: "needs an id that is known", definition: project, given: { projectId: unknownValue }, want: undefined },
    { name: "needs a parent", definition: branch, given: { branchId: "dev" }, want: undefined },
    {
      name: "needs a parent that is known",
      definition: branch,
      given: { parent: unknownValue, branchId: "dev" },
      want: undefined,
    },
    { name: "needs texts", definition: branch, given: { parent: {}, branchId: 1 }, want: undefined },
  ];
  test.each(rows)("$name", ({ definition, given, want }) => {
    expect(fullName(definition, given)).toBe(want);
  });

  test("begins with its project's and its branch's", () => {
    const name = fullName(endpoint, args(endpoint)) ?? "";
    expect([projectOf(name), branchOf(name)]).toEqual(["projects/shop", dev]);
    expect([projectOf("projects/shop"), branchOf("projects/shop")]).toEqual(["projects/shop", undefined]);
    expect([projectOf(dev), branchOf(dev)]).toEqual(["projects/shop", dev]);
    expect([branchOf("projects/shop/snapshots/nightly"), branchOf("catalogs/shop")]).toEqual([undefined, undefined]);
  });

  test("is told by its parts", () => {
    expect([project, branch, catalog, dataApi].map(nameParts)).toEqual([
      "projectId",
      "parent and branchId",
      "catalogId",
      "parent",
    ]);
  });
});

describe("the id that follows", () => {
  const rows: readonly { readonly from: string; readonly role: string; readonly database: string }[] = [
    { from: "app", role: "app", database: "app" },
    { from: "databricks_postgres", role: "databricks-postgres", database: "databricks-postgres" },
    { from: "Ada.Lovelace@example.test", role: "ada-lovelace", database: "ada-lovelace-example-test" },
    {
      from: "8dc75b14-0000-4000-8000-000000000000",
      role: "sp-8dc75b14-0000-4000-8000-000000000000",
      database: "db-8dc75b14-0000-4000-8000-000000000000",
    },
    {
      from: "ABCDEF12-0000-4000-8000-000000000000",
      role: "sp-abcdef12-0000-4000-8000-000000000000",
      database: "abcdef12-0000-4000-8000-000000000000",
    },
    { from: "Data engineers", role: "data-engineers", database: "data-engineers" },
    { from: "2026", role: "r-2026", database: "db-2026" },
    { from: "_private_", role: "private", database: "private" },
    { from: "Größe", role: "gr--e", database: "gr--e" },
    { from: "@example.test", role: "r", database: "example-test" },
    { from: "日本", role: "r", database: "db" },
    { from: "-", role: "r", database: "db" },
    { from: "a".repeat(100), role: "a".repeat(63), database: "a".repeat(63) },
    { from: `${"a".repeat(62)}_b`, role: "a".repeat(62), database: "a".repeat(62) },
  ];
  test.each(rows)("from $from is $role for a role and $database for a database", (row) => {
    expect(derivedId(role, { postgresRole: row.from })).toBe(row.role);
    expect(derivedId(database, { postgresDatabase: row.from })).toBe(row.database);
  });

  test("from a schema is the schema", () => {
    expect(derivedId(cdfConfig, { postgresSchema: "Sales_2" })).toBe("Sales_2");
  });

  test.each([undefined, "", unknownValue, 7, {}])("from %p is none", (from) => {
    expect(derivedId(role, { postgresRole: from })).toBeUndefined();
    expect(derivedId(project, { projectId: from })).toBeUndefined();
  });

  test("is one that the service takes, whatever it follows from, and follows from itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), fc.constantFrom("r", "db"), (text, prefix) => {
        const id = slug(text, prefix);
        expect(id).toMatch(resourceId.pattern);
        expect(slug(id, prefix)).toBe(id);
      }),
    );
  });
});

describe("an id that is not given", () => {
  const before = { parent: dev, postgresDatabase: "orders", role: `${dev}/roles/app` };
  interface Case {
    readonly name: string;
    readonly definition: AnyDefinition;
    readonly olds?: Values;
    readonly news: Values;
    /** The id among the inputs that Pulumi keeps. */
    readonly want: unknown;
  }
  const rows: readonly Case[] = [
    { name: "of a new database follows from its name", definition: database, news: before, want: "orders" },
    {
      name: "of a database that is renamed stays",
      definition: database,
      olds: { ...before, databaseId: "orders" },
      news: { ...before, postgresDatabase: "Invoices" },
      want: "orders",
    },
    {
      name: "of a database whose new name is not known yet stays",
      definition: database,
      olds: { ...before, databaseId: "orders" },
      news: { ...before, postgresDatabase: unknownValue },
      want: "orders",
    },
    {
      name: "any more stays",
      definition: database,
      olds: { ...before, databaseId: "chosen" },
      news: before,
      want: "chosen",
    },
    {
      name: "of a new database whose name is not known yet is not known",
      definition: database,
      news: { ...before, postgresDatabase: unknownValue },
      want: undefined,
    },
    {
      name: "of a role that becomes another one is that one's",
      definition: role,
      olds: { parent: dev, postgresRole: "ada@example.test", roleId: "ada" },
      news: { parent: dev, postgresRole: "ben@example.test" },
      want: "ben",
    },
    {
      name: "any more of a role that becomes another one is that one's",
      definition: role,
      olds: { parent: dev, postgresRole: "ada@example.test", roleId: "chosen" },
      news: { parent: dev, postgresRole: "ben@example.test" },
      want: "ben",
    },
    {
      name: "any more of a role that stays as it is stays",
      definition: role,
      olds: { parent: dev, postgresRole: "ada@example.test", roleId: "chosen" },
      news: { parent: dev, postgresRole: "ada@example.test" },
      want: "chosen",
    },
    {
      name: "of a role that may become another one is not known",
      definition: role,
      olds: { parent: dev, postgresRole: "ada@example.test", roleId: "ada" },
      news: { parent: dev, postgresRole: unknownValue },
      want: undefined,
    },
    {
      name: "of a feed of another schema is that one's",
      definition: cdfConfig,
      olds: args(cdfConfig, { cdfConfigId: "public" }),
      news: args(cdfConfig, { postgresSchema: "api" }),
      want: "api",
    },
  ];
  test.each(rows)("$name", ({ definition, olds, news, want }) => {
    const { inputs } = checked(definition, news, { olds });
    expect(inputs[definition.id ?? ""]).toBe(want);
    const name = want === undefined ? undefined : `${news["parent"]}/${definition.collection}/${want}`;
    expect(inputs["name"]).toBe(name);
  });

  test("gives way to one that is given", () => {
    const olds = { ...before, databaseId: "orders" };
    expect(checked(database, { ...before, databaseId: "invoices" }, { olds }).inputs["databaseId"]).toBe("invoices");
  });
});

test("a create sends the id as the parameter that the service expects", () => {
  const ids = Object.fromEntries(resources.flatMap(({ id }) => (id === undefined ? [] : [[id, "it"]])));
  expect(Object.fromEntries(resources.map((definition) => [definition.type, idQuery(definition, ids)]))).toEqual({
    Project: { project_id: "it" },
    Branch: { branch_id: "it" },
    Endpoint: { endpoint_id: "it" },
    Role: { role_id: "it" },
    Database: { database_id: "it" },
    Catalog: { catalog_id: "it" },
    SyncedTable: { synced_table_id: "it" },
    CdfConfig: { cdf_config_id: "it" },
    Snapshot: { snapshot_id: "it" },
    DataApi: {},
    SnapshotSchedule: {},
    ProjectPermissions: {},
  });
});

describe("whether a text is the full name of", () => {
  const rows: readonly { definition: AnyDefinition; name: string; want: boolean }[] = [
    { definition: project, name: "projects/shop", want: true },
    { definition: project, name: "projects/Shop_1.2", want: true },
    { definition: project, name: "shop", want: false },
    { definition: project, name: "projects/shop/", want: false },
    { definition: project, name: "/projects/shop", want: false },
    { definition: project, name: "projects/", want: false },
    { definition: project, name: "projects/..", want: false },
    { definition: project, name: "projects/shop?purge=true", want: false },
    { definition: project, name: "projects/shop#", want: false },
    { definition: project, name: "projects/sh op", want: false },
    { definition: project, name: "projects/shop\n", want: false },
    { definition: branch, name: dev, want: true },
    { definition: branch, name: "projects/shop/../x/branches/dev", want: false },
    { definition: branch, name: "projects/shop", want: false },
    { definition: branch, name: `${dev}/endpoints/primary`, want: false },
    { definition: database, name: `${dev}/databases/databricks-postgres`, want: true },
    { definition: database, name: `${dev}/roles/app`, want: false },
    { definition: cdfConfig, name: `${dev}/databases/orders/cdf-configs/my_feed`, want: true },
    { definition: cdfConfig, name: "projects/shop/cdf-configs/my_feed", want: false },
    { definition: dataApi, name: `${dev}/databases/orders/data-api`, want: true },
    { definition: dataApi, name: `${dev}/databases/orders/data-api/x`, want: false },
    { definition: snapshot, name: "projects/shop/snapshots/nightly", want: true },
    { definition: snapshotSchedule, name: `${dev}/snapshot-schedule`, want: true },
    { definition: projectPermissions, name: "projects/shop/permissions", want: true },
    { definition: catalog, name: "catalogs/_shop", want: true },
    { definition: catalog, name: "catalogs/shop-2", want: true },
    { definition: syncedTable, name: "synced_tables/shop.public.Prices", want: true },
    { definition: syncedTable, name: "synced_tables/shop/public/prices", want: false },
  ];
  const written = rows.map((row) => ({ ...row, text: JSON.stringify(row.name) }));
  test.each(written)("a $definition.type: $text, $want", ({ definition, name, want }) => {
    expect(isNameOf(definition, name)).toBe(want);
  });
});

describe.each(resources.map((definition) => ({ type: definition.type, definition })))(
  "any $type's full name",
  ({ definition }) => {
    const names = namedDeclarations(definition).map((given) => ({ given, name: fullName(definition, given) ?? "" }));

    test("is one of its kind, and of no other", () => {
      fc.assert(
        fc.property(names, ({ name }) => {
          expect(resources.filter((other) => isNameOf(other, name)).map(({ type }) => type)).toEqual([definition.type]);
        }),
      );
    });

    test("says the arguments that it was made of", () => {
      fc.assert(
        fc.property(names, ({ given, name }) => {
          const said = argumentsOf(definition, name);
          expect(fullName(definition, said)).toBe(name);
          expect({ ...given, ...said }).toEqual({ ...said, ...given });
          expect(Object.keys(said).sort()).toEqual(nameParts(definition).split(" and ").sort());
        }),
      );
    });

    test("lies in the collection that a create is sent to", () => {
      fc.assert(
        fc.property(names, ({ given, name }) => {
          const where = definition.nested ? `${given["parent"]}/${definition.collection}` : definition.collection;
          expect(collectionOf(definition, name)).toBe(where);
        }),
      );
    });
  },
);
