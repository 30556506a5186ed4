/**
 * Every number that the rules use, with where it comes from. The service's public sources disagree in places and move:
 * when a live workspace disagrees, it is right and the number here is to be mended.
 */

const day = 86400;

/** Ids of projects and branches: 1-63 (API reference of Create*, 2026-08); the pattern is the one in the server's refusals (2026-05). */
const pattern = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const resourceId = { least: 1, most: 63, pattern } as const;

/** Endpoint ids: "Field endpoint_id must be at least 3 characters" (field report, 2026-04-27). */
export const endpointId = { least: 3, most: 63, pattern } as const;

export const displayName = { least: 1, most: 256 } as const;

/** 18 since 2026-06-18 (release notes). */
export const pgVersions = [16, 17, 18] as const;

/** 172800s-3024000s (API reference, 2026-08). */
export const historyRetention = { least: 2 * day, most: 35 * day } as const;
export const defaultHistoryRetention = "604800s";

/** 60s-604800s (API reference, 2026-08). */
export const suspendTimeout = { least: 60, most: 7 * day } as const;
/** What the service fills in (probed on real workspaces, 2026-06 to 2026-09). */
export const defaultSuspendTimeout = "86400s";

/** 30 days (product documentation); a workspace may enforce less and does not say how much. */
export const branchTtl = { least: 1, most: 30 * day } as const;

export const compute = {
  /** What the service fills in when nothing is sent (probed on real workspaces, 2026-06 to 2026-09). */
  defaultCu: 1,
  smallest: 0.5,
  /** 0.5, then whole CU up to here (product documentation, mid-2026; 32 before that). */
  largestAutoscaling: 64,
  /** Sizes above it are fixed: minimum and maximum are equal (product documentation, 2026). */
  fixed: [72, 80, 88, 96, 104, 112],
  /** The most that maximum and minimum may lie apart, unless the stack config says otherwise (this provider's own default). */
  spread: 8,
  /** What the service enforces (API reference, 2026-08; field report, 2026-04-27). */
  serviceSpread: 16,
} as const;

/** Computes in a high-availability group (product documentation, 2026-09). */
export const groupSize = { least: 1, most: 4 } as const;

/** Per project (product documentation, 2026-09). */
export const branchesPerProject = 500;
export const protectedBranchesPerProject = 1;
/** `production`, and branches that are restored from snapshots. */
export const rootBranchesPerProject = 3;
/** Those that people or programs make; scheduled ones do not count. */
export const snapshotsPerProject = 10;

/** Bytes of a name in Postgres; names of roles that begin with `pg_` are its own (Postgres documentation). */
export const postgresNameBytes = 63;
export const reservedRoles = /^pg_/;

/** Per branch (product documentation, 2026-09). */
export const rolesPerBranch = 500;
export const databasesPerBranch = 500;
export const readReplicasPerBranch = 6;

/** Product documentation, 2026. */
export const syncedTablesPerSource = 20;

/** API reference of CreateCdfConfig (2026-08). */
export const cdfConfigId = { least: 1, most: 63, pattern: /^[a-z][a-z0-9_]{0,62}$/ } as const;

/** Name of a catalog in Unity Catalog: what needs no quotes there, and hyphens (assumed, the API reference has no pattern). */
export const catalogName = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,254}$/;

/** Schema and table of a synced table, which become names in Postgres (field guides, 2026). */
export const tableNamePart = /^[A-Za-z0-9_]+$/;

/** Schemas that a Data API shows (API reference, 2026-08). */
export const dataApiSchemas = 100;
/** Their names (databricks-sdk for Python 0.162, DataApiDataApiSpec). */
export const schemaName = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/;
/** What the service takes when nothing is sent (API reference, 2026-08). */
export const dataApiDefaults = { dbSchemas: ["public"], dbAggregatesEnabled: true, jwtRoleClaimKey: ".sub" };

/** Hours of a snapshot schedule, UTC, and days of a month (API reference, 2026-09). */
export const scheduleHour = { least: 0, most: 23 } as const;
export const scheduleDay = { least: 1, most: 31 } as const;
/** How long its snapshots are kept, in seconds (databricks-sdk for Python 0.162, ScheduleCadence). */
export const scheduleRetention = { least: 3600 } as const;

/** How long an endpoint's id should rest after a delete: "within seconds" it turned into a ghost (databricks/cli#5872). */
export const endpointIdRests = 15_000;

/** What the service makes by itself (field reports and probes, 2026-04 to 2026-09). */
export const rootBranchId = "production";
export const readWriteEndpointId = "primary";

/** 300 s to 3600 s, and 1 h when nothing is said (API reference, 2026-08). */
export const credentialTtl = { least: 300, most: 3600 } as const;
export const defaultCredentialTtl = "1h";

/** When the service ends a session, in seconds: after so long without a statement, and in any case after so long (Databricks' AI dev kit, 2026-07). */
export const session = { idle: day, lifetime: 3 * day } as const;

/** Port of every compute, and the database that every branch has (product documentation and Terraform provider, 2026-08). */
export const postgresPort = 5432;
export const defaultDatabase = "databricks_postgres";
