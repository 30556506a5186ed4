/** `pulumi-lakebase` as people run it: the built program, the emulator with real Postgres, real processes and signals. */
import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, command, endAll, type Finished, finish, start } from "../support/emulator-process";
import { type Client, READ_ONLY, startClient } from "./emulator-client";

// Generous: other suites may be compiling at the same time.
jest.setTimeout(60_000);

const USER = "emulator@example.com";
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const primary = `${production}/endpoints/primary`;
const dev = `${shop}/branches/dev`;

let client: Client;
let home: string;

beforeAll(async () => {
  await build();
  home = mkdtempSync(join(tmpdir(), "command-"));
  client = await startClient({ postgres: true });
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
  await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
  await client.ok("POST", `${dev}/endpoints?endpoint_id=reader`, { spec: { endpoint_type: READ_ONLY } });
  await client.ok("POST", `${shop}/branches?branch_id=off`, { spec: { no_expiry: true } });
  await client.ok("PATCH", `${shop}/branches/off/endpoints/primary?update_mask=spec.disabled`, {
    spec: { disabled: true },
  });
  const role = { spec: { postgres_role: `o'brien "x" $HOME`, auth_method: "NO_LOGIN" } };
  await client.ok("POST", `${production}/roles?role_id=odd`, role);
}, 120_000);
afterAll(async () => {
  await client.emulator.close();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => client.control("DELETE", "requests"));
afterEach(endAll);

type Variables = Readonly<Record<string, string>>;

/** An environment that knows the emulator and nothing of the machine's own Databricks or Postgres. */
function environment(variables: Variables = {}): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    DATABRICKS_HOST: client.emulator.url,
    DATABRICKS_TOKEN: client.emulator.token,
    PGSSLROOTCERT: client.emulator.ca ?? "",
    ...variables,
  };
}

function begin(args: readonly string[], variables?: Variables): ChildProcess {
  return start(command, args, environment(variables));
}

function run(args: readonly string[], variables?: Variables): Promise<Finished> {
  return finish(begin(args, variables));
}

/** The bodies of the requests for a token. */
async function asked(): Promise<unknown[]> {
  const { requests } = await client.control("GET", "requests");
  return requests
    .filter(({ path }: { path: string }) => path.endsWith("/credentials"))
    .map(({ body }: { body: unknown }) => body);
}

/** A program for `exec`: signs in with `pg` by the environment alone and prints what a query answers. */
function query(sql: string): readonly string[] {
  const text = `
    const { Client } = require("pg");
    const ca = require("node:fs").readFileSync(process.env.PGSSLROOTCERT, "utf8");
    (async () => {
      const client = new Client({ ssl: { ca } });
      await client.connect();
      const { rows } = await client.query({ text: ${JSON.stringify(sql)}, rowMode: "array" });
      console.log(JSON.stringify(rows));
      await client.end();
    })().catch((reason) => { console.error(reason.message); process.exitCode = 3; });`;
  return ["--", process.execPath, "-e", text];
}

const who = "select current_user, current_database(), current_setting('transaction_read_only')";

