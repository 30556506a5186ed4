/**
 * README is true: its programs compile and run, and every command in it is run here, or by what is named here. Its
 * tables are held to the declarations by test/unit/tools/docs.test.ts. Commands run on the emulator, with these words
 * replaced:
 *
 * - `https://WORKSPACE`, `http://127.0.0.1:8787`: the emulator's address
 * - `TOKEN`, `dapi-emulator-not-a-secret`: its token; `TOKEN_FILE`: a file that holds it
 * - `STACK`: a new stack's name
 * - `npx lakebase-emulator`: the same on a free port, and ended once it is ready
 * - `npm ci &&`: nothing, since the copy of the checkout has the checkout's packages
 */
import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, globSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { poolOptions } from "../../provider/connections";
import type { Connection } from "../../provider/connections/connection";
import { checkout } from "../../tools/places.mts";
import { type Finished, finished, run } from "../../tools/process.mts";
import { startClient } from "../contract/emulator-client";
import { EmulatorUnderTest, useEmulator } from "../support/emulator";
import { type Block, blocksOf, shell } from "../support/markdown";
import { manifestWithPolicies, packFiles } from "../support/policy-pack";
import { type Stack, useStacks } from "../support/stack";
import { expectCompiles, typesAreChecked } from "../support/types";

const emulator = useEmulator();
const newStack = useStacks();
const readme = readFileSync(join(checkout, "README.md"), "utf8");

function blocks(language: string): readonly Block[] {
  return blocksOf(readme).filter((block) => block.language === language);
}

function block(language: string, section: string, index = 0): string {
  const found = blocks(language).filter((each) => each.section === section)[index];
  if (!found) throw new Error(`README has no ${language} block ${index} under "${section}"`);
  return found.text;
}

function filled(text: string, tokenFile = "no-token-file"): string {
  return text
    .replaceAll(/https:\/\/WORKSPACE|http:\/\/127\.0\.0\.1:8787/g, emulator.url)
    .replaceAll("TOKEN_FILE", tokenFile)
    .replaceAll(/=TOKEN\b|=dapi-emulator-not-a-secret\b/g, `=${emulator.token}`)
    .replaceAll("STACK", "readme")
    .replaceAll("npm ci && ", "")
    .replaceAll("npx lakebase-emulator", "npx lakebase-emulator --port 0");
}

function inProject(stack: Stack, section: string, index = 0): Promise<Finished> {
  const tokenFile = join(stack.root, "token");
  writeFileSync(tokenFile, emulator.token);
  return shell(filled(block("sh", section, index), tokenFile), stack.project, stack.env);
}

function quickstart(env: Readonly<Record<string, string>> = emulator.env): Promise<Stack> {
  return newStack({ from: join(checkout, "examples/quickstart"), env: { ...typesAreChecked, ...env } });
}

