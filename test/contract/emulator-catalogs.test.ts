import { type Body, type Client, refusal, refused, startClient } from "./emulator-client";

let client: Client;
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const dev = `${shop}/branches/dev`;
const catalog = "catalogs/shop_catalog";

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});

function register(id: string, spec: object = {}) {
  const whole = { branch: production, postgres_database: "databricks_postgres", ...spec };
  return client.api("POST", `catalogs?catalog_id=${id}`, { spec: whole });
}

describe("a catalog", () => {
  test("case 68: says which database it is, and no spec", async () => {
    expect((await register("shop_catalog")).body.metadata).toEqual({
      "@type": "type.googleapis.com/databricks.postgres.v1.CatalogOperationMetadata",
    });
    expect(await client.ok("GET", catalog)).toEqual({
      name: catalog,
      catalog_id: "shop_catalog",
      uid: expect.any(String),
      create_time: expect.any(String),
      update_time: expect.any(String),
      status: { branch: production, postgres_database: "databricks_postgres", project: shop },
    });
  });

  test("is neither listed nor changed", async () => {
    await register("shop_catalog");
    for (const [method, path] of [
      ["GET", "catalogs"],
      ["PATCH", catalog],
    ] as const) {
      const answer = await client.api(method, path, method === "GET" ? undefined : {});
      expect(refusal(answer)).toEqual(refused(404, "ENDPOINT_NOT_FOUND", `No API found for '${method} /postgres/`));
    }
  });

  test("is deleted, once", async () => {
    await register("shop_catalog");
    await client.ok("DELETE", catalog);
    for (const method of ["GET", "DELETE"]) {
      expect(refusal(await client.api(method, catalog))).toEqual(refused(404, "NOT_FOUND", "catalog id not found"));
    }
  });

  test("of a name that is taken is refused", async () => {
    await register("shop_catalog");
    expect(refusal(await register("shop_catalog"))).toEqual(
      refused(409, "ALREADY_EXISTS", "catalog with such id already exists"),
    );
  });

  test.each([
    { name: "without an id", id: "", want: `Field 'catalog_id' is required, expected non-default value (not "")!` },
    { name: "without a database", spec: { postgres_database: undefined }, want: "postgres_database' is required" },
    { name: "without a branch (unknown: assumed)", spec: { branch: undefined }, want: "branch' is required" },
  ])("$name is refused", async ({ id = "shop_catalog", spec, want }) => {
    expect(refusal(await register(id, spec))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });

  test("of a branch that is not there is not found", async () => {
    expect(refusal(await register("shop_catalog", { branch: dev }))).toEqual(
      refused(404, "NOT_FOUND", "branch id not found"),
    );
  });

  test("makes its database only when it is told to (unknown: assumed text)", async () => {
    const spec = { postgres_database: "stock" };
    expect(refusal(await register("shop_catalog", spec))).toEqual(refused(404, "NOT_FOUND", "database not found"));
    expect(await register("shop_catalog", { ...spec, create_database_if_missing: true })).toMatchObject({
      status: 200,
    });
    const { databases } = await client.ok("GET", `${production}/databases`);
    expect(databases.map(({ status }: Body) => [status.postgres_database, status.role])).toEqual([
      ["databricks_postgres", `${production}/roles/emulator`],
      ["stock", `${production}/roles/emulator`],
    ]);
  });

  test("makes a role for a caller who has none", async () => {
    const signIn = await client.raw("POST", "/oidc/v1/token", {
      headers: { authorization: `Basic ${btoa("shop-app:fake-secret")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    const spec = { branch: production, postgres_database: "stock", create_database_if_missing: true };
    const answer = await client.raw("POST", "/api/2.0/postgres/catalogs?catalog_id=theirs", {
      headers: { authorization: `Bearer ${signIn.body.access_token}` },
      body: JSON.stringify({ spec }),
    });
    expect(answer.status).toBe(200);
    expect((await client.ok("GET", `${production}/roles/sp-shop-app`)).status).toMatchObject({
      postgres_role: "shop-app",
      identity_type: "SERVICE_PRINCIPAL",
    });
  });

  test("is the only one of its database (unknown: assumed text)", async () => {
    await register("shop_catalog");
    expect(refusal(await register("second"))).toEqual(
      refused(400, "BAD_REQUEST", "already registered with catalog 'shop_catalog'"),
    );
    await client.ok("DELETE", catalog);
    expect(await register("second")).toMatchObject({ status: 200 });
  });

  test("also stands for the copy on a child branch, until that database is made anew", async () => {
    await register("shop_catalog");
    await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    expect(refusal(await register("second", { branch: dev }))).toEqual(
      refused(400, "BAD_REQUEST", "already registered with catalog 'shop_catalog'"),
    );
    await client.ok("DELETE", `${dev}/databases/databricks-postgres`);
    const spec = { branch: dev, create_database_if_missing: true };
    expect(await register("second", spec)).toMatchObject({ status: 200 });
  });

  test("does not stand for a copy that is older", async () => {
    await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    await client.control("POST", "clock", { advance: "60s" });
    await register("shop_catalog");
    expect(await register("second", { branch: dev })).toMatchObject({ status: 200 });
  });
});

describe("a synced table", () => {
  const id = "shop_catalog.public.orders";
  const name = `synced_tables/${id}`;

  beforeEach(() => register("shop_catalog"));

  function sync(wanted = id, spec: object = {}) {
    const whole = { source_table_full_name: "main.shop.orders", primary_key_columns: ["id"], ...spec };
    return client.api("POST", `synced_tables?synced_table_id=${wanted}`, { spec: whole });
  }

  async function state(): Promise<readonly string[]> {
    const { status } = await client.ok("GET", name);
    return [status.detailed_state, status.unity_catalog_provisioning_state];
  }

  test("case 69: says its state and its project, and no spec", async () => {
    expect((await sync()).body.metadata).toEqual({
      "@type": "type.googleapis.com/databricks.postgres.v1.SyncedTableOperationMetadata",
    });
    expect(await client.ok("GET", name)).toEqual({
      name,
      synced_table_id: id,
      uid: expect.any(String),
      create_time: expect.any(String),
      status: {
        detailed_state: "SYNCED_TABLE_ONLINE_NO_PENDING_UPDATE",
        unity_catalog_provisioning_state: "ACTIVE",
        last_sync: { sync_start_time: expect.any(String), sync_end_time: expect.any(String) },
        last_sync_time: expect.any(String),
        pipeline_id: expect.any(String),
        project: shop,
      },
    });
  });

  test("is online a while after its creation is done", async () => {
    await client.control("PATCH", "settings", { operationTime: "10s" });
    const { name: operation } = (await sync(id, { scheduling_policy: "CONTINUOUS" })).body;
    expect(await state()).toEqual(["SYNCED_TABLE_PROVISIONING_PIPELINE_RESOURCES", "PROVISIONING"]);
    await client.control("POST", "clock", { advance: "10s" });
    expect((await client.ok("GET", operation)).done).toBe(true);
    expect(await state()).toEqual(["SYNCED_TABLE_PROVISIONING_INITIAL_SNAPSHOT", "ACTIVE"]);
    await client.control("POST", "clock", { advance: "10s" });
    expect(await state()).toEqual(["SYNCED_TABLE_ONLINE_CONTINUOUS_UPDATE", "ACTIVE"]);
  });

  test("case 69: is seen to go for a while after its delete, and its id is taken until then", async () => {
    await client.control("PATCH", "settings", { lingerTime: "30s" });
    await sync();
    await client.ok("DELETE", name);
    expect(await state()).toEqual(["SYNCED_TABLE_OFFLINE", "DELETING"]);
    expect(refusal(await sync())).toEqual(refused(409, "ALREADY_EXISTS", "synced table with such id already exists"));
    await client.ok("DELETE", name);
    await client.control("POST", "clock", { advance: "30s" });
    expect(refusal(await client.api("GET", name))).toEqual(refused(404, "NOT_FOUND", "synced table id not found"));
    expect(await sync()).toMatchObject({ status: 200 });
  });

  test("is gone at once where nothing takes time", async () => {
    await sync();
    await client.ok("DELETE", name);
    for (const method of ["GET", "DELETE"]) expect((await client.api(method, name)).status).toBe(404);
  });

  test("takes branch and database from its catalog, and must not differ from it (unknown: assumed text)", async () => {
    expect(await sync(id, { branch: production, postgres_database: "databricks_postgres" })).toMatchObject({
      status: 200,
    });
    for (const spec of [{ branch: dev }, { postgres_database: "stock" }]) {
      expect(refusal(await sync("shop_catalog.public.other", spec))).toEqual(
        refused(400, "BAD_REQUEST", "must be that of catalog 'shop_catalog'"),
      );
    }
  });

  test("in another catalog says where it is, and makes the database there unless told not to", async () => {
    const wanted = "main.public.orders";
    const spec = { branch: production, postgres_database: "stock" };
    expect(refusal(await sync(wanted))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", "branch' is required"));
    expect(refusal(await sync(wanted, { ...spec, create_database_objects_if_missing: false }))).toEqual(
      refused(404, "NOT_FOUND", "database not found"),
    );
    expect(await sync(wanted, spec)).toMatchObject({ status: 200 });
    expect((await client.ok("GET", `${production}/databases`)).databases).toHaveLength(2);
  });

  test.each([
    { name: "without an id", wanted: "", want: "Field 'synced_table_id' is required" },
    { name: "with an id of two parts", wanted: "public.orders", want: "must match pattern" },
    { name: "with a table that has a hyphen", wanted: "shop_catalog.public.my-orders", want: "must match pattern" },
    {
      name: "without a source",
      spec: { source_table_full_name: undefined },
      want: "source_table_full_name' is required",
    },
    { name: "without a key (unknown: assumed)", spec: { primary_key_columns: [] }, want: "primary_key_columns' is" },
    {
      name: "by a policy that there is not",
      spec: { scheduling_policy: "HOURLY" },
      want: "one of SNAPSHOT, TRIGGERED",
    },
    {
      name: "in two pipelines",
      spec: { existing_pipeline_id: "p", new_pipeline_spec: { storage_catalog: "main" } },
      want: "Only one of existing_pipeline_id, new_pipeline_spec",
    },
    {
      name: "with an unknown type",
      spec: { type_overrides: [{ column_name: "id", pg_type: "PG_SPECIFIC_TYPE_UNSPECIFIED" }] },
      want: "one of PG_SPECIFIC_TYPE_VECTOR",
    },
  ])("$name is refused", async ({ wanted = id, spec, want }) => {
    expect(refusal(await sync(wanted, spec))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });

  test("runs in the pipeline that it was given", async () => {
    await sync(id, { existing_pipeline_id: "0123-pipeline" });
    expect((await client.ok("GET", name)).status.pipeline_id).toBe("0123-pipeline");
  });

  test("is one of twenty of its source at most (unknown: assumed text)", async () => {
    for (let count = 1; count <= 20; count += 1) {
      expect(await sync(`shop_catalog.public.orders_${count}`)).toMatchObject({ status: 200 });
    }
    expect(refusal(await sync())).toEqual(refused(400, "QUOTA_EXCEEDED", "at most 20 synced tables"));
  });
});
