/** What a file of environments may say, and how its mistakes are told. */
import { readTableFile } from "../../../provider/environments/file";

function problems(text: string, given: Readonly<Record<string, unknown>> = {}): readonly string[] {
  return readTableFile("environments.yaml", text, given).problems;
}

const whole = `
projectId: shop
pgVersion: 17
environments:
  production:
    preset: highAvailability
    replicas: 2
    roles: { app: }
    databases: { orders: { role: app } }
  dev:
`;

test("YAML and JSON are the same table; an entry with nothing in it has nothing of its own", () => {
  const { table, problems: none } = readTableFile("environments.yaml", whole);
  expect(none).toEqual([]);
  expect(table?.environments).toMatchObject({ production: { roles: { app: {} } }, dev: {} });
  expect(readTableFile("environments.json", JSON.stringify(table)).table).toEqual(table);
});

test("production is there without a word", () => {
  expect(readTableFile("environments.yaml", "projectId: shop\nenvironments: { dev: }").table?.environments).toEqual({
    production: {},
    dev: {},
  });
  expect(readTableFile("environments.yaml", "projectId: shop").table?.environments).toEqual({ production: {} });
});

test("anchors and merges are read, and a mistake in what is merged is told where it stands", () => {
  const text = `
projectId: shop
environments:
  dev: &small
    compute: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: MAX }
  qa:
    <<: *small
    noExpiry: true
`;
  expect(readTableFile("environments.yaml", text.replace("MAX", "2")).table?.environments["qa"]).toMatchObject({
    compute: { autoscalingLimitMaxCu: 2 },
  });
  expect(problems(text.replace("MAX", "two"))).toEqual([
    "environments.yaml:5:67: environments.dev.compute.autoscalingLimitMaxCu must be a number of compute units (CU)",
    "environments.yaml:5:67: environments.qa.compute.autoscalingLimitMaxCu must be a number of compute units (CU)",
  ]);
});

test("what is given beside the file counts more, and has no place in it", () => {
  const { table } = readTableFile("environments.yaml", whole, { projectId: "shop-dev", pgVersion: 18 });
  expect(table).toMatchObject({ projectId: "shop-dev", pgVersion: 18 });
  expect(problems(whole, { pgVersion: 12 })).toEqual([
    "pgVersion is not a version that the service offers; write one of 16, 17, 18",
  ]);
});

test.each([
  ["an empty file", "", ": the file is empty; write a table of environments: projectId, environments and so on"],
  ["a file of comments", "# later\n", ": the file is empty; write a table"],
  ["a list at the top", "- production\n", ":1:1: the file is a list; write a table"],
  ["a single value", "production\n", ":1:1: the file is a single value; write a table"],
  ["a key twice", "projectId: a\nprojectId: b\n", ":2:1: this key is there already; leave one of the two out"],
  ["a tab", "environments:\n\tdev: {}\n", ":2:1: this line is indented with a tab; use spaces"],
  [
    "a second document",
    "projectId: a\n---\nprojectId: b\n",
    ":2:1: a second document begins here; write one table in one file",
  ],
  ["a bracket that is not closed", "projectId: [shop\n", ":2:1: the file is neither YAML nor JSON: "],
  [
    "an anchor that is nowhere",
    "projectId: *shop\n",
    ":1:12: *shop is no anchor that stands before it; write &shop where it is meant",
  ],
  [
    "anchors that copy one another",
    `a: &a [x, x, x, x, x, x, x, x, x]\n${[..."bcdefghi"].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(", ")}]`).join("\n")}\n`,
    ": the file copies its anchors more than 100 times; write out what they stand for",
  ],
  [
    "an anchor that holds itself",
    "projectId: shop\nenvironments: &all { dev: *all }\n",
    ":2:27: *all is a part of what &all stands for",
  ],
])("%s is one sentence", (_, text, sentence) => {
  const told = problems(text);
  expect(told).toHaveLength(1);
  expect(told[0]?.startsWith(`environments.yaml${sentence}`)).toBe(true);
  expect(told[0]).not.toContain("\n");
});

test("several mistakes are all told at once, in the order of the file", () => {
  const text = `
projectId: Shop
pgVersio: 17
permissions:
  - { groupName: developers, permissionLevel: CAN_USE, since: 2026 }
  - { permissionLevel: CAN_USE }
environments:
  production: { preset: large, databases: { orders: { role: app } } }
  staging: { replicas: { count: 2, cu: 3 }, compute: { group: { most: 2 } }, migrations: 5 }
  dev: { ttl: 31d, sourceEnvironment: stagin }
`;
  expect(problems(text).map((problem) => problem.replace(/(; |has projectId).*/, ""))).toEqual([
    "environments.yaml:2:12: projectId is not an id that the service takes",
    "environments.yaml:3:1: pgVersio is not known",
    "environments.yaml:5:56: permissions.0.since is not known",
    'environments.yaml:8:25: environments.production.preset must be "small", "standard", "highAvailability"',
    "environments.yaml:8:61: environments.production.databases.orders.role is 'app', and there is no such role in production",
    "environments.yaml:9:36: environments.staging.replicas.cu is not known",
    "environments.yaml:9:65: environments.staging.compute.group.most is not known",
    "environments.yaml:9:90: environments.staging.migrations must be a folder, or { folder, database, role }",
    "environments.yaml:10:15: environments.dev.ttl is longer than the service allows",
    "environments.yaml:10:39: environments.dev.sourceEnvironment is 'stagin', which is not in the table",
  ]);
});

test("a key that is not known is told with those that are", () => {
  expect(problems("projectId: shop\nenvironments: { dev: { compute: { group: { maximum: 2 } } } }")).toEqual([
    "environments.yaml:2:44: environments.dev.compute.group.maximum is not known; environments.dev.compute.group has min, max, enableReadableSecondaries",
  ]);
});