describe("README's commands", () => {
  test("are all run: nothing is in a section that no test here knows", () => {
    const count = (section: string) => blocks("sh").filter((each) => each.section === section).length;
    const known = {
      "pulumi-lakebase": 1,
      "Against a real workspace": 1,
      // Run by templates.test.ts.
      Templates: 1,
      "Signing in": 2,
      "Bringing in what exists": 1,
      "Drift in a pipeline": 2,
      Policies: 2,
      "The command": 3,
      "The emulator": 2,
    };
    expect(Object.fromEntries(Object.keys(known).map((section) => [section, count(section)]))).toEqual(known);
    expect(blocks("sh")).toHaveLength(Object.values(known).reduce((one, other) => one + other, 0));
  });

  test("the two at the top are what demo.test.ts and .ci/run run", () => {
    const commands = block("sh", "pulumi-lakebase")
      .trim()
      .split("\n")
      .map((line) => line.replace(/\s+#.*$/, ""));
    expect(commands).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
    const { scripts } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
    expect(scripts.demo).toBe("node tools/demo.mts");
    expect(readFileSync(join(checkout, ".ci/run"), "utf8")).toContain(commands[1]);
  });

  test("the quickstart runs from a checkout, with the packed package", async () => {
    const stack = await newStack({ program: "" });
    const copy = join(stack.root, "checkout");
    const left = /^(node_modules|dist|coverage|\.git|test|.+\.tgz)$/;
    cpSync(checkout, copy, {
      recursive: true,
      filter: (path) =>
        !path
          .slice(checkout.length + 1)
          .split("/")
          .some((part) => left.test(part)),
    });
    symlinkSync(join(checkout, "node_modules"), join(copy, "node_modules"));
    // Where a person would say yes.
    const unasked = { ...stack.env, PULUMI_SKIP_CONFIRMATIONS: "true" };
    const script = `${filled(block("sh", "Against a real workspace"))}\npulumi stack output`;
    expect(await shell(script, copy, unasked)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/branchName +projects\/quickstart\/branches\/dev/),
    });
    expect((await emulator.requests()).map(({ method }) => method)).toEqual(Array(5).fill("POST"));
    const signedIn = { ...unasked, ...emulator.env };
    expect(await shell("pulumi destroy", copy, signedIn)).toMatchObject({ status: 0 });
  });

  test("signing in by the stack's configuration, and its three settings", async () => {
    const stack = await quickstart({});
    expect(await inProject(stack, "Signing in", 0)).toMatchObject({ status: 0 });
    expect(await inProject(stack, "Signing in", 1)).toMatchObject({ status: 0 });
    await stack.run("config", "set", "maxCu", "16");
    expect(await stack.up()).toMatchObject({ status: 0, diagnostics: [] });
    expect(readFileSync(stack.stateFile(), "utf8")).not.toContain(emulator.token);
  });

  test("drift fails a pipeline, and is set right", async () => {
    const stack = await quickstart();
    await stack.up();
    expect(await inProject(stack, "Drift in a pipeline", 0)).toMatchObject({ status: 0 });
    const primary = "projects/quickstart/branches/dev/endpoints/primary";
    await emulator.outside("PATCH", `${primary}?update_mask=spec.disabled`, { spec: { disabled: true } });
    expect(await inProject(stack, "Drift in a pipeline", 0)).toMatchObject({ status: 0 });
    await emulator.outside("PATCH", `${primary}?update_mask=spec.suspension`, {
      spec: { suspend_timeout_duration: "3600s" },
    });
    expect((await inProject(stack, "Drift in a pipeline", 0)).status).not.toBe(0);
    expect(await inProject(stack, "Drift in a pipeline", 1)).toMatchObject({ status: 0 });
    expect(await inProject(stack, "Drift in a pipeline", 0)).toMatchObject({ status: 0 });
  });

  test("what exists is brought into an empty stack", async () => {
    await emulator.outside("POST", "projects?project_id=shop", { spec: { display_name: "Corner shop" } });
    const stack = await newStack({ env: { ...emulator.env, PULUMI_SKIP_CONFIRMATIONS: "true" } });
    await emulator.requests();
    expect(await inProject(stack, "Bringing in what exists")).toMatchObject({ status: 0, stderr: "" });
    expect((await emulator.requests()).filter(({ method }) => method !== "GET")).toEqual([]);
    expect(readFileSync(join(stack.project, "index.ts"), "utf8")).toContain('displayName: "Corner shop"');
  });

  test("the emulator starts by its command and prints what a shell can export", async () => {
    const stack = await quickstart();
    const script = filled(block("sh", "The emulator", 0));
    const child = spawn("sh", ["-euc", script], { cwd: stack.project, env: { ...stack.env, DATABRICKS_HOST: "" } });
    const end = finished(child);
    let printed = "";
    for await (const chunk of child.stdout) {
      printed += String(chunk);
      if (/PGSSLROOTCERT=.+\n/.test(printed)) break;
    }
    await stack.close();
    await end;
    expect(printed).toMatch(
      /^DATABRICKS_HOST=http:\/\/127\.0\.0\.1:\d+\nDATABRICKS_TOKEN=dapi-emulator-not-a-secret\nPGSSLROOTCERT=\S+ca\.pem\n$/,
    );
  });

  test("a stack comes up on the emulator, and its journal shows what was sent", async () => {
    const stack = await quickstart({});
    const { status, stdout } = await inProject(stack, "The emulator", 1);
    expect(status).toBe(0);
    expect(JSON.parse(stdout.slice(stdout.lastIndexOf('{"requests"'))).requests).toHaveLength(5);
  });
});

