import { DeclaredStack } from "../../../provider/pulumi/stack";
import type { Failure } from "../../../provider/schema/check";
import type { AnyDefinition } from "../../../provider/schema/definition";
import { unknownValue } from "../../../provider/schema/unknown";
import { checked, complaint, judges } from "../support/checking";
import {
  args,
  branch,
  dataApi,
  endpoint,
  project,
  projectPermissions,
  resources,
  snapshotSchedule,
  type Values,
} from "../support/resources";

describe("an argument that does not exist", () => {
  const ofBranch =
    "is not an argument of Branch; it has parent, branchId, sourceBranch, sourceBranchLsn, sourceBranchTime, sourceSnapshot, expireTime, ttl, slidingTtl, renewOn, noExpiry, isProtected, purgeOnDelete, deletionProtection, onExpiry, onTombstone, allowReplace, adopt, deleteOnRelease";
  const ofSettings =
    "is not an argument of Project; defaultEndpointSettings has autoscalingLimitMinCu, autoscalingLimitMaxCu, suspendTimeoutDuration, noSuspension, pgSettings";
  judges([
    { name: "is refused", definition: branch, args: { protected: true }, want: `protected ${ofBranch}` },
    {
      name: "is refused before its value is known",
      definition: branch,
      args: { protected: unknownValue },
      want: `protected ${ofBranch}`,
    },
    {
      name: "is refused though every object has one of its name",
      definition: branch,
      args: { constructor: true },
      want: `constructor ${ofBranch}`,
    },
    {
      name: "is refused in a message",
      definition: project,
      args: { defaultEndpointSettings: { minCu: 1 } },
      want: `defaultEndpointSettings.minCu ${ofSettings}`,
    },
    {
      name: "is refused in a message before its value is known",
      definition: project,
      args: { defaultEndpointSettings: { minCu: unknownValue } },
      want: `defaultEndpointSettings.minCu ${ofSettings}`,
    },
    {
      name: "is refused in a message with other values that are not known",
      definition: project,
      args: { defaultEndpointSettings: { minCu: 1, autoscalingLimitMaxCu: unknownValue } },
      want: `defaultEndpointSettings.minCu ${ofSettings}`,
    },
    {
      name: "is refused in a message in a message",
      definition: project,
      args: { initialEndpointSpec: { group: { size: 2 } } },
      want: "initialEndpointSpec.group.size is not an argument of Project; initialEndpointSpec.group has min, max, enableReadableSecondaries",
    },
    {
      name: "is refused where the service calls it by another name",
      definition: endpoint,
      args: { autoscaling_limit_min_cu: 1 },
      want: "autoscaling_limit_min_cu is not an argument of Endpoint; it has parent, endpointId, endpointType, autoscalingLimitMinCu, autoscalingLimitMaxCu, suspendTimeoutDuration, noSuspension, disabled, group, settings, adopt, deleteOnRelease",
    },
    {
      name: "is not looked for among the keys of a map",
      definition: project,
      args: { defaultEndpointSettings: { pgSettings: { minCu: "1" } } },
    },
  ]);

  test("is the failure's property as it was written", () => {
    const failures: readonly Failure[] = checked(branch, args(branch, { "is.protected": true })).failures;
    expect(failures).toEqual([{ property: "is.protected", reason: `is.protected ${ofBranch}` }]);
  });
});

describe("a message that is none", () => {
  judges([
    {
      name: "is refused",
      definition: project,
      args: { defaultEndpointSettings: "large" },
      want: "defaultEndpointSettings must be a set of arguments: autoscalingLimitMinCu, autoscalingLimitMaxCu, suspendTimeoutDuration, noSuspension, pgSettings",
    },
    {
      name: "is refused when it is a list",
      definition: endpoint,
      args: { settings: [] },
      want: "settings must be a set of arguments: pgSettings",
    },
  ]);
});

describe("a required argument that is missing", () => {
  const cases: readonly { name: string; definition: AnyDefinition; news: Values; want: readonly Failure[] }[] = [
    {
      name: "is told, with what it has to be",
      definition: project,
      news: {},
      want: [
        {
          property: "projectId",
          reason:
            "projectId is missing; Project needs it: it must be an id; write 1 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last",
        },
      ],
    },
    {
      name: "is told for each, and no rule judges what is not there",
      definition: endpoint,
      news: { endpointType: "ENDPOINT_TYPE_READ_WRITE" },
      want: [
        {
          property: "parent",
          reason:
            "parent is missing; Endpoint needs it: it must be a Branch or its full name, projects/PROJECT/branches/BRANCH",
        },
        {
          property: "endpointId",
          reason:
            "endpointId is missing; Endpoint needs it: it must be an id; write 3 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last",
        },
      ],
    },
    {
      name: "is not told while it is not known",
      definition: branch,
      news: { parent: unknownValue, branchId: unknownValue },
      want: [],
    },
  ];
  test.each(cases)("$name", ({ definition, news, want }) => {
    expect(checked(definition, news).failures).toEqual(want);
  });
});

describe("with everything unknown", () => {
  test.each(resources.map((definition) => ({ name: definition.type, definition })))("$name is accepted", (row) => {
    const news = Object.fromEntries(Object.keys(row.definition.args).map((key) => [key, unknownValue]));
    expect(checked(row.definition, news).failures).toEqual([]);
  });
});

