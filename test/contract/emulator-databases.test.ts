import { type Client, refusal, refused, startClient } from "./emulator-client";

let client: Client;
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const owner = `${production}/roles/emulator`;
const stock = `${production}/databases/stock`;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});

function create(id: string, spec: object, more = "") {
  return client.api("POST", `${production}/databases?database_id=${id}${more}`, { spec });
}

async function make(id: string) {
  const answer = await create(id, { postgres_database: id, role: owner });
  expect(answer).toMatchObject({ status: 200 });
}

describe("create", () => {
  test("a database says its name in Postgres and its owner", async () => {
    await make("stock");
    expect(await client.ok("GET", stock)).toEqual({
      name: stock,
      database_id: "stock",
      parent: production,
      create_time: expect.any(String),
      update_time: expect.any(String),
      status: { database_id: "stock", postgres_database: "stock", role: owner },
    });
  });

  test("without an id it gets a valid one", async () => {
    const spec = { postgres_database: "stock", role: owner };
    const operation = await client.ok("POST", `${production}/databases`, { spec });
    expect(operation.response.database_id).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
  });

  const pattern = "Field database_id must match pattern ^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$, got 'Bad_ID'.";
  test.each([
    {
      name: "case 63: no owner",
      spec: { postgres_database: "stock" },
      want: `Field 'database.spec.role' is required, expected non-default value (not "")!`,
    },
    {
      name: "case 65: an id with capitals",
      id: "Bad_ID",
      spec: { postgres_database: "x", role: owner },
      want: pattern,
    },
    {
      name: "no name in Postgres (unknown: assumed)",
      spec: { role: owner },
      want: "Field 'database.spec.postgres_database' is required",
    },
  ])("$name is refused", async ({ id = "stock", spec, want }) => {
    expect(refusal(await create(id, spec))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });

  test("case 64: an owner that is not there is not found", async () => {
    for (const role of [`${production}/roles/absent`, "absent", `${shop}/branches/other/roles/absent`]) {
      const answer = await create("stock", { postgres_database: "stock", role });
      expect(refusal(answer)).toEqual(refused(404, "NOT_FOUND", `role not found; role_id:"absent"`));
    }
  });

  test("a database that is there already is refused, also under another id (unknown: assumed)", async () => {
    await make("stock");
    for (const id of ["stock", "other"]) {
      const answer = await create(id, { postgres_database: "stock", role: owner });
      expect(refusal(answer)).toEqual(refused(400, "BAD_REQUEST", "database with that name already exists"));
    }
  });

  test("replace_existing takes over the database that every branch has", async () => {
    const before = await client.ok("GET", `${production}/databases/databricks-postgres`);
    const spec = { postgres_database: "shop", role: owner };
    expect(await create("databricks-postgres", spec, "&replace_existing=true")).toMatchObject({ status: 200 });
    expect(await client.ok("GET", `${production}/databases/databricks-postgres`)).toMatchObject({
      create_time: before.create_time,
      status: { postgres_database: "shop", role: owner },
    });
  });

  test("case 67: of two at once on one branch, one is told to wait (unknown status: 409 is assumed)", async () => {
    await client.control("PATCH", "settings", { operationTime: "5s" });
    await client.control("POST", "clock", { advance: "60s" });
    const answers = await Promise.all(["one", "two"].map((id) => create(id, { postgres_database: id, role: owner })));
    const [taken, waiting] = answers.sort((left, right) => left.status - right.status).map(refusal);
    expect(taken).toMatchObject({ status: 200 });
    expect(waiting).toEqual(
      refused(
        409,
        "ABORTED",
        "Your project already has conflicting operations in progress. Please wait until they are complete, and then try again.",
      ),
    );
    await client.control("POST", "clock", { advance: "5s" });
    expect(await create("three", { postgres_database: "three", role: owner })).toMatchObject({ status: 200 });
  });

  test("case 67: a database waits for a role, and both for a compute", async () => {
    await client.control("PATCH", "settings", { operationTime: "5s" });
    const mutations = {
      role: () => client.api("POST", `${production}/roles?role_id=app`, { spec: { postgres_role: "app" } }),
      database: () => create("stock", { postgres_database: "stock", role: owner }),
      endpoint: () =>
        client.api("PATCH", `${production}/endpoints/primary?update_mask=spec.disabled`, { spec: { disabled: true } }),
    };
    for (const first of Object.values(mutations)) {
      await client.control("POST", "clock", { advance: "60s" });
      expect(await first()).toMatchObject({ status: 200 });
      for (const other of Object.values(mutations).filter((mutation) => mutation !== first)) {
        expect(await other()).toMatchObject({ status: 409 });
      }
    }
  });
});

describe("update", () => {
  test("case 66: it is renamed in Postgres and keeps its id", async () => {
    await make("stock");
    await client.ok("PATCH", `${stock}?update_mask=spec.postgres_database`, { spec: { postgres_database: "goods" } });
    expect((await client.ok("GET", stock)).status).toEqual({
      database_id: "stock",
      postgres_database: "goods",
      role: owner,
    });
  });

  test("it changes its owner, to one that is there", async () => {
    await make("stock");
    await client.ok("POST", `${production}/roles?role_id=app`, { spec: { postgres_role: "app" } });
    const patch = (role: string) => client.api("PATCH", `${stock}?update_mask=spec.role`, { spec: { role } });
    expect(refusal(await patch(`${production}/roles/absent`))).toEqual(refused(404, "NOT_FOUND", "role not found"));
    expect(await patch(`${production}/roles/app`)).toMatchObject({ status: 200 });
    expect((await client.ok("GET", stock)).status.role).toBe(`${production}/roles/app`);
  });

  test("it is not renamed to another's name (unknown: assumed)", async () => {
    await make("stock");
    const answer = await client.api("PATCH", `${stock}?update_mask=spec`, {
      spec: { postgres_database: "databricks_postgres" },
    });
    expect(refusal(answer)).toEqual(refused(400, "BAD_REQUEST", "database with that name already exists"));
  });
});

test("a deleted database is not found", async () => {
  await make("stock");
  await client.ok("DELETE", stock);
  expect(refusal(await client.api("GET", stock))).toEqual(refused(404, "NOT_FOUND", "database id not found"));
});

test("case 67: with Postgres a database in the making keeps others waiting, on its branch alone", async () => {
  const real = await startClient({ postgres: true });
  await real.ok("POST", "projects?project_id=shop", { spec: {} });
  await real.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
  const dev = `${shop}/branches/dev`;
  const make = (branch: string, id: string) =>
    real.api("POST", `${branch}/databases?database_id=${id}`, {
      spec: { postgres_database: id, role: `${branch}/roles/emulator` },
    });
  const [one, two, elsewhere] = await Promise.all([make(production, "one"), make(production, "two"), make(dev, "one")]);
  expect([one.status, two.status].sort()).toEqual([200, 409]);
  expect(elsewhere.status).toBe(200);
  expect(await make(production, one.status === 200 ? "two" : "one")).toMatchObject({ status: 200 });
  expect((await real.ok("GET", `${production}/databases`)).databases).toHaveLength(3);
  await real.emulator.close();
});
