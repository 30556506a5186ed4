/** What a program says of an object, and what it need not say. */
import { declaration } from "../../../provider/importing/declaration";
import type { Found } from "../../../provider/importing/walk";
import { DeclaredStack } from "../../../provider/pulumi/stack";
import { plan } from "../../../provider/schema/plan";
import * as kinds from "../support/resources";
import { found } from "./support";

const shop = found(kinds.project, "projects/shop", {});
const production = "projects/shop/branches/production";
const dev = "projects/shop/branches/dev";

function declared(one: Found, told: kinds.Values = {}) {
  return declaration(one, "it", new DeclaredStack(), told);
}

interface Case {
  readonly name: string;
  readonly object: Found;
  /** Its arguments, without those that say where it is. */
  readonly want: kinds.Values;
}

const cases: readonly Case[] = [
  {
    name: "a project as it is made says nothing of its defaults",
    object: found(kinds.project, "projects/shop", {
      display_name: "Shop",
      pg_version: 17,
      history_retention_duration: "604800s",
      default_branch: production,
      enable_pg_native_login: false,
      default_endpoint_settings: {
        autoscaling_limit_min_cu: 1,
        autoscaling_limit_max_cu: 1,
        suspend_timeout_duration: "86400s",
      },
    }),
    want: { projectId: "shop", displayName: "Shop", pgVersion: 17 },
  },
  {
    name: "a project says all that was set",
    object: found(kinds.project, "projects/shop", {
      pg_version: 16,
      history_retention_duration: "1209600s",
      default_branch: dev,
      enable_pg_native_login: true,
      budget_policy_id: "policy-1",
      custom_tags: [{ key: "team", value: "a" }],
      default_endpoint_settings: {
        autoscaling_limit_min_cu: 0.5,
        autoscaling_limit_max_cu: 1,
        suspend_timeout_duration: "300s",
        pg_settings: { work_mem: "8MB" },
      },
    }),
    want: {
      projectId: "shop",
      pgVersion: 16,
      historyRetentionDuration: "14d",
      defaultEndpointSettings: {
        autoscalingLimitMinCu: 0.5,
        suspendTimeoutDuration: "5m",
        pgSettings: { work_mem: "8MB" },
      },
      defaultBranch: dev,
      enablePgNativeLogin: true,
      budgetPolicyId: "policy-1",
      customTags: { team: "a" },
    },
  },
  {
    name: "computes that never sleep",
    object: found(kinds.project, "projects/shop", { default_endpoint_settings: { autoscaling_limit_min_cu: 1 } }),
    want: { projectId: "shop", defaultEndpointSettings: { noSuspension: true } },
  },
  {
    name: "a text that looks like a duration stays as it is",
    object: found(kinds.project, "projects/shop", {
      display_name: "300s",
      default_endpoint_settings: { suspend_timeout_duration: "86400s" },
    }),
    want: { projectId: "shop", displayName: "300s" },
  },
  {
    name: "the point that the service made a branch from is its own choice",
    object: found(kinds.branch, dev, {
      source_branch: production,
      source_branch_lsn: "0/1A2B3C4",
      source_branch_time: "2026-11-24T11:59:59Z",
      is_protected: false,
    }),
    want: { parent: "projects/shop", branchId: "dev", sourceBranch: production },
  },
  {
    name: "a branch that expires keeps its moment",
    object: found(kinds.branch, dev, { source_branch: production, expire_time: "2026-12-01T12:00:00Z" }),
    want: {
      parent: "projects/shop",
      branchId: "dev",
      sourceBranch: production,
      expireTime: "2026-12-01T12:00:00Z",
      onExpiry: "forget",
    },
  },
  {
    name: "a protected root branch",
    object: found(kinds.branch, production, { default: true, is_protected: true }),
    want: { parent: "projects/shop", branchId: "production", isProtected: true },
  },
  {
    name: "a read replica answers reads without saying so",
    object: found(kinds.endpoint, `${dev}/endpoints/replica`, {
      endpoint_type: "ENDPOINT_TYPE_READ_ONLY",
      autoscaling_limit_min_cu: 0.5,
      autoscaling_limit_max_cu: 2,
      suspend_timeout_duration: "300s",
      disabled: false,
      group: { min: 1, max: 1, enable_readable_secondaries: true },
      settings: {},
    }),
    want: {
      parent: dev,
      endpointId: "replica",
      endpointType: "ENDPOINT_TYPE_READ_ONLY",
      autoscalingLimitMinCu: 0.5,
      autoscalingLimitMaxCu: 2,
      suspendTimeoutDuration: "5m",
    },
  },
  {
    name: "a role whose id follows from its name",
    object: found(kinds.role, `${dev}/roles/app`, {
      postgres_role: "app",
      identity_type: "IDENTITY_TYPE_UNSPECIFIED",
      auth_method: "PG_PASSWORD_SCRAM_SHA_256",
      attributes: { createdb: true, createrole: false, bypassrls: false },
    }),
    want: {
      parent: dev,
      postgresRole: "app",
      authMethod: "PG_PASSWORD_SCRAM_SHA_256",
      attributes: { createdb: true },
    },
  },
  {
    name: "a role whose id does not",
    object: found(kinds.role, `${dev}/roles/worker`, {
      postgres_role: "app",
      identity_type: "SERVICE_PRINCIPAL",
      auth_method: "LAKEBASE_OAUTH_V1",
      membership_roles: ["DATABRICKS_SUPERUSER"],
    }),
    want: {
      parent: dev,
      roleId: "worker",
      postgresRole: "app",
      identityType: "SERVICE_PRINCIPAL",
      authMethod: "LAKEBASE_OAUTH_V1",
      membershipRoles: ["DATABRICKS_SUPERUSER"],
    },
  },
  {
    name: "a database that was renamed",
    object: found(kinds.database, `${dev}/databases/orders`, { postgres_database: "sales", role: `${dev}/roles/app` }),
    want: { parent: dev, databaseId: "orders", postgresDatabase: "sales", role: `${dev}/roles/app` },
  },
  {
    name: "a Data API with defaults alone says one, since it needs one",
    object: found(kinds.dataApi, `${dev}/databases/orders/data-api`, {
      db_schemas: ["public"],
      db_aggregates_enabled: true,
      jwt_role_claim_key: ".sub",
      server_cors_allowed_origins: [],
      server_timing_enabled: false,
      url: "https://api.example.test",
    }),
    want: { parent: `${dev}/databases/orders`, dbSchemas: ["public"] },
  },
  {
    name: "a Data API says what was set, also when that is nothing where the default is something",
    object: found(kinds.dataApi, `${dev}/databases/orders/data-api`, {
      db_schemas: ["public"],
      db_aggregates_enabled: false,
      jwt_cache_max_lifetime: "3600s",
    }),
    want: { parent: `${dev}/databases/orders`, dbAggregatesEnabled: false, jwtCacheMaxLifetime: "1h" },
  },
  {
    name: "a change data feed",
    object: found(kinds.cdfConfig, `${dev}/databases/orders/cdf-configs/public`, {
      cdf_config_id: "public",
      postgres_schema: "public",
      catalog: "main",
      schema: "orders_feed",
    }),
    want: { parent: `${dev}/databases/orders`, postgresSchema: "public", catalog: "main", schema: "orders_feed" },
  },
  {
    name: "a snapshot",
    object: found(kinds.snapshot, "projects/shop/snapshots/nightly", {
      source_branch: production,
      expire_time: "2026-12-01T12:00:00Z",
    }),
    want: {
      parent: "projects/shop",
      snapshotId: "nightly",
      sourceBranch: production,
      expireTime: "2026-12-01T12:00:00Z",
      onExpiry: "forget",
    },
  },
  {
    name: "a schedule, its durations as people write them",
    object: found(kinds.snapshotSchedule, `${production}/snapshot-schedule`, {
      schedule: [
        { daily_schedule: { hour: 3 }, retention: "604800s" },
        { weekly_schedule: { day_of_week: "SUNDAY" }, retention: "2592000s" },
      ],
    }),
    want: {
      parent: production,
      schedule: [
        { dailySchedule: { hour: 3 }, retention: "7d" },
        { weeklySchedule: { dayOfWeek: "SUNDAY" }, retention: "30d" },
      ],
    },
  },
  {
    name: "permissions without those that are kept undeclared",
    object: found(kinds.projectPermissions, "projects/shop/permissions", {
      access_control_list: [
        { user_name: "ada@example.test", permission_level: "CAN_MANAGE", kept: true },
        { group_name: "developers", permission_level: "CAN_USE" },
      ],
    }),
    want: { parent: "projects/shop", accessControlList: [{ groupName: "developers", permissionLevel: "CAN_USE" }] },
  },
  {
    name: "a catalog",
    object: found(kinds.catalog, "catalogs/shop_orders", {
      branch: production,
      postgres_database: "orders",
      project: "projects/shop",
    }),
    want: { catalogId: "shop_orders", branch: production, postgresDatabase: "orders" },
  },
];

