/**
 * One stack with every resource of the service, and every mutable field of each, through the real engine: added, changed,
 * edited by somebody else, set right, removed, all of it imported into another stack, and destroyed. All cases go through each step together, each
 * with a resource of its own, so that the journal shows one request with one mask for each.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../tools/places.mts";

import { useEmulator } from "../support/emulator.ts";
import { expectImported, importing } from "../support/importing.ts";
import { useStacks } from "../support/stack.ts";
import { isMutable } from "../unit/support/arbitraries";
import { resources } from "../unit/support/resources";

const emulator = useEmulator();
const newStack = useStacks();

type Values = Readonly<Record<string, unknown>>;

type Type =
  | "Project"
  | "Branch"
  | "Endpoint"
  | "Role"
  | "Database"
  | "DataApi"
  | "SnapshotSchedule"
  | "ProjectPermissions";

interface Case {
  readonly name: string;
  readonly type: Type;
  /** Declared all along. */
  readonly base?: Values;
  readonly added: Values;
  readonly changed: Values;
  /** The one path of the update mask of each change. */
  readonly mask: string;
  /** What the bodies of the three changes set there. */
  readonly bodies: readonly [added: Values, changed: Values, removed: Values];
  /** Somebody else's PATCH. */
  readonly outside: Values;
  /** It is not PATCHed with a mask below the service's own root, but PUT as a whole there. */
  readonly put?: string;
  /** The service's default is not known, so a removal is refused. */
  readonly kept?: true;
}

/** One leaf of a message. */
function leaf(
  type: Case["type"],
  path: string,
  values: readonly [unknown, unknown],
  reset: unknown,
  foreign: unknown,
): Case {
  const keys = path.split(".");
  const wire = path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const at = (in_: readonly string[], value: unknown): Values =>
    in_.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values;
  const body = (value: unknown) => at(["spec", ...wire.split(".")], value);
  return {
    name: `${type}.${path}`,
    type,
    added: at(keys, values[0]),
    changed: at(keys, values[1]),
    mask: `spec.${wire}`,
    bodies: [body(values[0]), body(values[1]), body(reset)],
    outside: body(foreign),
  };
}

const settings = "defaultEndpointSettings";
const days = (n: number) =>
  new Date(Math.ceil(Date.now() / 1000) * 1000 + n * 86_400_000).toISOString().replace(".000", "");
const [inTwoDays, inThreeDays] = [days(2), days(3)];

