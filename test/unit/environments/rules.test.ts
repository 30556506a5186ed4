/** What a table may not say although each of its values is right. */
import { sentence } from "../../../provider/environments/mistake";
import { readTable } from "../../../provider/environments/read";

interface Case {
  readonly name: string;
  readonly environments: Readonly<Record<string, object>>;
  readonly more?: object;
  readonly want: readonly string[];
}

const orders = { roles: { app: {} }, databases: { orders: { role: "app" } } };

const cases: readonly Case[] = [
  {
    name: "a source that is nowhere",
    environments: { dev: { sourceEnvironment: "stage" }, staging: {} },
    want: ["environments.dev.sourceEnvironment is 'stage', which is not in the table; it has staging, production"],
  },
  {
    name: "a source that expires",
    environments: { dev: { sourceEnvironment: "demo" }, demo: { ttl: "7d" } },
    want: [
      "environments.dev.sourceEnvironment is 'demo', which expires, and a branch with an expiration cannot have children; give another one, or let 'demo' stay",
    ],
  },
  {
    name: "a circle, once",
    environments: {
      one: { sourceEnvironment: "two" },
      two: { sourceEnvironment: "three" },
      three: { sourceEnvironment: "one" },
      four: { sourceEnvironment: "one" },
    },
    want: [
      "environments.one.sourceEnvironment goes round in a circle: one from two from three from one; make one of them from production",
    ],
  },
  {
    name: "one that is its own source",
    environments: { dev: { sourceEnvironment: "dev" } },
    want: ["environments.dev.sourceEnvironment is the branch itself; give the branch that it is made from"],
  },
  {
    name: "a source of production",
    environments: { production: { sourceEnvironment: "dev" }, dev: {} },
    want: [
      "environments.production.sourceEnvironment does not apply to 'production', the root that the service makes with the project; leave it out",
    ],
  },
  {
    name: "a second protected branch",
    environments: { staging: { isProtected: true } },
    want: [
      "environments.staging.isProtected makes one protected branch too many, of which a project can have 1: 'production' is protected unless it says isProtected: false",
    ],
  },
  {
    name: "another protected branch",
    environments: { production: { isProtected: false }, staging: { isProtected: true } },
    want: [],
  },
  {
    name: "an owner that is nowhere on the way to production",
    environments: {
      production: orders,
      dev: { databases: { audit: { role: "app" }, log: { role: "auditor" } } },
      qa: { roles: { auditor: {} } },
    },
    want: [
      "environments.dev.databases.log.role is 'auditor', and there is no such role in dev or production; there is app",
    ],
  },
  {
    name: "an heir that is nowhere",
    environments: { production: { roles: { app: { reassignOwnedTo: "owner" } } } },
    want: [
      "environments.production.roles.app.reassignOwnedTo is 'owner', and there is no such role in production; there is app",
    ],
  },
  {
    name: "migrations without a database, where there are several",
    environments: {
      production: { ...orders, databases: { orders: { role: "app" }, audit: { role: "app" } }, migrations: "sql" },
    },
    want: [
      "environments.production.migrations does not say in which database, and there is orders, audit; write { folder, database }",
    ],
  },
  {
    name: "migrations in a database that is nowhere",
    environments: { dev: { migrations: { folder: "sql", database: "orders", role: "app" } } },
    want: [
      "environments.dev.migrations.database is 'orders', and there is no such database in dev or production; write it under databases",
      "environments.dev.migrations.role is 'app', and there is no such role in dev or production; write it under roles",
    ],
  },
  {
    name: "sizes that do not fit, of the compute and of replicas",
    environments: {
      dev: { preset: "small", compute: { autoscalingLimitMinCu: 4 }, replicas: { count: 1, autoscalingLimitMaxCu: 2 } },
    },
    want: [
      "environments.dev.compute.autoscalingLimitMinCu is 4 CU, more than autoscalingLimitMaxCu (2); write a minimum of at most 2 or a larger maximum",
      "environments.dev.replicas.autoscalingLimitMinCu is 4 CU, more than autoscalingLimitMaxCu (2); write a minimum of at most 2 or a larger maximum",
    ],
  },
  {
    name: "high availability that sleeps",
    environments: { dev: { preset: "highAvailability", compute: { suspendTimeoutDuration: "5m" } } },
    want: [
      "environments.dev.compute.group makes 2 computes highly available, which cannot suspend; write noSuspension: true, and no suspendTimeoutDuration",
    ],
  },
  {
    name: "a permission of nobody",
    environments: {},
    more: { permissions: [{ permissionLevel: "CAN_USE" }] },
    want: [
      "permissions has an entry without exactly one of userName, groupName and servicePrincipalName; give each entry one of them",
    ],
  },
  {
    name: "a value that is computed",
    environments: {},
    more: { displayName: Promise.resolve("Shop") },
    want: [
      "displayName is known only when it has been computed, and a table is drawn before anything is made; write it out, or set it with transform",
    ],
  },
];

test.each(cases)("$name", ({ environments, more, want }) => {
  expect(readTable({ projectId: "shop", environments, ...more }).mistakes.map(sentence)).toEqual(want);
});

test.each(["constructor", "toString", "hasOwnProperty", "__proto__"])(
  "a source '%s' is nowhere unless the table has it",
  (name) => {
    const environments = (more: object) => ({
      projectId: "shop",
      environments: { dev: { sourceEnvironment: name }, ...more },
    });
    expect(readTable(environments({})).mistakes.map(sentence)).toEqual([
      `environments.dev.sourceEnvironment is '${name}', which is not in the table; it has production`,
    ]);
  },
);

test("an environment may be called as objects have methods", () => {
  const environments = { dev: { sourceEnvironment: "constructor" }, constructor: {} };
  expect(readTable({ projectId: "shop", environments }).mistakes).toEqual([]);
});

test.each(["constructor", "toString"])("an argument '%s' is not known", (name) => {
  for (const value of [null, 5]) {
    const { mistakes } = readTable({ projectId: "shop", environments: { dev: { [name]: value } } });
    expect(mistakes.map(sentence)).toEqual([expect.stringMatching(`^environments.dev.${name} is not known; `)]);
  }
});

test("what is no table is one sentence", () => {
  for (const given of [undefined, null, 5, "shop", ["shop"]]) {
    expect(readTable(given).mistakes.map(sentence)).toEqual([
      "the table must be a table of environments: projectId, environments and so on",
    ]);
  }
});

test("a key that JavaScript means something else by is refused wherever it stands", () => {
  const written = JSON.parse(
    '{ "projectId": "shop", "environments": { "__proto__": { "roles": [null] }, "dev": { "roles": { "__proto__": {} } } } }',
  );
  expect(readTable(written).mistakes.map(sentence)).toEqual([
    "environments.__proto__ cannot be a name; choose another",
    "environments.dev.roles.__proto__ cannot be a name; choose another",
  ]);
});
