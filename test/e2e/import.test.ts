/** What exists in a workspace becomes a stack's: its state by a file, its program by a text, with nothing left to change. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../tools/places.mts";
import { run } from "../../tools/process.mts";
import { useEmulator } from "../support/emulator.ts";
import { expectImported, importing } from "../support/importing.ts";
import { errors, expectDone } from "../support/shop.ts";
import { type Stack, useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

const shop = "projects/shop";
const production = `${shop}/branches/production`;
const dev = `${shop}/branches/dev`;
const orders = `${production}/databases/orders`;

function post(path: string, spec: unknown): Promise<unknown> {
  return emulator.outside("POST", path, { spec });
}

function patch(path: string, mask: string, spec: unknown): Promise<unknown> {
  return emulator.outside("PATCH", `${path}?update_mask=${mask}`, { spec });
}

/** Somebody's workspace: of each kind one at least, some as they are made and some changed. */
async function fill(): Promise<void> {
  await post("projects?project_id=shop", {
    display_name: "The shop",
    pg_version: 17,
    history_retention_duration: "1209600s",
    default_endpoint_settings: {
      autoscaling_limit_min_cu: 0.5,
      autoscaling_limit_max_cu: 2,
      suspend_timeout_duration: "300s",
      pg_settings: { work_mem: "8MB" },
    },
    custom_tags: [{ key: "team", value: "a" }],
  });
  // What is made now did not come with the project.
  await emulator.clock({ advance: "1m" });
  await post(`${production}/roles?role_id=app`, { postgres_role: "app", attributes: { createdb: true } });
  await post(`${production}/roles?role_id=readers`, { postgres_role: "Readers", identity_type: "GROUP" });
  await post(`${production}/databases?database_id=orders`, {
    postgres_database: "orders",
    role: `${production}/roles/app`,
  });
  await patch(orders, "spec.postgres_database", { postgres_database: "sales" });
  await patch(`${production}/databases/databricks-postgres`, "spec.role", { role: `${production}/roles/readers` });
  await post(`${orders}/data-api`, { db_schemas: ["public", "api"], jwt_cache_max_lifetime: "600s" });
  await emulator.outside("POST", `${orders}/cdf-configs?cdf_config_id=public`, {
    postgres_schema: "public",
    catalog: "main",
    schema: "orders_feed",
  });
  // The later ones are listed first, and have all that their sources have.
  await post(`${shop}/branches?branch_id=dev`, { source_branch: production, no_expiry: true });
  await post(`${shop}/branches?branch_id=a-preview`, { source_branch: dev, ttl: "86400s" });
  await patch(production, "spec.is_protected", { is_protected: true });
  await patch(`${dev}/endpoints/primary`, "spec.suspension,spec.autoscaling_limit_max_cu", {
    no_suspension: true,
    autoscaling_limit_max_cu: 4,
  });
  await post(`${dev}/endpoints?endpoint_id=reader`, {
    endpoint_type: "ENDPOINT_TYPE_READ_ONLY",
    autoscaling_limit_min_cu: 1,
    autoscaling_limit_max_cu: 1,
  });
  await post(`${shop}/snapshots?snapshot_id=before`, { source_branch: production, ttl: "2592000s" });
  await emulator.outside("PATCH", `${production}/snapshot-schedule?update_mask=schedule`, {
    schedule: [
      { daily_schedule: { hour: 3 }, retention: "604800s" },
      { weekly_schedule: { day_of_week: "SUNDAY", hour: 0 }, retention: "2592000s" },
    ],
  });
  await emulator.outside("PUT", "../permissions/database-projects/shop", {
    access_control_list: [
      { user_name: "emulator@example.com", permission_level: "CAN_MANAGE" },
      { group_name: "developers", permission_level: "CAN_USE" },
    ],
  });
  await post("catalogs?catalog_id=shop_orders", { branch: production, postgres_database: "sales" });
  await post("synced_tables?synced_table_id=shop_orders.public.prices", {
    source_table_full_name: "main.sales.prices",
    primary_key_columns: ["id"],
    scheduling_policy: "TRIGGERED",
  });
  await emulator.requests();
}

/** An empty stack of a project in TypeScript. */
function empty(): Promise<Stack> {
  const tsconfig = readFileSync(join(checkout, "examples/quickstart/tsconfig.json"), "utf8");
  return newStack({ env: emulator.env, files: { "tsconfig.json": tsconfig } });
}

function programOf(stack: Stack): string {
  return readFileSync(join(stack.project, "index.ts"), "utf8");
}

