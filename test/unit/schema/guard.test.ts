import { DeclaredStack } from "../../../provider/pulumi/stack";
import type { AnyDefinition } from "../../../provider/schema/definition";
import { declaredLate } from "../../../provider/schema/guard";
import { plan } from "../../../provider/schema/plan";
import { unknownValue } from "../../../provider/schema/unknown";
import { checked, complaint } from "../support/checking";
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
  role,
  snapshot,
  snapshotSchedule,
  syncedTable,
  type Values,
} from "../support/resources";

interface Change {
  readonly name: string;
  readonly definition: AnyDefinition;
  readonly before: Values;
  readonly after: Values;
  readonly want?: string;
}

/** What check says of a change, judged from the inputs that it left behind the last time. */
function judgesChange(changes: readonly Change[], projectArgs?: Values): void {
  test.each(changes)("$name", ({ definition, before, after, want }) => {
    const olds = checked(definition, args(definition, before)).inputs;
    const stack = new DeclaredStack();
    if (projectArgs) checked(project, args(project, projectArgs), { logicalName: "shop", stack });
    expect(complaint(definition, after, { olds, stack })).toBe(want);
  });
}

const ofProject =
  "cannot change in place: Project projects/shop would be replaced and lose all of its branches with their databases, those made from other branches too; undo the change, or write allowReplace: true to let the data go";
const ofBranch =
  "cannot change in place: Branch projects/shop/branches/dev would be replaced and lose its databases with all that was written since it was made; branches made from it go too; undo the change, or write allowReplace: true to let the data go";
const main = { sourceBranch: "projects/shop/branches/main" };
const qa = { sourceBranch: "projects/shop/branches/qa" };

describe("a replacement that loses data", () => {
  judgesChange([
    {
      name: "of a project by another id is refused",
      definition: project,
      before: {},
      after: { projectId: "store" },
      want: `projectId ${ofProject}`,
    },
    {
      name: "of a project by another version is refused",
      definition: project,
      before: { pgVersion: 16 },
      after: { pgVersion: 17 },
      want: `pgVersion ${ofProject}`,
    },
    {
      name: "of a branch by another project is refused",
      definition: branch,
      before: {},
      after: { parent: "projects/store" },
      want: `parent ${ofBranch}`,
    },
    {
      name: "of a branch by another id is refused",
      definition: branch,
      before: {},
      after: { branchId: "qa" },
      want: `branchId ${ofBranch}`,
    },
    {
      name: "of a branch by another source is refused",
      definition: branch,
      before: main,
      after: qa,
      want: `sourceBranch ${ofBranch}`,
    },
    {
      name: "of a branch by another moment is refused",
      definition: branch,
      before: { sourceBranchTime: "2026-11-24T12:00:01Z" },
      after: { sourceBranchTime: "2026-11-24T12:00:03Z" },
      want: `sourceBranchTime ${ofBranch}`,
    },
    {
      name: "of a branch by a position instead of a moment is refused",
      definition: branch,
      before: { sourceBranchTime: "2026-11-24T12:00:01Z" },
      after: { sourceBranchLsn: "0/1A2B3C4" },
      want: `sourceBranchLsn ${ofBranch}`,
    },
    {
      name: "is refused though allowReplace was written before",
      definition: branch,
      before: { ...main, allowReplace: true },
      after: { ...qa, allowReplace: false },
      want: `sourceBranch ${ofBranch}`,
    },
    {
      name: "is let through by allowReplace",
      definition: branch,
      before: main,
      after: { ...qa, allowReplace: true },
    },
    {
      name: "is not refused while allowReplace is not known",
      definition: branch,
      before: main,
      after: { ...qa, allowReplace: unknownValue },
    },
    {
      name: "is not refused for a value that is not known alone",
      definition: branch,
      before: main,
      after: { sourceBranch: unknownValue },
    },
    {
      name: "is refused for a known value beside one that is not known",
      definition: branch,
      before: main,
      after: { sourceBranch: unknownValue, branchId: "qa" },
      want: `branchId ${ofBranch}`,
    },
  ]);
});

