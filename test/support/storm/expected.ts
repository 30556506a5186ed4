/** What reads show of what was declared, written down here anew: the provider's own reading is what is tested. */
import type { Declared } from "./program";

export type Wire = Readonly<Record<string, unknown>>;

/** How an object is unlike what is declared, one line each. */
export function unlike(declared: Declared, name: string, args: Wire, found: Wire): readonly string[] {
  const wanted = expectations[declared.type]?.(args, found) ?? {};
  if (Object.keys(wanted).length === 0) throw new Error(`nothing is expected of a ${declared.type}`);
  const status = (found["status"] ?? found) as Wire;
  return Object.entries(wanted).flatMap(([key, want]) => {
    const has = status[key];
    return isSame(has, want)
      ? []
      : [`${name} has ${key} ${JSON.stringify(has)} and is to have ${JSON.stringify(want)}`];
  });
}

const day = 86_400;

const expectations: Readonly<Record<string, (args: Wire, found: Wire) => Wire>> = {
  Project: (args) => {
    const computes = (args["defaultEndpointSettings"] ?? {}) as Wire;
    return {
      ...given("display_name", args["displayName"]),
      ...given("pg_version", args["pgVersion"]),
      history_retention_duration: seconds(args["historyRetentionDuration"], 7 * day),
      enable_pg_native_login: args["enablePgNativeLogin"] ?? false,
      custom_tags: args["customTags"] && Object.entries(args["customTags"]).map(([key, value]) => ({ key, value })),
      default_endpoint_settings: {
        autoscaling_limit_min_cu: computes["autoscalingLimitMinCu"] ?? 1,
        autoscaling_limit_max_cu: computes["autoscalingLimitMaxCu"] ?? 1,
        suspend_timeout_duration: seconds(computes["suspendTimeoutDuration"], day),
      },
    };
  },
  ProjectPermissions: ({ accessControlList }, found) => {
    const entries = (accessControlList as readonly Wire[]).map((entry) => ({
      ...given("group_name", entry["groupName"]),
      ...given("user_name", entry["userName"]),
      level: entry["permissionLevel"],
    }));
    const owner = { user_name: "emulator@example.com", level: "CAN_MANAGE" };
    const has = (found["access_control_list"] as readonly Wire[]).flatMap(({ all_permissions: all, ...principal }) =>
      (all as readonly Wire[])
        .filter(({ inherited }) => inherited !== true)
        .map(({ permission_level: level }) => ({ ...principal, level })),
    );
    const wanted = [...entries, owner];
    const isAll = wanted.length === has.length && wanted.every((one) => has.some((other) => isSame(one, other)));
    return { access_control_list: isAll ? found["access_control_list"] : wanted };
  },
  Branch: ({ sourceBranch, ttl }, { create_time: made, status }) => ({
    ...given("source_branch", sourceBranch),
    is_protected: false,
    expire_time: ttl === undefined ? undefined : aWeekAfter(made, (status as Wire)["expire_time"]),
  }),
  SnapshotSchedule: ({ schedule }) => ({
    schedule: (
      schedule as readonly { readonly dailySchedule: { readonly hour: number }; readonly retention: string }[]
    ).map(({ dailySchedule, retention }) => ({ daily_schedule: dailySchedule, retention: seconds(retention, 0) })),
  }),
  Endpoint: (args) => ({
    endpoint_type: args["endpointType"],
    autoscaling_limit_min_cu: args["autoscalingLimitMinCu"],
    autoscaling_limit_max_cu: args["autoscalingLimitMaxCu"],
    disabled: args["disabled"] ?? false,
    ...(args["suspendTimeoutDuration"] !== undefined && {
      suspend_timeout_duration: seconds(args["suspendTimeoutDuration"], 0),
    }),
  }),
  Role: (args) => {
    const attributes = (args["attributes"] ?? {}) as Wire;
    const memberships = args["membershipRoles"];
    return {
      postgres_role: args["postgresRole"],
      auth_method: args["authMethod"] ?? "PG_PASSWORD_SCRAM_SHA_256",
      attributes: Object.fromEntries(
        ["createdb", "createrole", "bypassrls"].map((key) => [key, attributes[key] ?? false]),
      ),
      membership_roles: Array.isArray(memberships) && memberships.length > 0 ? memberships : undefined,
    };
  },
  Database: ({ postgresDatabase, role }) => ({ postgres_database: postgresDatabase, role }),
  DataApi: ({ dbSchemas, jwtRoleClaimKey }) => ({
    db_schemas: dbSchemas,
    ...given("jwt_role_claim_key", jwtRoleClaimKey),
  }),
};

/** The moment as the service has it, where that is the one, by the second. */
function aWeekAfter(made: unknown, has: unknown): unknown {
  const wanted = Date.parse(String(made)) + 7 * day * 1000;
  return Math.abs(Date.parse(String(has)) - wanted) <= 1000 ? has : new Date(wanted).toISOString();
}

function given(key: string, value: unknown): Wire {
  return value === undefined ? {} : { [key]: value };
}

function seconds(duration: unknown, usual: number): string {
  const [, count = "", unit = "s"] = /^(\d+)([smhd])$/.exec(String(duration ?? `${usual}s`)) ?? [];
  const factors: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: day };
  return `${Number(count) * (factors[unit] ?? 1)}s`;
}

/** As JSON, whatever the order of keys. */
function isSame(one: unknown, other: unknown): boolean {
  return ordered(one) === ordered(other);
}

function ordered(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
