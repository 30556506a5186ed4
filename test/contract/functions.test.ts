/** The functions of programs over real HTTP against the emulator: what they ask, what they answer, and how they fail. */
import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "../../provider";
import { useEmulator } from "../support/emulator.ts";

const emulator = useEmulator();

const shop = "projects/shop";
const dev = `${shop}/branches/dev`;
const primary = `${dev}/endpoints/primary`;

beforeEach(async () => {
  Object.assign(process.env, emulator.env);
  await emulator.outside("POST", "projects?project_id=shop", { spec: { display_name: "Shop", pg_version: 17 } });
  await emulator.outside("POST", `${shop}/branches?branch_id=dev`, { spec: { ttl: "86400s" } });
  await emulator.requests();
});

test("a project is answered in the program's spelling, with what the service says as its status", async () => {
  expect(await lakebase.getProject({ name: shop })).toMatchObject({
    name: shop,
    projectId: "shop",
    displayName: "Shop",
    pgVersion: 17,
    historyRetentionDuration: "604800s",
    defaultEndpointSettings: { autoscalingLimitMinCu: 1, suspendTimeoutDuration: "86400s" },
    uid: expect.any(String),
    createTime: expect.any(String),
    status: { owner: "emulator@example.com", displayName: "Shop", defaultBranch: `${shop}/branches/production` },
  });
  expect(await emulator.calls()).toEqual([`GET ${shop}`]);
});

test("a branch and its endpoint are answered with their parents and their own outputs", async () => {
  expect(await lakebase.getBranch({ name: dev })).toMatchObject({
    name: dev,
    parent: shop,
    branchId: "dev",
    expireTime: expect.any(String),
    sourceBranch: `${shop}/branches/production`,
    status: { currentState: "READY" },
  });
  const endpoint = await lakebase.getEndpoint({ name: primary });
  expect(endpoint).toMatchObject({
    name: primary,
    parent: dev,
    endpointId: "primary",
    endpointType: "ENDPOINT_TYPE_READ_WRITE",
    host: expect.stringMatching(/^ep-/),
  });
  expect(endpoint.status.hosts).toEqual({ host: endpoint.host, readWritePooledHost: endpoint.pooledHost });
});

test("roles and databases are answered by their names in the service, with those in Postgres", async () => {
  const owner = `${dev}/roles/emulator`;
  expect(await lakebase.getRole({ name: owner })).toMatchObject({
    parent: dev,
    roleId: "emulator",
    postgresRole: "emulator@example.com",
    identityType: "USER",
    membershipRoles: ["DATABRICKS_SUPERUSER"],
  });
  const database = await lakebase.getDatabase({ name: `${dev}/databases/databricks-postgres` });
  expect(database).toMatchObject({
    databaseId: "databricks-postgres",
    postgresDatabase: "databricks_postgres",
    role: owner,
  });
});

test("a synced table is answered with its state, since the service does not show what it was declared with", async () => {
  await emulator.outside("POST", "catalogs?catalog_id=shop_catalog", {
    spec: { branch: dev, postgres_database: "databricks_postgres" },
  });
  const name = "synced_tables/shop_catalog.public.orders";
  await emulator.outside("POST", "synced_tables?synced_table_id=shop_catalog.public.orders", {
    spec: { source_table_full_name: "main.shop.orders", primary_key_columns: ["id"] },
  });
  expect(await lakebase.getSyncedTable({ name })).toMatchObject({
    name,
    syncedTableId: "shop_catalog.public.orders",
    status: { detailedState: expect.stringMatching(/^SYNCED_TABLE_/), project: shop },
  });
});

test("lists hold every object, whatever the size of a page", async () => {
  for (let n = 0; n < 105; n++) await emulator.outside("POST", `projects?project_id=more-${n}`, { spec: {} });
  const projects = await lakebase.listProjects();
  expect(projects).toHaveLength(106);
  expect(projects.map(({ projectId }) => projectId)).toContain("shop");
});

test("lists of a parent hold what lies below it", async () => {
  const branches = await lakebase.listBranches({ parent: shop });
  expect(branches.map(({ branchId }) => branchId).sort()).toEqual(["dev", "production"]);
  const endpoints = await lakebase.listEndpoints({ parent: dev });
  expect(endpoints.map(({ name, parent }) => ({ name, parent }))).toEqual([{ name: primary, parent: dev }]);
  expect(await emulator.calls()).toEqual([`GET ${shop}/branches`, `GET ${dev}/endpoints`]);
});

test("deleted ones are listed when they are asked for, with what becomes of them", async () => {
  await emulator.outside("DELETE", dev);
  await emulator.outside("POST", "projects?project_id=old", { spec: {} });
  await emulator.outside("DELETE", "projects/old");
  const ids = (found: readonly { readonly name: string }[]) => found.map(({ name }) => name);
  expect(ids(await lakebase.listProjects())).toEqual([shop]);
  expect(ids(await lakebase.listBranches({ parent: shop, showDeleted: false }))).toEqual([
    `${shop}/branches/production`,
  ]);
  const [old] = (await lakebase.listProjects({ showDeleted: true })).filter(({ name }) => name === "projects/old");
  const [gone] = (await lakebase.listBranches({ parent: shop, showDeleted: true })).filter(({ name }) => name === dev);
  for (const deleted of [old, gone]) {
    expect(deleted).toMatchObject({ deleteTime: expect.any(String), purgeTime: expect.any(String) });
    expect(Date.parse(deleted?.purgeTime ?? "")).toBeGreaterThan(Date.parse(deleted?.deleteTime ?? ""));
  }
});