describe("a value that is not known", () => {
  judges([
    {
      name: "leaves its neighbours to their own rules",
      definition: endpoint,
      args: { suspendTimeoutDuration: "1s", autoscalingLimitMinCu: unknownValue },
      want: "suspendTimeoutDuration is shorter than the service allows; write 1m to 7d",
    },
    {
      name: "leaves its neighbours in a message to their own rules",
      definition: project,
      args: { defaultEndpointSettings: { suspendTimeoutDuration: "1s", autoscalingLimitMinCu: unknownValue } },
      want: "defaultEndpointSettings.suspendTimeoutDuration is shorter than the service allows; write 1m to 7d",
    },
    {
      name: "leaves its neighbours in a map to theirs",
      definition: project,
      args: { customTags: { team: unknownValue, cost: 7 } },
      want: "customTags.cost must be a text",
    },
    {
      name: "may be a member of a group beside another",
      definition: branch,
      args: { ttl: unknownValue, noExpiry: true },
    },
  ]);
});

describe("a list with an entry that is wrong", () => {
  const entry = "must be a set of arguments: dailySchedule, weeklySchedule, monthlySchedule, retention";
  const retention = 'write "300s", "5m", "12h" or "7d", at least 1h';
  judges([
    {
      name: "names the entry",
      definition: snapshotSchedule,
      args: {
        schedule: [
          { dailySchedule: {}, retention: "7d" },
          { dailySchedule: {}, retention: "a week" },
        ],
      },
      want: `schedule.1.retention is not a duration; ${retention}`,
    },
    {
      name: "says what it lacks",
      definition: snapshotSchedule,
      args: { schedule: [{ dailySchedule: {} }] },
      want: 'schedule.0.retention is missing; SnapshotSchedule needs it: it must be a duration such as "300s", "12h" or "7d", at least 1h',
    },
    {
      name: "says what an entry has, when it is none",
      definition: snapshotSchedule,
      args: { schedule: ["daily"] },
      want: `schedule.0 ${entry}`,
    },
    {
      name: "says what an entry has, when one has something else",
      definition: snapshotSchedule,
      args: { schedule: [{ daily: {}, retention: "7d" }] },
      want: `schedule.0 ${entry}`,
    },
    {
      name: "is not judged by rules that read the list",
      definition: projectPermissions,
      args: {
        accessControlList: [{ permissionLevel: "CAN_USE" }, { groupName: "developers", permissionLevel: "ALL" }],
      },
      want: 'accessControlList.1.permissionLevel must be "CAN_USE", "CAN_MANAGE" or "CAN_CREATE"',
    },
    {
      name: "is not judged at all while a part of it is not known",
      definition: projectPermissions,
      args: { accessControlList: [{ groupName: unknownValue, permissionLevel: "ALL" }] },
    },
  ]);
});

describe("a rule that looks through all arguments", () => {
  const want = 'dbSchemas is missing, and the service makes no Data API without a setting; write dbSchemas: ["public"]';
  const nothing = { dbSchemas: undefined };
  judges([
    { name: "is judged when all are known", definition: dataApi, args: nothing, want },
    {
      name: "takes what only this provider reads for no setting",
      definition: dataApi,
      args: { ...nothing, adopt: true, deleteOnRelease: true },
      want,
    },
    {
      name: "waits for one that is not known",
      definition: dataApi,
      args: { ...nothing, dbMaxRows: unknownValue },
    },
    {
      name: "waits for one that is wrong by itself",
      definition: dataApi,
      args: { ...nothing, dbMaxRows: 0 },
      want: "dbMaxRows is too small; write 1 or more",
    },
  ]);
});

describe("the inputs that Pulumi keeps", () => {
  const cases: readonly { name: string; definition: AnyDefinition; news: Values; want: Values }[] = [
    {
      name: "are as they were written, with the name",
      definition: project,
      news: { projectId: "shop", historyRetentionDuration: "7d", pgVersion: "17" },
      want: { projectId: "shop", historyRetentionDuration: "7d", pgVersion: "17", name: "projects/shop" },
    },
    {
      name: "say that a branch does not expire when nothing is said of it",
      definition: branch,
      news: args(branch),
      want: args(branch, { noExpiry: true, name: "projects/shop/branches/dev" }),
    },
    {
      name: "do not say so of one that expires",
      definition: branch,
      news: args(branch, { ttl: "7d" }),
      want: args(branch, { ttl: "7d", name: "projects/shop/branches/dev" }),
    },
    {
      name: "do not say so while its expiration is not known",
      definition: branch,
      news: args(branch, { expireTime: unknownValue }),
      want: args(branch, { expireTime: unknownValue, name: "projects/shop/branches/dev" }),
    },
    {
      name: "have no name while a part of it is not known",
      definition: branch,
      news: args(branch, { parent: unknownValue, noExpiry: true, name: "projects/shop/branches/old" }),
      want: args(branch, { parent: unknownValue, noExpiry: true }),
    },
  ];
  test.each(cases)("$name", ({ definition, news, want }) => {
    expect(checked(definition, news).inputs).toEqual(want);
  });

  test("are a copy", () => {
    const news = args(branch);
    checked(branch, news);
    expect(news).toEqual(args(branch));
  });
});

describe("a name", () => {
  const mine = "name is not an argument: it follows from parent and branchId; leave it out";
  judges([
    { name: "may be what follows", definition: branch, args: { name: "projects/shop/branches/dev" } },
    { name: "may not be known yet", definition: branch, args: { name: unknownValue } },
    { name: "is not to be chosen", definition: branch, args: { name: "projects/shop/branches/other" }, want: mine },
    {
      name: "is not to be chosen for a project either",
      definition: project,
      args: { name: "shop" },
      want: "name is not an argument: it follows from projectId; leave it out",
    },
  ]);
});

test("a resource is declared to the stack by its canonical arguments", () => {
  const stack = new DeclaredStack();
  complaint(project, { historyRetentionDuration: "7d", pgVersion: "17", displayName: 5 }, { stack });
  expect(stack.project("projects/shop/branches/dev/endpoints/primary")).toEqual({
    projectId: "shop",
    historyRetentionDuration: "604800s",
    pgVersion: 17,
  });
});