describe("exec", () => {
  test.each([
    { name: "the default branch of a project", args: ["shop"], want: [USER, "databricks_postgres", "off"] },
    { name: "another database", args: ["shop", "--database", "postgres"], want: [USER, "postgres", "off"] },
    {
      name: "a database by its full name",
      args: ["shop", "--database", `${production}/databases/databricks-postgres`],
      want: [USER, "databricks_postgres", "off"],
    },
    { name: "a token that can only read", args: ["shop", "--read-only"], want: [USER, "databricks_postgres", "on"] },
    { name: "the pooled host", args: ["shop", "--pooled"], want: [USER, "databricks_postgres", "off"] },
    { name: "a replica", args: ["shop/dev/reader"], want: [USER, "databricks_postgres", "on"] },
    { name: "the caller's role, named", args: ["shop", "--user", USER], want: [USER, "databricks_postgres", "off"] },
  ])("gives a program what it needs to connect: $name", async ({ args, want }) => {
    const { code, stdout, stderr } = await run(["exec", ...args, ...query(who)]);
    expect({ code, stderr, rows: JSON.parse(stdout || "[]") }).toEqual({ code: 0, stderr: "", rows: [want] });
  });

  test("hands arguments over as they are, without a shell, and the program's own --", async () => {
    const show = ["--", process.execPath, "-e", "console.log(JSON.stringify(process.argv.slice(1)))"];
    const odd = ["$HOME", "a b", "*", "; exit 5", "--", "--ttl"];
    const { code, stdout } = await run(["exec", "shop", ...show, ...odd]);
    expect({ code, args: JSON.parse(stdout) }).toEqual({ code: 0, args: odd });
  });

  test("leaves the program its standard input", async () => {
    const child = begin(["exec", "shop", "--", process.execPath, "-e", "process.stdin.pipe(process.stdout)"]);
    child.stdin?.end("from outside");
    expect(await finish(child)).toMatchObject({ code: 0, stdout: "from outside" });
  });

  test.each([0, 1, 7, 255])("ends with the program's status: %i", async (status) => {
    const { code, stderr } = await run(["exec", "shop", "--", process.execPath, "-e", `process.exit(${status})`]);
    expect({ code, stderr }).toEqual({ code: status, stderr: "" });
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR2"] as const)(
    "passes %s on, and the program decides",
    async (signal) => {
      const text = `process.on("${signal}", () => process.exit(9)); console.log("ready"); setInterval(() => {}, 1000)`;
      const child = begin(["exec", "shop", "--", process.execPath, "-e", text]);
      await once(child.stdout ?? child, "data");
      child.kill(signal);
      expect(await finish(child)).toMatchObject({ code: 9, signal: null });
    },
  );

  test.each(["SIGTERM", "SIGKILL"] as const)("ends by the signal that ended the program: %s", async (signal) => {
    const text = `process.kill(process.pid, "${signal}"); setInterval(() => {}, 1000)`;
    expect(await run(["exec", "shop", "--", process.execPath, "-e", text])).toMatchObject({ code: null, signal });
  });

  test("replaces what would lead a client elsewhere, and leaves the rest as it is", async () => {
    const text = "console.log(JSON.stringify(process.env))";
    const set = {
      PGHOSTADDR: "192.0.2.1",
      PGSERVICE: "other",
      PGHOST: "other",
      PGOPTIONS: "-c x=y",
      PGSSLMODE: "disable",
    };
    const { stdout } = await run(["exec", "shop", "--", process.execPath, "-e", text], set);
    const { PGHOST, PGHOSTADDR, PGSERVICE, PGOPTIONS, PGSSLMODE } = JSON.parse(stdout);
    const { host } = (await client.ok("GET", primary)).status.hosts;
    expect({ PGHOST, PGHOSTADDR, PGSERVICE, PGOPTIONS, PGSSLMODE }).toEqual({
      PGHOST: host,
      PGOPTIONS: "-c x=y",
      PGSSLMODE: "require",
    });
  });

  test.each(["verify-ca", "verify-full"])("keeps a PGSSLMODE that checks the server: %s", async (mode) => {
    const text = "console.log(process.env.PGSSLMODE)";
    const { stdout } = await run(["exec", "shop", "--", process.execPath, "-e", text], { PGSSLMODE: mode });
    expect(stdout).toBe(`${mode}\n`);
  });
});

describe("psql", () => {
  /** The machine's own, or one of few words that connects with `pg`. */
  const isThere = spawnSync("psql", ["--version"]).status === 0;
  let path: string;
  beforeAll(() => {
    path = isThere ? (process.env["PATH"] ?? "") : fake(plain);
  });

  /** A folder with a `psql` of the test's own. */
  function fake(text: string): string {
    const folder = mkdtempSync(join(home, "programs-"));
    writeFileSync(join(folder, "psql"), `#!${process.execPath}\n${text}`);
    chmodSync(join(folder, "psql"), 0o755);
    return folder;
  }

  const plain = `
    const { Client } = require(${JSON.stringify(require.resolve("pg"))});
    const ca = require("node:fs").readFileSync(process.env.PGSSLROOTCERT, "utf8");
    const client = new Client({ ssl: { ca } });
    client.connect().then(
      () => client.query({ text: process.argv[3], rowMode: "array" }).then(
        ({ rows }) => { for (const row of rows) console.log(row.join("|")); return client.end(); },
        (reason) => { console.error(reason.message); process.exit(1); }),
      (reason) => { console.error(reason.message); process.exit(2); });`;

  test("connects, and hands over what stands after --", async () => {
    expect(await run(["psql", "shop/dev", "--", "-Atc", who], { PATH: path })).toEqual({
      code: 0,
      signal: null,
      stdout: `${USER}|databricks_postgres|off\n`,
      stderr: "",
    });
  });

  test.each([
    { name: "a query that fails", args: ["shop", "--", "-Atc", "select nothing"], code: 1, want: /column "nothing"/ },
    { name: "no such database", args: ["shop", "--database", "nope", "--", "-Atc", who], code: 2, want: /"nope"/ },
    { name: "no such role", args: ["shop", "--role", "nobody", "--", "-Atc", who], code: 2, want: /nobody/ },
    {
      name: "a write with a token that reads",
      args: ["shop", "--read-only", "--", "-Atc", "create table cart ()"],
      code: 1,
      want: /read-only/,
    },
  ])("ends with psql's status: $name", async ({ args, code, want }) => {
    const ended = await run(["psql", ...args], { PATH: path });
    expect(ended).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(want) });
  });

  test("the token is in the environment, and never on a command line", async () => {
    const folder = fake(
      "console.log(JSON.stringify({ args: process.argv.slice(2), password: process.env.PGPASSWORD }))",
    );
    const { stdout } = await run(["psql", "shop", "--", "-d", "orders"], { PATH: folder });
    expect(JSON.parse(stdout)).toEqual({
      args: ["-d", "orders"],
      password: expect.stringMatching(/^ey[\w-]+\.[\w-]+\./),
    });
  });
});