describe("a replacement that keeps the id, which the deleted project holds on to", () => {
  const want =
    "projectId stays the same, and a deleted Project keeps its id until it is purged, so the new one could not take its place; run 'pulumi up' with purgeOnDelete: true first, or choose another projectId";
  judgesChange([
    {
      name: "is refused",
      definition: project,
      before: { pgVersion: 16 },
      after: { pgVersion: 17, allowReplace: true },
      want,
    },
    {
      name: "is refused when it is purged only from now on, since the old one is deleted as it was declared",
      definition: project,
      before: { pgVersion: 16 },
      after: { pgVersion: 17, allowReplace: true, purgeOnDelete: true },
      want,
    },
    {
      name: "is let through when the old one is purged",
      definition: project,
      before: { pgVersion: 16, purgeOnDelete: true },
      after: { pgVersion: 17, allowReplace: true, purgeOnDelete: true },
    },
    {
      name: "is not refused for a value that is not known alone",
      definition: project,
      before: { pgVersion: 16 },
      after: { pgVersion: unknownValue },
    },
    {
      name: "is let through under another id",
      definition: project,
      before: { pgVersion: 16 },
      after: { projectId: "store", pgVersion: 17, allowReplace: true },
    },
  ]);
});

describe("a replacement of what is protected from deletion", () => {
  const shielded = (name: string) =>
    `cannot change in place: ${name} would be replaced, and it is declared with deletionProtection: true; undo the change, or write deletionProtection: false and run 'pulumi up' first`;
  const dev = shielded("Branch projects/shop/branches/dev");
  const guarded = { ...main, deletionProtection: true };
  judgesChange([
    {
      name: "is refused",
      definition: branch,
      before: guarded,
      after: { ...guarded, ...qa },
      want: `sourceBranch ${dev}`,
    },
    {
      name: "is refused though the loss is let through",
      definition: branch,
      before: guarded,
      after: { ...guarded, ...qa, allowReplace: true },
      want: `sourceBranch ${dev}`,
    },
    {
      name: "is refused when the protection goes with the same change, since the old one is deleted as it was declared",
      definition: branch,
      before: guarded,
      after: { ...qa, allowReplace: true, deletionProtection: false },
      want: `sourceBranch ${dev}`,
    },
    {
      name: "is refused by another id",
      definition: project,
      before: { deletionProtection: true },
      after: { projectId: "store", deletionProtection: true, allowReplace: true },
      want: `projectId ${shielded("Project projects/shop")}`,
    },
    {
      name: "is refused for a project that would be purged first",
      definition: project,
      before: { pgVersion: 16, deletionProtection: true, purgeOnDelete: true },
      after: { pgVersion: 17, deletionProtection: true, purgeOnDelete: true, allowReplace: true },
      want: `pgVersion ${shielded("Project projects/shop")}`,
    },
    {
      name: "is let through where it was not protected before",
      definition: branch,
      before: main,
      after: { ...qa, deletionProtection: true, allowReplace: true },
    },
    {
      name: "is let through where the protection was off",
      definition: branch,
      before: { ...main, deletionProtection: false },
      after: { ...qa, allowReplace: true },
    },
    {
      name: "is not refused for a value that is not known alone",
      definition: branch,
      before: guarded,
      after: { ...guarded, sourceBranch: unknownValue },
    },
    {
      name: "is none for a change in place",
      definition: branch,
      before: { ...guarded, isProtected: false },
      after: { ...guarded, isProtected: true },
    },
    { name: "is none for taking the protection away", definition: branch, before: guarded, after: main },
  ]);
});

