/** A secret of each way of signing in, as a canary: after a life with failures it is in nothing that is told or left. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { shell } from "../../provider/pulumi/shell";
import { DynamicHost, initFailure } from "../../tools/dynamic-host.mts";
import { EmulatorUnderTest } from "../support/emulator.ts";
import { idToken, useWebServer } from "../support/web-server.ts";

/** Issuers and services on this machine that hand out tokens. */
const issuer = useWebServer();

jest.setTimeout(120_000);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "canary-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Values = Readonly<Record<string, string>>;

interface Way {
  readonly name: string;
  /** What the stack's configuration has beside the host. */
  readonly config?: (token: string) => Values;
  /** Given a token that the emulator takes. */
  readonly env?: (token: string) => Values;
  /** Node's switches for debugging. */
  readonly debug?: string;
  /** The emulator knows no such sign-in: each request is refused. */
  readonly refused?: true;
}

const secret = "fake-canary-secret";
const subject = idToken({ iss: "https://issuer.example", sub: "canary-app", aud: "acme" });

/** A file where neither the host nor the emulator writes, and where its secret belongs. */
function file(name: string, text: string, mode = 0o600): string {
  const folder = join(root, "given");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text, { mode });
  return join(folder, name);
}

function profile(...lines: readonly string[]): Values {
  return { DATABRICKS_CONFIG_FILE: file("databrickscfg", ["[shop]", ...lines, ""].join("\n")) };
}

/** A program in the place of another's, with a token to give. It is as large as what Databricks' SDK takes for the real one. */
function onPath(name: string, answer: string, end = "console.log(text)"): Values {
  const code = `const text = ${JSON.stringify(answer)};\n${end};\n//${"x".repeat(1_100_000)}\n`;
  const folder = dirname(file(name, `#!${process.execPath}\n${code}`, 0o700));
  return { PATH: `${folder}:${process.env["PATH"]}` };
}

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

const ways: readonly Way[] = [
  { name: "pat of the configuration", config: (token) => ({ "lakebase:token": token }) },
  { name: "pat of the environment", env: (token) => ({ DATABRICKS_TOKEN: token }) },
  {
    name: "pat of a profile",
    config: () => ({ "lakebase:profile": "shop" }),
    env: (token) => profile(`token = ${token}`),
  },
  {
    name: "oauth-m2m of the configuration",
    config: () => ({ "lakebase:clientId": "canary-app", "lakebase:clientSecret": secret }),
  },
  {
    name: "oauth-m2m of the environment",
    env: () => ({ DATABRICKS_CLIENT_ID: "canary-app", DATABRICKS_CLIENT_SECRET: secret }),
  },
  {
    name: "oauth-m2m of a profile",
    config: () => ({ "lakebase:profile": "shop" }),
    env: () => profile("client_id = canary-app", `client_secret = ${secret}`),
  },
  {
    name: "basic of the environment",
    env: () => ({ DATABRICKS_USERNAME: "ada", DATABRICKS_PASSWORD: secret }),
    refused: true,
  },
  {
    name: "env-oidc",
    config: () => ({ "lakebase:clientId": "canary-app", "lakebase:oidcTokenEnv": "ID_TOKEN" }),
    env: () => ({ ID_TOKEN: subject }),
  },
  {
    name: "file-oidc",
    config: () => ({ "lakebase:clientId": "canary-app" }),
    env: () => ({ DATABRICKS_OIDC_TOKEN_FILEPATH: file("id-token", subject) }),
  },
  {
    name: "github-oidc",
    config: () => ({ "lakebase:clientId": "canary-app" }),
    env: () => ({
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/github?x=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret,
      DATABRICKS_AUTH_TYPE: "github-oidc",
    }),
  },
  {
    name: "azure-devops-oidc",
    config: () => ({ "lakebase:clientId": "canary-app" }),
    env: () => ({
      SYSTEM_ACCESSTOKEN: secret,
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `${issuer.url}/acme/`,
      SYSTEM_TEAMPROJECTID: "the-project",
      SYSTEM_HOSTTYPE: "build",
      SYSTEM_PLANID: "the-plan",
      SYSTEM_JOBID: "the-job",
      DATABRICKS_AUTH_TYPE: "azure-devops-oidc",
    }),
  },
  {
    name: "databricks-cli",
    env: (token) =>
      onPath("databricks", JSON.stringify({ access_token: token, token_type: "Bearer", expiry: inAnHour() })),
  },
  {
    name: "metadata-service",
    // Its address is its secret, and addresses are what undici's switch prints.
    debug: "http,https,net,tls",
    env: () => ({ DATABRICKS_METADATA_SERVICE_URL: `${issuer.url}/metadata-${secret}` }),
  },
];

