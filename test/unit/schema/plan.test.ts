import type { AnyDefinition } from "../../../provider/schema/definition";
import { creation, type Plan, plan } from "../../../provider/schema/plan";
import { unknownValue } from "../../../provider/schema/unknown";
import { args, branch, endpoint, project, syncedTable, type Values } from "../support/resources";

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
];

describe.each(mutable)("$field", ({ definition, one, other, above, mask, bodies }) => {
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

test("no mutable field is left out of these tables", () => {
  const inTables = new Set([...mutable.map(({ mask }) => mask), ...withoutDefault.map(({ mask }) => mask)]);
  const all = [project, branch, endpoint].flatMap(({ slots }) =>
    slots.filter(({ fields: [first] }) => {
      const marks = first?.marks;
      return !marks?.immutable && !marks?.createOnly && marks?.place !== "local";
    }),
  );
  expect([...inTables, "spec.expiration"].sort()).toEqual([...new Set(all.map(({ mask }) => mask))].sort());
});

const withoutDefault = [
  { argument: "displayName", mask: "spec.display_name", wire: "display_name" },
  { argument: "budgetPolicyId", mask: "spec.budget_policy_id", wire: "budget_policy_id" },
];

describe.each(withoutDefault)("$argument, which has no default,", ({ argument, mask, wire }) => {
  plans([
    {
      name: "added is sent",
      definition: project,
      before: {},
      after: { [argument]: "a" },
      want: { changed: [argument], mask: [mask], body: spec({ [wire]: "a" }) },
    },
    {
      name: "changed is sent",
      definition: project,
      before: { [argument]: "a" },
      after: { [argument]: "b" },
      want: { changed: [argument], mask: [mask], body: spec({ [wire]: "b" }) },
    },
    {
      name: "removed sends nothing: check has refused it",
      definition: project,
      before: { [argument]: "a" },
      after: {},
      want: { changed: [argument] },
    },
  ]);
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
  test.each(rows)("$name", ({ definition, more, want }) => {
    expect(creation(definition, args(definition, more))).toEqual(want);
  });
});
