import { type Client, refusal, refused, startClient } from "./emulator-client";
import { Sessions } from "./emulator-sessions";

let client: Client;
const production = "projects/shop/branches/production";
const database = `${production}/databases/databricks-postgres`;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});

describe("the Data API of a database", () => {
  const api = `${database}/data-api`;
  const create = (spec: object = { db_max_rows: 100 }) => client.api("POST", api, { spec });
  const patch = (mask: string, spec: object) => client.api("PATCH", `${api}?update_mask=${mask}`, { spec });

  test("is not there until it is made, and says then how it is set", async () => {
    for (const method of ["GET", "DELETE"]) {
      expect(refusal(await client.api(method, api))).toEqual(refused(404, "NOT_FOUND", "data api not found"));
    }
    const { name, metadata } = (await create()).body;
    expect(metadata["@type"]).toBe("type.googleapis.com/databricks.postgres.v1.DataApiOperationMetadata");
    expect(await client.ok("GET", name)).toMatchObject({ done: true, response: { name: api } });
    expect(await client.ok("GET", api)).toEqual({
      name: api,
      parent: database,
      create_time: expect.any(String),
      update_time: expect.any(String),
      status: {
        db_schemas: ["public"],
        db_aggregates_enabled: true,
        jwt_role_claim_key: ".sub",
        db_max_rows: 100,
        available_schemas: ["public"],
        url: expect.stringMatching(/^https:\/\//),
      },
    });
    await client.ok("DELETE", api);
    expect((await client.api("GET", api)).status).toBe(404);
  });

  test.each([{}, { spec: {} }])("is not made from %j", async (body) => {
    expect(refusal(await client.api("POST", api, body))).toEqual(
      refused(
        400,
        "INVALID_PARAMETER_VALUE",
        "Field 'data_api' is required and must contain at least one subfield with a non-default value",
      ),
    );
  });

  test("is made once (unknown: assumed)", async () => {
    await create();
    expect(refusal(await create())).toEqual(refused(409, "ALREADY_EXISTS", "already exists"));
  });

  test("changes what the mask names", async () => {
    await create();
    expect(await patch("spec.db_schemas", { db_schemas: ["shop"], db_max_rows: 5 })).toMatchObject({ status: 200 });
    expect((await client.ok("GET", api)).status).toMatchObject({ db_schemas: ["shop"], db_max_rows: 100 });
  });

  test("is refreshed, and not changed, by a mask of an empty spec", async () => {
    await create();
    const { status } = await client.ok("GET", api);
    expect(await patch("spec", {})).toMatchObject({ status: 200 });
    expect((await client.ok("GET", api)).status).toEqual(status);
  });

  test.each([
    { name: "an unknown path", mask: "spec.url", spec: {}, want: "Unknown field path in update_mask: 'spec.url'" },
    { name: "a field without a value", mask: "spec.db_max_rows", spec: {}, want: "is in update_mask but not provided" },
    { name: "no rows", mask: "spec", spec: { db_max_rows: 0 }, want: "between 1" },
    {
      name: "a schema that is no name",
      mask: "spec",
      spec: { db_schemas: ["my schema"] },
      want: "the name of a schema",
    },
    {
      name: "a hundred and one schemas",
      mask: "spec",
      spec: { db_schemas: Array.from({ length: 101 }, (_, count) => `s${count}`) },
      want: "at most 100",
    },
    { name: "a mode that there is not", mask: "spec", spec: { openapi_mode: "ON" }, want: "one of OPEN_API_MODE" },
  ])("$name is refused", async ({ mask, spec, want }) => {
    await create();
    expect(refusal(await patch(mask, spec))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });

  test("goes with its database, and is not where there is none", async () => {
    await create();
    await client.ok("DELETE", database);
    expect(refusal(await create())).toEqual(refused(404, "NOT_FOUND", "database id not found"));
  });
});

describe("a change data feed", () => {
  const configs = `${database}/cdf-configs`;
  const feed = { catalog: "main", schema: "shop", postgres_schema: "public" };
  const create = (body: object = feed, query = "") => client.api("POST", `${configs}${query}`, body);

  test("is called like its schema, and flat", async () => {
    expect((await create()).body.metadata["@type"]).toBe(
      "type.googleapis.com/databricks.postgres.v1.CdfConfigOperationMetadata",
    );
    const name = `${configs}/public`;
    const config = await client.ok("GET", name);
    expect(config).toEqual({ name, cdf_config_id: "public", create_time: expect.any(String), ...feed });
    expect(await client.ok("GET", configs)).toEqual({ cdf_configs: [config] });
    expect((await client.api("PATCH", `${name}?update_mask=schema`, feed)).status).toBe(404);
    await client.ok("DELETE", `${name}?force=true`);
    expect(refusal(await client.api("GET", name))).toEqual(refused(404, "NOT_FOUND", "cdf config id not found"));
  });

  test("has the id that it is given", async () => {
    await create(feed, "?cdf_config_id=shop_feed");
    expect((await client.ok("GET", `${configs}/shop_feed`)).cdf_config_id).toBe("shop_feed");
  });

  test.each([
    { name: "no catalog", body: { catalog: undefined }, want: "Field 'cdf_config.catalog' is required" },
    { name: "no schema", body: { schema: undefined }, want: "Field 'cdf_config.schema' is required" },
    {
      name: "an id with a hyphen",
      query: "?cdf_config_id=shop-feed",
      want: "must match pattern ^[a-z][a-z0-9_]{0,62}$",
    },
    { name: "a schema that makes no id", body: { postgres_schema: "Shop" }, want: "got 'Shop'" },
  ])("$name is refused", async ({ body, query, want }) => {
    expect(refusal(await create({ ...feed, ...body }, query))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });

  test("is the only one of its schema (unknown: assumed text)", async () => {
    await create();
    for (const query of ["", "?cdf_config_id=other"]) {
      expect(refusal(await create(feed, query))).toEqual(refused(409, "ALREADY_EXISTS", "with such id already exists"));
    }
  });

  test("has no table to tell of where there is no data", async () => {
    await create();
    expect(await client.ok("GET", `${configs}/public/cdf-statuses`)).toEqual({});
    expect(refusal(await client.api("GET", `${configs}/public/cdf-statuses/orders`))).toEqual(
      refused(404, "NOT_FOUND", "cdf status id not found"),
    );
    expect(refusal(await client.api("GET", `${configs}/absent/cdf-statuses`))).toEqual(
      refused(404, "NOT_FOUND", "cdf config id not found"),
    );
  });

  test.each(["POST", "PATCH", "DELETE"])("has no %s for its tables", async (method) => {
    await create();
    const path = `${configs}/public/cdf-statuses${method === "POST" ? "" : "/orders"}`;
    expect(refusal(await client.api(method, path, {}))).toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
  });
});

describe("with Postgres", () => {
  let real: Client;
  const sessions = new Sessions(() => real);
  const run = (text: string) => sessions.sql(`${production}/endpoints/primary`, text);

  beforeAll(async () => {
    real = await startClient({ postgres: true });
    await real.ok("POST", "projects?project_id=shop", { spec: {} });
    await run("create schema shop");
    await run("create table shop.orders (id int primary key)");
    await run("create table shop.items (id int primary key)");
  });
  afterAll(async () => {
    await sessions.end();
    await real.emulator.close();
  });

  test("a Data API knows the schemas that there are, and new ones when it is refreshed", async () => {
    const api = `${database}/data-api`;
    const schemas = async () => (await real.ok("GET", api)).status.available_schemas;
    await real.ok("POST", api, { spec: { db_max_rows: 100 } });
    expect(await schemas()).toEqual(["public", "shop"]);
    await run("create schema archive");
    expect(await schemas()).toEqual(["public", "shop"]);
    await real.ok("PATCH", `${api}?update_mask=spec`, { spec: {} });
    expect(await schemas()).toEqual(["archive", "public", "shop"]);
  });

  test("a change data feed has a status for each table of its schema", async () => {
    const feed = { catalog: "main", schema: "gold", postgres_schema: "shop" };
    await real.ok("POST", `${database}/cdf-configs`, feed);
    const statuses = `${database}/cdf-configs/shop/cdf-statuses`;
    const items = {
      name: `${statuses}/items`,
      create_time: expect.any(String),
      state: "CDF_STATE_STREAMING",
      postgres_table: "items",
      uc_table: "main.gold.items",
    };
    expect(await real.ok("GET", `${statuses}/items`)).toEqual(items);
    const { cdf_statuses: first, next_page_token } = await real.ok("GET", `${statuses}?page_size=1`);
    expect(first).toEqual([items]);
    const { cdf_statuses: rest } = await real.ok("GET", `${statuses}?page_size=1&page_token=${next_page_token}`);
    expect(rest).toMatchObject([{ postgres_table: "orders" }]);
  });

  test("a change data feed of a schema that is not there is refused (unknown: assumed text)", async () => {
    const feed = { catalog: "main", schema: "gold", postgres_schema: "absent" };
    const answer = await real.api("POST", `${database}/cdf-configs`, feed);
    expect(refusal(answer)).toEqual(refused(400, "BAD_REQUEST", 'schema "absent" does not exist'));
    expect((await real.api("GET", `${database}/cdf-configs/absent`)).status).toBe(404);
  });
});