describe("env", () => {
  test("prints lines that a shell reads back, whatever is in a name, and the token's end beside them", async () => {
    const { stdout, stderr, code } = await run(["env", "shop", "--role", `${production}/roles/odd`]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^# the token lets sign in until \d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
    const printed = spawnSync("sh", ["-c", `${stdout} "$0" -p 'JSON.stringify(process.env)'`, process.execPath]);
    expect(JSON.parse(printed.stdout.toString())).toMatchObject({
      PGHOST: (await client.ok("GET", primary)).status.hosts.host,
      PGPORT: "5432",
      PGUSER: `o'brien "x" $HOME`,
      PGDATABASE: "databricks_postgres",
      PGSSLMODE: "require",
      LAKEBASE_ENDPOINT: primary,
      PGPASSWORD: expect.stringMatching(/^ey/),
    });
  });

  test("unsets what would lead a client elsewhere, where it is set", async () => {
    const { stdout } = await run(["env", "shop", "--no-token"], { PGHOSTADDR: "192.0.2.1", PGSERVICE: "other" });
    expect(stdout.split("\n").slice(0, 2)).toEqual(["unset PGHOSTADDR", "unset PGSERVICE"]);
  });

  test("--json --no-token is an object without a password, and asks for no token", async () => {
    const { stdout, stderr } = await run(["env", "shop/dev", "--json", "--no-token"]);
    expect(Object.keys(JSON.parse(stdout)).sort()).toEqual([
      "LAKEBASE_ENDPOINT",
      "PGDATABASE",
      "PGHOST",
      "PGPORT",
      "PGSSLMODE",
      "PGUSER",
    ]);
    expect({ stderr, asked: await asked() }).toEqual({ stderr: "", asked: [] });
  });

  test.each([
    ["shop", primary],
    [shop, primary],
    ["shop/dev", `${dev}/endpoints/primary`],
    [dev, `${dev}/endpoints/primary`],
    ["shop/dev/reader", `${dev}/endpoints/reader`],
    [`${dev}/endpoints/reader`, `${dev}/endpoints/reader`],
  ])("%s is %s", async (written, want) => {
    const { stdout } = await run(["env", written, "--json", "--no-token"]);
    expect(JSON.parse(stdout)["LAKEBASE_ENDPOINT"]).toBe(want);
  });

  test.each([
    { args: [], want: {} },
    { args: ["--ttl", "5m"], want: { ttl: "300s" } },
    { args: ["--ttl", "1h", "--read-only"], want: { ttl: "3600s", claims: [{ permission_set: "READ_ONLY" }] } },
  ])("the token is asked for as told: $args", async ({ args, want }) => {
    await run(["env", "shop", ...args]);
    expect(await asked()).toEqual([{ endpoint: primary, ...want }]);
  });

  test("--hostaddr adds the address", async () => {
    const { stdout } = await run(["env", "shop", "--json", "--no-token", "--hostaddr"]);
    const { PGHOST, PGHOSTADDR } = JSON.parse(stdout);
    expect(PGHOSTADDR).toBe(PGHOST);
  });

  test("--profile and --host choose the workspace before the environment does", async () => {
    const file = join(home, "databrickscfg");
    writeFileSync(file, `[shop]\nhost = ${client.emulator.url}\ntoken = ${client.emulator.token}\n`);
    const elsewhere = {
      DATABRICKS_HOST: "https://elsewhere.invalid",
      DATABRICKS_CONFIG_FILE: file,
      DATABRICKS_TOKEN: "no",
    };
    expect(await run(["env", "shop", "--no-token", "--profile", "shop"], elsewhere)).toMatchObject({
      code: 0,
      stderr: "",
    });
    const hostless = { DATABRICKS_HOST: "" };
    const args = ["env", "shop", "--no-token", "--host", client.emulator.url];
    expect(await run(args, hostless)).toMatchObject({ code: 0, stderr: "" });
  });
});

interface Mistake {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Variables;
  readonly fault?: Readonly<Record<string, unknown>>;
  readonly code: 1 | 2;
  readonly want: RegExp;
}

const denied = { status: 403, body: { error_code: "PERMISSION_DENIED", message: "User does not have access." } };

const mistakes: readonly Mistake[] = [
  {
    name: "no such project",
    args: ["env", "nope"],
    code: 1,
    want: /projects\/nope does not exist \(project id not found\); .* tree/,
  },
  {
    name: "no such branch",
    args: ["psql", "shop/nope"],
    code: 1,
    want: /branches\/nope\S* does not exist \(branch id not found\)/,
  },
  {
    name: "no such endpoint",
    args: ["env", "shop/dev/nope"],
    code: 1,
    want: /endpoints\/nope does not exist \(endpoint not found\)/,
  },
  { name: "a branch by its uid", args: ["env", "shop/br-odd-uid-12345678"], code: 1, want: /does not exist/ },
  {
    name: "a disabled endpoint",
    args: ["exec", "shop/off", "--", "true"],
    code: 1,
    want: /off\/endpoints\/primary is disabled.*disabled: false/,
  },
  {
    name: "no permission to see it",
    args: ["env", "shop"],
    fault: { ...denied, method: "GET", path: "projects/shop$", times: 1 },
    code: 1,
    want: /GET projects\/shop: PERMISSION_DENIED \(403\): .*ask for CAN USE on the project/,
  },
  {
    name: "no permission to connect",
    args: ["env", "shop/dev"],
    fault: { ...denied, method: "POST", path: "credentials", times: 1 },
    code: 1,
    want: /POST credentials: PERMISSION_DENIED \(403\): .*ask for CAN USE on the project/,
  },
  {
    name: "a token that is not taken",
    args: ["tree"],
    env: { DATABRICKS_TOKEN: "dapi-wrong" },
    code: 1,
    want: /401.*check the token.*explain-auth/,
  },
  {
    name: "no workspace",
    args: ["tree"],
    env: { DATABRICKS_HOST: "", DATABRICKS_TOKEN: "" },
    code: 1,
    want: /no Databricks workspace to talk to: looked at --host, DATABRICKS_HOST and ~\/.databrickscfg; give --host or set DATABRICKS_HOST$/m,
  },
  {
    name: "no way to sign in",
    args: ["tree"],
    env: { DATABRICKS_TOKEN: "" },
    code: 1,
    want: /nothing that is set fits .*; looked at --host and --profile, .*; set DATABRICKS_TOKEN, or give --profile$/m,
  },
  {
    name: "no such profile",
    args: ["tree", "--profile", "nobody"],
    code: 1,
    want: /neither --host, DATABRICKS_HOST nor profile 'nobody' in ~\/.databrickscfg has one; give --host$/m,
  },
  {
    name: "no such role",
    args: ["env", "shop", "--role", `${production}/roles/nope`],
    code: 1,
    want: /roles\/nope does not exist/,
  },
  {
    name: "no psql",
    args: ["psql", "shop"],
    env: { PATH: "/nonexistent" },
    code: 1,
    want: /psql is not on PATH; .*pulumi-lakebase env/,
  },
  {
    name: "no such program",
    args: ["exec", "shop", "--", "no-such-program"],
    code: 1,
    want: /no-such-program is not on PATH/,
  },
  {
    name: "a file that is no program",
    args: ["exec", "shop", "--", "/dev/null"],
    code: 1,
    want: /\/dev\/null cannot be started \(EACCES\)/,
  },
  {
    name: "a project that is not there, in a tree",
    args: ["tree", "nope"],
    code: 1,
    want: /projects\/nope does not exist/,
  },
  {
    name: "one that was never there",
    args: ["tree", "nope", "--deleted"],
    code: 1,
    want: /projects\/nope does not exist, not as a deleted one/,
  },
  { name: "no endpoint", args: ["psql"], code: 2, want: /missing required argument 'ENDPOINT'/ },
  { name: "an endpoint of a wrong form", args: ["psql", "Shop!"], code: 2, want: /'Shop!' is invalid .*Write PROJECT/ },
  { name: "nothing to run", args: ["exec", "shop"], code: 2, want: /missing required argument 'COMMAND'/ },
  {
    name: "too long a life",
    args: ["env", "shop", "--ttl", "2h"],
    code: 2,
    want: /'2h' is invalid. Write a duration of 5m to 1h/,
  },
  { name: "too short a life", args: ["env", "shop", "--ttl", "10s"], code: 2, want: /'10s' is invalid/ },
  {
    name: "a life for no token",
    args: ["env", "shop", "--no-token", "--ttl", "5m"],
    code: 2,
    want: /'--no-token' cannot be used with option '--ttl/,
  },
  { name: "a branch for a tree", args: ["tree", "shop/dev"], code: 2, want: /Name a project alone/ },
  {
    name: "an option that is psql's",
    args: ["psql", "shop", "-c", "select 1"],
    code: 2,
    want: /unknown option '-c'\n.*after --/,
  },
  { name: "no such sub-command", args: ["pqsl", "shop"], code: 2, want: /unknown command 'pqsl'\n.*psql/ },
];

describe("a mistake is a sentence on standard error, and nothing else", () => {
  afterEach(() => client.control("DELETE", "faults"));

  test.each(mistakes)("$name", async ({ args, env, fault, code, want }) => {
    if (fault) await client.control("POST", "faults", fault);
    const ended = await run(args, env);
    expect(ended).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(want) });
    expect(ended.stderr).toMatch(/^pulumi-lakebase: [^\n]+\n(\([^\n]+\)\n)?$/);
    expect(ended.stderr).not.toMatch(/dapi-|ey\w+\.|undefined/);
  });
});