describe("an immutable that is declared late, as diff judges it by the status,", () => {
  const status = { sourceBranch: "projects/shop/branches/main" };
  const judged = (before: Values, after: Values) => {
    const [olds, news] = [args(branch, { status, ...before }), args(branch, after)];
    const problem = declaredLate(branch, plan(branch, olds, news), olds, news);
    return problem && `${problem.property} ${problem.message}`;
  };
  const rows: readonly { name: string; before: Values; after: Values; want?: string }[] = [
    { name: "may be as it is", before: {}, after: main },
    { name: "is refused when it is another", before: {}, after: qa, want: `sourceBranch ${ofBranch}` },
    { name: "is let through by allowReplace", before: {}, after: { ...qa, allowReplace: true } },
    {
      name: "is refused when it is another and the branch is protected from deletion",
      before: { deletionProtection: true },
      after: { ...qa, allowReplace: true, deletionProtection: true },
      want: "sourceBranch cannot change in place: Branch projects/shop/branches/dev would be replaced, and it is declared with deletionProtection: true; undo the change, or write deletionProtection: false and run 'pulumi up' first",
    },
    { name: "is not judged while it is not known", before: {}, after: { sourceBranch: unknownValue } },
    { name: "is not judged once it was declared, since check has done so", before: main, after: qa },
  ];
  test.each(rows)("$name", ({ before, after, want }) => {
    expect(judged(before, after)).toBe(want);
  });
});

describe("a replacement of what can be lost", () => {
  judgesChange([
    {
      name: "is refused for a database",
      definition: database,
      before: {},
      after: { databaseId: "orders-2" },
      want: "databaseId cannot change in place: Database projects/shop/branches/dev/databases/orders would be replaced and lose all of its tables; undo the change, or write allowReplace: true to let the data go",
    },
    {
      name: "is none for a database that is renamed",
      definition: database,
      before: {},
      after: { postgresDatabase: "invoices", role: "projects/shop/branches/dev/roles/ada" },
    },
    {
      name: "is refused for a snapshot",
      definition: snapshot,
      before: {},
      after: { noExpiry: true, sourceBranch: "projects/shop/branches/restored" },
      want: "sourceBranch cannot change in place: Snapshot projects/shop/snapshots/nightly would be replaced and lose what it keeps of its branch; undo the change, or write allowReplace: true to let the data go",
    },
    {
      name: "is let through for a snapshot by allowReplace",
      definition: snapshot,
      before: {},
      after: { sourceBranch: "projects/shop/branches/restored", allowReplace: true },
    },
  ]);
});

describe("what holds no data is replaced freely:", () => {
  judgesChange([
    { name: "a role", definition: role, before: { postgresRole: "ada" }, after: { postgresRole: "ben" } },
    { name: "a catalog", definition: catalog, before: {}, after: { postgresDatabase: "rates" } },
    { name: "a synced table", definition: syncedTable, before: {}, after: { sourceTableFullName: "main.sales.rates" } },
    { name: "a change data feed", definition: cdfConfig, before: {}, after: { postgresSchema: "api" } },
    {
      name: "a Data API",
      definition: dataApi,
      before: {},
      after: { parent: "projects/shop/branches/dev/databases/rates" },
    },
    {
      name: "a schedule",
      definition: snapshotSchedule,
      before: {},
      after: { parent: "projects/store/branches/production" },
    },
    { name: "permissions", definition: projectPermissions, before: {}, after: { parent: "projects/store" } },
  ]);
});

describe("no replacement is", () => {
  judgesChange([
    { name: "taking an immutable out", definition: branch, before: main, after: {} },
    { name: "taking a project's version out", definition: project, before: { pgVersion: 16 }, after: {} },
    {
      name: "declaring an immutable for the first time, which diff judges by the status",
      definition: branch,
      before: {},
      after: main,
    },
    { name: "the same version as a text", definition: project, before: { pgVersion: 16 }, after: { pgVersion: "16" } },
    {
      name: "the same moment with another offset",
      definition: branch,
      before: { sourceBranchTime: "2026-11-24T12:00:01Z" },
      after: { sourceBranchTime: "2026-11-24T13:00:01+01:00" },
    },
    {
      name: "the same position with other zeros",
      definition: branch,
      before: { sourceBranchLsn: "0/1A2B" },
      after: { sourceBranchLsn: "00/00001a2b" },
    },
  ]);
});