test.each(cases)("$name", ({ object, want }) => {
  const { args, notes, inputs } = declared(object);
  expect(args).toEqual(want);
  expect(notes).toEqual([]);
  expect(inputs["name"]).toBe(object.name);
});

test.each(cases)("no change is left to make: $name", ({ object }) => {
  const { args, inputs } = declared(object);
  expect(plan(object.definition, inputs, inputs)).toMatchObject({ changed: [], mask: [] });
  // Declared once more, by the program.
  expect(declaration(object, "it", new DeclaredStack()).inputs).toEqual(inputs);
  expect(inputs).toMatchObject(args);
});

test("a compute with the sizes of its project need not say them, and one with others does", () => {
  const stack = new DeclaredStack();
  const settings = { autoscaling_limit_min_cu: 2, autoscaling_limit_max_cu: 4, suspend_timeout_duration: "300s" };
  declaration(found(kinds.project, "projects/shop", { default_endpoint_settings: settings }), "shop", stack);
  const compute = (said: kinds.Values) =>
    found(kinds.endpoint, `${dev}/endpoints/primary`, { endpoint_type: "ENDPOINT_TYPE_READ_WRITE", ...said });
  expect(declaration(compute(settings), "one", stack).args).toEqual({
    parent: dev,
    endpointId: "primary",
    endpointType: "ENDPOINT_TYPE_READ_WRITE",
  });
  const larger = { ...settings, autoscaling_limit_max_cu: 8, suspend_timeout_duration: "86400s" };
  expect(declaration(compute(larger), "two", stack).args).toMatchObject({
    autoscalingLimitMaxCu: 8,
    suspendTimeoutDuration: "1d",
  });
});