describe("explain-auth", () => {
  test("says where each setting came from, and never a secret", async () => {
    const file = join(home, "several");
    writeFileSync(file, "[shop]\nhost = https://shop.example\ntoken = dapi-of-profile\n");
    const env = {
      DATABRICKS_HOST: "https://other.example",
      DATABRICKS_TOKEN: "dapi-of-env",
      DATABRICKS_CONFIG_FILE: file,
    };
    const { code, stdout, stderr } = await run(["explain-auth", "--profile", "shop"], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Signs in to https:\/\/shop\.example by pat\.\n/);
    expect(stdout).toMatch(/^profile +shop +--profile$/m);
    expect(stdout).toMatch(/^token +set +\S+several \[shop\] token$/m);
    expect(stdout).toMatch(/^token +set +DATABRICKS_TOKEN +not used: --profile says how to sign in$/m);
    const json = await run(["explain-auth", "--json"], env);
    expect(JSON.parse(json.stdout)).toMatchObject({ origin: "https://other.example", ways: ["pat"] });
    expect(stdout + json.stdout).not.toContain("dapi-of");
  });

  test("ends with status 1 where signing in cannot work", async () => {
    const { code, stdout } = await run(["explain-auth"], { DATABRICKS_HOST: "", DATABRICKS_TOKEN: "" });
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringMatching(/^Does not sign in: no Databricks host/),
    });
  });
});

