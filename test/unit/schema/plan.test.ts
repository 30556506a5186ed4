import type { AnyDefinition } from "../../../provider/schema/definition";
import { creation, type Plan, plan } from "../../../provider/schema/plan";
import { unknownValue } from "../../../provider/schema/unknown";

import { isMutable } from "../support/arbitraries";
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

interface Case {
  readonly name: string;
  readonly definition: AnyDefinition;
  readonly before: Values;
  readonly after: Values;
  /** Arguments of the project above, when it is in the program. */
  readonly above?: Values;
  readonly want: Partial<Plan>;
}

const nothing: Plan = { changed: [], replaces: [], deleteBeforeReplace: false, mask: [], body: {} };

function plans(cases: readonly Case[]): void {
  test.each(cases)("$name", ({ definition, before, after, above, want }) => {
    expect(plan(definition, args(definition, before), args(definition, after), above)).toEqual({ ...nothing, ...want });
  });
}

/** Adding, changing and removing one field: all three send its leaf, and nothing else. */
interface Mutable {
  readonly field: string;
  readonly definition: AnyDefinition;
  readonly one: Values;
  readonly other: Values;
  readonly above?: Values;
  readonly mask: string;
  readonly bodies: { readonly one: unknown; readonly other: unknown; readonly removed: unknown };
}

const spec = (inner: unknown) => ({ spec: inner });
const defaults = (inner: unknown) => spec({ default_endpoint_settings: inner });
const group = (inner: unknown) => spec({ group: inner });
const attributes = (inner: unknown) => spec({ attributes: inner });