const cases: readonly Case[] = [
  { ...leaf("Project", "displayName", ["One", "Two"], undefined, "Theirs"), kept: true },
  { ...leaf("Project", "budgetPolicyId", ["policy-1", "policy-2"], undefined, "policy-3"), kept: true },
  {
    name: "Project.defaultBranch",
    type: "Project",
    added: { defaultBranch: "projects/p2/branches/one" },
    changed: { defaultBranch: "projects/p2/branches/two" },
    mask: "spec.default_branch",
    bodies: [
      { spec: { default_branch: "projects/p2/branches/one" } },
      { spec: { default_branch: "projects/p2/branches/two" } },
      { spec: { default_branch: "projects/p2/branches/production" } },
    ],
    outside: { spec: { default_branch: "projects/p2/branches/production" } },
  },
  {
    ...leaf("Project", "historyRetentionDuration", ["3d", "4d"], "604800s", "432000s"),
    bodies: [
      { spec: { history_retention_duration: "259200s" } },
      { spec: { history_retention_duration: "345600s" } },
      { spec: { history_retention_duration: "604800s" } },
    ],
  },
  leaf("Project", "enablePgNativeLogin", [false, true], false, false),
  {
    ...leaf("Project", `${settings}.autoscalingLimitMinCu`, [0.5, 2], 1, 1),
    base: { [settings]: { autoscalingLimitMaxCu: 4 } },
  },
  leaf("Project", `${settings}.autoscalingLimitMaxCu`, [2, 4], 1, 8),
  leaf(
    "Project",
    `${settings}.pgSettings`,
    [{ work_mem: "4MB" }, { work_mem: "8MB", jit: "off" }],
    {},
    { work_mem: "9MB" },
  ),
  {
    name: "Project suspension",
    type: "Project",
    added: { [settings]: { suspendTimeoutDuration: "5m" } },
    changed: { [settings]: { noSuspension: true } },
    mask: "spec.default_endpoint_settings.suspension",
    bodies: [
      { spec: { default_endpoint_settings: { suspend_timeout_duration: "300s" } } },
      { spec: { default_endpoint_settings: { no_suspension: true } } },
      { spec: { default_endpoint_settings: { suspend_timeout_duration: "86400s" } } },
    ],
    outside: { spec: { default_endpoint_settings: { suspend_timeout_duration: "600s" } } },
  },
  {
    name: "Project.customTags",
    type: "Project",
    added: { customTags: { team: "shop" } },
    changed: { customTags: { team: "shop", stage: "dev" } },
    mask: "spec.custom_tags",
    bodies: [
      { spec: { custom_tags: [{ key: "team", value: "shop" }] } },
      {
        spec: {
          custom_tags: [
            { key: "stage", value: "dev" },
            { key: "team", value: "shop" },
          ],
        },
      },
      { spec: { custom_tags: [] } },
    ],
    outside: { spec: { custom_tags: [{ key: "team", value: "somebody" }] } },
  },
  leaf("Branch", "isProtected", [false, true], false, false),
  {
    name: "Branch expiration",
    type: "Branch",
    added: { expireTime: inTwoDays },
    changed: { ttl: "3d" },
    mask: "spec.expiration",
    bodies: [{ spec: { expire_time: inTwoDays } }, { spec: { ttl: "259200s" } }, { spec: { no_expiry: true } }],
    outside: { spec: { expire_time: days(5) } },
  },
  {
    name: "Branch without an expiration",
    type: "Branch",
    added: { ttl: "1d" },
    changed: {},
    mask: "spec.expiration",
    bodies: [{ spec: { ttl: "86400s" } }, { spec: { no_expiry: true } }, {}],
    outside: { spec: { expire_time: inThreeDays } },
  },
  { ...leaf("Endpoint", "autoscalingLimitMinCu", [0.5, 2], 1, 1), base: { autoscalingLimitMaxCu: 4 } },
  leaf("Endpoint", "autoscalingLimitMaxCu", [3, 4], 2, 8),
  {
    name: "Endpoint suspension",
    type: "Endpoint",
    added: { suspendTimeoutDuration: "5m" },
    changed: { noSuspension: true },
    mask: "spec.suspension",
    bodies: [
      { spec: { suspend_timeout_duration: "300s" } },
      { spec: { no_suspension: true } },
      { spec: { suspend_timeout_duration: "1200s" } },
    ],
    outside: { spec: { suspend_timeout_duration: "600s" } },
  },
  leaf("Endpoint", "disabled", [false, true], false, false),
  leaf("Endpoint", "settings.pgSettings", [{ work_mem: "4MB" }, { work_mem: "8MB" }], {}, { work_mem: "9MB" }),
  leaf("Endpoint", "group.enableReadableSecondaries", [false, true], false, false),
  {
    name: "Endpoint.group",
    type: "Endpoint",
    base: { noSuspension: true },
    added: { group: { min: 2, max: 2 } },
    changed: { group: { min: 3, max: 3 } },
    mask: "spec.group.min,spec.group.max",
    bodies: [
      { spec: { group: { min: 2, max: 2 } } },
      { spec: { group: { min: 3, max: 3 } } },
      { spec: { group: { min: 1, max: 1 } } },
    ],
    outside: { spec: { group: { min: 4, max: 4 } } },
  },
];

/** A field that the service cannot clear. */
function lasting(path: string, values: readonly [unknown, unknown], foreign: unknown): Case {
  return { ...leaf("DataApi", path, values, undefined, foreign), kept: true, base: { dbSchemas: ["public"] } };
}

/** A field that has to be there: what it is to begin with is what it goes back to. */
function required(one: Case, base: Values): Case {
  return { ...one, base };
}

