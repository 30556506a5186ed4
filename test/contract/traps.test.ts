/** Known ghosts and traps of the service, each as the emulator shows it. */
import { EmulatorUnderTest, useEmulator } from "../support/emulator.ts";
import { type Kept, Run } from "../support/run.ts";

const emulator = useEmulator();
// Some wait for what the service takes seconds for.
jest.setTimeout(30_000);
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const dev = `${shop}/branches/dev`;
const replica = { parent: production, endpointId: "reader", endpointType: "ENDPOINT_TYPE_READ_ONLY" };
const impatient = { "lakebase:operationTimeout": "1s" };

beforeEach(async () => {
  await emulator.outside("POST", "projects?project_id=shop", { spec: {} });
  await emulator.requests();
});

async function sent(): Promise<readonly string[]> {
  const requests = await emulator.requests();
  return requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
}

/** What the engine keeps of a create that made something and then failed. */
async function kept(type: string, creating: Promise<unknown>): Promise<Kept> {
  const failure = (await creating.then(
    () => undefined,
    (error: unknown) => error,
  )) as { id: string; properties: Record<string, unknown> } | undefined;
  if (failure?.id === undefined) throw new Error(`the create did not fail with an object: ${String(failure)}`);
  return { type, id: failure.id, inputs: { ...failure.properties }, outs: { ...failure.properties } };
}

test("a branch that is still in the making is deleted once it takes a delete (probed 2026-10-02)", async () => {
  await emulator.settings({ operationTime: "3s" });
  const branch = await kept("Branch", new Run(emulator, impatient).create("Branch", { parent: shop, branchId: "dev" }));
  await new Run(emulator).delete(branch);
  await expect(emulator.outside("GET", dev)).rejects.toThrow("branch id not found");
});