const mutable: readonly Mutable[] = [
  {
    field: "a project's history",
    definition: project,
    one: { historyRetentionDuration: "14d" },
    other: { historyRetentionDuration: "2d" },
    mask: "spec.history_retention_duration",
    bodies: {
      one: spec({ history_retention_duration: "1209600s" }),
      other: spec({ history_retention_duration: "172800s" }),
      removed: spec({ history_retention_duration: "604800s" }),
    },
  },
  {
    field: "a project's default minimum",
    definition: project,
    one: { defaultEndpointSettings: { autoscalingLimitMinCu: 2 } },
    other: { defaultEndpointSettings: { autoscalingLimitMinCu: 0.5 } },
    mask: "spec.default_endpoint_settings.autoscaling_limit_min_cu",
    bodies: {
      one: defaults({ autoscaling_limit_min_cu: 2 }),
      other: defaults({ autoscaling_limit_min_cu: 0.5 }),
      removed: defaults({ autoscaling_limit_min_cu: 1 }),
    },
  },
  {
    field: "a project's default maximum",
    definition: project,
    one: { defaultEndpointSettings: { autoscalingLimitMaxCu: 2 } },
    other: { defaultEndpointSettings: { autoscalingLimitMaxCu: 4 } },
    mask: "spec.default_endpoint_settings.autoscaling_limit_max_cu",
    bodies: {
      one: defaults({ autoscaling_limit_max_cu: 2 }),
      other: defaults({ autoscaling_limit_max_cu: 4 }),
      removed: defaults({ autoscaling_limit_max_cu: 1 }),
    },
  },
  {
    field: "a project's default suspension",
    definition: project,
    one: { defaultEndpointSettings: { suspendTimeoutDuration: "5m" } },
    other: { defaultEndpointSettings: { noSuspension: true } },
    mask: "spec.default_endpoint_settings.suspension",
    bodies: {
      one: defaults({ suspend_timeout_duration: "300s" }),
      other: defaults({ no_suspension: true }),
      removed: defaults({ suspend_timeout_duration: "86400s" }),
    },
  },
  {
    field: "a project's default Postgres settings",
    definition: project,
    one: { defaultEndpointSettings: { pgSettings: { work_mem: "8MB", jit: "off" } } },
    other: { defaultEndpointSettings: { pgSettings: { work_mem: "8MB" } } },
    mask: "spec.default_endpoint_settings.pg_settings",
    bodies: {
      one: defaults({ pg_settings: { work_mem: "8MB", jit: "off" } }),
      other: defaults({ pg_settings: { work_mem: "8MB" } }),
      removed: defaults({ pg_settings: {} }),
    },
  },
  {
    field: "a project's default branch",
    definition: project,
    one: { defaultBranch: "projects/shop/branches/main" },
    other: { defaultBranch: "projects/shop/branches/dev" },
    mask: "spec.default_branch",
    bodies: {
      one: spec({ default_branch: "projects/shop/branches/main" }),
      other: spec({ default_branch: "projects/shop/branches/dev" }),
      removed: spec({ default_branch: "projects/shop/branches/production" }),
    },
  },
  {
    field: "a project's login",
    definition: project,
    one: { enablePgNativeLogin: true },
    other: { enablePgNativeLogin: false },
    mask: "spec.enable_pg_native_login",
    bodies: {
      one: spec({ enable_pg_native_login: true }),
      other: spec({ enable_pg_native_login: false }),
      removed: spec({ enable_pg_native_login: false }),
    },
  },
  {
    field: "a project's tags",
    definition: project,
    one: { customTags: { team: "a", cost: "7" } },
    other: { customTags: { team: "b" } },
    mask: "spec.custom_tags",
    bodies: {
      one: spec({
        custom_tags: [
          { key: "cost", value: "7" },
          { key: "team", value: "a" },
        ],
      }),
      other: spec({ custom_tags: [{ key: "team", value: "b" }] }),
      removed: spec({ custom_tags: [] }),
    },
  },
  {
    field: "a branch's protection",
    definition: branch,
    one: { isProtected: true },
    other: { isProtected: false },
    mask: "spec.is_protected",
    bodies: {
      one: spec({ is_protected: true }),
      other: spec({ is_protected: false }),
      removed: spec({ is_protected: false }),
    },
  },
  {
    field: "an endpoint's minimum",
    definition: endpoint,
    one: { autoscalingLimitMinCu: 2 },
    other: { autoscalingLimitMinCu: 4 },
    above: {},
    mask: "spec.autoscaling_limit_min_cu",
    bodies: {
      one: spec({ autoscaling_limit_min_cu: 2 }),
      other: spec({ autoscaling_limit_min_cu: 4 }),
      removed: spec({ autoscaling_limit_min_cu: 1 }),
    },
  },
  {
    field: "an endpoint's maximum",
    definition: endpoint,
    one: { autoscalingLimitMaxCu: 2 },
    other: { autoscalingLimitMaxCu: 4 },
    above: { defaultEndpointSettings: { autoscalingLimitMaxCu: 8 } },
    mask: "spec.autoscaling_limit_max_cu",
    bodies: {
      one: spec({ autoscaling_limit_max_cu: 2 }),
      other: spec({ autoscaling_limit_max_cu: 4 }),
      removed: spec({ autoscaling_limit_max_cu: 8 }),
    },
  },
  {
    field: "an endpoint's suspension",
    definition: endpoint,
    one: { noSuspension: true },
    other: { suspendTimeoutDuration: "10m" },
    above: { defaultEndpointSettings: {} },
    mask: "spec.suspension",
    bodies: {
      one: spec({ no_suspension: true }),
      other: spec({ suspend_timeout_duration: "600s" }),
      removed: spec({ suspend_timeout_duration: "86400s" }),
    },
  },
  {
    field: "an endpoint's pause",
    definition: endpoint,
    one: { disabled: true },
    other: { disabled: false },
    mask: "spec.disabled",
    bodies: { one: spec({ disabled: true }), other: spec({ disabled: false }), removed: spec({ disabled: false }) },
  },
  {
    field: "a group's least",
    definition: endpoint,
    one: { group: { min: 2 } },
    other: { group: { min: 3 } },
    mask: "spec.group.min",
    bodies: { one: group({ min: 2 }), other: group({ min: 3 }), removed: group({ min: 1 }) },
  },
  {
    field: "a group's most",
    definition: endpoint,
    one: { group: { max: 2 } },
    other: { group: { max: 3 } },
    mask: "spec.group.max",
    bodies: { one: group({ max: 2 }), other: group({ max: 3 }), removed: group({ max: 1 }) },
  },
  {
    field: "a group's reading",
    definition: endpoint,
    one: { group: { enableReadableSecondaries: true } },
    other: { group: { enableReadableSecondaries: false } },
    mask: "spec.group.enable_readable_secondaries",
    bodies: {
      one: group({ enable_readable_secondaries: true }),
      other: group({ enable_readable_secondaries: false }),
      removed: group({ enable_readable_secondaries: false }),
    },
  },
  {
    field: "an endpoint's Postgres settings",
    definition: endpoint,
    one: { settings: { pgSettings: { work_mem: "8MB" } } },
    other: { settings: { pgSettings: { work_mem: "16MB" } } },
    mask: "spec.settings.pg_settings",
    bodies: {
      one: spec({ settings: { pg_settings: { work_mem: "8MB" } } }),
      other: spec({ settings: { pg_settings: { work_mem: "16MB" } } }),
      removed: spec({ settings: { pg_settings: {} } }),
    },
  },
  ...["createdb", "createrole", "bypassrls"].map((name) => ({
    field: `a role's right to ${name}`,
    definition: role,
    one: { attributes: { [name]: true } },
    other: { attributes: { [name]: false } },
    mask: `spec.attributes.${name}`,
    bodies: {
      one: attributes({ [name]: true }),
      other: attributes({ [name]: false }),
      removed: attributes({ [name]: false }),
    },
  })),
  {
    field: "a role's memberships",
    definition: role,
    one: { membershipRoles: ["DATABRICKS_SUPERUSER"] },
    other: { membershipRoles: [] },
    mask: "spec.membership_roles",
    bodies: {
      one: spec({ membership_roles: ["DATABRICKS_SUPERUSER"] }),
      other: spec({ membership_roles: [] }),
      removed: spec({ membership_roles: [] }),
    },
  },
  {
    field: "a Data API's schemas",
    definition: dataApi,
    one: { dbSchemas: ["public", "api"] },
    other: { dbSchemas: ["api"] },
    mask: "spec.db_schemas",
    bodies: {
      one: spec({ db_schemas: ["public", "api"] }),
      other: spec({ db_schemas: ["api"] }),
      removed: spec({ db_schemas: ["public"] }),
    },
  },
  {
    field: "a Data API's aggregates",
    definition: dataApi,
    one: { dbAggregatesEnabled: false },
    other: { dbAggregatesEnabled: true },
    mask: "spec.db_aggregates_enabled",
    bodies: {
      one: spec({ db_aggregates_enabled: false }),
      other: spec({ db_aggregates_enabled: true }),
      removed: spec({ db_aggregates_enabled: true }),
    },
  },
  {
    field: "a Data API's claim",
    definition: dataApi,
    one: { jwtRoleClaimKey: ".role" },
    other: { jwtRoleClaimKey: ".roles[0]" },
    mask: "spec.jwt_role_claim_key",
    bodies: {
      one: spec({ jwt_role_claim_key: ".role" }),
      other: spec({ jwt_role_claim_key: ".roles[0]" }),
      removed: spec({ jwt_role_claim_key: ".sub" }),
    },
  },
];