describe("what somebody should know", () => {
  test("an optional value that this version does not know is left out, and said", () => {
    const strange = found(kinds.role, `${dev}/roles/app`, { postgres_role: "app", auth_method: "PG_CERTIFICATE" });
    expect(declared(strange)).toMatchObject({
      args: { parent: dev, postgresRole: "app" },
      notes: [`${dev}/roles/app: its authMethod is "PG_CERTIFICATE", which no program can declare; it is left out`],
    });
  });

  test("what the rules refuse is said with their words", () => {
    const wide = found(kinds.endpoint, `${dev}/endpoints/primary`, {
      endpoint_type: "ENDPOINT_TYPE_READ_WRITE",
      autoscaling_limit_min_cu: 2,
      autoscaling_limit_max_cu: 16,
      suspend_timeout_duration: "300s",
    });
    const [note, ...others] = declared(wide).notes;
    expect(others).toEqual([]);
    expect(note).toMatch(
      /^projects\/shop\/branches\/dev\/endpoints\/primary: the next preview will refuse it, since autoscalingLimitMaxCu .*lakebase:autoscalingSpreadLimit/,
    );
  });

  test("an argument that the service does not show and that nobody has told", () => {
    const prices = found(kinds.syncedTable, "synced_tables/shop.public.prices", {
      detailed_state: "SYNCED_TABLE_ONLINE",
    });
    expect(declared(prices)).toMatchObject({
      args: { syncedTableId: "shop.public.prices" },
      blanks: ["sourceTableFullName"],
      notes: [],
    });
    expect(declared(prices, { sourceTableFullName: "main.sales.prices" })).toMatchObject({
      args: { syncedTableId: "shop.public.prices", sourceTableFullName: "main.sales.prices" },
      inputs: { sourceTableFullName: "main.sales.prices" },
      blanks: [],
      notes: [],
    });
  });

  test("nothing, of a default branch that is not the first", () => {
    const project = found(kinds.project, "projects/shop", { default_branch: dev });
    expect(declared(project)).toMatchObject({ args: { defaultBranch: dev }, notes: [] });
    expect(shop.name).toBe("projects/shop");
  });
});
