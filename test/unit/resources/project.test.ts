import { failures, judges } from "../support/checking";
import { args, project } from "../support/resources";

const definition = project;

describe("a project's id", () => {
  const wrong =
    "projectId is not an id that the service takes; write 1 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last";
  judges([
    { name: "may have one letter", definition, args: { projectId: "p" } },
    { name: "may have 63", definition, args: { projectId: "p".repeat(63) } },
    { name: "may not have 64", definition, args: { projectId: "p".repeat(64) }, want: wrong },
    { name: "may not begin with a digit", definition, args: { projectId: "1st" }, want: wrong },
    { name: "may not end with a hyphen", definition, args: { projectId: "p-" }, want: wrong },
  ]);
});

describe("a project's display name", () => {
  judges([
    { name: "may have one character", definition, args: { displayName: "S" } },
    { name: "may have 256", definition, args: { displayName: "S".repeat(256) } },
    {
      name: "may not be empty",
      definition,
      args: { displayName: "" },
      want: "displayName is empty; write 1 to 256 characters",
    },
    {
      name: "may not have 257",
      definition,
      args: { displayName: "S".repeat(257) },
      want: "displayName is too long; write 1 to 256 characters",
    },
    { name: "is a text", definition, args: { displayName: null }, want: "displayName must be a text" },
  ]);
});

describe("a project's Postgres version", () => {
  const offered = "pgVersion is not a version that the service offers; write one of 16, 17, 18";
  judges([
    { name: "may be 16", definition, args: { pgVersion: 16 } },
    { name: "may be 18", definition, args: { pgVersion: 18 } },
    { name: "may be a numeric text", definition, args: { pgVersion: "17" } },
    { name: "may not be 15", definition, args: { pgVersion: 15 }, want: offered },
    { name: "may not be the text 19", definition, args: { pgVersion: "19" }, want: offered },
    { name: "may not be 17.2", definition, args: { pgVersion: 17.2 }, want: offered },
    {
      name: "may not be another text",
      definition,
      args: { pgVersion: "17.2" },
      want: "pgVersion must be one of 16, 17, 18",
    },
    { name: "may not be true", definition, args: { pgVersion: true }, want: "pgVersion must be one of 16, 17, 18" },
  ]);
});

describe("a project's history", () => {
  judges([
    { name: "may be two days", definition, args: { historyRetentionDuration: "2d" } },
    { name: "may be 35 days", definition, args: { historyRetentionDuration: "3024000s" } },
    {
      name: "may not be shorter than two days",
      definition,
      args: { historyRetentionDuration: "47h59m" },
      want: "historyRetentionDuration is shorter than the service allows; write 2d to 35d",
    },
    {
      name: "may not be longer than 35 days",
      definition,
      args: { historyRetentionDuration: "35d1s" },
      want: "historyRetentionDuration is longer than the service allows; write 2d to 35d",
    },
    {
      name: "is not a number of days",
      definition,
      args: { historyRetentionDuration: 7 },
      want: 'historyRetentionDuration must be a duration such as "300s", "12h" or "7d", 2d to 35d',
    },
  ]);
});

describe("a project's default suspension", () => {
  judges([
    { name: "may be one minute", definition, args: { defaultEndpointSettings: { suspendTimeoutDuration: "1m" } } },
    { name: "may be seven days", definition, args: { defaultEndpointSettings: { suspendTimeoutDuration: "7d" } } },
    { name: "may be none", definition, args: { defaultEndpointSettings: { noSuspension: true } } },
    {
      name: "may not be shorter than a minute",
      definition,
      args: { defaultEndpointSettings: { suspendTimeoutDuration: "59s" } },
      want: "defaultEndpointSettings.suspendTimeoutDuration is shorter than the service allows; write 1m to 7d",
    },
    {
      name: "is not switched on by noSuspension: false",
      definition,
      args: { defaultEndpointSettings: { noSuspension: false } },
      want: "defaultEndpointSettings.noSuspension can only be true; to let computes sleep, write suspendTimeoutDuration instead",
    },
    {
      name: "is either a time or none",
      definition,
      args: { defaultEndpointSettings: { suspendTimeoutDuration: "5m", noSuspension: true } },
      want: "defaultEndpointSettings.suspendTimeoutDuration does not go with noSuspension: give only one of them",
    },
  ]);
});

describe("a project's default branch", () => {
  const shape = "projects/PROJECT/branches/BRANCH";
  judges([
    {
      name: "is the root that a new project has",
      definition,
      args: { defaultBranch: "projects/shop/branches/production" },
    },
    {
      name: "is no other branch of a new project",
      definition,
      args: { defaultBranch: "projects/shop/branches/main" },
      want: "defaultBranch is projects/shop/branches/main, and a new project has only 'production'; leave it out, run 'pulumi up', then add it",
    },
    {
      name: "is none of another project's",
      definition,
      args: { defaultBranch: "projects/store/branches/main" },
      want: "defaultBranch is projects/store/branches/main, which is not in this project; give one of its own branches",
    },
    {
      name: "is not an id",
      definition,
      args: { defaultBranch: "main" },
      want: `defaultBranch is not the full name of a Branch; give the resource itself or ${shape}`,
    },
    {
      name: "is not a uid",
      definition,
      args: { defaultBranch: "br-quiet-leaf-1a2b3c4d" },
      want: `defaultBranch looks like a uid, which the service does not take here; give the Branch or its full name, ${shape}`,
    },
    {
      name: "is not judged by an id that is wrong",
      definition,
      args: { projectId: "Shop", defaultBranch: "projects/shop/branches/main" },
      want: "projectId is not an id that the service takes; write 1 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last",
    },
  ]);
});

describe("a project's maps", () => {
  judges([
    { name: "may be empty", definition, args: { customTags: {}, defaultEndpointSettings: { pgSettings: {} } } },
    { name: "have texts", definition, args: { customTags: { "cost.centre": "7" } } },
    {
      name: "have no numbers",
      definition,
      args: { customTags: { "cost.centre": 7 } },
      want: "customTags.cost.centre must be a text",
    },
    {
      name: "of Postgres settings have no numbers either",
      definition,
      args: { defaultEndpointSettings: { pgSettings: { work_mem: 64 } } },
      want: 'defaultEndpointSettings.pgSettings.work_mem must be a text, such as "64MB" or "on"',
    },
    { name: "are maps", definition, args: { customTags: ["a"] }, want: "customTags must be a map of texts" },
  ]);
});

describe("a project's switches", () => {
  const switches = [
    "enablePgNativeLogin",
    "purgeOnDelete",
    "deletionProtection",
    "allowReplace",
    "adopt",
    "deleteOnRelease",
  ];
  judges([
    ...switches.map((name) => ({ name: `${name} is on`, definition, args: { [name]: true } })),
    ...switches.map((name) => ({ name: `${name} is off`, definition, args: { [name]: false } })),
    ...switches.map((name) => ({
      name: `${name} is no text`,
      definition,
      args: { [name]: "true" },
      want: `${name} must be true or false`,
    })),
  ]);
});

describe("a project whose id a deleted one holds", () => {
  judges([
    ...["fail", "undelete", "purge"].map((onTombstone) => ({
      name: `is to ${onTombstone}`,
      definition,
      args: { onTombstone },
    })),
    {
      name: "does one of three things",
      definition,
      args: { onTombstone: "replace" },
      want: 'onTombstone must be "fail", "undelete" or "purge"',
    },
  ]);
});

test("a project that exists has any of its own branches as its default", () => {
  const situation = { olds: args(project) };
  expect(failures(project, { defaultBranch: "projects/shop/branches/main" }, situation)).toEqual([]);
});