/** Needed ones, which change from what every test declares and back. */
const required: readonly Mutable[] = [
  {
    field: "a database's name",
    definition: database,
    one: { postgresDatabase: "Orders" },
    other: { postgresDatabase: "orders_2" },
    mask: "spec.postgres_database",
    bodies: {
      one: spec({ postgres_database: "Orders" }),
      other: spec({ postgres_database: "orders_2" }),
      removed: spec({ postgres_database: "orders" }),
    },
  },
  {
    field: "a database's owner",
    definition: database,
    one: { role: "projects/shop/branches/dev/roles/ada" },
    other: { role: "projects/shop/branches/dev/roles/ben" },
    mask: "spec.role",
    bodies: {
      one: spec({ role: "projects/shop/branches/dev/roles/ada" }),
      other: spec({ role: "projects/shop/branches/dev/roles/ben" }),
      removed: spec({ role: "projects/shop/branches/dev/roles/app" }),
    },
  },
  {
    field: "a snapshot schedule's list",
    definition: snapshotSchedule,
    one: { schedule: [{ weeklySchedule: { dayOfWeek: "SUNDAY" }, retention: "30d" }] },
    other: { schedule: [] },
    mask: "schedule",
    bodies: {
      one: { schedule: [{ weekly_schedule: { day_of_week: "SUNDAY", hour: 0 }, retention: "2592000s" }] },
      other: { schedule: [] },
      removed: { schedule: [{ daily_schedule: { hour: 3 }, retention: "604800s" }] },
    },
  },
  {
    field: "a project's permissions",
    definition: projectPermissions,
    one: { accessControlList: [{ userName: "ada@example.test", permissionLevel: "CAN_MANAGE" }] },
    other: { accessControlList: [] },
    mask: "access_control_list",
    bodies: {
      one: { access_control_list: [{ user_name: "ada@example.test", permission_level: "CAN_MANAGE" }] },
      other: { access_control_list: [] },
      removed: { access_control_list: [{ group_name: "developers", permission_level: "CAN_USE" }] },
    },
  },
];