describe("README's command", () => {
  test("shows, connects, runs and prints", async () => {
    const lakebase = new EmulatorUnderTest();
    await lakebase.start({ postgres: true });
    try {
      const stack = await quickstart(lakebase.env);
      expect(await stack.up()).toMatchObject({ status: 0 });
      stack.write(
        "migrate.mjs",
        `import pg from "pg";
        const client = new pg.Client({ ssl: { rejectUnauthorized: false } });
        await client.connect();
        await client.query("create table cart (item text)");
        console.log("migrated by", (await client.query("select current_user")).rows[0].current_user);
        await client.end();`,
      );
      // Where the machine has no psql, one that finds its password and goes.
      stack.write("bin/psql", '#!/bin/sh\ntest -n "$PGPASSWORD"\n');
      chmodSync(join(stack.project, "bin/psql"), 0o755);
      const env = { ...stack.env, PATH: `${stack.env["PATH"]}:${join(stack.project, "bin")}` };
      const script = `${block("sh", "The command")}\necho "$PGUSER" "\${PGPASSWORD:+has a password}"`;
      const { status, stdout, stderr } = await shell(script, stack.project, env);
      expect({ status, stderr }).toEqual({
        status: 0,
        stderr: expect.stringMatching(/^# the token lets sign in until/),
      });
      const chance = (text: string) => text.replace(/127\.[\d.]+/g, "ADDRESS").replace(/expires .*/g, "expires");
      const tree = block("text", "The command");
      expect(chance(stdout)).toBe(
        `${chance(tree)}migrated by emulator@example.com\nemulator@example.com has a password\n`,
      );
    } finally {
      await lakebase.close();
    }
  });

  test("what no stack has is shown, and then swept", async () => {
    const stack = await quickstart();
    await stack.up();
    const spec = { no_expiry: true };
    await emulator.outside("POST", "projects/quickstart/branches?branch_id=preview-lost", { spec });
    await emulator.clock({ advance: "90000s" });
    const { status, stdout, stderr } = await inProject(stack, "The command", 2);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "Nothing is deleted yet: --delete deletes 1 branch.\n" });
    expect(stdout).toMatch(/^quickstart\n└─ preview-lost +goes .*\nquickstart\n└─ preview-lost +deleted .*\n$/);
    const { branches } = await emulator.outside("GET", "projects/quickstart/branches");
    expect(branches).toHaveLength(2);
  });
});

describe("README's schema-diff", () => {
  test("shows what the migrations of a branch changed, and says by its status that something did", async () => {
    const lakebase = new EmulatorUnderTest();
    await lakebase.start({ postgres: true });
    try {
      const stack = await quickstart(lakebase.env);
      expect(await stack.up()).toMatchObject({ status: 0 });
      stack.write(
        "sql.mjs",
        `import pg from "pg";
        const client = new pg.Client({ ssl: { rejectUnauthorized: false } });
        await client.connect();
        await client.query(process.argv[2]);
        await client.end();`,
      );
      stack.write(
        "before.sql",
        `create role reporter;
        create type state as enum ('open', 'paid');
        create table orders (id integer primary key, total integer, placed date);
        create index orders_placed on orders (placed);
        create function discount(percent integer) returns numeric language plpgsql as $$
begin
  return percent / 100;
end $$;`,
      );
      stack.write(
        "migration.sql",
        `alter type state add value 'sent';
        create table coupons (code text primary key, percent integer not null default 10 check (percent > 0));
        alter table orders alter total type numeric(10,2), add note text;
        drop index orders_placed;
        grant select on orders to reporter;
        create or replace function discount(percent integer) returns numeric language plpgsql as $$
begin
  return percent / 100.0;
end $$;`,
      );
      const on = (branch: string, file: string) =>
        `npx pulumi-lakebase exec quickstart/${branch} -- node sql.mjs "$(cat ${file})"`;
      const prepared = [on("production", "before.sql"), on("dev", "before.sql"), on("dev", "migration.sql")].join("\n");
      expect(await shell(prepared, stack.project, stack.env)).toMatchObject({ status: 0, stderr: "" });
      const env = { ...stack.env, PGSSLROOTCERT: lakebase.ca };
      expect(await shell(block("sh", "The command", 1), stack.project, env)).toEqual({
        status: 1,
        stdout: block("text", "The command", 1),
        stderr: "",
      });
    } finally {
      await lakebase.close();
    }
  });
});