/** What makes the host, and what it stands on, tell most. */
const talkative = {
  PULUMI_DEBUG_PROMISE_LEAKS: "true",
  GRPC_VERBOSITY: "DEBUG",
  GRPC_TRACE: "all",
  DEBUG: "*",
  NODE_DEBUG: "undici,http,https,net,tls",
};

interface Left {
  readonly answers: readonly string[];
  readonly printed: string;
  readonly journal: string;
  /** Texts by path: the emulator's folder, the host's home and its folder for what passes. */
  readonly files: ReadonlyMap<string, string>;
  /** Node's diagnostic report of the host, from shortly before its end. */
  readonly report: Readonly<Record<string, unknown>>;
  readonly token: string;
}

const inputs = { __provider: shell("Project", "shop"), projectId: "shop", displayName: "Shop", name: "projects/shop" };

/** Check, create, read, update; refusals and no answer at all; delete. */
async function life(way: Way, nodeOptions = ""): Promise<Left> {
  const emulator = new EmulatorUnderTest();
  const host = new DynamicHost();
  const [data, home, temporary] = ["data", "home", "tmp"].map((name) => join(root, name));
  for (const folder of [home, temporary]) mkdirSync(String(folder));
  await emulator.start({ data: String(data) });
  const token = await emulator.tokenOf("canary-app");
  letIssue(token);
  const reportFile = join(root, "report.json");
  const preload = file(
    "preload.js",
    `process.on("SIGTERM", () => { process.report.writeReport(${JSON.stringify(reportFile)}); process.exit(); });`,
  );
  const answers: string[] = [];
  async function ask(call: Promise<unknown>, refusal = way.refused && /401/): Promise<void> {
    const answer = await call.then((found) => inspect(found, { depth: Infinity }), told);
    answers.push(answer);
    if (refusal) expect(answer).toMatch(refusal);
    else expect(answer).not.toMatch(/^Error/);
  }
  try {
    await host.start({
      ...talkative,
      ...(way.debug !== undefined && { NODE_DEBUG: way.debug }),
      HOME: home,
      TMPDIR: temporary,
      NODE_OPTIONS: `--require ${preload} ${nodeOptions}`,
      ...way.env?.(token),
    });
    await host.configure({ "lakebase:host": emulator.url, "lakebase:operationTimeout": "1s", ...way.config?.(token) });
    const outs = { ...inputs, uid: "u" };
    const update = (displayName: string) => host.update("projects/shop", outs, { ...inputs, displayName });
    await ask(host.check({}, inputs), way.refused && /./);
    await ask(host.create(inputs));
    await ask(host.read("projects/shop", outs));
    await ask(update("Store"));
    await emulator.fault({ method: "PATCH", status: 401 });
    await ask(update("Depot"), /401/);
    await emulator.fault({ method: "PATCH", status: 500 });
    if (!way.refused) await ask(update("Depot"), /500/);
    await ask(host.delete("projects/shop", outs));
    const journal = JSON.stringify(await emulator.requests());
    await emulator.close();
    await ask(host.read("projects/shop", outs), /ECONNREFUSED/);
    await host.close();
    const report = JSON.parse(readFileSync(reportFile, "utf8"));
    const files = new Map([data, home, temporary].flatMap((folder) => filesBelow(String(folder))));
    return { answers, printed: host.printed, journal, files, report, token };
  } finally {
    await host.close();
    await emulator.close();
  }
}

/** An error as the engine gets it, with what it carries. */
function told(error: unknown): string {
  return `Error ${inspect(error, { depth: Infinity, showHidden: true })} ${inspect(initFailure(error), { depth: Infinity })}`;
}