describe.each([...mutable, ...required])("$field", ({ definition, one, other, above, mask, bodies }) => {
  const planned = (before: Values, after: Values) => {
    const planned = plan(definition, args(definition, before), args(definition, after), above);
    expect(planned.changed).toEqual(Object.keys({ ...before, ...after }).slice(-1));
    expect(planned.replaces).toEqual([]);
    return { mask: planned.mask, body: planned.body };
  };

  test("added is sent", () => {
    expect(planned({}, one)).toEqual({ mask: [mask], body: bodies.one });
  });

  test("changed is sent", () => {
    expect(planned(one, other)).toEqual({ mask: [mask], body: bodies.other });
    expect(planned(other, one)).toEqual({ mask: [mask], body: bodies.one });
  });

  test("removed is sent as its default", () => {
    expect(planned(one, {})).toEqual({ mask: [mask], body: bodies.removed });
  });
});

/** Neither documented nor seen what the service has when nothing is sent. */
interface WithoutDefault {
  readonly definition: AnyDefinition;
  readonly argument: string;
  readonly wire: string;
  readonly one: unknown;
  readonly other: unknown;
}

const withoutDefault: readonly WithoutDefault[] = [
  { definition: project, argument: "displayName", wire: "display_name", one: "a", other: "b" },
  { definition: project, argument: "budgetPolicyId", wire: "budget_policy_id", one: "a", other: "b" },
  { definition: dataApi, argument: "dbExtraSearchPath", wire: "db_extra_search_path", one: ["a"], other: ["b", "a"] },
  { definition: dataApi, argument: "dbMaxRows", wire: "db_max_rows", one: 1, other: 1000 },
  { definition: dataApi, argument: "jwtCacheMaxLifetime", wire: "jwt_cache_max_lifetime", one: "300s", other: "60s" },
  {
    definition: dataApi,
    argument: "openapiMode",
    wire: "openapi_mode",
    one: "OPEN_API_MODE_DISABLED",
    other: "OPEN_API_MODE_IGNORE_PRIVILEGES",
  },
  {
    definition: dataApi,
    argument: "serverCorsAllowedOrigins",
    wire: "server_cors_allowed_origins",
    one: ["https://a.example.test"],
    other: [],
  },
  { definition: dataApi, argument: "serverTimingEnabled", wire: "server_timing_enabled", one: true, other: false },
];

describe.each(withoutDefault)(
  "$definition.type's $argument, which has no default,",
  ({ definition, argument, wire, one, other }) => {
    const sent = (value: unknown) => ({
      changed: [argument],
      mask: [`spec.${wire}`],
      body: spec({ [wire]: value }) as Record<string, unknown>,
    });
    plans([
      { name: "added is sent", definition, before: {}, after: { [argument]: one }, want: sent(one) },
      {
        name: "changed is sent",
        definition,
        before: { [argument]: one },
        after: { [argument]: other },
        want: sent(other),
      },
      {
        name: "removed sends nothing: check has refused it",
        definition,
        before: { [argument]: one },
        after: {},
        want: { changed: [argument] },
      },
    ]);
  },
);

test("no mutable field is left out of these tables", () => {
  const tables = [
    ...[...mutable, ...required].map(({ definition, mask }) => `${definition.type} ${mask}`),
    ...withoutDefault.map(({ definition, wire }) => `${definition.type} spec.${wire}`),
    "Branch spec.expiration",
  ];
  const all = resources.flatMap(({ type, slots }) => slots.filter(isMutable).map(({ mask }) => `${type} ${mask}`));
  expect(tables.sort()).toEqual(all.sort());
});

describe("a branch's expiration", () => {
  const moment = "2030-01-02T03:04:05Z";
  const sent = (argument: string, body: unknown): Partial<Plan> => ({
    changed: [argument],
    mask: ["spec.expiration"],
    body: spec(body) as Record<string, unknown>,
  });
  plans([
    {
      name: "changes from none to a time",
      definition: branch,
      before: { noExpiry: true },
      after: { ttl: "7d" },
      want: sent("ttl", { ttl: "604800s" }),
    },
    {
      name: "changes from a time to a moment",
      definition: branch,
      before: { ttl: "7d" },
      after: { expireTime: moment },
      want: sent("expireTime", { expire_time: moment }),
    },
    {
      name: "changes from a moment to none",
      definition: branch,
      before: { expireTime: moment },
      after: { noExpiry: true },
      want: sent("noExpiry", { no_expiry: true }),
    },
    {
      name: "changes from a time to another",
      definition: branch,
      before: { ttl: "7d" },
      after: { ttl: "14d" },
      want: sent("ttl", { ttl: "1209600s" }),
    },
  ]);
});