describe("an endpoint holds no data, so it is replaced freely", () => {
  judgesChange([
    { name: "by another id", definition: endpoint, before: {}, after: { endpointId: "reports" } },
    { name: "by another branch", definition: endpoint, before: {}, after: { parent: "projects/shop/branches/qa" } },
    {
      name: "by another type",
      definition: endpoint,
      before: {},
      after: { endpointType: "ENDPOINT_TYPE_READ_WRITE", endpointId: "primary" },
    },
  ]);
});

describe("what is read only when a project is created", () => {
  const late =
    "cannot change: it is read only when the project is created; change the branch or endpoint itself instead";
  judgesChange([
    {
      name: "cannot change",
      definition: project,
      before: { initialEndpointSpec: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 2 } },
      after: { initialEndpointSpec: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 4 } },
      want: `initialEndpointSpec.autoscalingLimitMaxCu ${late}`,
    },
    {
      name: "cannot change from one member of a group to another",
      definition: project,
      before: { initialEndpointSpec: { suspendTimeoutDuration: "5m" } },
      after: { initialEndpointSpec: { noSuspension: true } },
      want: `initialEndpointSpec.noSuspension ${late}`,
    },
    {
      name: "cannot come later",
      definition: project,
      before: {},
      after: { initialBranchSpec: { isProtected: true } },
      want: `initialBranchSpec.isProtected ${late}`,
    },
    {
      name: "may be spelled in another way",
      definition: project,
      before: { initialEndpointSpec: { suspendTimeoutDuration: "5m" } },
      after: { initialEndpointSpec: { suspendTimeoutDuration: "300s" } },
    },
    {
      name: "may be taken out",
      definition: project,
      before: { initialEndpointSpec: { suspendTimeoutDuration: "5m" }, initialBranchSpec: { isProtected: true } },
      after: {},
    },
    {
      name: "is not judged while it is not known",
      definition: project,
      before: { initialBranchSpec: { isProtected: true } },
      after: { initialBranchSpec: { isProtected: unknownValue } },
    },
    {
      name: "may change with a replacement",
      definition: project,
      before: { initialBranchSpec: { isProtected: true } },
      after: { projectId: "store", allowReplace: true, initialBranchSpec: { isProtected: false } },
    },
  ]);
});

const kept = (value: string) =>
  `was removed, but the service keeps the old value when nothing is sent and its default is not known here; write ${value} to keep it, or the value that you want`;

describe("removing an argument whose default is not known", () => {
  judgesChange([
    {
      name: "is refused for a display name",
      definition: project,
      before: { displayName: "Shop" },
      after: {},
      want: `displayName ${kept('"Shop"')}`,
    },
    {
      name: "is refused for a budget policy",
      definition: project,
      before: { budgetPolicyId: "policy-1" },
      after: {},
      want: `budgetPolicyId ${kept('"policy-1"')}`,
    },
    ...Object.entries({
      dbExtraSearchPath: ["extensions"],
      dbMaxRows: 1000,
      jwtCacheMaxLifetime: "5m",
      openapiMode: "OPEN_API_MODE_DISABLED",
      serverCorsAllowedOrigins: ["*"],
      serverTimingEnabled: true,
    }).map(([argument, value]) => ({
      name: `is refused for a Data API's ${argument}`,
      definition: dataApi,
      before: { [argument]: value },
      after: {},
      want: `${argument} ${kept(JSON.stringify(value))}`,
    })),
    {
      name: "is refused for a minimum without the project",
      definition: endpoint,
      before: { autoscalingLimitMinCu: 2 },
      after: {},
      want: `autoscalingLimitMinCu ${kept("2")}`,
    },
    {
      name: "is refused for a maximum without the project",
      definition: endpoint,
      before: { autoscalingLimitMaxCu: 2 },
      after: {},
      want: `autoscalingLimitMaxCu ${kept("2")}`,
    },
    {
      name: "is refused for a suspension without the project",
      definition: endpoint,
      before: { suspendTimeoutDuration: "5m" },
      after: {},
      want: `suspendTimeoutDuration ${kept('"5m"')}`,
    },
    {
      name: "is refused for none at all without the project",
      definition: endpoint,
      before: { noSuspension: true },
      after: {},
      want: `noSuspension ${kept("true")}`,
    },
    {
      name: "is not refused with a replacement",
      definition: endpoint,
      before: { autoscalingLimitMinCu: 2 },
      after: { endpointId: "reports" },
    },
    {
      name: "is not refused while it is not known whether it is removed",
      definition: endpoint,
      before: { autoscalingLimitMinCu: 2 },
      after: { autoscalingLimitMinCu: unknownValue },
    },
  ]);
});

