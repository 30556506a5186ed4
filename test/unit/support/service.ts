/**
 * A small model of the service, from its documentation alone: what a create fills in, and what an update with a mask does.
 * It takes nothing from the definitions, so that a wrong mask or a wrong name there is seen here.
 */
import { deleteAt, isRecord, setAt, valueAt } from "../../../provider/schema/unknown";

type Json = Readonly<Record<string, unknown>>;

interface Kind {
  /** Paths that `update_mask` takes (probed on real workspaces, 2026-08 and 2026-09). */
  readonly paths: readonly string[];
  /** Members of the oneof groups, by the group's path. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** What the service fills in. */
  readonly defaults: Json;
}

const suspension = ["suspend_timeout_duration", "no_suspension"];

/** The service has no update for them. */
const unchanging: Kind = { paths: [], groups: {}, defaults: {} };

export const kinds: Readonly<Record<string, Kind>> = {
  Project: {
    paths: [
      "spec.budget_policy_id",
      "spec.custom_tags",
      "spec.default_branch",
      "spec.default_endpoint_settings.autoscaling_limit_max_cu",
      "spec.default_endpoint_settings.autoscaling_limit_min_cu",
      "spec.default_endpoint_settings.pg_settings",
      "spec.default_endpoint_settings.suspension",
      "spec.display_name",
      "spec.enable_pg_native_login",
      "spec.history_retention_duration",
    ],
    groups: { "spec.default_endpoint_settings.suspension": suspension },
    defaults: {
      spec: {
        custom_tags: [],
        default_endpoint_settings: {
          autoscaling_limit_max_cu: 1,
          autoscaling_limit_min_cu: 1,
          pg_settings: {},
          suspend_timeout_duration: "86400s",
        },
        enable_pg_native_login: false,
        history_retention_duration: "604800s",
      },
    },
  },
  Branch: {
    paths: ["spec.is_protected", "spec.expiration"],
    groups: { "spec.expiration": ["ttl", "expire_time", "no_expiry"] },
    defaults: { spec: { is_protected: false } },
  },
  Endpoint: {
    paths: [
      "spec.autoscaling_limit_max_cu",
      "spec.autoscaling_limit_min_cu",
      "spec.disabled",
      "spec.group.enable_readable_secondaries",
      "spec.group.max",
      "spec.group.min",
      "spec.settings.pg_settings",
      "spec.suspension",
    ],
    groups: { "spec.suspension": suspension },
    defaults: {
      spec: {
        autoscaling_limit_max_cu: 1,
        autoscaling_limit_min_cu: 1,
        disabled: false,
        group: { enable_readable_secondaries: false, max: 1, min: 1 },
        settings: { pg_settings: {} },
        suspend_timeout_duration: "86400s",
      },
    },
  },
  Role: {
    paths: [
      "spec.attributes.bypassrls",
      "spec.attributes.createdb",
      "spec.attributes.createrole",
      "spec.membership_roles",
    ],
    groups: {},
    defaults: {
      spec: {
        attributes: { bypassrls: false, createdb: false, createrole: false },
        identity_type: "IDENTITY_TYPE_UNSPECIFIED",
        membership_roles: [],
      },
    },
  },
  Database: { paths: ["spec.postgres_database", "spec.role"], groups: {}, defaults: {} },
  DataApi: {
    paths: [
      "spec.db_aggregates_enabled",
      "spec.db_extra_search_path",
      "spec.db_max_rows",
      "spec.db_schemas",
      "spec.jwt_cache_max_lifetime",
      "spec.jwt_role_claim_key",
      "spec.openapi_mode",
      "spec.server_cors_allowed_origins",
      "spec.server_timing_enabled",
    ],
    groups: {},
    defaults: { spec: { db_aggregates_enabled: true, db_schemas: ["public"], jwt_role_claim_key: ".sub" } },
  },
  SnapshotSchedule: { paths: ["schedule"], groups: {}, defaults: {} },
  // The workspace's permissions know no mask: a PUT takes the whole.
  ProjectPermissions: { paths: ["access_control_list"], groups: {}, defaults: {} },
  Catalog: unchanging,
  SyncedTable: unchanging,
  CdfConfig: unchanging,
  Snapshot: unchanging,
};

function split(path: string): readonly string[] {
  return path.split(".");
}

/** The paths that a mask's path stands for: itself, or the members of the group that it names. */
function leavesOf(kind: Kind, path: string): readonly (readonly string[])[] {
  const members = kind.groups[path];
  const at = split(path);
  return members ? members.map((member) => [...at.slice(0, -1), member]) : [at];
}

/** The leaves of a body that a mask names. */
export function named(kind: Kind, body: Json, mask: readonly string[]): readonly (readonly string[])[] {
  return mask.flatMap((path) => leavesOf(kind, path).filter((leaf) => valueAt(body, leaf) !== undefined));
}

/** An update, by the documented rules of its mask. */
export function patched(kind: Kind, stored: Json, mask: readonly string[], body: Json): Json {
  const result = structuredClone(stored) as Record<string, unknown>;
  for (const path of mask) {
    if (!kind.paths.includes(path)) throw new Error(`Unknown field path in update_mask: '${path}'`);
    const given = named(kind, body, [path]);
    if (given.length !== 1) throw new Error(`Field '${path}' is in update_mask but not provided in request`);
    for (const leaf of leavesOf(kind, path)) deleteAt(result, leaf);
    for (const leaf of given) setAt(result, leaf, valueAt(body, leaf));
  }
  return result;
}

/** What is stored after a create: its body over what the service fills in. */
export function created(kind: Kind, name: string, body: Json): Json {
  const result = structuredClone(kind.defaults) as Record<string, unknown>;
  if (kind === kinds["Project"]) setAt(result, ["spec", "default_branch"], `${name}/branches/production`);
  for (const [path, members] of Object.entries(kind.groups)) {
    const at = split(path).slice(0, -1);
    if (members.some((member) => valueAt(body, [...at, member]) !== undefined)) {
      for (const member of members) deleteAt(result, [...at, member]);
    }
  }
  overlay(result, body);
  return result;
}

function overlay(target: Record<string, unknown>, over: Json): void {
  for (const [key, value] of Object.entries(over)) {
    const there = target[key];
    // Maps are replaced as a whole.
    if (isRecord(value) && isRecord(there) && key !== "pg_settings") overlay(there, value);
    else target[key] = value;
  }
}

export const createdAt = "2026-11-24T12:00:00Z";

/** What a GET shows of it: a status instead of the spec, moments instead of lifetimes, and no word for "never". */
export function shownBy(name: string, { spec, initial_branch_spec, initial_endpoint_spec, ...beside }: Json): Json {
  if (!isRecord(spec)) return { name, ...beside };
  const { ttl, no_expiry, ...status } = withoutKey(spec, "no_suspension") as Record<string, unknown>;
  if (typeof ttl === "string") {
    status["expire_time"] = new Date(Date.parse(createdAt) + Number.parseFloat(ttl) * 1000).toISOString();
  }
  return { name, create_time: createdAt, status };
}

function withoutKey(value: unknown, left: string): unknown {
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== left);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutKey(inner, left)]));
}

/** The same answer as the service may give it too: zero values are left out, messages are not. */
export function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutZeros);
  if (!isRecord(value)) return value;
  const inner = Object.entries(value).map(([key, one]) => [key, withoutZeros(one)] as const);
  return Object.fromEntries(inner.filter(([, one]) => !isZero(one)));
}

function isZero(value: unknown): boolean {
  return (Array.isArray(value) && value.length === 0) || value === false || value === 0 || value === "";
}