describe("an endpoint's removed suspension", () => {
  plans([
    {
      name: "is the project's own",
      definition: endpoint,
      before: { suspendTimeoutDuration: "5m" },
      after: {},
      above: { defaultEndpointSettings: { suspendTimeoutDuration: "600s" } },
      want: {
        changed: ["suspendTimeoutDuration"],
        mask: ["spec.suspension"],
        body: spec({ suspend_timeout_duration: "600s" }),
      },
    },
    {
      name: "is none where the project has none",
      definition: endpoint,
      before: { suspendTimeoutDuration: "5m" },
      after: {},
      above: { defaultEndpointSettings: { noSuspension: true } },
      want: { changed: ["suspendTimeoutDuration"], mask: ["spec.suspension"], body: spec({ no_suspension: true }) },
    },
    {
      name: "sends nothing when it was what the project has",
      definition: endpoint,
      before: { suspendTimeoutDuration: "5m" },
      after: {},
      above: { defaultEndpointSettings: { suspendTimeoutDuration: "300s" } },
      want: { changed: ["suspendTimeoutDuration"] },
    },
    {
      name: "sends nothing where the project is not known: check has refused it",
      definition: endpoint,
      before: { suspendTimeoutDuration: "5m" },
      after: {},
      want: { changed: ["suspendTimeoutDuration"] },
    },
  ]);
});

describe("a removed argument that had its default", () => {
  plans([
    {
      name: "changes the state and sends nothing",
      definition: project,
      before: { historyRetentionDuration: "7d", enablePgNativeLogin: false, customTags: {} },
      after: {},
      want: { changed: ["historyRetentionDuration", "enablePgNativeLogin", "customTags"] },
    },
  ]);
});

describe("several changes", () => {
  plans([
    {
      name: "are one request with their leaves alone",
      definition: project,
      before: {
        displayName: "Shop",
        historyRetentionDuration: "2d",
        defaultEndpointSettings: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 2, suspendTimeoutDuration: "5m" },
      },
      after: {
        displayName: "Store",
        historyRetentionDuration: "2d",
        defaultEndpointSettings: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 4, noSuspension: true },
      },
      want: {
        changed: ["displayName", "defaultEndpointSettings"],
        mask: [
          "spec.display_name",
          "spec.default_endpoint_settings.autoscaling_limit_max_cu",
          "spec.default_endpoint_settings.suspension",
        ],
        body: spec({
          display_name: "Store",
          default_endpoint_settings: { autoscaling_limit_max_cu: 4, no_suspension: true },
        }) as Record<string, unknown>,
      },
    },
    {
      name: "of one message that goes as a whole are its defaults",
      definition: endpoint,
      before: { group: { min: 2, max: 2, enableReadableSecondaries: true } },
      after: {},
      want: {
        changed: ["group"],
        mask: ["spec.group.min", "spec.group.max", "spec.group.enable_readable_secondaries"],
        body: group({ min: 1, max: 1, enable_readable_secondaries: false }) as Record<string, unknown>,
      },
    },
  ]);
});

describe("a flag that only this provider reads", () => {
  plans(
    [project, branch].flatMap((definition) =>
      ["purgeOnDelete", "allowReplace"].map((flag) => ({
        name: `${flag} of a ${definition.type} changes the state and sends nothing`,
        definition,
        before: {},
        after: { [flag]: true },
        want: { changed: [flag] },
      })),
    ),
  );
});