const production = "projects/shared/branches/production";
const daily = (hour: number) => ({ daily_schedule: { hour }, retention: "604800s" });
const nightly = (hour: number) => ({ schedule: [{ dailySchedule: { hour }, retention: "7d" }] });
const using = (userName: string) => ({ accessControlList: [{ userName, permissionLevel: "CAN_USE" }] });
/** The identity that Pulumi runs as keeps managing the project. */
const access = (user_name: string) => ({
  access_control_list: [
    { user_name, permission_level: "CAN_USE" },
    { user_name: "emulator@example.com", permission_level: "CAN_MANAGE" },
  ],
});

const others: readonly Case[] = [
  leaf("Role", "attributes.createdb", [false, true], false, false),
  leaf("Role", "attributes.createrole", [false, true], false, false),
  leaf("Role", "attributes.bypassrls", [false, true], false, false),
  leaf("Role", "membershipRoles", [[], ["DATABRICKS_SUPERUSER"]], [], []),
  required(leaf("Database", "postgresDatabase", ["first", "second"], "before", "theirs"), {
    postgresDatabase: "before",
  }),
  required(
    leaf(
      "Database",
      "role",
      [`${production}/roles/one`, `${production}/roles/two`],
      `${production}/roles/emulator`,
      `${production}/roles/one`,
    ),
    { role: `${production}/roles/emulator` },
  ),
  { ...leaf("DataApi", "dbSchemas", [["one"], ["one", "two"]], ["public"], ["three"]), base: { dbMaxRows: 10 } },
  { ...leaf("DataApi", "dbAggregatesEnabled", [true, false], true, true), base: { dbMaxRows: 10 } },
  { ...leaf("DataApi", "jwtRoleClaimKey", [".role", ".name"], ".sub", ".other"), base: { dbMaxRows: 10 } },
  lasting("dbExtraSearchPath", [["one"], ["two"]], ["three"]),
  lasting("dbMaxRows", [10, 20], 30),
  lasting("jwtCacheMaxLifetime", ["60s", "90s"], "120s"),
  lasting("openapiMode", ["OPEN_API_MODE_DISABLED", "OPEN_API_MODE_IGNORE_PRIVILEGES"], "OPEN_API_MODE_DISABLED"),
  lasting("serverCorsAllowedOrigins", [["https://one.example"], ["https://two.example"]], ["https://three.example"]),
  lasting("serverTimingEnabled", [false, true], false),
  {
    name: "SnapshotSchedule.schedule",
    type: "SnapshotSchedule",
    base: nightly(1),
    added: nightly(2),
    changed: nightly(3),
    mask: "schedule",
    bodies: [{ schedule: [daily(2)] }, { schedule: [daily(3)] }, { schedule: [daily(1)] }],
    outside: { schedule: [daily(4)] },
  },
  {
    name: "ProjectPermissions.accessControlList",
    type: "ProjectPermissions",
    put: "/api/2.0/permissions/database-projects/shared",
    base: using("a@example.com"),
    added: using("b@example.com"),
    changed: using("c@example.com"),
    mask: "access_control_list",
    bodies: [access("b@example.com"), access("c@example.com"), access("a@example.com")],
    outside: access("d@example.com"),
  },
];

/** The project that endpoints are in, whose declared defaults a removed argument falls back to. */
const shared = {
  projectId: "shared",
  [settings]: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 2, suspendTimeoutDuration: "20m" },
};

const all = [...cases, ...others];

