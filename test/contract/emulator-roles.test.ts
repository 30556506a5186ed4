import { type Body, type Client, refusal, refused, startClient } from "./emulator-client";

let client: Client;
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const owner = `${production}/roles/emulator`;
const app = `${production}/roles/app`;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});

async function make(id: string, spec: object = {}, branch = production) {
  return client.ok("POST", `${branch}/roles?role_id=${id}`, { spec: { postgres_role: id, ...spec } });
}

async function ids(kind: string, branch = production): Promise<readonly string[]> {
  const answer = await client.ok("GET", `${branch}/${kind}`);
  return (answer[kind] ?? []).map(({ name }: Body) => name.slice(name.lastIndexOf("/") + 1));
}

async function patch(name: string, mask: string, spec: object): Promise<Body> {
  await client.ok("PATCH", `${name}?update_mask=${mask}`, { spec });
  return (await client.ok("GET", name)).status;
}

describe("what the service makes by itself", () => {
  test("a project has its creator's role, which owns its database", async () => {
    expect(await ids("roles")).toEqual(["emulator"]);
    expect((await client.ok("GET", owner)).status).toMatchObject({
      role_id: "emulator",
      postgres_role: "emulator@example.com",
      identity_type: "USER",
      auth_method: "LAKEBASE_OAUTH_V1",
      membership_roles: ["DATABRICKS_SUPERUSER"],
    });
    expect((await client.ok("GET", `${production}/databases/databricks-postgres`)).status).toEqual({
      database_id: "databricks-postgres",
      postgres_database: "databricks_postgres",
      role: owner,
    });
  });

  test.each([
    { creator: "Ann.O'Neil@example.com", want: "ann-o-neil" },
    { creator: "7even@example.com", want: "u7even" },
    { creator: "8dc75b14-1111-2222-3333-444455556666", want: "sp-8dc75b14-1111-2222-3333-444455556666" },
    { creator: `${"a".repeat(80)}@example.com`, want: "a".repeat(63) },
  ])("the role of $creator is called $want", async ({ creator, want }) => {
    const signIn = await client.raw("POST", "/oidc/v1/token", {
      headers: { authorization: `Basic ${btoa(`${creator}:fake-secret`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    const answer = await client.raw("POST", "/api/2.0/postgres/projects?project_id=theirs", {
      headers: { authorization: `Bearer ${signIn.body.access_token}` },
      body: "{}",
    });
    expect(answer.status).toBe(200);
    expect(await ids("roles", "projects/theirs/branches/production")).toEqual([want]);
  });

  test("case 29: a new branch has the database and all roles of its source, as old as itself", async () => {
    await make("app", { attributes: { createdb: true } });
    await client.ok("POST", `${production}/databases?database_id=stock`, {
      spec: { postgres_database: "stock", role: app },
    });
    await client.control("POST", "clock", { advance: "60s" });
    await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    const dev = `${shop}/branches/dev`;
    expect(await ids("roles", dev)).toEqual(["emulator", "app"]);
    expect(await ids("databases", dev)).toEqual(["databricks-postgres", "stock"]);
    const { create_time } = await client.ok("GET", dev);
    expect(await client.ok("GET", `${dev}/roles/app`)).toMatchObject({
      parent: dev,
      create_time,
      status: { postgres_role: "app", attributes: { createdb: true } },
    });
    expect(await client.ok("GET", `${dev}/databases/stock`)).toMatchObject({
      create_time,
      status: { postgres_database: "stock", role: `${dev}/roles/app` },
    });
  });

  test("a branch from an earlier time has what there was then, as it was", async () => {
    await make("app", { attributes: { createdb: true } });
    await make("gone");
    await client.control("POST", "clock", { advance: "60s" });
    const { now } = await client.control("GET", "clock");
    await client.control("POST", "clock", { advance: "60s" });
    await client.ok("DELETE", `${production}/roles/gone`);
    await patch(app, "spec.attributes.createdb", { attributes: { createdb: false } });
    await make("late");
    const spec = { no_expiry: true, source_branch_time: now };
    await client.ok("POST", `${shop}/branches?branch_id=then`, { spec });
    expect(await ids("roles", `${shop}/branches/then`)).toEqual(["emulator", "app", "gone"]);
    expect((await client.ok("GET", `${shop}/branches/then/roles/app`)).status.attributes.createdb).toBe(true);
  });

  test("an undelete of the project brings them back, but not what users made", async () => {
    await make("app");
    await client.ok("DELETE", shop);
    await client.ok("POST", `${shop}/undelete`, {});
    expect(await ids("roles")).toEqual(["emulator"]);
    expect(await ids("databases")).toEqual(["databricks-postgres"]);
  });
});

describe("create", () => {
  test("case 56: a role without an id gets a valid one", async () => {
    const operation = await client.ok("POST", `${production}/roles`, { spec: { postgres_role: "app" } });
    const { name, role_id } = operation.response;
    expect(role_id).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
    expect(name).toBe(`${production}/roles/${role_id}`);
    expect(await client.ok("GET", name)).toMatchObject({ role_id, status: { role_id, postgres_role: "app" } });
  });

  test("case 57: an application id that begins with a digit is no role id", async () => {
    const id = "8dc75b14-1111-2222-3333-444455556666";
    const answer = await client.api("POST", `${production}/roles?role_id=${id}`, { spec: { postgres_role: id } });
    expect(refusal(answer)).toEqual(
      refused(
        400,
        "INVALID_PARAMETER_VALUE",
        `Field role_id must match pattern ^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$, got '${id}'.`,
      ),
    );
  });

  test("case 58: a plain role has a password and three attributes", async () => {
    await make("app");
    const role = await client.ok("GET", app);
    expect(role).toEqual({
      name: app,
      role_id: "app",
      parent: production,
      create_time: expect.any(String),
      update_time: expect.any(String),
      status: {
        attributes: { bypassrls: false, createdb: false, createrole: false },
        auth_method: "PG_PASSWORD_SCRAM_SHA_256",
        identity_type: "IDENTITY_TYPE_UNSPECIFIED",
        postgres_role: "app",
        role_id: "app",
      },
    });
  });

  test.each([
    { identity_type: "USER", want: "LAKEBASE_OAUTH_V1" },
    { identity_type: "SERVICE_PRINCIPAL", want: "LAKEBASE_OAUTH_V1" },
    { identity_type: "GROUP", want: "LAKEBASE_OAUTH_V1" },
    { identity_type: "GROUP", auth_method: "NO_LOGIN", want: "NO_LOGIN" },
  ])("a role of a $identity_type signs in by $want", async ({ want, ...spec }) => {
    await make("app", spec);
    expect((await client.ok("GET", app)).status).toMatchObject({
      auth_method: want,
      identity_type: spec.identity_type,
    });
  });

  test("case 59: a role that is there already is refused, also under another id (unknown: assumed)", async () => {
    await make("app");
    for (const id of ["app", "other"]) {
      const answer = await client.api("POST", `${production}/roles?role_id=${id}`, { spec: { postgres_role: "app" } });
      expect(refusal(answer)).toEqual(refused(400, "BAD_REQUEST", "role with that name already exists"));
    }
  });

  test("a role that a branch has inherited is refused too", async () => {
    await make("app");
    await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    const answer = await client.api("POST", `${shop}/branches/dev/roles?role_id=app`, {
      spec: { postgres_role: "app" },
    });
    expect(refusal(answer)).toEqual(refused(400, "BAD_REQUEST", "role with that name already exists"));
  });

  test.each([
    {
      name: "no Postgres name",
      spec: { postgres_role: undefined },
      want: "Field 'role.spec.postgres_role' is required",
    },
    { name: "an identity that there is not", spec: { identity_type: "ROBOT" }, want: "must be one of USER" },
    { name: "a membership that there is not", spec: { membership_roles: ["ADMIN"] }, want: "DATABRICKS_SUPERUSER" },
    { name: "an unknown attribute", spec: { attributes: { superuser: true } }, want: "Unknown field" },
  ])("$name is refused", async ({ spec, want }) => {
    const body = { spec: { postgres_role: "app", ...spec } };
    const answer = await client.api("POST", `${production}/roles?role_id=app`, body);
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });

  test.each([
    { parent: "projects/absent/branches/production", want: "project id not found" },
    { parent: `${shop}/branches/absent`, want: "branch id not found" },
  ])("without its parent: $want", async ({ parent, want }) => {
    for (const [method, body] of [["POST", { spec: { postgres_role: "app" } }], ["GET"]] as const) {
      expect(refusal(await client.api(method, `${parent}/roles`, body))).toEqual(refused(404, "NOT_FOUND", want));
    }
  });

  test("the five-hundred-and-first is one too many", async () => {
    for (let count = 1; count < 500; count += 1) await make(`role-${count}`);
    const answer = await client.api("POST", `${production}/roles`, { spec: { postgres_role: "app" } });
    expect(refusal(answer)).toEqual(refused(400, "QUOTA_EXCEEDED", "at most 500 roles"));
  });
});

describe("update", () => {
  const full = { attributes: { createdb: true, createrole: true }, membership_roles: ["DATABRICKS_SUPERUSER"] };

  test.each(["spec.postgres_role", "spec.identity_type", "spec.auth_method"])(
    "case 60: %s is no mask path",
    async (mask) => {
      await make("app");
      const answer = await client.api("PATCH", `${app}?update_mask=${mask}`, { spec: { postgres_role: "other" } });
      expect(refusal(answer)).toEqual(
        refused(400, "INVALID_PARAMETER_VALUE", `Unknown field path in update_mask: '${mask}'`),
      );
    },
  );

  test("case 60: under a mask of the whole spec another name is accepted and has no effect", async () => {
    await make("app");
    const status = await patch(app, "spec", { postgres_role: "other", attributes: { createdb: true } });
    expect(status).toMatchObject({ postgres_role: "app", attributes: { createdb: true } });
  });

  test("case 61: a mask of one attribute leaves the others alone", async () => {
    await make("app", full);
    expect(await patch(app, "spec.attributes.createdb", { attributes: { createdb: false } })).toMatchObject({
      attributes: { createdb: false, createrole: true, bypassrls: false },
      membership_roles: ["DATABRICKS_SUPERUSER"],
    });
  });

  test.each(["spec", ""])("a mask of '%s' changes the attributes that are there, and all memberships", async (mask) => {
    await make("app", full);
    const status = await patch(app, mask, { attributes: { createdb: false } });
    expect(status.attributes).toEqual({ createdb: false, createrole: true, bypassrls: false });
    expect(status).not.toHaveProperty("membership_roles");
  });

  test.each(["*", "spec,spec.membership_roles"])(
    "a mask of '%s' wants all attributes, and clears memberships",
    async (mask) => {
      await make("app", full);
      const part = { spec: { attributes: { createdb: true, createrole: true } } };
      expect(refusal(await client.api("PATCH", `${app}?update_mask=${mask}`, part))).toEqual(
        refused(400, "INVALID_PARAMETER_VALUE", "Field 'spec.attributes.bypassrls' is in update_mask but not provided"),
      );
      const attributes = { createdb: false, createrole: false, bypassrls: true };
      const status = await patch(app, mask, { attributes });
      expect(status.attributes).toEqual(attributes);
      expect(status).not.toHaveProperty("membership_roles");
    },
  );

  test("a mask of all attributes and of one is refused (unknown: assumed text)", async () => {
    await make("app");
    const answer = await client.api("PATCH", `${app}?update_mask=spec.attributes,spec.attributes.createdb`, {
      spec: { attributes: { createdb: true } },
    });
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", "overlaps"));
  });

  test("case 62: replace_existing without memberships clears them, and keeps the attributes that it omits", async () => {
    await make("app", full);
    const before = await client.ok("GET", app);
    await client.control("POST", "clock", { advance: "60s" });
    await client.ok("POST", `${production}/roles?role_id=app&replace_existing=true`, {
      spec: { postgres_role: "other", auth_method: "NO_LOGIN", attributes: { createrole: false } },
    });
    const role = await client.ok("GET", app);
    expect(role.create_time).toBe(before.create_time);
    expect(role.status).toEqual({
      ...before.status,
      attributes: { createdb: true, createrole: false, bypassrls: false },
      membership_roles: undefined,
    });
  });

  test("replace_existing makes a role that is not there", async () => {
    await client.ok("POST", `${production}/roles?role_id=app&replace_existing=true`, {
      spec: { postgres_role: "app" },
    });
    expect(await ids("roles")).toEqual(["emulator", "app"]);
  });
});

describe("delete", () => {
  test("a deleted role is not found, and neither is its second delete", async () => {
    await make("app");
    const operation = await client.ok("DELETE", app);
    expect(operation).toMatchObject({
      done: true,
      metadata: { "@type": "type.googleapis.com/databricks.postgres.v1.RoleOperationMetadata" },
      response: { "@type": "type.googleapis.com/google.protobuf.Empty" },
    });
    for (const method of ["GET", "DELETE"]) {
      expect(refusal(await client.api(method, app))).toEqual(refused(404, "NOT_FOUND", "role id not found"));
    }
  });

  test("a role that owns a database is refused (unknown: assumed text), and goes when another is to own it", async () => {
    await make("app");
    const stock = `${production}/databases/stock`;
    await client.ok("POST", `${production}/databases?database_id=stock`, {
      spec: { postgres_database: "stock", role: app },
    });
    expect(refusal(await client.api("DELETE", app))).toEqual(refused(400, "BAD_REQUEST", "cannot be dropped"));
    const absent = `${production}/roles/absent`;
    expect(refusal(await client.api("DELETE", `${app}?reassign_owned_to=${absent}`))).toEqual(
      refused(404, "NOT_FOUND", `role not found; role_id:"absent"`),
    );
    await client.ok("DELETE", `${app}?reassign_owned_to=${owner}`);
    expect((await client.ok("GET", stock)).status.role).toBe(owner);
    expect(await ids("roles")).toEqual(["emulator"]);
  });
});