describe("an immutable", () => {
  const main = { sourceBranch: "projects/shop/branches/main" };
  const qa = { sourceBranch: "projects/shop/branches/qa" };
  plans([
    {
      name: "that changes replaces, the old one first since the name stays",
      definition: branch,
      before: main,
      after: qa,
      want: { changed: ["sourceBranch"], replaces: ["sourceBranch"], deleteBeforeReplace: true },
    },
    {
      name: "that is a part of the name replaces, the new one first",
      definition: branch,
      before: {},
      after: { branchId: "qa" },
      want: { changed: ["branchId"], replaces: ["branchId"] },
    },
    {
      name: "that is not known replaces",
      definition: branch,
      before: main,
      after: { sourceBranch: unknownValue },
      want: { changed: ["sourceBranch"], replaces: ["sourceBranch"], deleteBeforeReplace: true },
    },
    {
      name: "that makes the name unknown replaces, the new one first",
      definition: endpoint,
      before: {},
      after: { parent: unknownValue },
      want: { changed: ["parent"], replaces: ["parent"] },
    },
    {
      name: "beside a name that is known neither before nor after replaces, the new one first",
      definition: branch,
      before: { ...main, branchId: "" },
      after: { ...qa, branchId: "" },
      want: { changed: ["sourceBranch"], replaces: ["sourceBranch"] },
    },
    { name: "that is taken out is no change", definition: branch, before: main, after: {}, want: {} },
    {
      name: "that changes to another member of its group is told by the one that is declared",
      definition: branch,
      before: { sourceBranchLsn: "0/1" },
      after: { sourceBranchTime: "2026-11-24T12:00:01Z" },
      want: { changed: ["sourceBranchTime"], replaces: ["sourceBranchTime"], deleteBeforeReplace: true },
    },
    {
      name: "of an endpoint replaces it",
      definition: endpoint,
      before: {},
      after: { endpointType: "ENDPOINT_TYPE_READ_WRITE" },
      want: { changed: ["endpointType"], replaces: ["endpointType"], deleteBeforeReplace: true },
    },
    {
      name: "changes beside a mutable one, which the replacement then has",
      definition: project,
      before: { pgVersion: 16, displayName: "Shop" },
      after: { pgVersion: 17, displayName: "Store" },
      want: {
        changed: ["displayName", "pgVersion"],
        replaces: ["pgVersion"],
        deleteBeforeReplace: true,
        mask: ["spec.display_name"],
        body: spec({ display_name: "Store" }) as Record<string, unknown>,
      },
    },
  ]);
});

describe("a change that the service has no update for", () => {
  const dev = "projects/shop/branches/dev";
  // As check leaves them: with the id that they got when they were made.
  const [app, feed] = [{ roleId: "app" }, { cdfConfigId: "public" }];
  const rows: readonly (readonly [AnyDefinition, Values, Values])[] = [
    [catalog, {}, { branch: "projects/shop/branches/main" }],
    [catalog, {}, { postgresDatabase: "rates" }],
    [syncedTable, {}, { sourceTableFullName: "main.sales.rates" }],
    [syncedTable, { newPipelineSpec: { storageCatalog: "main" } }, { newPipelineSpec: { storageCatalog: "other" } }],
    [cdfConfig, feed, { postgresSchema: "api" }],
    [cdfConfig, feed, { catalog: "other" }],
    [cdfConfig, feed, { schema: "other" }],
    [snapshot, {}, { sourceBranch: dev }],
    [role, app, { postgresRole: "ada" }],
    [role, { ...app, identityType: "USER" }, { identityType: "GROUP" }],
    [role, { ...app, authMethod: "NO_LOGIN" }, { authMethod: "LAKEBASE_OAUTH_V1" }],
  ];
  plans(
    rows.map(([definition, before, after]) => ({
      name: `replaces a ${definition.type}: ${JSON.stringify(after)}`,
      definition,
      before,
      after: { ...before, ...after },
      want: { changed: Object.keys(after), replaces: Object.keys(after), deleteBeforeReplace: true },
    })),
  );
  plans([
    {
      name: "that only this provider reads replaces nothing",
      definition: cdfConfig,
      before: {},
      after: { forceOnDelete: true, adopt: true, deleteOnRelease: true },
      want: { changed: ["forceOnDelete", "adopt", "deleteOnRelease"] },
    },
    {
      name: "to another expiration replaces",
      definition: snapshot,
      before: { ttl: "7d" },
      after: { noExpiry: true },
      want: { changed: ["noExpiry"], replaces: ["noExpiry"], deleteBeforeReplace: true },
    },
  ]);
});