function program(pick: (one: Case) => Values): string {
  const declared = all.map((one, n) => ({ n, type: one.type, args: deepMerge(one.base ?? {}, pick(one)) }));
  return `
    const lakebase = require("pulumi-lakebase");
    const pulumi = require("@pulumi/pulumi");
    const shared = new lakebase.Project("shared", ${JSON.stringify(shared)});
    const production = new lakebase.Branch("production", { parent: shared, branchId: "production" });
    const owner = new lakebase.Role("owner", { parent: production, postgresRole: "emulator@example.com" });
    const owners = ["one", "two"].map((postgresRole) => new lakebase.Role(postgresRole + "-role", { parent: production, postgresRole }));
    const feed = new lakebase.Database("feed", { parent: production, postgresDatabase: "feed", role: owner });
    new lakebase.CdfConfig("cdf", { parent: feed, postgresSchema: "public", catalog: "main", schema: "feed" });
    const catalog = new lakebase.Catalog("catalog", {
      catalogId: "shop", branch: production, postgresDatabase: feed.postgresDatabase,
    });
    new lakebase.SyncedTable("synced", {
      syncedTableId: pulumi.interpolate\`\${catalog.catalogId}.public.prices\`,
      sourceTableFullName: "main.sales.prices",
      branch: production,
      postgresDatabase: feed.postgresDatabase,
      primaryKeyColumns: ["id"],
      schedulingPolicy: "SNAPSHOT",
    });
    const snapshot = new lakebase.Snapshot("snapshot", {
      parent: shared, snapshotId: "before", sourceBranch: production, ttl: "30d",
    });
    new lakebase.Branch("restored", { parent: shared, branchId: "restored", sourceSnapshot: snapshot });
    for (const { n, type, args } of ${JSON.stringify(declared)}) {
      if (type === "Project") {
        const project = new lakebase.Project("case" + n, { projectId: "p" + n, ...args });
        if (n === ${cases.findIndex(({ name }) => name === "Project.defaultBranch")}) {
          for (const branchId of ["one", "two"]) new lakebase.Branch(branchId, { parent: project, branchId });
        }
      } else if (type === "Branch") {
        new lakebase.Branch("case" + n, { parent: shared, branchId: "b" + n, ...args });
      } else if (type === "Role") {
        new lakebase.Role("case" + n, { parent: production, postgresRole: "r" + n, ...args });
      } else if (type === "Database") {
        new lakebase.Database("case" + n, {
          parent: production, databaseId: "d" + n, postgresDatabase: "d" + n, role: owner, ...args,
        }, { dependsOn: owners });
      } else if (type === "DataApi") {
        const database = new lakebase.Database("parent" + n, { parent: production, postgresDatabase: "a" + n, role: owner });
        new lakebase.DataApi("case" + n, { parent: database, ...args });
      } else if (type === "SnapshotSchedule") {
        new lakebase.SnapshotSchedule("case" + n, { parent: production, ...args });
      } else if (type === "ProjectPermissions") {
        new lakebase.ProjectPermissions("case" + n, { parent: shared, ...args });
      } else {
        const branch = new lakebase.Branch("parent" + n, { parent: shared, branchId: "b" + n });
        const endpointType = "ENDPOINT_TYPE_READ_WRITE";
        new lakebase.Endpoint("case" + n, { parent: branch, endpointId: "primary", endpointType, ...args });
      }
    }
  `;
}

function deepMerge(a: Values, b: Values): Values {
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = merged[key];
    const both = [before, value].every((side) => typeof side === "object" && side !== null && !Array.isArray(side));
    merged[key] = both ? deepMerge(before as Values, value as Values) : value;
  }
  return merged;
}

function fullName({ type }: Case, n: number): string {
  const places: Readonly<Record<Type, string>> = {
    Project: `projects/p${n}`,
    Branch: `projects/shared/branches/b${n}`,
    Endpoint: `projects/shared/branches/b${n}/endpoints/primary`,
    Role: `${production}/roles/r${n}`,
    Database: `${production}/databases/d${n}`,
    DataApi: `${production}/databases/a${n}/data-api`,
    SnapshotSchedule: `${production}/snapshot-schedule`,
    ProjectPermissions: "projects/shared/permissions",
  };
  return places[type];
}

test("no mutable field of any resource is left out", () => {
  const covered = new Set(all.flatMap(({ type, mask }) => mask.split(",").map((path) => `${type} ${path}`)));
  const mutable = resources.flatMap(({ type, slots }) => slots.filter(isMutable).map(({ mask }) => `${type} ${mask}`));
  expect([...covered].toSorted()).toEqual(mutable.toSorted());
});