test("a delete that was swallowed is sent again until the branch is gone", async () => {
  await emulator.outside("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
  const outs = { parent: shop, branchId: "dev", status: { currentState: "READY", pendingState: "READY" } };
  await emulator.fault({ method: "DELETE", path: `/api/2.0/postgres/${dev}`, status: 200, body: done, times: 1 });
  await emulator.requests();
  await new Run(emulator).delete({ type: "Branch", id: dev, inputs: outs, outs });
  expect(await sent()).toEqual([`DELETE ${dev}`, `DELETE ${dev}`]);
  await expect(emulator.outside("GET", dev)).rejects.toThrow("branch id not found");
});

const done = {
  name: `${dev}/operations/swallowed`,
  done: true,
  response: { "@type": "type.googleapis.com/google.protobuf.Empty" },
};

test("an endpoint id that is used again too soon is recognised (databricks/cli#5872)", async () => {
  await emulator.settings({ ghostEndpoints: true });
  const made = await new Run(emulator).create("Endpoint", replica);
  await new Run(emulator).delete(made);
  await expect(new Run(emulator).create("Endpoint", replica)).rejects.toThrow(
    `${production}/endpoints/reader is listed now and cannot be read, as happens when an id is used again too soon after a delete (databricks/cli#5872); choose another endpointId`,
  );
  await expect(new Run(emulator).create("Endpoint", replica)).rejects.toThrow(
    "it is listed and cannot be read, as happens when an id is used again too soon after a delete",
  );
});

test("a whole minute is sent as the second before it, and is what the program declared (field report, 2026-10-03)", async () => {
  await emulator.settings({ wholeMinuteFailure: true });
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const sourceBranchTime = new Date(minute).toISOString().replace(".000", "");
  const args = { parent: shop, branchId: "dev", sourceBranchTime };
  const made = await new Run(emulator).create("Branch", args);
  const [create] = await emulator.requests();
  expect(create?.body).toMatchObject({
    spec: { source_branch_time: new Date(minute - 1000).toISOString().replace(".000", "") },
  });
  const found = await new Run(emulator).refresh(made);
  expect(found?.inputs).toEqual(made.inputs);
});

test("a project that an earlier run made before it died is this program's own, however little is declared of it", async () => {
  const run = new Run(emulator);
  const made = await run.create("Project", { projectId: "shop" });
  expect(made.outs["adopted"]).toBeUndefined();
  expect(run.warnings).toEqual([expect.stringContaining("taking it over as made by an earlier run")]);
});

test.each(["Branch", "Role", "Snapshot"])("a 500 after the create of a %s is looked up, not repeated", async (type) => {
  const args: Record<string, Record<string, unknown>> = {
    Branch: { parent: shop, branchId: "dev" },
    Role: { parent: production, postgresRole: "app" },
    Snapshot: { parent: shop, snapshotId: "now", sourceBranch: production, ttl: "30d" },
  };
  await emulator.fault({ method: "POST", drop: "after", times: 1 });
  const made = await new Run(emulator).create(type, args[type] ?? {});
  expect((await sent()).filter((call) => call.startsWith("POST"))).toHaveLength(1);
  expect(made.outs["adopted"]).toBeUndefined();
  await new Run(emulator).delete(made);
  await expect(emulator.outside("GET", made.id)).rejects.toThrow("404");
});

test.each([
  ["Role", { parent: production, postgresRole: "app" }],
  ["Database", { parent: production, postgresDatabase: "orders", role: `${production}/roles/emulator` }],
  ["Snapshot", { parent: shop, snapshotId: "now", sourceBranch: production, ttl: "30d" }],
  ["Catalog", { catalogId: "shop", branch: production, postgresDatabase: "databricks_postgres" }],
  ["SnapshotSchedule", { parent: production, schedule: [{ dailySchedule: { hour: 1 }, retention: "7d" }] }],
])("a wait for a %s that runs out keeps it, and the next up heals it", async (type, args) => {
  await emulator.settings({ operationTime: "3s" });
  const broken = await kept(type, new Run(emulator, impatient).create(type, args));
  await emulator.settings({ operationTime: "0s" });
  const healed = await new Run(emulator).update({ ...broken, outs: { ...broken.outs, adopt: true } }, args);
  expect(healed.outs).toHaveProperty("status");
  expect((await sent()).filter((call) => /^(POST|PATCH)/.test(call))).toHaveLength(1);
});

test("a synced table is waited for until its rows are there, and its failure is told", async () => {
  await emulator.settings({ operationTime: "1s" });
  const args = {
    syncedTableId: "main.public.prices",
    sourceTableFullName: "main.sales.prices",
    branch: production,
    postgresDatabase: "databricks_postgres",
    primaryKeyColumns: ["id"],
  };
  const made = await new Run(emulator).create("SyncedTable", args);
  expect(made.outs["status"]).toMatchObject({ detailedState: expect.stringMatching(/^SYNCED_TABLE_ONLINE/) });
  // Its name is not free as soon as the service says that the delete is done.
  await new Run(emulator).delete(made);
  await new Run(emulator).create("SyncedTable", args);
});

test("a synced table that is there is not replaced in silence, since nothing tells whose it is", async () => {
  const table = { source_table_full_name: "main.sales.prices", branch: production, primary_key_columns: ["id"] };
  await emulator.outside("POST", "synced_tables?synced_table_id=main.public.prices", {
    spec: { ...table, postgres_database: "databricks_postgres" },
  });
  await emulator.requests();
  const args = {
    syncedTableId: "main.public.prices",
    sourceTableFullName: "main.sales.prices",
    branch: production,
    postgresDatabase: "databricks_postgres",
  };
  await expect(new Run(emulator).create("SyncedTable", args)).rejects.toThrow(
    /^synced_tables\/main.public.prices is not made: its id is taken; .* the service does not show what it was made with; to take it over write adopt: true/,
  );
  const adopted = await new Run(emulator).create("SyncedTable", { ...args, adopt: true });
  await new Run(emulator).delete(adopted);
  expect(await sent()).toEqual([]);
});

test("a ttl that would be over already is refused at preview: it counts from the creation", async () => {
  await emulator.clock({ now: new Date(Date.now() - 10 * 86_400_000).toISOString() });
  await emulator.outside("POST", "projects?project_id=old", { spec: {} });
  const args = { parent: "projects/old", branchId: "dev" };
  const made = await new Run(emulator).create("Branch", args);
  await emulator.requests();
  await expect(new Run(emulator).update(made, { ...args, ttl: "7d" })).rejects.toThrow(
    /^ttl is 7d, which counts from the creation at .*, so that the service could delete projects\/old\/branches\/dev at once; write a longer ttl, or expireTime$/,
  );
  expect(await sent()).toEqual([]);
});

test("permissions are not set while it is not known who has to keep them", async () => {
  const body = { error_code: "PERMISSION_DENIED", message: "no" };
  await emulator.fault({ method: "GET", path: "/api/2.0/preview/scim/v2/Me", status: 403, body, times: 9 });
  const accessControlList = [{ groupName: "developers", permissionLevel: "CAN_USE" }];
  await expect(
    new Run(emulator).create("ProjectPermissions", { parent: shop, adopt: true, accessControlList }),
  ).rejects.toThrow("GET preview/scim/v2/Me: PERMISSION_DENIED (403): no");
  expect(await sent()).toEqual([]);
});

test("a role whose delete is not permitted is told so, and nothing else", async () => {
  const app = await new Run(emulator).create("Role", { parent: production, postgresRole: "app" });
  const body = { error_code: "PERMISSION_DENIED", message: "assign the user 'Can Manage'" };
  await emulator.fault({ method: "DELETE", status: 403, body, times: 1 });
  await expect(new Run(emulator).delete(app)).rejects.toThrow(/Manage'; ask for CAN MANAGE on the project[^;]*$/);
});

test("changes of roles and databases on one branch go one after the other, without a word by the program", async () => {
  await emulator.settings({ operationTime: "200ms" });
  const run = new Run(emulator);
  const roles = ["one", "two", "three"].map((postgresRole) => run.create("Role", { parent: production, postgresRole }));
  const databases = ["a", "b", "c"].map((postgresDatabase) =>
    run.create("Database", { parent: production, postgresDatabase, role: `${production}/roles/emulator` }),
  );
  await Promise.all([...roles, ...databases]);
  const answers = await emulator.requests();
  expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
});

test("a role that owns databases is deleted once it is said who gets them", async () => {
  const run = new Run(emulator);
  const app = await run.create("Role", { parent: production, postgresRole: "app" });
  const orders = { parent: production, postgresDatabase: "orders", role: app.id };
  await run.create("Database", orders);
  await expect(new Run(emulator).delete(app)).rejects.toThrow(
    `where ${app.id} owns something (${production}/databases/orders), write reassignOwnedTo: another role, run 'pulumi up', then delete again`,
  );
  const reassignOwnedTo = `${production}/roles/emulator`;
  const ready = await new Run(emulator).update(app, { parent: production, postgresRole: "app", reassignOwnedTo });
  await new Run(emulator).delete(ready);
  expect((await emulator.outside("GET", `${production}/databases/orders`))["status"]).toMatchObject({
    role: reassignOwnedTo,
  });
});

describe("a synced table whose source is not there", () => {
  const real = new EmulatorUnderTest();
  const args = {
    syncedTableId: "main.public.prices",
    sourceTableFullName: "main.sales.prices",
    branch: production,
    postgresDatabase: "databricks_postgres",
    primaryKeyColumns: ["id"],
  };

  beforeAll(() => real.start({ postgres: true }));
  afterAll(() => real.close());
  beforeEach(async () => {
    await real.reset();
    await real.outside("POST", "projects?project_id=shop", { spec: {} });
  });

  test("fails in the service's words, is kept, and can be deleted", async () => {
    const creating = new Run(real).create("SyncedTable", args);
    await expect(creating).rejects.toThrow(/^synced_tables\/main\.public\.prices is SYNCED_TABLE_OFFLINE_FAILED: .*/);
    await new Run(real).delete(await kept("SyncedTable", creating));
    await expect(real.outside("GET", "synced_tables/main.public.prices")).rejects.toThrow("404");
  });
});