describe("an immutable that is declared for the first time", () => {
  const status = {
    pgVersion: 17,
    sourceBranch: "projects/shop/branches/main",
    sourceBranchLsn: "0/1A2B",
    sourceBranchTime: "2026-11-24T12:00:01Z",
  };
  plans([
    {
      name: "is no change when the service says the same",
      definition: branch,
      before: { status },
      after: { sourceBranch: "projects/shop/branches/main", sourceBranchLsn: "0/00001a2b" },
      want: {},
    },
    {
      name: "is no change when the service has rounded the moment",
      definition: branch,
      before: { status },
      after: { sourceBranchTime: "2026-11-24T13:00:01.7+01:00" },
      want: {},
    },
    {
      name: "is no change beside a whole minute that the service shows, which is only sent in another way",
      definition: branch,
      before: { status: { sourceBranchTime: "2026-11-24T12:00:00Z" } },
      after: { sourceBranchTime: "2026-11-24T12:00:00.6Z" },
      want: {},
    },
    {
      name: "is no change where the service shows it beside the name",
      definition: cdfConfig,
      before: { postgresSchema: undefined, status: { postgresSchema: "public" } },
      after: {},
      want: {},
    },
    {
      name: "replaces when the service shows another beside the name",
      definition: cdfConfig,
      before: { cdfConfigId: "public", postgresSchema: undefined, status: { postgresSchema: "api" } },
      after: { cdfConfigId: "public" },
      want: { changed: ["postgresSchema"], replaces: ["postgresSchema"], deleteBeforeReplace: true },
    },
    {
      name: "replaces when the service says another moment",
      definition: branch,
      before: { status },
      after: { sourceBranchTime: "2026-11-24T12:00:03Z" },
      want: { changed: ["sourceBranchTime"], replaces: ["sourceBranchTime"], deleteBeforeReplace: true },
    },
    {
      name: "replaces when the service says something else",
      definition: branch,
      before: { status },
      after: { sourceBranch: "projects/shop/branches/qa" },
      want: { changed: ["sourceBranch"], replaces: ["sourceBranch"], deleteBeforeReplace: true },
    },
    {
      name: "replaces when the service says nothing of it",
      definition: branch,
      before: { status: {} },
      after: { sourceBranch: "projects/shop/branches/main" },
      want: { changed: ["sourceBranch"], replaces: ["sourceBranch"], deleteBeforeReplace: true },
    },
    {
      name: "is no change where the service was not asked yet",
      definition: branch,
      before: {},
      after: { sourceBranch: "projects/shop/branches/main" },
      want: {},
    },
    {
      name: "is taken for what the resource was made with where the service never shows it",
      definition: syncedTable,
      before: { status: {} },
      after: { schedulingPolicy: "TRIGGERED" },
      want: { changed: ["schedulingPolicy"] },
    },
    {
      name: "is not judged by check where the service never shows it",
      definition: syncedTable,
      before: {},
      after: { schedulingPolicy: "TRIGGERED" },
      want: {},
    },
    {
      name: "and then changed replaces, also where the service never shows it",
      definition: syncedTable,
      before: { status: {}, schedulingPolicy: "TRIGGERED" },
      after: { schedulingPolicy: "CONTINUOUS" },
      want: { changed: ["schedulingPolicy"], replaces: ["schedulingPolicy"], deleteBeforeReplace: true },
    },
    {
      name: "may be a numeric text",
      definition: project,
      before: { status },
      after: { pgVersion: "17" },
      want: {},
    },
  ]);
});

describe("no change is", () => {
  plans([
    {
      name: "another spelling",
      definition: project,
      before: { pgVersion: 17, historyRetentionDuration: "604800s", customTags: { a: "1", b: "2" } },
      after: { pgVersion: "17", historyRetentionDuration: "7d", customTags: { b: "2", a: "1" } },
      want: {},
    },
    {
      name: "another offset",
      definition: branch,
      before: { expireTime: "2030-01-02T03:04:05Z" },
      after: { expireTime: "2030-01-02T04:04:05.000+01:00" },
      want: {},
    },
    {
      name: "another order of what has none",
      definition: snapshotSchedule,
      before: {
        schedule: [
          { dailySchedule: {}, retention: "7d" },
          { weeklySchedule: { dayOfWeek: "SUNDAY" }, retention: "30d" },
        ],
      },
      after: {
        schedule: [
          { retention: "720h", weeklySchedule: { hour: 0, dayOfWeek: "SUNDAY" } },
          { retention: "604800s", dailySchedule: { hour: 0 } },
        ],
      },
      want: {},
    },
    {
      name: "an empty message",
      definition: project,
      before: {},
      after: { defaultEndpointSettings: {} },
      want: {},
    },
    {
      name: "what is read only when the project is created: check has refused it",
      definition: project,
      before: { initialBranchSpec: { isProtected: true } },
      after: { initialBranchSpec: { isProtected: false } },
      want: {},
    },
    {
      name: "what the service says beside the arguments",
      definition: endpoint,
      before: { status: { disabled: true }, host: "ep-1.example.test", uid: "ep-1" },
      after: {},
      want: {},
    },
  ]);
});

describe("a mutable that is not known yet", () => {
  plans([
    {
      name: "is a change without a request",
      definition: endpoint,
      before: { autoscalingLimitMaxCu: 2 },
      after: { autoscalingLimitMaxCu: unknownValue },
      want: { changed: ["autoscalingLimitMaxCu"] },
    },
    {
      name: "in a map makes the whole map so",
      definition: endpoint,
      before: { settings: { pgSettings: { jit: "off" } } },
      after: { settings: { pgSettings: { jit: "off", work_mem: unknownValue } } },
      want: { changed: ["settings"] },
    },
    {
      name: "makes all that is in it so",
      definition: endpoint,
      before: { group: { min: 1 } },
      after: { group: unknownValue },
      want: { changed: ["group"] },
    },
  ]);
});