function filesBelow(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => [path, readFileSync(path, "latin1")] as const);
}

function letIssue(token: string): void {
  issuer.answers.set("GET /github", () => ({ value: subject }));
  issuer.answers.set(
    "POST /acme/the-project/_apis/distributedtask/hubs/build/plans/the-plan/jobs/the-job/oidctoken",
    () => ({ oidcToken: subject }),
  );
  const expires = { expires_on: Math.floor(Date.now() / 1000) + 3_600, expires_in: 3_600 };
  issuer.answers.set(`GET /metadata-${secret}`, () => ({ access_token: token, token_type: "Bearer", ...expires }));
}

/** The canaries, any JSON web token, and what stands before either in a header, in base64 too. */
function canaries(text: string): readonly string[] {
  return (
    text.match(
      /.{0,60}(fake-canary|ZmFrZS1jYW5hcn|mYWtlLWNhbmFye|ha2UtY2FuYXJ5|eyJ[\w-]{10}|canary-signature).{0,10}/g,
    ) ?? []
  );
}

test.each(ways)("$name: its secret is in nothing that a life tells or leaves", async (way) => {
  const { answers, printed, journal, files, report } = await life(way);
  // All of them have something to tell.
  expect(printed).toContain("server_call | Received call to method /pulumirpc.ResourceProvider/Delete");
  expect(journal).toMatch(way.refused ? /"status":401/ : /"status":200.*"status":401.*"status":500/);
  expect([...files.keys()]).toEqual([join(root, "data/workspace.json")]);
  expect(answers.flatMap(canaries)).toEqual([]);
  expect(canaries(printed)).toEqual([]);
  expect(canaries(journal)).toEqual([]);
  expect([...files].flatMap(([path, text]) => canaries(text).map((found) => `${path}: ${found}`))).toEqual([]);
  const { environmentVariables, ...rest } = report;
  expect(environmentVariables).toBeDefined();
  expect(canaries(JSON.stringify(rest))).toEqual([]);
});

const reports = [
  { name: "has the environment, with its secrets", nodeOptions: "", has: true },
  { name: "has none of it when Node is told to leave it out", nodeOptions: "--report-exclude-env", has: false },
];

test.each(reports)("Node's diagnostic report $name", async ({ nodeOptions, has }) => {
  const env = () => ({ DATABRICKS_CLIENT_ID: "canary-app", DATABRICKS_CLIENT_SECRET: secret });
  const { report } = await life({ name: "oauth-m2m", env }, nodeOptions);
  expect("environmentVariables" in report).toBe(has);
  expect(canaries(JSON.stringify(report))).toEqual(has ? [expect.stringContaining(secret)] : []);
});

const azure = {
  DATABRICKS_AUTH_TYPE: "azure-cli",
  DATABRICKS_AZURE_RESOURCE_ID: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w",
};
const jwt = `eyJhbGciOiJub25lIn0.${secret}.canary-signature`;

/** What a program prints that is another version than the one that Databricks' SDK knows, or fails. */
const strange = [
  { name: "databricks", prints: `Bearer ${jwt}`, env: {} },
  { name: "databricks", prints: jwt, env: {} },
  { name: "databricks", prints: `the token ${jwt} has expired`, end: "console.error(text); process.exit(1)", env: {} },
  { name: "az", prints: JSON.stringify({ accessToken: secret, expires_on: 1 }), env: azure },
  { name: "az", prints: jwt, env: azure },
  { name: "az", prints: `the token ${jwt} has expired`, end: "console.error(text); process.exit(1)", env: azure },
];

test.each(strange)(
  "$name prints a token where none is expected, and no error quotes it",
  async ({ name, prints, end, env }) => {
    const host = new DynamicHost();
    try {
      await host.start({ ...talkative, ...onPath(name, prints, end), ...env });
      await host.configure({ "lakebase:host": "http://127.0.0.1:1", "lakebase:operationTimeout": "1s" });
      const answer = await host.create(inputs).catch(told);
      expect(answer).toMatch(/signing in to Databricks failed: default auth: (databricks|azure)-cli: cannot/);
      expect(canaries(`${answer}${host.printed}`)).toEqual([]);
    } finally {
      await host.close();
    }
  },
);