describe("README's client", () => {
  test("connects to a compute that `pulumi up` made", async () => {
    const lakebase = new EmulatorUnderTest();
    await lakebase.start({ postgres: true });
    try {
      const stack = await quickstart(lakebase.env);
      expect(await stack.up()).toMatchObject({ status: 0 });
      stack.write("connect.mjs", block("js", "The emulator"));
      const { stdout } = await run(process.execPath, ["connect.mjs"], { cwd: stack.project, env: stack.env });
      expect(stdout).toMatch(/current_user: 'emulator@example\.com',\s+version: 'PostgreSQL 17\./);
    } finally {
      await lakebase.close();
    }
  });
});

describe("README's programs", () => {
  /** Strict, as `pulumi new typescript` has it. */
  async function compiled(program: string, env: Readonly<Record<string, string>> = {}): Promise<Stack> {
    const tsconfig = readFileSync(join(checkout, "examples/quickstart/tsconfig.json"), "utf8");
    const stack = await newStack({
      files: { "index.ts": program, "tsconfig.json": tsconfig },
      env: { ...emulator.env, ...typesAreChecked, ...env },
    });
    await expectCompiles(stack.project);
    return stack;
  }

  test("are the seven that run here", () => {
    expect(blocks("ts").map(({ section }) => section)).toEqual([
      "A program",
      "Roles, databases and SQL",
      "Environments from one table",
      "A database for every pull request",
      "Signing in",
      "Functions and connections",
      "Policies",
    ]);
  });

  test("the first one comes up with one request for each resource, and goes", async () => {
    const stack = await compiled(block("ts", "A program"));
    expect(await stack.up()).toMatchObject({ status: 0, diagnostics: [] });
    expect((await emulator.requests()).map(({ method }) => method)).toEqual(["POST", "POST", "POST"]);
    expect(await stack.outputs()).toEqual({ host: expect.stringContaining(".database.") });
    expect(await stack.destroy()).toMatchObject({ status: 0 });
    expect(await emulator.outside("GET", "projects")).not.toMatchObject({ projects: [expect.anything()] });
  });

  test("the one with SQL has it run in the database that it makes", async () => {
    const { emulator: lakebase, ok } = await startClient({ postgres: true });
    try {
      await ok("POST", "projects?project_id=shop", { spec: {} });
      const signIn = { DATABRICKS_HOST: lakebase.url, DATABRICKS_TOKEN: lakebase.token };
      const stack = await compiled(block("ts", "Roles, databases and SQL"), {
        ...signIn,
        PGSSLROOTCERT: lakebase.ca ?? "",
      });
      stack.write("migrations/1.sql", "do $$ begin assert current_database() = 'orders'; end $$");
      const takenOver = { message: expect.stringContaining("is taken over, nothing about it changed") };
      expect(await stack.up()).toMatchObject({ status: 0, diagnostics: [takenOver] });
      expect(await stack.destroy()).toMatchObject({ status: 0 });
    } finally {
      await lakebase.close();
    }
  });

  test("the one with a table draws it as it stands there, and comes up", async () => {
    const stack = await compiled(block("ts", "Environments from one table"));
    stack.write("environments.yaml", block("yaml", "Environments from one table"));
    const { status, diagnostics } = await stack.preview();
    expect({ status, diagnostics }).toMatchObject({
      status: 0,
      diagnostics: [
        { severity: "info", message: expect.stringContaining(block("text", "Environments from one table").trim()) },
      ],
    });
    expect(await stack.up()).toMatchObject({ status: 0, diagnostics: [] });
    expect(await stack.outputs()).toEqual({ uri: expect.stringMatching(/^postgresql:\/\/app@.*\/orders/) });
  });

  test("the one for pull requests makes the rows anonymous and adds some", async () => {
    const { emulator: lakebase, ok } = await startClient({ postgres: true });
    try {
      await ok("POST", "projects?project_id=shop", { spec: {} });
      const signIn = { DATABRICKS_HOST: lakebase.url, DATABRICKS_TOKEN: lakebase.token };
      const env = { ...signIn, PGSSLROOTCERT: lakebase.ca ?? "", PULL_REQUEST: "12" };
      const section = "A database for every pull request";
      const orders = `
        const branch = "projects/shop/branches/production";
        const role = new lakebase.Role("me", { parent: branch, postgresRole: "emulator@example.com" });
        const database = new lakebase.Database("orders", { parent: branch, postgresDatabase: "orders", role });
        const sql = "create table customers (id int, email text); insert into customers values (1, 'ada@shop.example')";
        new lakebase.SqlScript("customers", { endpoint: \`\${branch}/endpoints/primary\`, database, sql });`;
      const production = await compiled(`import * as lakebase from "pulumi-lakebase";${orders}`, env);
      expect(await production.up()).toMatchObject({ status: 0 });

      const stack = await compiled(block("ts", section), env);
      stack.write("migrations/1.sql", "alter table customers add column plan text");
      stack.write("seed/1.sql", "insert into customers values (2, 'seed@example.com', 'gold')");
      expect(await stack.up()).toMatchObject({ status: 0 });
      const { branchId, expireTime, connection } = await stack.outputs();
      expect(branchId).toMatch(/^preview-pr-12-[0-9a-f]{12}$/);
      expect(Date.parse(String(expireTime)) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
      const told = { ...signIn, ...(connection as Connection).env, PGSSLROOTCERT: lakebase.ca ?? "" };
      const client = new Client(await poolOptions(undefined, { env: told }));
      await client.connect();
      const { rows } = await client.query("select id, email, plan from customers order by id");
      await client.end();
      expect(rows).toEqual([
        { id: 1, email: "1@example.com", plan: null },
        { id: 2, email: "seed@example.com", plan: "gold" },
      ]);
      expect(await stack.destroy()).toMatchObject({ status: 0 });
    } finally {
      await lakebase.close();
    }
  });

  test("the one with a connection says where to connect, and an application that knows only that gets in", async () => {
    const { emulator: lakebase, ok } = await startClient({ postgres: true });
    try {
      await ok("POST", "projects?project_id=shop", { spec: {} });
      const signIn = { DATABRICKS_HOST: lakebase.url, DATABRICKS_TOKEN: lakebase.token };
      const stack = await compiled(block("ts", "Functions and connections"), signIn);
      expect(await stack.up()).toMatchObject({ status: 0, diagnostics: [] });
      const { env, uri, owner } = await stack.outputs();
      expect({ uri, owner }).toEqual({
        uri: expect.stringMatching(
          /^postgresql:\/\/emulator%40example\.com@127\.[\d.]+:5432\/databricks_postgres\?sslmode=require$/,
        ),
        owner: "emulator@example.com",
      });
      const application = block("js", "Functions and connections");
      stack.write("named.mjs", application);
      stack.write("told.mjs", application.replace(/poolOptions\(".*"\)/, "poolOptions()"));
      const trusted = { ...stack.env, PGSSLROOTCERT: lakebase.ca };
      for (const [program, more] of [
        ["named.mjs", {}],
        ["told.mjs", env as NodeJS.ProcessEnv],
      ] as const) {
        const { stdout, stderr } = await run(process.execPath, [program], {
          cwd: stack.project,
          env: { ...trusted, ...more },
        });
        expect({ stdout, stderr }).toEqual({ stdout: expect.stringContaining("emulator@example.com"), stderr: "" });
      }
      expect(await stack.destroy()).toMatchObject({ status: 0 });
    } finally {
      await lakebase.close();
    }
  });

  test("the one that is a pack of policies judges the first one, and so does the command", async () => {
    const tsconfig = readFileSync(join(checkout, "examples/quickstart/tsconfig.json"), "utf8");
    // The types of @pulumi/policy 1.21 name what they do not have.
    const lenient = { ...JSON.parse(tsconfig).compilerOptions, skipLibCheck: true };
    const program = block("ts", "A program");
    const stack = await newStack({
      files: {
        ...packFiles(block("ts", "Policies"), "index.ts"),
        "policies/tsconfig.json": tsconfig,
        "index.ts": program,
        "tsconfig.json": JSON.stringify({ compilerOptions: lenient, files: ["index.ts", "policies/index.ts"] }),
      },
      manifest: manifestWithPolicies(),
      env: emulator.env,
    });
    await expectCompiles(stack.project);
    const wanted = /Project 'shop' \(projects\/shop\) is declared without a protected production/;
    expect(await inProject(stack, "Policies", 0)).not.toMatchObject({ status: 0 });
    expect(await inProject(stack, "Policies", 1)).toMatchObject({ status: 1, stdout: expect.stringMatching(wanted) });
    stack.write(
      "index.ts",
      `${program} new lakebase.Branch("production", { parent: project, branchId: "production", isProtected: true });`,
    );
    expect(await inProject(stack, "Policies", 0)).toMatchObject({ status: 0 });
    expect(await inProject(stack, "Policies", 1)).toMatchObject({ status: 0, stdout: "" });
  });

  test("the one with a second workspace signs in there", async () => {
    const token = { OTHER_TOKEN: emulator.token, DATABRICKS_HOST: "https://elsewhere.invalid", DATABRICKS_TOKEN: "no" };
    const stack = await compiled(filled(block("ts", "Signing in")), token);
    expect(await stack.up()).toMatchObject({ status: 0, diagnostics: [] });
    expect(await stack.outputs()).toEqual({ project: "projects/copy" });
    expect(readFileSync(stack.stateFile(), "utf8")).not.toContain(emulator.token);
  });
});

const documents = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...globSync("examples/**/README.md", { cwd: checkout, exclude: ["**/node_modules"] }),
];

describe.each(documents)("%s", (name) => {
  const text = readFileSync(join(checkout, name), "utf8");

  test("names files that are there, and no path of one machine", () => {
    expect(text).not.toMatch(/\/(home|root|work|Users)\//);
    const paths = /`((?:examples|provider|emulator|tools|test|\.ci)\/[\w./-]*)`/g;
    const named = [...text.matchAll(paths)].map(([, path]) => path ?? "").filter((path) => !path.includes("NAME"));
    expect(named.filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
  });

  test("names npm scripts that are there", () => {
    // An example's README names the example's own, and some of the checkout's.
    const manifests = [checkout, join(checkout, dirname(name))].map((folder) => join(folder, "package.json"));
    const scripts = manifests
      .filter((file) => existsSync(file))
      .flatMap((file) => Object.keys(JSON.parse(readFileSync(file, "utf8")).scripts ?? {}));
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script ?? "");
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
  });
});

test("CONTRIBUTING.md gives a reason for each dependency", () => {
  const text = readFileSync(join(checkout, "CONTRIBUTING.md"), "utf8");
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(checkout, "package.json"), "utf8"),
  );
  const all = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  expect(all.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test("CHANGELOG.md begins with the version of this checkout", () => {
  const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  const changelog = readFileSync(join(checkout, "CHANGELOG.md"), "utf8");
  expect(/^## (\S+)/m.exec(changelog)?.[1]).toBe(version);
});