/** What the program declares, in its order: `Branch shop-dev`. */
function declaredIn(stack: Stack): readonly string[] {
  const statements = programOf(stack).matchAll(/new lakebase\.(\w+)\("([^"]+)"/g);
  return [...statements].map(([, type, name]) => `${type} ${name}`);
}

async function expectTypes(stack: Stack): Promise<void> {
  const tsc = join(stack.project, "node_modules/typescript/bin/tsc");
  expect(await run(process.execPath, [tsc, "--noEmit", "-p", stack.project])).toMatchObject({ status: 0, stdout: "" });
}

/** What came by itself with a branch: the roles and databases of its source, and its compute. */
function inherited(branch: string): readonly string[] {
  const roles = ["emulator", "app", "readers"].map((role) => `Role ${branch}-${role}`);
  const databases = ["databricks-postgres", "orders"].map((database) => `Database ${branch}-${database}`);
  return [...roles, ...databases, `Endpoint ${branch}-primary`];
}

test("a whole workspace is taken in, with nothing left to change, and belongs to the stack", async () => {
  await fill();
  const stack = await empty();
  const others = ["--catalog", "shop_orders", "--synced-table", "shop_orders.public.prices=main.sales.prices"];
  expect(await importing(stack, "shop", ...others)).toMatchObject({ status: 0, stderr: "" });
  expect(declaredIn(stack)).toEqual([
    "Project shop",
    "Branch shop-production",
    ...inherited("shop-production").slice(0, 5),
    "CdfConfig shop-production-orders-public",
    "DataApi shop-production-orders-data-api",
    "Endpoint shop-production-primary",
    "SnapshotSchedule shop-production-snapshot-schedule",
    "Branch shop-dev",
    ...inherited("shop-dev"),
    "Endpoint shop-dev-reader",
    "Branch shop-a-preview",
    ...inherited("shop-a-preview"),
    "ProjectPermissions shop-permissions",
    "Snapshot shop-before",
    "Catalog shop_orders",
    "SyncedTable shop_orders-public-prices",
  ]);
  await expectTypes(stack);

  await expectImported(stack);
  await expectDone(stack.preview("--expect-no-changes"));
  await expectDone(stack.refresh("--preview-only", "--expect-no-changes"));
  await emulator.requests();
  await expectDone(stack.up());
  expect(await emulator.calls()).toEqual([]);

  stack.write("index.ts", programOf(stack).replace("isProtected: true", "isProtected: false"));
  await expectDone(stack.up());
  expect(await emulator.calls()).toEqual([`PATCH ${production} spec.is_protected`]);

  await expectDone(stack.destroy());
  const changes = (await emulator.requests()).filter(({ method }) => method !== "GET");
  expect(changes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    "DELETE catalogs/shop_orders",
    "DELETE projects/shop",
    `DELETE ${shop}/branches/a-preview`,
    `DELETE ${dev}`,
    `DELETE ${dev}/endpoints/reader`,
    `DELETE ${orders}`,
    `DELETE ${orders}/cdf-configs/public`,
    `DELETE ${orders}/data-api`,
    `DELETE ${production}/roles/app`,
    `DELETE ${shop}/snapshots/before`,
    "DELETE synced_tables/shop_orders.public.prices",
    `PATCH ${production}/snapshot-schedule`,
    "PUT /api/2.0/permissions/database-projects/shop",
  ]);
  expect(await emulator.outside("GET", "projects")).not.toMatchObject({ projects: [expect.anything()] });
}, 300_000);

test("of a synced table the program says what the service does not show, and nothing is replaced for it", async () => {
  await fill();
  const stack = await empty();
  expect(await importing(stack, "--synced-table", "shop_orders.public.prices")).toMatchObject({
    status: 0,
    stderr: expect.stringContaining("sourceTableFullName; write it into the program"),
  });
  const program = programOf(stack);
  await stack.start("import", "--file", "import.json", "--generate-code=false").done;
  const refused = await stack.preview();
  expect(refused.status).not.toBe(0);
  expect(errors(refused)).toContain("sourceTableFullName is empty; write CATALOG.SCHEMA.TABLE");
  const known = 'sourceTableFullName: "main.sales.prices",\n  schedulingPolicy: "TRIGGERED",';
  stack.write("index.ts", program.replace('sourceTableFullName: "",', known));
  await emulator.requests();
  await expectDone(stack.up());
  expect(await emulator.calls()).toEqual([]);
  await expectDone(stack.preview("--expect-no-changes"));
  stack.write("index.ts", program.replace('sourceTableFullName: "",', known.replace("TRIGGERED", "CONTINUOUS")));
  expect((await stack.preview()).stdout).toMatch(/1 to replace/);
});