describe("with the project in the program, an endpoint's", () => {
  const removals: readonly Change[] = [
    { name: "minimum may go", definition: endpoint, before: { autoscalingLimitMinCu: 2 }, after: {} },
    { name: "maximum may go", definition: endpoint, before: { autoscalingLimitMaxCu: 2 }, after: {} },
    { name: "suspension may go", definition: endpoint, before: { suspendTimeoutDuration: "5m" }, after: {} },
    { name: "lack of one may go", definition: endpoint, before: { noSuspension: true }, after: {} },
  ];
  judgesChange(removals, {});
  describe("and its settings,", () => {
    judgesChange(removals, { defaultEndpointSettings: { noSuspension: true, autoscalingLimitMaxCu: 4 } });
  });
});

describe("with another project in the program, an endpoint's", () => {
  judgesChange(
    [
      {
        name: "minimum may not go",
        definition: endpoint,
        before: { autoscalingLimitMinCu: 2 },
        after: {},
        want: `autoscalingLimitMinCu ${kept("2")}`,
      },
    ],
    { projectId: "store" },
  );
});

describe("removing an argument whose default is documented is accepted for", () => {
  judgesChange([
    { name: "a history", definition: project, before: { historyRetentionDuration: "14d" }, after: {} },
    {
      name: "default settings",
      definition: project,
      before: {
        defaultEndpointSettings: {
          autoscalingLimitMinCu: 2,
          autoscalingLimitMaxCu: 4,
          noSuspension: true,
          pgSettings: { jit: "off" },
        },
      },
      after: {},
    },
    { name: "tags", definition: project, before: { customTags: { team: "a" } }, after: {} },
    { name: "a default branch", definition: project, before: { defaultBranch: main.sourceBranch }, after: {} },
    { name: "a login", definition: project, before: { enablePgNativeLogin: true }, after: {} },
    { name: "an expiration", definition: branch, before: { ttl: "7d" }, after: {} },
    { name: "an expiration that is assumed", definition: branch, before: {}, after: {} },
    { name: "a protection", definition: branch, before: { isProtected: true }, after: {} },
    {
      name: "what a role may do",
      definition: role,
      before: { attributes: { createdb: true, createrole: true }, membershipRoles: ["DATABRICKS_SUPERUSER"] },
      after: {},
    },
    {
      name: "who gets what a role owned",
      definition: role,
      before: { reassignOwnedTo: "projects/shop/branches/dev/roles/ada" },
      after: {},
    },
    {
      name: "a Data API's settings that have defaults",
      definition: dataApi,
      before: { dbAggregatesEnabled: false, jwtRoleClaimKey: ".role", dbMaxRows: 10 },
      after: { dbSchemas: undefined, dbMaxRows: 10 },
    },
    { name: "a protection from deletion", definition: project, before: { deletionProtection: true }, after: {} },
    {
      name: "what becomes of it",
      definition: branch,
      before: { onExpiry: "forget", onTombstone: "purge", adopt: true, deleteOnRelease: true },
      after: {},
    },
    { name: "a group", definition: endpoint, before: { group: { min: 1, max: 1 } }, after: {} },
    { name: "settings", definition: endpoint, before: { settings: { pgSettings: { jit: "off" } } }, after: {} },
    { name: "a pause", definition: endpoint, before: { disabled: true }, after: {} },
    { name: "what only this provider reads", definition: branch, before: { purgeOnDelete: true }, after: {} },
  ]);
});
