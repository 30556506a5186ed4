/** Functions and connections in a program that really runs: in previews, in updates, and what of them is in the state. */
import { readFileSync } from "node:fs";
import { useEmulator } from "../support/emulator.ts";
import { errors, expectDone } from "../support/shop.ts";
import { useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

const primary = "projects/shop/branches/dev/endpoints/primary";

/** All that a program can read, of what it makes itself and of what was there before. */
const program = `
  const lakebase = require("pulumi-lakebase");
  const project = new lakebase.Project("shop", { projectId: "shop" });
  const dev = new lakebase.BranchWithCompute("dev", {
    parent: project, branchId: "dev", ttl: "7d",
    compute: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 2, suspendTimeoutDuration: "5m" },
  });
  const connection = dev.connection({ database: "app/\u00e4", pooled: true });
  const credential = lakebase.getDatabaseCredentialOutput({ endpoint: dev.endpoint, ttl: "5m" });
  module.exports = async () => {
    const theirs = await lakebase.getProject({ name: "projects/theirs" });
    const { userName } = await lakebase.getCurrentUser();
    const { token } = await lakebase.getDatabaseCredential({ endpoint: "projects/theirs/branches/production/endpoints/primary" });
    return {
      theirs: theirs.displayName, userName,
      listed: (await lakebase.listProjects()).some(({ projectId }) => projectId === "theirs"),
      branches: lakebase.listBranchesOutput({ parent: dev.branch.parent }).apply((all) => all.map(({ branchId }) => branchId).sort()),
      maxCu: lakebase.getEndpointOutput({ name: dev.endpoint }).autoscalingLimitMaxCu,
      uri: connection.uri, env: connection.env, host: dev.endpoint.pooledHost,
      passwords: { own: credential.token, theirs: token },
    };
  };
`;

test("one program reads what is there and what it makes; its passwords are secrets and nowhere in the clear", async () => {
  await emulator.outside("POST", "projects?project_id=theirs", { spec: { display_name: "Theirs" } });
  await emulator.requests();
  const stack = await newStack({ env: emulator.env, program });

  await expectDone(stack.preview());
  const beforehand = await emulator.calls();
  // What does not exist yet is not asked for, though its name is known.
  expect(beforehand.filter((call) => call.includes("shop"))).toEqual([]);
  expect(beforehand).toContain("GET projects/theirs");

  const up = await stack.up();
  expect(up.status).toBe(0);
  const { passwords, ...outputs } = await stack.outputs();
  const host = String(outputs["host"]);
  expect(outputs).toEqual({
    theirs: "Theirs",
    userName: "emulator@example.com",
    listed: true,
    branches: ["dev", "production"],
    maxCu: 2,
    host: expect.stringMatching(/^ep-.*-pooler/),
    uri: `postgresql://emulator%40example.com@${host}:5432/app%2F%C3%A4?sslmode=require`,
    env: {
      PGHOST: host,
      PGPORT: "5432",
      PGUSER: "emulator@example.com",
      PGDATABASE: "app/ä",
      PGSSLMODE: "require",
      LAKEBASE_ENDPOINT: primary,
    },
  });
  const tokens = Object.values(passwords as Record<string, string>);
  expect(tokens).toEqual([expect.stringMatching(/^ey/), expect.stringMatching(/^ey/)]);
  for (const token of tokens) {
    expect(readFileSync(stack.stateFile(), "utf8")).not.toContain(token);
    expect(up.stdout + up.stderr).not.toContain(token);
  }
  expect(JSON.stringify((await stack.exportState()).deployment)).not.toMatch(/eyJ/);
  await expectDone(stack.destroy());
});

test("a branch with its compute is one thing: made, unchanged, changed by one field, deleted", async () => {
  const source = (maxCu: number) => `
    const lakebase = require("pulumi-lakebase");
    const project = new lakebase.Project("shop", { projectId: "shop" });
    const dev = new lakebase.BranchWithCompute("dev", {
      parent: project, branchId: "dev", compute: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: ${maxCu} },
    });
    new lakebase.BranchWithCompute("test", { parent: project, branchId: "test" });
    module.exports = { same: dev.endpoint instanceof lakebase.Endpoint && dev.branch instanceof lakebase.Branch };
  `;
  const stack = await newStack({ env: emulator.env, program: source(2) });
  await expectDone(stack.up());
  expect(await stack.outputs()).toEqual({ same: true });
  expect([...(await emulator.calls())].sort()).toEqual([
    "POST projects",
    "POST projects/shop/branches",
    "POST projects/shop/branches",
    "POST projects/shop/branches/dev/endpoints",
    "POST projects/shop/branches/test/endpoints",
  ]);
  await expectDone(stack.up("--expect-no-changes"));
  stack.write("index.js", source(4));
  await expectDone(stack.up());
  expect(await emulator.calls()).toEqual([`PATCH ${primary} spec.autoscaling_limit_max_cu`]);
  await expectDone(stack.destroy());
});

test("functions ask the workspace of the provider they are given, or of their parent's", async () => {
  const second = await emulator.another();
  await second.outside("POST", "projects?project_id=there", { spec: { display_name: "There" } });
  await emulator.requests();
  const stack = await newStack({
    env: emulator.env,
    program: `
      const lakebase = require("pulumi-lakebase");
      const pulumi = require("@pulumi/pulumi");
      const provider = new lakebase.Provider("second", { host: "${second.url}", token: pulumi.output("${second.token}") });
      const copy = new lakebase.BranchWithCompute("copy", { parent: "projects/there", branchId: "copy" }, { provider });
      module.exports = async () => ({
        there: (await lakebase.getProject({ name: "projects/there" }, { provider })).displayName,
        state: lakebase.getBranchOutput({ name: copy.branch }, { parent: copy }).status.currentState,
        user: copy.connection().user,
        host: copy.connection().host,
      });
    `,
  });
  await expectDone(stack.up());
  expect(await stack.outputs()).toMatchObject({ there: "There", state: "READY", user: "emulator@example.com" });
  expect(await emulator.calls()).toEqual([]);
  // The provider's token is a secret, and what is read with it is none because of that.
  const { resources = [] } = (await stack.exportState()).deployment;
  const [own] = resources.filter(({ type }) => type === "pulumi:pulumi:Stack");
  expect(own?.outputs).toMatchObject({ there: "There", state: "READY", user: "emulator@example.com" });
  expect(readFileSync(stack.stateFile(), "utf8")).not.toContain(second.token);
  await expectDone(stack.destroy());
});

test("a connection takes databases and roles as resources or by name, an address and certificates", async () => {
  const stack = await newStack({
    env: emulator.env,
    program: `
      const lakebase = require("pulumi-lakebase");
      const project = new lakebase.Project("shop", { projectId: "shop" });
      const dev = new lakebase.BranchWithCompute("dev", { parent: project, branchId: "dev" });
      const owner = new lakebase.Role("app", { parent: dev.branch, postgresRole: "app-owner" });
      const orders = new lakebase.Database("orders", { parent: dev.branch, postgresDatabase: "Orders", role: owner });
      const short = ({ user, database }) => user + " " + database;
      module.exports = {
        resources: dev.connection({ database: orders, role: owner }).apply(short),
        names: dev.connection({ database: orders.name, role: owner.name }).apply(short),
        plain: dev.connection({ database: "Orders", role: "app-owner" }).apply(short),
        verified: dev.connection({ sslrootcert: "system", port: 6432 }).uri,
        role: lakebase.getRoleOutput({ name: owner }).postgresRole,
        owner: lakebase.getDatabaseOutput({ name: orders }).role,
      };
    `,
  });
  await expectDone(stack.preview());
  await expectDone(stack.up());
  expect(await stack.outputs()).toEqual({
    resources: "app-owner Orders",
    names: "app-owner Orders",
    plain: "app-owner Orders",
    verified: expect.stringMatching(/:6432\/databricks_postgres\?sslmode=verify-full&sslrootcert=system$/),
    role: "app-owner",
    owner: "projects/shop/branches/dev/roles/app-owner",
  });
  await expectDone(stack.destroy());
});

test("a provider whose settings are not known yet is waited for by outputs, and told about otherwise", async () => {
  const second = await emulator.another();
  const program = (rest: string) => `
    const lakebase = require("pulumi-lakebase");
    const project = new lakebase.Project("shop", { projectId: "shop" });
    const token = project.uid.apply(() => "${second.token}");
    const provider = new lakebase.Provider("second", { host: "${second.url}", token });
    ${rest}
  `;
  const listed = "module.exports = { found: lakebase.listProjectsOutput({}, { provider }).length };";
  const stack = await newStack({ env: emulator.env, program: program(listed) });
  await expectDone(stack.preview());
  expect(await second.calls()).toEqual([]);
  stack.write(
    "index.js",
    program("module.exports = async () => ({ a: await lakebase.listProjects({}, { provider }) });"),
  );
  expect(errors(await stack.preview())).toMatch(
    /listProjects: its provider has settings that are not known yet; use the function whose name ends in Output$/m,
  );
  stack.write("index.js", program(listed));
  await expectDone(stack.up());
  expect(await stack.outputs()).toEqual({ found: 0 });
  expect(await second.calls()).toEqual(["GET projects"]);
  await expectDone(stack.destroy());
});

const wrong = [
  {
    name: "an object that is not there",
    source: 'module.exports = async () => ({ a: await lakebase.getBranch({ name: "projects/shop/branches/none" }) });',
    want: "getBranch: projects/shop/branches/none does not exist; check the name, and that the workspace is the right one",
  },
  {
    name: "an object that is not there, as an output",
    source: 'module.exports = { a: lakebase.getBranchOutput({ name: "projects/shop/branches/none" }).uid };',
    want: "getBranch: projects/shop/branches/none does not exist; check the name, and that the workspace is the right one",
  },
  {
    name: "a ttl out of bounds",
    source: `module.exports = { a: lakebase.getDatabaseCredentialOutput({ endpoint: "${primary}", ttl: "2h" }).token };`,
    want: "getDatabaseCredential: ttl is longer than the service allows; write 5m to 1h",
  },
  {
    name: "a provider of another package",
    source: `
      class Other extends require("@pulumi/pulumi").ProviderResource {}
      module.exports = { a: lakebase.listProjectsOutput({}, { provider: new Other("pulumi-nodejs", "other", {}) }) };
    `,
    want: "the provider of a function must be a Provider of pulumi-lakebase; give one, or leave it out",
  },
  {
    name: "a pool that is not there",
    source: `
      const main = lakebase.Endpoint.get("main", "projects/theirs/branches/production/endpoints/primary");
      module.exports = { a: main.connection({ readOnly: true }).uri };
    `,
    want: "connection: projects/theirs/branches/production/endpoints/primary has no read-only host, only host, readWritePooledHost",
  },
];

test.each(wrong)("$name ends the preview with one sentence and no stack", async ({ source, want }) => {
  await emulator.outside("POST", "projects?project_id=theirs", { spec: {} });
  const stack = await newStack({
    env: emulator.env,
    program: `const lakebase = require("pulumi-lakebase"); ${source}`,
  });
  const refused = await stack.preview();
  expect(refused.status).not.toBe(0);
  const told = errors(refused)
    .split("\n")
    .filter((line) => line.includes(want));
  expect(told).toEqual([expect.stringContaining(want)]);
  expect(refused.stdout + refused.stderr).not.toMatch(/\n\s+at /);
});

test("without a host, a function says what was looked at and what to set", async () => {
  const stack = await newStack({
    program: 'const l = require("pulumi-lakebase"); module.exports = async () => ({ a: await l.listProjects() });',
  });
  expect(errors(await stack.preview())).toMatch(
    /listProjects: no Databricks workspace to talk to: looked at the stack's configuration/,
  );
});