test("the current user is asked for once", async () => {
  expect(await lakebase.getCurrentUser()).toMatchObject({ userName: "emulator@example.com", id: expect.any(String) });
  expect(await lakebase.getCurrentUser()).toMatchObject({ userName: "emulator@example.com" });
  expect((await emulator.calls()).length).toBeLessThanOrEqual(1);
});

test("a credential is a secret, lives as long as was asked, and its claims are sent", async () => {
  const asked = { endpoint: primary, ttl: "5m", readOnlyTables: ["main.shop.orders"] };
  const { token, expireTime } = await lakebase.getDatabaseCredential(asked);
  expect(await pulumi.isSecret(token)).toBe(true);
  const left = Date.parse(expireTime) - Date.now();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(300_000);
  const [request] = await emulator.requests();
  expect(request).toMatchObject({
    path: "credentials",
    body: {
      endpoint: primary,
      ttl: "300s",
      claims: [{ permission_set: "READ_ONLY", resources: [{ table_name: "main.shop.orders" }] }],
    },
  });
});

test("a credential is asked for again when the answer was lost, since a second one does no harm", async () => {
  await emulator.fault({ method: "POST", path: "credentials", status: 500, times: 2 });
  await lakebase.getDatabaseCredential({ endpoint: primary });
  expect(await emulator.calls()).toEqual(["POST credentials", "POST credentials", "POST credentials"]);
});

/** Some of what a JavaScript program may write. */
const notText = undefined as unknown as string;

const failures: readonly {
  readonly name: string;
  readonly call: () => Promise<unknown>;
  readonly want: string | RegExp;
}[] = [
  {
    name: "a project that is not there",
    call: () => lakebase.getProject({ name: "projects/none" }),
    want: "getProject: projects/none does not exist; check the name, and that the workspace is the right one",
  },
  {
    name: "a branch that is not there",
    call: () => lakebase.getBranch({ name: `${shop}/branches/none` }),
    want: `getBranch: ${shop}/branches/none does not exist; check the name, and that the workspace is the right one`,
  },
  {
    name: "an endpoint that is not there",
    call: () => lakebase.getEndpoint({ name: `${dev}/endpoints/none` }),
    want: `getEndpoint: ${dev}/endpoints/none does not exist; check the name, and that the workspace is the right one`,
  },
  {
    name: "a list of a parent that is not there",
    call: () => lakebase.listBranches({ parent: "projects/none" }),
    want: "listBranches: projects/none does not exist; check the name, and that the workspace is the right one",
  },
  {
    name: "a credential for an endpoint that is not there",
    call: () => lakebase.getDatabaseCredential({ endpoint: `${dev}/endpoints/none` }),
    want: `getDatabaseCredential: ${dev}/endpoints/none does not exist; check the name, and that the workspace is the right one`,
  },
  {
    name: "an id in place of a name",
    call: () => lakebase.getProject({ name: "shop" }),
    want: 'getProject: "shop" is not the full name of a Project, which is projects/PROJECT',
  },
  {
    name: "a name of another kind",
    call: () => lakebase.getBranch({ name: shop }),
    want: `getBranch: "${shop}" is not the full name of a Branch, which is projects/PROJECT/branches/BRANCH`,
  },
  {
    name: "no name",
    call: () => lakebase.getBranch({ name: notText }),
    want: "getBranch: name is missing: the full name of a Branch, which is projects/PROJECT/branches/BRANCH",
  },
  {
    name: "a parent of another kind",
    call: () => lakebase.listEndpoints({ parent: shop }),
    want: /^listEndpoints: parent is not the full name of a Branch; give the resource itself or projects\/PROJECT\/branches\/BRANCH$/,
  },
  {
    name: "no parent",
    call: () => lakebase.listBranches({ parent: notText }),
    want: /^listBranches: parent must be a Project or its full name, projects\/PROJECT$/,
  },
  {
    name: "a ttl out of bounds",
    call: () => lakebase.getDatabaseCredential({ endpoint: primary, ttl: "1m" }),
    want: "getDatabaseCredential: ttl is shorter than the service allows; write 5m to 1h",
  },
];

test.each(failures)("$name: said in one sentence, without a stack", async ({ call, want }) => {
  const failure: unknown = await call().catch((reason: unknown) => reason);
  expect(pulumi.RunError.isInstance(failure)).toBe(true);
  expect((failure as Error).message).toMatch(want instanceof RegExp ? want : new RegExp(`^${escaped(want)}$`));
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

test("what is wrong before anything is sent costs no request", async () => {
  await expect(lakebase.getDatabaseCredential({ endpoint: primary, ttl: "2h" })).rejects.toThrow("ttl is longer");
  await expect(lakebase.getProject({ name: "../../2.0/clusters" })).rejects.toThrow(
    "is not the full name of a Project",
  );
  expect(await emulator.calls()).toEqual([]);
});

test("a refusal says what to ask for", async () => {
  await emulator.fault({
    method: "GET",
    status: 403,
    body: { error_code: "PERMISSION_DENIED", message: "assign the user 'Can Use' for Database project x" },
  });
  await expect(lakebase.getProject({ name: shop })).rejects.toThrow(
    /^getProject: GET projects\/shop: PERMISSION_DENIED \(403\).*; ask for CAN USE on the project for the identity/,
  );
});