describe("a create sends", () => {
  const rows: readonly { name: string; definition: AnyDefinition; more: Values; want: unknown }[] = [
    { name: "an empty spec for nothing", definition: project, more: {}, want: { spec: {} } },
    {
      name: "canonical values, and what is read only then beside the spec",
      definition: project,
      more: {
        pgVersion: "17",
        historyRetentionDuration: "7d",
        purgeOnDelete: true,
        allowReplace: true,
        initialBranchSpec: { isProtected: true },
        initialEndpointSpec: { suspendTimeoutDuration: "5m", group: { min: 1, max: 1 } },
      },
      want: {
        spec: { pg_version: 17, history_retention_duration: "604800s" },
        initial_branch_spec: { is_protected: true },
        initial_endpoint_spec: { suspend_timeout_duration: "300s", group: { min: 1, max: 1 } },
      },
    },
    {
      name: "neither the parent nor the id, which are in the address",
      definition: branch,
      more: { sourceBranch: "projects/shop/branches/main", ttl: "1d12h" },
      want: { spec: { source_branch: "projects/shop/branches/main", ttl: "129600s" } },
    },
    {
      name: "maps with their own keys",
      definition: endpoint,
      more: { settings: { pgSettings: { maintenanceWorkMem: "1GB", work_mem: "8MB" } } },
      want: {
        spec: {
          endpoint_type: "ENDPOINT_TYPE_READ_ONLY",
          settings: { pg_settings: { maintenanceWorkMem: "1GB", work_mem: "8MB" } },
        },
      },
    },
  ];
  const moments: typeof rows = [
    { at: "2026-11-24T12:00:00Z", sent: "2026-11-24T11:59:59Z" },
    { at: "2026-11-24T13:00:00.000+01:00", sent: "2026-11-24T11:59:59Z" },
    { at: "2026-01-01T00:00:00Z", sent: "2025-12-31T23:59:59Z" },
    { at: "2026-11-24T12:00:01Z", sent: "2026-11-24T12:00:01Z" },
    { at: "2026-11-24T12:00:00.25Z", sent: "2026-11-24T12:00:00.25Z" },
  ].map(({ at, sent }) => ({
    name: `${sent} for a source as of ${at}, since the service refuses whole minutes`,
    definition: branch,
    more: { sourceBranchTime: at },
    want: { spec: { source_branch_time: sent } },
  }));
  const others: typeof rows = [
    {
      name: "a snapshot's moment as it is",
      definition: snapshot,
      more: { sourceBranchTime: "2026-11-24T12:00:00Z" },
      want: {
        spec: {
          source_branch: "projects/shop/branches/production",
          source_branch_time: "2026-11-24T12:00:00Z",
        },
      },
    },
    {
      name: "an expiration on a whole minute as it is",
      definition: branch,
      more: { expireTime: "2026-12-24T12:00:00Z" },
      want: { spec: { expire_time: "2026-12-24T12:00:00Z" } },
    },
    {
      name: "lists of messages in the service's spelling",
      definition: syncedTable,
      more: {
        typeOverrides: [{ columnName: "embeddingOf", pgType: "PG_SPECIFIC_TYPE_VECTOR", size: 3 }],
        newPipelineSpec: { storageCatalog: "main" },
        primaryKeyColumns: ["rowId"],
      },
      want: {
        spec: {
          source_table_full_name: "main.sales.prices",
          primary_key_columns: ["rowId"],
          new_pipeline_spec: { storage_catalog: "main" },
          type_overrides: [{ column_name: "embeddingOf", pg_type: "PG_SPECIFIC_TYPE_VECTOR", size: 3 }],
        },
      },
    },
    {
      name: "no spec where there is none, and nothing for the delete",
      definition: cdfConfig,
      more: { forceOnDelete: true },
      want: { postgres_schema: "public", catalog: "main", schema: "orders_feed" },
    },
    {
      name: "an empty list as such",
      definition: snapshotSchedule,
      more: { schedule: [] },
      want: { schedule: [] },
    },
  ];
  test.each([...rows, ...moments, ...others])("$name", ({ definition, more, want }) => {
    expect(creation(definition, args(definition, more))).toEqual(want);
  });
});
