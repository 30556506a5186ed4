import type { AnyDefinition } from "../../../provider/schema/definition";
import type { Wire } from "../../../provider/schema/marks";
import { plan } from "../../../provider/schema/plan";
import {
  asArguments,
  differingImmutable,
  isGone,
  outputs,
  project as projected,
  serviceValue,
} from "../../../provider/schema/service";
import { setAt, unknownValue, valueAt } from "../../../provider/schema/unknown";
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

/** A project, a branch and an endpoint as the service shows them. */
const shop: Wire = {
  name: "projects/shop",
  uid: "1a2b3c4d-0000-4000-8000-000000000001",
  create_time: "2026-11-24T12:00:00Z",
  update_time: "2026-11-24T12:00:05Z",
  status: {
    project_id: "shop",
    display_name: "Shop",
    pg_version: 17,
    history_retention_duration: "604800s",
    default_endpoint_settings: {
      autoscaling_limit_min_cu: 1,
      autoscaling_limit_max_cu: 4,
      suspend_timeout_duration: "300s",
      pg_settings: { work_mem: "8MB" },
    },
    default_branch: "projects/shop/branches/production",
    budget_policy_id: "policy-1",
    custom_tags: [
      { key: "team", value: "a" },
      { key: "policy_tag", value: "theirs" },
    ],
    enable_pg_native_login: false,
    owner: "ada@example.test",
    branch_logical_size_limit_bytes: 8_796_093_022_208,
    synthetic_storage_size_bytes: 0,
  },
};

const dev: Wire = {
  name: "projects/shop/branches/dev",
  uid: "br-quiet-leaf-1a2b3c4d",
  create_time: "2026-11-24T12:00:00Z",
  update_time: "2026-11-24T12:00:05Z",
  status: {
    branch_id: "dev",
    current_state: "READY",
    default: false,
    is_protected: false,
    source_branch: "projects/shop/branches/production",
    source_branch_lsn: "0/1A2B3C4",
    source_branch_time: "2026-11-24T11:59:59Z",
    expire_time: "2026-12-01T12:00:00Z",
  },
};

const replica: Wire = {
  name: "projects/shop/branches/dev/endpoints/replica",
  uid: "ep-quiet-leaf-1a2b3c4d",
  create_time: "2026-11-24T12:00:00Z",
  update_time: "2026-11-24T12:00:05Z",
  status: {
    endpoint_id: "replica",
    endpoint_type: "ENDPOINT_TYPE_READ_ONLY",
    autoscaling_limit_min_cu: 0.5,
    autoscaling_limit_max_cu: 2,
    suspend_timeout_duration: "300s",
    disabled: false,
    current_state: "ACTIVE",
    group: { min: 1, max: 1, enable_readable_secondaries: true },
    hosts: {
      host: "ep-1.database.example.test",
      read_only_host: "ep-1.database.example.test",
      read_write_pooled_host: "ep-1-pooler.database.example.test",
      read_only_pooled_host: "ep-1-ro-pooler.database.example.test",
    },
    settings: { pg_settings: { work_mem: "8MB", maintenanceMode: "off" } },
  },
};

/** The kinds that show their fields beside their name. */
const nightly: Wire = {
  name: "projects/shop/branches/production/snapshot-schedule",
  schedule: [
    { daily_schedule: { hour: 3 }, retention: "604800s" },
    { weekly_schedule: { day_of_week: "SUNDAY" }, retention: "2592000s" },
  ],
};

const feed: Wire = {
  name: "projects/shop/branches/dev/databases/orders/cdf-configs/public",
  cdf_config_id: "public",
  catalog: "main",
  schema: "orders_feed",
  postgres_schema: "public",
  create_time: "2026-11-24T12:00:00Z",
};

const permissions: Wire = {
  name: "projects/shop/permissions",
  access_control_list: [
    { user_name: "ada@example.test", permission_level: "CAN_MANAGE", kept: true },
    { group_name: "developers", permission_level: "CAN_USE" },
  ],
};