describe("--help", () => {
  test.each(["psql", "exec", "env", "tree", "explain-auth"])(
    "of %s says what it does, with an example",
    async (name) => {
      const { code, stdout } = await run([name, "--help"]);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: pulumi-lakebase ${name} `));
      expect(stdout).toMatch(new RegExp(`\nExamples?:\n(.*\n)*.*pulumi-lakebase ${name} `));
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );

  test("names every sub-command, and nothing at all is a wrong command line", async () => {
    const { stdout } = await run(["--help"]);
    for (const name of ["psql", "exec", "env", "tree", "explain-auth"])
      expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    expect(await run([])).toMatchObject({ code: 2, stdout: "", stderr: stdout });
  });

  test("of env says that the token is printed", async () => {
    expect((await run(["env", "--help"])).stdout).toMatch(/printed to a terminal too/);
  });
});

test.each([
  { args: ["--help"], most: 60 },
  { args: ["env", "shop"], most: 400 },
])("$args loads neither Pulumi nor Databricks' SDK, and $most modules at most", async ({ args, most }) => {
  const report = join(home, "modules.js");
  writeFileSync(
    report,
    `process.on("exit", () => console.error("loaded " + JSON.stringify(Object.keys(require.cache))));`,
  );
  const { stderr } = await run(args, { NODE_OPTIONS: `--require ${report}` });
  const loaded: readonly string[] = JSON.parse(/^loaded (.*)$/m.exec(stderr)?.[1] ?? "[]");
  expect(loaded.length).toBeGreaterThan(5);
  expect(loaded.length).toBeLessThanOrEqual(most);
  expect(loaded.filter((file) => /@pulumi|sdk-experimental/.test(file))).toEqual([]);
});
