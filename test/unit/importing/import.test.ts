/** A whole workspace as a program and as an import file. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Import, importing } from "../../../provider/importing/import";
import type { Found } from "../../../provider/importing/walk";
import { shell } from "../../../provider/pulumi/shell";
import { checkout } from "../../../tools/places.mts";
import * as kinds from "../support/resources";
import { found, madeAt } from "./support";

const defaults = { default_endpoint_settings: { suspend_timeout_duration: "86400s" } };
const computes = { autoscaling_limit_min_cu: 1, autoscaling_limit_max_cu: 1, suspend_timeout_duration: "86400s" };
const primary = { endpoint_type: "ENDPOINT_TYPE_READ_WRITE", ...computes };

const shop = found(kinds.project, "projects/shop", {
  ...defaults,
  display_name: 'The "new" shop',
  default_branch: "projects/shop/branches/dev",
  custom_tags: [
    { key: "cost-center", value: "a" },
    { key: "team", value: "b" },
  ],
});
const production = found(kinds.branch, `${shop.name}/branches/production`, { is_protected: true }, shop);
const dev = found(kinds.branch, `${shop.name}/branches/dev`, { source_branch: production.name }, shop);
const owner = found(
  kinds.role,
  `${dev.name}/roles/ada`,
  { postgres_role: "ada@example.test", identity_type: "USER", auth_method: "LAKEBASE_OAUTH_V1" },
  dev,
);
const app = found(kinds.role, `${dev.name}/roles/app`, { postgres_role: "app" }, dev);
const appDatabase = found(
  kinds.database,
  `${dev.name}/databases/app`,
  { postgres_database: "app", role: app.name },
  dev,
);

const all: readonly Found[] = [
  shop,
  found(
    kinds.projectPermissions,
    `${shop.name}/permissions`,
    {
      access_control_list: [
        { group_name: "developers", permission_level: "CAN_USE" },
        { user_name: "dba@example.test", permission_level: "CAN_MANAGE" },
      ],
    },
    shop,
  ),
  production,
  found(kinds.endpoint, `${production.name}/endpoints/primary`, primary, production),
  found(
    kinds.snapshotSchedule,
    `${production.name}/snapshot-schedule`,
    { schedule: [{ daily_schedule: { hour: 3 }, retention: "604800s" }] },
    production,
  ),
  dev,
  found(
    kinds.endpoint,
    `${dev.name}/endpoints/primary`,
    {
      ...primary,
      autoscaling_limit_max_cu: 4,
      settings: { pg_settings: { work_mem: "8MB", "auto_explain.log": "on" } },
    },
    dev,
  ),
  owner,
  madeAt(app, "2026-11-25T09:00:00Z"),
  madeAt(appDatabase, "2026-11-25T09:00:01Z"),
  found(
    kinds.snapshot,
    `${shop.name}/snapshots/before-a-migration-of-all-orders`,
    { source_branch: production.name, expire_time: "2026-12-24T12:00:00Z" },
    shop,
  ),
  found(kinds.catalog, "catalogs/app", { branch: dev.name, postgres_database: "app" }),
  found(kinds.syncedTable, "synced_tables/app.public.prices", {}),
];

function formatted(program: string): string {
  const biome = join(checkout, "node_modules/@biomejs/biome/bin/biome");
  const args = [biome, "check", "--write", "--stdin-file-path=index.ts"];
  return execFileSync(process.execPath, args, { cwd: checkout, input: program, encoding: "utf8" });
}

test("a program that reads as if somebody had written it", () => {
  const { program } = importing(all);
  expect(program).toMatchInlineSnapshot(`
"import * as lakebase from "pulumi-lakebase";

const shop = new lakebase.Project("shop", {
  projectId: "shop",
  displayName: 'The "new" shop',
  defaultBranch: "projects/shop/branches/dev",
  customTags: { "cost-center": "a", team: "b" },
});

new lakebase.ProjectPermissions("shop-permissions", {
  parent: shop,
  accessControlList: [
    { groupName: "developers", permissionLevel: "CAN_USE" },
    { userName: "dba@example.test", permissionLevel: "CAN_MANAGE" },
  ],
});

const shopProduction = new lakebase.Branch("shop-production", {
  parent: shop,
  branchId: "production",
  isProtected: true,
});

new lakebase.Endpoint("shop-production-primary", {
  parent: shopProduction,
  endpointId: "primary",
  endpointType: "ENDPOINT_TYPE_READ_WRITE",
});

new lakebase.SnapshotSchedule("shop-production-snapshot-schedule", {
  parent: shopProduction,
  schedule: [{ dailySchedule: { hour: 3 }, retention: "7d" }],
});

const shopDev = new lakebase.Branch("shop-dev", {
  parent: shop,
  branchId: "dev",
  sourceBranch: shopProduction,
});

new lakebase.Endpoint("shop-dev-primary", {
  parent: shopDev,
  endpointId: "primary",
  endpointType: "ENDPOINT_TYPE_READ_WRITE",
  autoscalingLimitMaxCu: 4,
  settings: { pgSettings: { work_mem: "8MB", "auto_explain.log": "on" } },
});

new lakebase.Role("shop-dev-ada", {
  parent: shopDev,
  postgresRole: "ada@example.test",
  identityType: "USER",
  authMethod: "LAKEBASE_OAUTH_V1",
});

const shopDevApp = new lakebase.Role("shop-dev-app", {
  parent: shopDev,
  postgresRole: "app",
});

new lakebase.Database("shop-dev-app-database", {
  parent: shopDev,
  postgresDatabase: "app",
  role: shopDevApp,
});

new lakebase.Snapshot("shop-before-a-migration-of-all-orders", {
  parent: shop,
  snapshotId: "before-a-migration-of-all-orders",
  sourceBranch: shopProduction,
  expireTime: "2026-12-24T12:00:00Z",
  onExpiry: "forget",
});

new lakebase.Catalog("app", {
  catalogId: "app",
  branch: shopDev,
  postgresDatabase: "app",
});

new lakebase.SyncedTable("app-public-prices", {
  syncedTableId: "app.public.prices",
  sourceTableFullName: "",
});
"
`);
  expect(formatted(program)).toBe(program);
});

test("long names and odd texts are laid out as formatters do it", () => {
  const id = (letter: string) => letter.repeat(63);
  const project = found(kinds.project, `projects/${id("p")}`, {
    ...defaults,
    display_name: `It's "${id("x")}" \\ 'tis`,
    custom_tags: [
      { key: "a b", value: 'say "yes"' },
      { key: "id", value: id("w").repeat(2) },
      { key: id("k"), value: id("v") },
    ],
  });
  const branch = found(kinds.branch, `${project.name}/branches/${id("b")}`, {}, project);
  const odd = [
    project,
    branch,
    found(kinds.endpoint, `${branch.name}/endpoints/${id("e")}`, primary, branch),
    found(
      kinds.dataApi,
      `${branch.name}/databases/${id("d")}/data-api`,
      { db_schemas: [id("s"), id("t")], server_cors_allowed_origins: ["https://a.example.test"] },
      branch,
    ),
  ];
  const { program } = importing(odd);
  expect(formatted(program)).toBe(program);
});

describe("names", () => {
  const called = (...names: readonly string[]) =>
    importing(names.map((name) => found(name.includes("/branches/") ? kinds.branch : kinds.project, name, defaults)));
  const statements = ({ program }: Import) => program.split("\n").filter((line) => line.includes("new lakebase."));

  test("are unique, whatever lies where", () => {
    expect(
      called("projects/shop", "projects/shop/branches/dev", "projects/shop-dev", "projects/shop-dev-project"),
    ).toMatchObject({
      state: {
        resources: ["shop", "shop-dev", "shop-dev-project", "shop-dev-project-project"].map((name) => ({ name })),
      },
    });
  });

  test.each([
    ["new", "newProject"],
    ["exports", "exportsProject"],
    ["await", "awaitProject"],
    ["lakebase", "lakebaseProject"],
    ["a-1-b", "a1B"],
    ["pulumi", "pulumiProject"],
  ])("a project %s is held by %s", (id, variable) => {
    expect(statements(called(`projects/${id}`, `projects/${id}/branches/b`))[0]).toBe(
      `const ${variable} = new lakebase.Project("${id}", {`,
    );
  });

  test("begin with a prefix when there is one, variables do not", () => {
    const made = importing([shop, dev], { prefix: "team-" });
    expect(made.state.resources.map(({ name }) => name)).toEqual(["team-shop", "team-shop-dev"]);
    expect(statements(made)).toEqual([
      'const shop = new lakebase.Project("team-shop", {',
      'new lakebase.Branch("team-shop-dev", {',
    ]);
  });
});

test("an entry says all that the state holds after an up", () => {
  const { state } = importing([dev, owner]);
  const provider = { __provider: shell("Role", "shop-dev-ada") };
  const inputs = {
    parent: dev.name,
    roleId: "ada",
    postgresRole: "ada@example.test",
    identityType: "USER",
    authMethod: "LAKEBASE_OAUTH_V1",
    name: owner.name,
    ...provider,
  };
  expect(state.resources[1]).toEqual({
    type: "pulumi-nodejs:dynamic/lakebase:Role",
    name: "shop-dev-ada",
    id: owner.name,
    inputs,
    outputs: {
      ...inputs,
      uid: expect.any(String),
      createTime: "2026-11-24T12:00:00Z",
      status: { postgresRole: "ada@example.test", identityType: "USER", authMethod: "LAKEBASE_OAUTH_V1" },
      adopted: { changes: {} },
    },
  });
});

test("what came with its parent is let go of by a destroy, what was made later is deleted", () => {
  const { state } = importing(all);
  const adopted = state.resources.filter(({ outputs }) => "adopted" in outputs).map(({ name }) => name);
  expect(adopted).toEqual(["shop-dev-ada"]);
});

test("the owner of a database that stays with its branch is let go of too, since the service would not delete it", () => {
  const later = madeAt(app, "2026-11-25T09:00:00Z");
  const { state } = importing([dev, later, appDatabase]);
  expect(state.resources.map(({ outputs }) => "adopted" in outputs)).toEqual([false, true, true]);
});

describe("a synced table", () => {
  const prices = found(kinds.syncedTable, "synced_tables/shop.public.prices", {});

  test("stands in the program with an empty source, which a preview refuses, and in no state", () => {
    const { program, notes, state } = importing([prices]);
    expect(program).toContain('  sourceTableFullName: "",\n');
    expect(state.resources[0]?.outputs).not.toHaveProperty("sourceTableFullName");
    expect(notes).toEqual([
      "synced_tables/shop.public.prices: the service does not show its sourceTableFullName; write it into the program, which has it empty",
    ]);
  });

  test("is complete when its source is told", () => {
    const told = new Map([[prices.name, { sourceTableFullName: "main.sales.prices" }]]);
    const { program, notes, state } = importing([prices], { told });
    expect(program).toContain('  sourceTableFullName: "main.sales.prices",\n');
    expect(state.resources[0]).toMatchObject({
      inputs: { sourceTableFullName: "main.sales.prices" },
      outputs: { sourceTableFullName: "main.sales.prices" },
    });
    expect(notes).toEqual([]);
  });
});