/** The resource with other values in its status; `undefined` takes one out. */
function saying(resource: Wire, status: Values): Wire {
  const all = { ...(resource["status"] as Values), ...status };
  return { ...resource, status: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
}

describe("outputs", () => {
  test("of an endpoint are its status in camelCase with the keys of maps as they are, and its hosts", () => {
    expect(outputs(endpoint, replica)).toEqual({
      name: "projects/shop/branches/dev/endpoints/replica",
      uid: "ep-quiet-leaf-1a2b3c4d",
      createTime: "2026-11-24T12:00:00Z",
      updateTime: "2026-11-24T12:00:05Z",
      status: {
        endpointId: "replica",
        endpointType: "ENDPOINT_TYPE_READ_ONLY",
        autoscalingLimitMinCu: 0.5,
        autoscalingLimitMaxCu: 2,
        suspendTimeoutDuration: "300s",
        disabled: false,
        currentState: "ACTIVE",
        group: { min: 1, max: 1, enableReadableSecondaries: true },
        hosts: {
          host: "ep-1.database.example.test",
          readOnlyHost: "ep-1.database.example.test",
          readWritePooledHost: "ep-1-pooler.database.example.test",
          readOnlyPooledHost: "ep-1-ro-pooler.database.example.test",
        },
        settings: { pgSettings: { work_mem: "8MB", maintenanceMode: "off" } },
      },
      host: "ep-1.database.example.test",
      readOnlyHost: "ep-1.database.example.test",
      pooledHost: "ep-1-pooler.database.example.test",
      readOnlyPooledHost: "ep-1-ro-pooler.database.example.test",
    });
  });

  test("of a project keep the keys of its default Postgres settings and of its tags", () => {
    expect(outputs(project, shop)["status"]).toMatchObject({
      defaultEndpointSettings: { pgSettings: { work_mem: "8MB" } },
      customTags: [
        { key: "team", value: "a" },
        { key: "policy_tag", value: "theirs" },
      ],
    });
  });

  const flat: readonly { definition: AnyDefinition; resource: Wire; want: Values }[] = [
    {
      definition: snapshotSchedule,
      resource: nightly,
      want: {
        name: "projects/shop/branches/production/snapshot-schedule",
        status: {
          schedule: [
            { dailySchedule: { hour: 3 }, retention: "604800s" },
            { weeklySchedule: { dayOfWeek: "SUNDAY" }, retention: "2592000s" },
          ],
        },
      },
    },
    {
      definition: cdfConfig,
      resource: { ...feed, parent: "projects/shop/branches/dev/databases/orders", uid: "u", update_time: "t" },
      want: {
        name: "projects/shop/branches/dev/databases/orders/cdf-configs/public",
        uid: "u",
        createTime: "2026-11-24T12:00:00Z",
        updateTime: "t",
        status: { cdfConfigId: "public", catalog: "main", schema: "orders_feed", postgresSchema: "public" },
      },
    },
    {
      definition: projectPermissions,
      resource: permissions,
      want: {
        name: "projects/shop/permissions",
        status: {
          accessControlList: [
            { userName: "ada@example.test", permissionLevel: "CAN_MANAGE", kept: true },
            { groupName: "developers", permissionLevel: "CAN_USE" },
          ],
        },
      },
    },
    { definition: snapshotSchedule, resource: { name: "n" }, want: { name: "n", status: {} } },
    {
      definition: snapshotSchedule,
      resource: { name: "n", schedule: null },
      want: { name: "n", status: { schedule: null } },
    },
  ];
  test.each(flat)("of a $definition.type are what it has beside its name: %#", ({ definition, resource, want }) => {
    expect(outputs(definition, resource)).toEqual(want);
  });

  test("of a Data API are its address, and lists as they are", () => {
    const status = {
      db_schemas: ["my_schema"],
      available_schemas: ["my_schema", "other_one"],
      url: "https://example.test",
    };
    expect(outputs(dataApi, { name: "n", status })).toEqual({
      name: "n",
      status: { dbSchemas: ["my_schema"], availableSchemas: ["my_schema", "other_one"], url: "https://example.test" },
      url: "https://example.test",
    });
  });

  test("leave out what the service does not say", () => {
    expect(outputs(endpoint, { name: "n", uid: "u" })).toEqual({ name: "n", uid: "u", status: {} });
  });

  test.each([
    { definition: project, resource: shop },
    { definition: branch, resource: dev },
    { definition: endpoint, resource: replica },
  ])(
    "of a $definition.type have no argument's name, or diff would take them for declared",
    ({ definition, resource }) => {
      const taken = Object.keys(outputs(definition, resource)).filter((key) => Object.hasOwn(definition.args, key));
      expect(taken).toEqual([]);
    },
  );
});

interface Drift {
  readonly name: string;
  readonly definition: AnyDefinition;
  readonly resource: Wire;
  readonly declared: Values;
  readonly want: Values;
}

function finds(cases: readonly Drift[]): void {
  test.each(cases)("$name", ({ definition, resource, declared, want }) => {
    const before = structuredClone(declared);
    expect(projected(definition, args(definition, declared), resource)).toEqual(args(definition, want));
    expect(declared).toEqual(before);
  });
}

const settings = (inner: Values) => ({ defaultEndpointSettings: inner });

describe("without drift the declared spelling stays for", () => {
  const rows: readonly (readonly [AnyDefinition, Wire, Values])[] = [
    [project, shop, { displayName: "Shop" }],
    [project, shop, { pgVersion: "17" }],
    [project, shop, { historyRetentionDuration: "7d" }],
    [project, shop, settings({ autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 4 })],
    [project, shop, settings({ suspendTimeoutDuration: "5m" })],
    [project, shop, settings({ pgSettings: { work_mem: "8MB" } })],
    [project, shop, { defaultBranch: "projects/shop/branches/production" }],
    [project, shop, { budgetPolicyId: "policy-1" }],
    [project, shop, { customTags: { team: "a" } }],
    [project, shop, { customTags: {} }],
    [project, shop, { enablePgNativeLogin: false }],
    [project, shop, { initialBranchSpec: { isProtected: true }, initialEndpointSpec: { autoscalingLimitMaxCu: 16 } }],
    [project, shop, { purgeOnDelete: true, allowReplace: false }],
    [branch, dev, { sourceBranch: "projects/shop/branches/production" }],
    [branch, dev, { sourceBranchLsn: "0/01a2b3c4" }],
    [branch, dev, { sourceBranchTime: "2026-11-24T12:59:59.4+01:00" }],
    [branch, dev, { ttl: "7d" }],
    [branch, dev, { expireTime: "2026-12-01T13:00:00+01:00" }],
    [branch, dev, { isProtected: false }],
    [branch, dev, { purgeOnDelete: true, allowReplace: true }],
    [branch, saying(dev, { expire_time: undefined }), { noExpiry: true }],
    [branch, dev, { sourceSnapshot: "projects/shop/snapshots/nightly" }],
    [branch, dev, { deletionProtection: true, onExpiry: "forget", onTombstone: "purge", adopt: true }],
    // Sent a second earlier than declared.
    [branch, dev, { sourceBranchTime: "2026-11-24T12:00:00Z" }],
    [endpoint, replica, { endpointType: "ENDPOINT_TYPE_READ_ONLY" }],
    [endpoint, replica, { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 2 }],
    [endpoint, replica, { suspendTimeoutDuration: "5m" }],
    [endpoint, saying(replica, { suspend_timeout_duration: undefined }), { noSuspension: true }],
    [endpoint, replica, { disabled: false }],
    [endpoint, replica, { group: { min: 1, max: 1, enableReadableSecondaries: true } }],
    [endpoint, replica, { settings: { pgSettings: { maintenanceMode: "off", work_mem: "8MB" } } }],
  ];
  finds(
    rows.map(([definition, resource, declared]) => ({
      name: `${definition.type} ${JSON.stringify(declared)}`,
      definition,
      resource,
      declared,
      want: declared,
    })),
  );
});

describe("an absent value is the zero value of", () => {
  const rows: readonly (readonly [AnyDefinition, Wire, Values])[] = [
    [project, saying(shop, { enable_pg_native_login: undefined }), { enablePgNativeLogin: false }],
    [project, saying(shop, { custom_tags: undefined }), { customTags: {} }],
    [project, saying(shop, { default_endpoint_settings: {} }), settings({ pgSettings: {} })],
    [branch, saying(dev, { is_protected: undefined }), { isProtected: false }],
    [endpoint, saying(replica, { disabled: undefined }), { disabled: false }],
    [endpoint, saying(replica, { settings: {} }), { settings: { pgSettings: {} } }],
    [endpoint, saying(replica, { group: {} }), { group: { enableReadableSecondaries: false } }],
  ];
  finds(
    rows.map(([definition, resource, declared]) => ({
      name: `${definition.type} ${JSON.stringify(declared)}`,
      definition,
      resource,
      declared,
      want: declared,
    })),
  );
});

describe("drift takes the service's value for", () => {
  const rows: readonly (readonly [AnyDefinition, Wire, Values, Values])[] = [
    [project, shop, { displayName: "Store" }, { displayName: "Shop" }],
    [project, shop, { pgVersion: "16" }, { pgVersion: 17 }],
    [project, shop, { historyRetentionDuration: "14d" }, { historyRetentionDuration: "604800s" }],
    [project, shop, { historyRetentionDuration: "604801s" }, { historyRetentionDuration: "604800s" }],
    [project, saying(shop, { display_name: "11s" }), { displayName: "10s" }, { displayName: "11s" }],
    [project, shop, settings({ autoscalingLimitMinCu: 2 }), settings({ autoscalingLimitMinCu: 1 })],
    [project, shop, settings({ autoscalingLimitMaxCu: 8 }), settings({ autoscalingLimitMaxCu: 4 })],
    [
      project,
      shop,
      settings({ autoscalingLimitMinCu: 1, suspendTimeoutDuration: "6m" }),
      settings({ autoscalingLimitMinCu: 1, suspendTimeoutDuration: "300s" }),
    ],
    [project, shop, settings({ noSuspension: true }), settings({ suspendTimeoutDuration: "300s" })],
    [
      project,
      saying(shop, { default_endpoint_settings: { no_suspension: true } }),
      settings({ suspendTimeoutDuration: "5m" }),
      settings({ noSuspension: true }),
    ],
    [project, shop, settings({ pgSettings: { jit: "off" } }), settings({ pgSettings: { work_mem: "8MB" } })],
    [
      project,
      shop,
      { defaultBranch: "projects/shop/branches/main" },
      { defaultBranch: "projects/shop/branches/production" },
    ],
    [project, shop, { budgetPolicyId: "policy-2" }, { budgetPolicyId: "policy-1" }],
    [project, shop, { customTags: { team: "b" } }, { customTags: { team: "a" } }],
    [project, shop, { customTags: { team: "a", cost: "7" } }, { customTags: { team: "a" } }],
    [project, shop, { customTags: { cost: "7", constructor: "a" } }, {}],
    [project, shop, { enablePgNativeLogin: true }, { enablePgNativeLogin: false }],
    [project, saying(shop, { enable_pg_native_login: undefined }), { enablePgNativeLogin: true }, {}],
    [
      branch,
      dev,
      { sourceBranch: "projects/shop/branches/main" },
      { sourceBranch: "projects/shop/branches/production" },
    ],
    [branch, dev, { sourceBranchLsn: "0/1" }, { sourceBranchLsn: "0/1A2B3C4" }],
    [branch, dev, { sourceBranchTime: "2026-11-24T11:59:57Z" }, { sourceBranchTime: "2026-11-24T11:59:59Z" }],
    [branch, dev, { ttl: "14d" }, { ttl: "604800s" }],
    [branch, dev, { expireTime: "2026-12-01T12:00:02Z" }, { expireTime: "2026-12-01T12:00:00Z" }],
    [branch, dev, { noExpiry: true }, { expireTime: "2026-12-01T12:00:00Z" }],
    [branch, saying(dev, { expire_time: undefined }), { ttl: "7d" }, { noExpiry: true }],
    [branch, saying(dev, { expire_time: undefined }), { expireTime: "2026-12-01T12:00:00Z" }, { noExpiry: true }],
    [branch, saying(dev, { is_protected: true }), { isProtected: false }, { isProtected: true }],
    [branch, saying(dev, { is_protected: undefined }), { isProtected: true }, {}],
    [endpoint, replica, { autoscalingLimitMinCu: 1 }, { autoscalingLimitMinCu: 0.5 }],
    [endpoint, replica, { autoscalingLimitMaxCu: 4 }, { autoscalingLimitMaxCu: 2 }],
    [endpoint, replica, { suspendTimeoutDuration: "301s" }, { suspendTimeoutDuration: "300s" }],
    [endpoint, replica, { noSuspension: true }, { suspendTimeoutDuration: "300s" }],
    [
      endpoint,
      saying(replica, { suspend_timeout_duration: undefined }),
      { suspendTimeoutDuration: "5m" },
      { noSuspension: true },
    ],
    [endpoint, saying(replica, { disabled: true }), { disabled: false }, { disabled: true }],
    [endpoint, replica, { group: { min: 2, max: 1 } }, { group: { min: 1, max: 1 } }],
    [endpoint, replica, { group: { max: 2 } }, { group: { max: 1 } }],
    [
      endpoint,
      replica,
      { group: { enableReadableSecondaries: false } },
      { group: { enableReadableSecondaries: true } },
    ],
    [
      endpoint,
      replica,
      { settings: { pgSettings: { work_mem: "8MB" } } },
      { settings: { pgSettings: { work_mem: "8MB", maintenanceMode: "off" } } },
    ],
    [endpoint, saying(replica, { settings: {} }), { settings: { pgSettings: { work_mem: "8MB" } } }, {}],
  ];
  finds(
    rows.map(([definition, resource, declared, want]) => ({
      name: `${definition.type} ${JSON.stringify(declared)} → ${JSON.stringify(want)}`,
      definition,
      resource,
      declared,
      want,
    })),
  );

  test.each(rows)("%# and the next update sends what is declared again", (definition, resource, declared) => {
    const found = projected(definition, args(definition, declared), resource);
    const { mask, replaces } = plan(definition, found, args(definition, declared));
    expect(mask.length + replaces.length).toBe(1);
  });
});

describe("a ttl counts from the creation, to a second", () => {
  const created = (time: string): Wire => ({ ...dev, create_time: time });
  finds([
    {
      name: "later",
      definition: branch,
      resource: created("2026-11-24T11:59:59Z"),
      declared: { ttl: "7d" },
      want: { ttl: "7d" },
    },
    {
      name: "earlier",
      definition: branch,
      resource: created("2026-11-24T12:00:01Z"),
      declared: { ttl: "7d" },
      want: { ttl: "7d" },
    },
    {
      name: "by a fraction",
      definition: branch,
      resource: created("2026-11-24T12:00:00.9Z"),
      declared: { ttl: "7d" },
      want: { ttl: "7d" },
    },
    {
      name: "and no more",
      definition: branch,
      resource: created("2026-11-24T11:59:58Z"),
      declared: { ttl: "7d" },
      want: { ttl: "604802s" },
    },
  ]);

  test("and where the service shows none, what is declared is not guessed at", () => {
    const { create_time: _, ...timeless } = dev;
    expect(projected(branch, args(branch, { ttl: "7d" }), timeless)).toEqual(
      args(branch, { expireTime: "2026-12-01T12:00:00Z" }),
    );
  });
});

test.each([
  { definition: project, resource: shop },
  { definition: branch, resource: dev },
  { definition: endpoint, resource: replica },
])("what a $definition.type has beyond what is declared is no drift", ({ definition, resource }) => {
  expect(projected(definition, args(definition), resource)).toEqual(args(definition));
});

describe("a resource that is only looked up shows", () => {
  const rows: readonly { name: string; definition: AnyDefinition; resource: Wire; want: Values }[] = [
    {
      name: "all of a project",
      definition: project,
      resource: shop,
      want: {
        projectId: "shop",
        displayName: "Shop",
        pgVersion: 17,
        historyRetentionDuration: "604800s",
        defaultEndpointSettings: {
          autoscalingLimitMinCu: 1,
          autoscalingLimitMaxCu: 4,
          suspendTimeoutDuration: "300s",
          pgSettings: { work_mem: "8MB" },
        },
        defaultBranch: "projects/shop/branches/production",
        enablePgNativeLogin: false,
        budgetPolicyId: "policy-1",
        customTags: { team: "a", policy_tag: "theirs" },
      },
    },
    {
      name: "one point and one expiration of a branch",
      definition: branch,
      resource: dev,
      want: {
        parent: "projects/shop",
        branchId: "dev",
        sourceBranch: "projects/shop/branches/production",
        sourceBranchLsn: "0/1A2B3C4",
        expireTime: "2026-12-01T12:00:00Z",
        isProtected: false,
      },
    },
    {
      name: "that a root does not expire",
      definition: branch,
      resource: { name: "projects/shop/branches/production", status: { is_protected: true } },
      want: { parent: "projects/shop", branchId: "production", noExpiry: true, isProtected: true },
    },
    {
      name: "that an endpoint does not suspend",
      definition: endpoint,
      resource: saying(replica, { suspend_timeout_duration: undefined }),
      want: {
        parent: "projects/shop/branches/dev",
        endpointId: "replica",
        endpointType: "ENDPOINT_TYPE_READ_ONLY",
        autoscalingLimitMinCu: 0.5,
        autoscalingLimitMaxCu: 2,
        noSuspension: true,
        disabled: false,
        group: { min: 1, max: 1, enableReadableSecondaries: true },
        settings: { pgSettings: { work_mem: "8MB", maintenanceMode: "off" } },
      },
    },
  ];
  const others: typeof rows = [
    {
      name: "all of a role",
      definition: role,
      resource: {
        name: "projects/shop/branches/dev/roles/ada",
        status: {
          role_id: "ada",
          postgres_role: "ada@example.test",
          identity_type: "USER",
          auth_method: "LAKEBASE_OAUTH_V1",
          attributes: { createdb: true, createrole: false, bypassrls: false },
          membership_roles: ["DATABRICKS_SUPERUSER"],
        },
      },
      want: {
        parent: "projects/shop/branches/dev",
        roleId: "ada",
        postgresRole: "ada@example.test",
        identityType: "USER",
        authMethod: "LAKEBASE_OAUTH_V1",
        attributes: { createdb: true, createrole: false, bypassrls: false },
        membershipRoles: ["DATABRICKS_SUPERUSER"],
      },
    },
    {
      name: "no identity of a plain role",
      definition: role,
      resource: {
        name: "projects/shop/branches/dev/roles/app",
        status: { postgres_role: "app", identity_type: "IDENTITY_TYPE_UNSPECIFIED" },
      },
      want: { parent: "projects/shop/branches/dev", roleId: "app", postgresRole: "app" },
    },
    {
      name: "the database's name in Postgres, which its id does not say",
      definition: database,
      resource: {
        name: "projects/shop/branches/dev/databases/databricks-postgres",
        status: { postgres_database: "databricks_postgres", role: "projects/shop/branches/dev/roles/ada" },
      },
      want: {
        parent: "projects/shop/branches/dev",
        databaseId: "databricks-postgres",
        postgresDatabase: "databricks_postgres",
        role: "projects/shop/branches/dev/roles/ada",
      },
    },
    {
      name: "what a catalog shows, and not how it was made",
      definition: catalog,
      resource: {
        name: "catalogs/shop_orders",
        status: {
          branch: "projects/shop/branches/dev",
          postgres_database: "orders",
          project: "projects/shop",
          create_database_if_missing: true,
        },
      },
      want: { catalogId: "shop_orders", branch: "projects/shop/branches/dev", postgresDatabase: "orders" },
    },
    {
      name: "nothing of a synced table but its name",
      definition: syncedTable,
      resource: {
        name: "synced_tables/shop_orders.public.prices",
        status: { detailed_state: "SYNCED_TABLE_ONLINE", project: "projects/shop", scheduling_policy: "SNAPSHOT" },
      },
      want: { syncedTableId: "shop_orders.public.prices" },
    },
    {
      name: "a snapshot's branch and end, and not the point that it was taken at",
      definition: snapshot,
      resource: {
        name: "projects/shop/snapshots/nightly",
        create_time: "2026-11-24T12:00:00Z",
        status: {
          source_branch: "projects/shop/branches/production",
          source_branch_lsn: "0/1A2B",
          expire_time: "2026-12-01T12:00:00Z",
        },
      },
      want: {
        parent: "projects/shop",
        snapshotId: "nightly",
        sourceBranch: "projects/shop/branches/production",
        expireTime: "2026-12-01T12:00:00Z",
      },
    },
    {
      name: "a schedule in the spelling of programs",
      definition: snapshotSchedule,
      resource: nightly,
      want: {
        parent: "projects/shop/branches/production",
        schedule: [
          { dailySchedule: { hour: 3 }, retention: "604800s" },
          { weeklySchedule: { dayOfWeek: "SUNDAY" }, retention: "2592000s" },
        ],
      },
    },
    {
      name: "no schedule where it was never set",
      definition: snapshotSchedule,
      resource: { ...nightly, schedule: null },
      want: { parent: "projects/shop/branches/production" },
    },
    {
      name: "all of a change data feed",
      definition: cdfConfig,
      resource: feed,
      want: {
        parent: "projects/shop/branches/dev/databases/orders",
        cdfConfigId: "public",
        postgresSchema: "public",
        catalog: "main",
        schema: "orders_feed",
      },
    },
    {
      name: "the permissions that somebody granted",
      definition: projectPermissions,
      resource: permissions,
      want: {
        parent: "projects/shop",
        accessControlList: [{ groupName: "developers", permissionLevel: "CAN_USE" }],
      },
    },
  ];
  test.each([...rows, ...others])("$name", ({ definition, resource, want }) => {
    expect(asArguments(definition, resource)).toEqual(want);
  });
});

describe("the argument that cannot change and that the service has another value for", () => {
  const rows: readonly { name: string; definition: AnyDefinition; resource: Wire; declared: Values; want?: string }[] =
    [
      {
        name: "is none where all are alike",
        definition: branch,
        resource: dev,
        declared: { sourceBranchLsn: "0/01a2b3c4" },
      },
      {
        name: "is the one that differs",
        definition: branch,
        resource: dev,
        declared: { sourceBranch: "projects/shop/branches/main" },
        want: "sourceBranch",
      },
      {
        name: "is one that the service says nothing of",
        definition: branch,
        resource: saying(dev, { source_branch: undefined }),
        declared: { sourceBranch: "projects/shop/branches/production" },
        want: "sourceBranch",
      },
      {
        name: "is none that can change",
        definition: branch,
        resource: dev,
        declared: { isProtected: true, ttl: "14d", adopt: true },
      },
      {
        name: "is none that is only rounded",
        definition: branch,
        resource: dev,
        declared: { sourceBranchTime: "2026-11-24T12:00:00Z" },
      },
      {
        name: "is none that the service never shows",
        definition: branch,
        resource: saying(dev, { source_snapshot: "projects/shop/snapshots/weekly" }),
        declared: { sourceSnapshot: "projects/shop/snapshots/nightly" },
      },
      {
        name: "is none that is not known",
        definition: branch,
        resource: dev,
        declared: { sourceBranch: unknownValue },
      },
      {
        name: "is none of the name's parts",
        definition: branch,
        resource: dev,
        declared: { parent: "projects/store", branchId: "other" },
      },
      {
        name: "may be beside the name",
        definition: cdfConfig,
        resource: { ...feed, schema: "other" },
        declared: {},
        want: "schema",
      },
      { name: "is none where those beside the name are alike", definition: cdfConfig, resource: feed, declared: {} },
      {
        name: "is an expiration where there is none",
        definition: snapshot,
        resource: {
          name: "projects/shop/snapshots/nightly",
          create_time: "2026-11-24T12:00:00Z",
          status: { source_branch: "projects/shop/branches/production", no_expiry: true },
        },
        declared: { ttl: "7d" },
        want: "ttl",
      },
      {
        name: "is a role's sign-in",
        definition: role,
        resource: { name: "n", status: { postgres_role: "app", auth_method: "NO_LOGIN" } },
        declared: { authMethod: "LAKEBASE_OAUTH_V1" },
        want: "authMethod",
      },
      {
        name: "is nothing of a synced table",
        definition: syncedTable,
        resource: { name: "n", status: { source_table_full_name: "other" } },
        declared: { schedulingPolicy: "SNAPSHOT" },
      },
    ];
  test.each(rows)("$name", ({ definition, resource, declared, want }) => {
    expect(differingImmutable(definition, args(definition, declared), resource)).toBe(want);
  });
});

test("what the service never shows is never read, wherever it stands", () => {
  for (const definition of resources) {
    for (const field of definition.fields.filter(({ marks }) => marks.notShown)) {
      const resource: Record<string, unknown> = { name: "n" };
      for (const path of [field.wirePath, ["status", ...field.wirePath.slice(1)]]) setAt(resource, path, "theirs");
      expect(serviceValue(field, resource)).toBeUndefined();
      expect(valueAt(asArguments(definition, resource), field.path)).toBeUndefined();
    }
  }
});

describe("a resource is gone", () => {
  const rows = [
    { name: "when it has a time of deletion", resource: { ...shop, delete_time: "2026-11-25T00:00:00Z" }, want: true },
    { name: "when its status has one", resource: saying(dev, { delete_time: "2026-11-25T00:00:00Z" }), want: true },
    { name: "not when it has none", resource: shop, want: false },
    { name: "not when it says nothing of its status", resource: { name: "projects/shop" }, want: false },
    {
      name: "not when the time is empty",
      resource: saying({ ...dev, delete_time: null }, { delete_time: null }),
      want: false,
    },
  ];
  test.each(rows)("$name", ({ resource, want }) => {
    expect(isGone(resource)).toBe(want);
  });
});