test("each field is added, changed, found edited, set right and removed with its own mask", async () => {
  const stack = await newStack({ program: program(() => ({})), env: emulator.env });
  const patches = async () =>
    Object.fromEntries(
      (await emulator.requests())
        .filter(({ method }) => method !== "GET")
        .map(({ method, path, query, body }) => [`${method} ${path}`, { mask: query["update_mask"], body }]),
    );
  const wanted = (change: 0 | 1 | 2) =>
    Object.fromEntries(
      all.flatMap((one, n) => {
        const body = one.bodies[change];
        return Object.keys(body).length === 0 || (one.kept && change === 2) ? [] : [request(one, n, body)];
      }),
    );
  const request = (one: Case, n: number, body: Values) =>
    one.put === undefined
      ? [`PATCH ${fullName(one, n)}`, { mask: one.mask, body }]
      : [`PUT ${one.put}`, { mask: undefined, body }];
  const operations = (word: string) =>
    Object.fromEntries([
      ...["shared", "one", "two", "production", "owner", "one-role", "two-role"].map((name) => [name, "same"]),
      ...["feed", "cdf", "catalog", "synced", "snapshot", "restored"].map((name) => [name, "same"]),
      ...all.map((_, n) => [`case${n}`, word]),
      ...all.flatMap(({ type }, n) => (/Endpoint|DataApi/.test(type) ? [[`parent${n}`, "same"]] : [])),
    ]);
  const run = async (step: Promise<{ readonly status: number; readonly stdout: string }>) => {
    const { status, stdout } = await step;
    expect({ status, stdout: status === 0 ? "" : stdout }).toEqual({ status: 0, stdout: "" });
    return patches();
  };
  const declare = (pick: (one: Case) => Values) => stack.write("index.js", program(pick));

  await run(stack.up());

  declare(({ added }) => added);
  expect(await run(stack.up())).toEqual(wanted(0));

  declare(({ changed }) => changed);
  expect(await run(stack.up())).toEqual(wanted(1));
  expect(await run(stack.refresh("--expect-no-changes"))).toEqual({});

  for (const [n, one] of all.entries()) {
    if (one.put !== undefined) await emulator.outside("PUT", one.put, one.outside);
    else await emulator.outside("PATCH", `${fullName(one, n)}?update_mask=${one.mask}`, one.outside);
  }
  await emulator.requests();
  const drift = await stack.refresh("--preview-only", "--expect-no-changes");
  expect(drift.status).not.toBe(0);
  expect(drift.operations).toEqual(operations("update"));
  expect(await patches()).toEqual({});
  const repaired = wanted(1);
  const withoutExpiration = all.findIndex(({ name }) => name === "Branch without an expiration");
  expect(await run(stack.up("--refresh"))).toEqual({
    ...repaired,
    [`PATCH projects/shared/branches/b${withoutExpiration}`]: {
      mask: "spec.expiration",
      body: { spec: { no_expiry: true } },
    },
  });
  expect(await run(stack.refresh("--expect-no-changes"))).toEqual({});

  declare(() => ({}));
  const refused = await stack.preview();
  // The engine ends a preview at the first error.
  expect(refused.diagnostics.find(({ severity }) => severity === "error")?.message).toMatch(
    / was removed, but the service keeps the old value.*; write .* to keep it/,
  );

  declare(({ kept, changed }) => (kept ? changed : {}));
  expect(await run(stack.up())).toEqual(wanted(2));
  expect(await run(stack.up("--expect-no-changes"))).toEqual({});

  // The whole of it, taken into an empty stack.
  const projects = ["shared", ...all.flatMap(({ type }, n) => (type === "Project" ? [`p${n}`] : []))];
  const tsconfig = readFileSync(join(checkout, "examples/quickstart/tsconfig.json"), "utf8");
  const other = await newStack({ env: emulator.env, files: { "tsconfig.json": tsconfig } });
  const given = ["--catalog", "shop", "--synced-table", "shop.public.prices=main.sales.prices"];
  expect(await importing(other, ...projects, ...given)).toMatchObject({ status: 0 });
  await expectImported(other);
  expect(await run(other.preview("--expect-no-changes"))).toEqual({});

  await run(stack.destroy());
  expect(await emulator.outside("GET", "projects?page_size=100")).toEqual({});
}, 900_000);
