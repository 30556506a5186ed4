/** Signing in with somebody else's ID token, over real HTTP: the emulator's token endpoint, and an issuer of our own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SignIn, type SignInSettings, signIn } from "../../provider/api/auth";
import { explainAuth } from "../../provider/api/explain";
import { readProfiles } from "../../provider/api/profiles";
import type { Clock } from "../../provider/api/retry";
import { checkout } from "../../tools/places.mts";
import { CountedClock } from "../support/clock.ts";
import { useEmulator } from "../support/emulator.ts";
import { idToken, useWebServer } from "../support/web-server.ts";

const emulator = useEmulator();
/** The issuer of ID tokens; for some tests also the workspace. */
const web = useWebServer();

const minute = 60_000;
const subject = "repo:acme/shop:environment:production";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sign-in-oidc-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

type Variables = Record<string, string>;

/** An environment without anything of the machine's own. */
function environment(variables: Variables = {}): Variables {
  return { HOME: home, PATH: "/nonexistent", DATABRICKS_CONFIG_FILE: join(home, "no-such-file"), ...variables };
}

function fileWith(name: string, text: string): string {
  writeFileSync(join(home, name), text);
  return join(home, name);
}

/** What a job of GitHub Actions finds in its environment when it has `id-token: write`. */
function githubJob(): Variables {
  web.answers.set("GET /github", ({ query }) => ({
    value: idToken({ iss: "github", sub: subject, aud: query["audience"] }),
  }));
  return {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${web.url}/github?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "canary-of-the-job",
  };
}

/** The same in Azure Pipelines. */
function devopsJob(): Variables {
  const path = "/acme/the-project/_apis/distributedtask/hubs/build/plans/the-plan/jobs/the-job/oidctoken";
  web.answers.set(`POST ${path}`, () => ({ oidcToken: idToken({ iss: "devops", sub: subject }) }));
  return {
    SYSTEM_ACCESSTOKEN: "canary-of-the-job",
    SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `${web.url}/acme/`,
    SYSTEM_TEAMPROJECTID: "the-project",
    SYSTEM_HOSTTYPE: "build",
    SYSTEM_PLANID: "the-plan",
    SYSTEM_JOBID: "the-job",
  };
}

/** A workspace that answers every exchange itself, with tokens that are counted. */
function workspaceOfOurs(lifetime: unknown = 3600): void {
  web.answers.set("GET /oidc/.well-known/oauth-authorization-server", () => ({
    token_endpoint: `${web.url}/oidc/v1/token`,
  }));
  web.answers.set("POST /oidc/v1/token", () => ({
    access_token: `fake-${web.to("/oidc/v1/token").length}`,
    expires_in: lifetime,
    token_type: "Bearer",
  }));
}

const exchanges = () => web.to("/oidc/v1/token");

async function bearer({ credentials }: SignIn): Promise<string> {
  return (await credentials.headers())["authorization"] ?? "";
}

/** Who the emulator says that it is. */
async function caller(signedIn: SignIn): Promise<unknown> {
  const headers = await signedIn.credentials.headers();
  const response = await fetch(`${emulator.url}/api/2.0/preview/scim/v2/Me`, { headers: { ...headers } });
  return ((await response.json()) as { userName?: unknown }).userName;
}

interface Way {
  readonly name: string;
  readonly settings?: () => SignInSettings;
  readonly env: () => Variables;
  readonly type: string;
  /** The service principal; the token's subject where the policy is the account's. */
  readonly user?: string;
}

const ways: readonly Way[] = [
  {
    name: "GitHub Actions, by DATABRICKS_AUTH_TYPE",
    env: () => ({ ...githubJob(), DATABRICKS_AUTH_TYPE: "github-oidc", DATABRICKS_CLIENT_ID: "app" }),
    type: "github-oidc",
  },
  {
    name: "GitHub Actions, by a client without a secret",
    env: () => ({ ...githubJob(), DATABRICKS_CLIENT_ID: "app" }),
    type: "github-oidc",
  },
  {
    name: "GitHub Actions, by the stack's configuration, whatever token the environment has",
    settings: () => ({ authType: "github-oidc", clientId: "app" }),
    env: () => ({ ...githubJob(), DATABRICKS_TOKEN: "dapi-canary" }),
    type: "github-oidc",
  },
  {
    name: "GitHub Actions, by a provider for another host than the environment's",
    settings: () => ({ host: emulator.url, authType: "github-oidc", clientId: "app" }),
    env: () => ({ ...githubJob(), DATABRICKS_HOST: "https://elsewhere.example" }),
    type: "github-oidc",
  },
  {
    name: "GitHub Actions, by a profile",
    settings: () => ({ profile: "ci" }),
    env: () => {
      const text = `[ci]\nhost = ${emulator.url}\nauth_type = github-oidc\nclient_id = app\n`;
      return { ...githubJob(), DATABRICKS_CONFIG_FILE: fileWith("databrickscfg", text) };
    },
    type: "github-oidc",
  },
  {
    name: "GitHub Actions, by a policy of the account, which needs no client",
    env: () => ({ ...githubJob(), DATABRICKS_AUTH_TYPE: "github-oidc" }),
    type: "github-oidc",
    user: subject,
  },
  {
    name: "Azure Pipelines",
    env: () => ({ ...devopsJob(), DATABRICKS_AUTH_TYPE: "azure-devops-oidc", DATABRICKS_CLIENT_ID: "app" }),
    type: "azure-devops-oidc",
  },
  {
    name: "Azure Pipelines, by a client without a secret",
    env: () => ({ ...devopsJob(), DATABRICKS_CLIENT_ID: "app" }),
    type: "azure-devops-oidc",
  },
  {
    name: "a variable that the stack's configuration names",
    settings: () => ({ oidcTokenEnv: "MY_ID_TOKEN", clientId: "app" }),
    env: () => ({ MY_ID_TOKEN: idToken({ sub: subject }), DATABRICKS_CLIENT_SECRET: "fake-canary" }),
    type: "env-oidc",
  },
  {
    name: "a variable that DATABRICKS_OIDC_TOKEN_ENV names",
    env: () => ({ DATABRICKS_OIDC_TOKEN_ENV: "MY_ID_TOKEN", MY_ID_TOKEN: idToken({ sub: subject }) }),
    type: "env-oidc",
    user: subject,
  },
  {
    name: "DATABRICKS_OIDC_TOKEN itself",
    env: () => ({ DATABRICKS_OIDC_TOKEN: idToken({ sub: subject }), DATABRICKS_CLIENT_ID: "app" }),
    type: "env-oidc",
  },
  {
    name: "a file that the stack's configuration names, with its line break",
    settings: () => ({ oidcTokenFilepath: fileWith("token", `${idToken({ sub: subject })}\n`) }),
    env: () => ({ DATABRICKS_CLIENT_ID: "app" }),
    type: "file-oidc",
  },
  {
    name: "a file that DATABRICKS_OIDC_TOKEN_FILEPATH names",
    env: () => ({ DATABRICKS_OIDC_TOKEN_FILEPATH: fileWith("token", idToken({ sub: subject })) }),
    type: "file-oidc",
    user: subject,
  },
  {
    name: "a file that a profile names",
    settings: () => ({ profile: "ci" }),
    env: () => {
      const token = fileWith("token", idToken({ sub: subject }));
      const text = `[ci]\nhost = ${emulator.url}\nclient_id = app\ndatabricks_id_token_filepath = ${token}\n`;
      return { DATABRICKS_CONFIG_FILE: fileWith("databrickscfg", text) };
    },
    type: "file-oidc",
  },
  {
    name: "a named file, where a pipeline merely offers a token",
    env: () => ({
      ...githubJob(),
      DATABRICKS_OIDC_TOKEN_FILEPATH: fileWith("token", idToken({ sub: subject })),
      DATABRICKS_CLIENT_ID: "app",
    }),
    type: "file-oidc",
  },
];

test.each(ways)("signs in with $name", async ({ settings, env, type, user = "app" }) => {
  const variables = environment({ DATABRICKS_HOST: emulator.url, ...env() });
  const given = settings?.() ?? {};
  const signedIn = await signIn(given, variables);
  expect({ type: signedIn.credentials.type, user: await caller(signedIn) }).toEqual({ type, user });
  const source = { label: "lakebase:", settings: given };
  expect(explainAuth([source], variables, await readProfiles(variables))).toMatchObject({
    origin: emulator.url,
    ways: [type],
    problem: undefined,
  });
  const sent = (await emulator.requests()).find(({ path }) => path === "/oidc/v1/token");
  expect(sent?.body).toEqual({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    scope: "all-apis",
    subject_token: "[redacted]",
    subject_token_type: "[redacted]",
    ...(user === "app" && { client_id: "[redacted]" }),
  });
});

test("README's job of GitHub Actions signs in, with an ID token for the audience that it names", async () => {
  const readme = readFileSync(join(checkout, "README.md"), "utf8");
  const job = /^```yaml\n(permissions:\n {2}id-token[\s\S]*?)^```$/m.exec(readme)?.[1] ?? "";
  const lines = job.matchAll(/^ +(DATABRICKS_\w+): (\S+)$/gm);
  const variables = Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
  const { DATABRICKS_HOST: _, ...env } = environment({ ...githubJob(), ...variables });
  const signedIn = await signIn({}, { ...env, DATABRICKS_HOST: emulator.url });
  expect([signedIn.credentials.type, await caller(signedIn)]).toEqual(["github-oidc", "APPLICATION_ID"]);
  expect(web.received.map(({ query }) => query["audience"])).toEqual(["ACCOUNT_ID"]);
});

test("the exchange carries the ID token, what it is, and the client in the body", async () => {
  workspaceOfOurs();
  const token = idToken({ sub: subject });
  await signIn({ host: web.url, oidcTokenEnv: "T", clientId: "app" }, environment({ T: token }));
  const [exchange] = exchanges();
  expect(exchange?.form).toEqual({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: token,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    scope: "all-apis",
    client_id: "app",
  });
  expect(exchange?.headers["authorization"]).toBeUndefined();
});

test("the issuers are asked with the job's own token", async () => {
  for (const [authType, job] of [
    ["github-oidc", githubJob],
    ["azure-devops-oidc", devopsJob],
  ] as const) {
    await signIn({ host: emulator.url, authType }, environment(job()));
  }
  const asked = web.received.map(({ method, query, headers }) => [
    method,
    query["api-version"],
    headers["authorization"],
  ]);
  expect(asked).toEqual([
    ["GET", "2.0", "Bearer canary-of-the-job"],
    ["POST", "7.2-preview.1", "Bearer canary-of-the-job"],
  ]);
});

interface Unmoved {
  readonly name: string;
  readonly settings?: SignInSettings;
  readonly env: Variables;
  readonly type: string;
}

/** databricks/cli#3923: adding `id-token: write` to a job changed who its requests came from. */
const unmoved: readonly Unmoved[] = [
  { name: "a token", env: { DATABRICKS_TOKEN: "dapi-fake" }, type: "pat" },
  { name: "a token in the stack's configuration", settings: { token: "dapi-fake" }, env: {}, type: "pat" },
  {
    name: "a token in the stack's configuration beside the environment's client",
    settings: { token: "dapi-fake" },
    env: { DATABRICKS_CLIENT_ID: "app" },
    type: "pat",
  },
  {
    name: "a client and its secret",
    env: { DATABRICKS_CLIENT_ID: "app", DATABRICKS_CLIENT_SECRET: "fake-secret" },
    type: "oauth-m2m",
  },
  { name: "a name and a password", env: { DATABRICKS_USERNAME: "me", DATABRICKS_PASSWORD: "fake" }, type: "basic" },
  {
    name: "an authType",
    settings: { authType: "oauth-m2m" },
    env: { DATABRICKS_CLIENT_ID: "app", DATABRICKS_CLIENT_SECRET: "fake-secret", DATABRICKS_TOKEN: "dapi-fake" },
    type: "oauth-m2m",
  },
];

test.each(unmoved)(
  "a pipeline that may ask for ID tokens still signs in with $name",
  async ({ settings, env, type }) => {
    const jobs = { ...githubJob(), ...devopsJob() };
    const { credentials } = await signIn(
      settings ?? {},
      environment({ DATABRICKS_HOST: emulator.url, ...jobs, ...env }),
    );
    expect(credentials.type).toBe(type);
    expect(web.received).toEqual([]);
  },
);

test("a pipeline that may ask for ID tokens and names nothing is told how to use them, and asks for none", async () => {
  const refusal = await refusalOf({ host: emulator.url }, githubJob());
  expect(refusal).toMatch(
    /nothing that is set fits databricks-cli; for this pipeline's ID token set DATABRICKS_AUTH_TYPE=github-oidc and DATABRICKS_CLIENT_ID;/,
  );
  expect(web.received).toEqual([]);
});

interface Audience {
  readonly name: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly settings?: SignInSettings;
  readonly env?: Variables;
  readonly profile?: string;
  /** By default the address of the token endpoint. */
  readonly want?: string;
  readonly endpoint?: string;
}

const accountHost = { host_type: "ACCOUNT_HOST" };
const audiences: readonly Audience[] = [
  {
    name: "the stack's configuration",
    settings: { audience: "mine" },
    env: { DATABRICKS_TOKEN_AUDIENCE: "env" },
    want: "mine",
  },
  { name: "DATABRICKS_TOKEN_AUDIENCE", env: { DATABRICKS_TOKEN_AUDIENCE: "env" }, want: "env" },
  { name: "a profile", profile: "audience = file", want: "file" },
  {
    name: "the settings, before the host's metadata",
    metadata: { token_federation_default_oidc_audiences: ["told"] },
    settings: { audience: "mine" },
    want: "mine",
  },
  {
    name: "the host's metadata: its first",
    metadata: { token_federation_default_oidc_audiences: ["told", "second"], account_id: "acc" },
    want: "told",
  },
  {
    name: "the metadata of an account's host, before the account",
    metadata: { ...accountHost, token_federation_default_oidc_audiences: ["told"] },
    settings: { accountId: "acc" },
    want: "told",
    endpoint: "/oidc/accounts/acc/v1/token",
  },
  {
    name: "the account that is set, on an account's host",
    metadata: { ...accountHost, account_id: "told" },
    settings: { accountId: "acc" },
    want: "acc",
    endpoint: "/oidc/accounts/acc/v1/token",
  },
  {
    name: "the account that the metadata of an account's host tells",
    metadata: { ...accountHost, account_id: "told" },
    want: "told",
    endpoint: "/oidc/accounts/told/v1/token",
  },
  { name: "the token endpoint, on a workspace with an account", settings: { accountId: "acc" } },
  { name: "the token endpoint, without metadata" },
  {
    name: "the token endpoint, with an empty list in the metadata",
    metadata: { token_federation_default_oidc_audiences: [] },
  },
  {
    name: "the token endpoint, with metadata that make no sense",
    metadata: { token_federation_default_oidc_audiences: { a: 1 }, oidc_endpoint: 7 },
  },
];

test.each(audiences)(
  "the ID token is meant for what is said by $name",
  async ({ metadata, settings, env, profile, want, endpoint = "/oidc/v1/token" }) => {
    workspaceOfOurs();
    if (metadata !== undefined) web.answers.set("GET /.well-known/databricks-config", () => metadata);
    web.answers.set(`POST ${endpoint}`, () => ({ access_token: "fake", expires_in: 3600 }));
    const ci = profile && fileWith("databrickscfg", `[ci]\nhost = ${web.url}\nauth_type = github-oidc\n${profile}\n`);
    const variables = { ...githubJob(), ...(ci && { DATABRICKS_CONFIG_FILE: ci }), ...env };
    await signIn(
      ci ? { profile: "ci" } : { host: web.url, authType: "github-oidc", ...settings },
      environment(variables),
    );
    expect(web.to("/github").map(({ query }) => query["audience"])).toEqual([want ?? `${web.url}/oidc/v1/token`]);
    expect(web.to(endpoint)).toHaveLength(1);
  },
);

interface Discovery {
  readonly name: string;
  readonly metadata: (url: string) => object;
  readonly accountId?: string;
  /** Where the endpoint of tokens is told. */
  readonly directory: string;
}

const discoveries: readonly Discovery[] = [
  {
    name: "where the metadata says",
    metadata: (url) => ({ oidc_endpoint: `${url}/elsewhere` }),
    directory: "/elsewhere/.well-known/oauth-authorization-server",
  },
  {
    name: "where the metadata says, with the account filled in",
    metadata: (url) => ({ oidc_endpoint: `${url}/oidc/accounts/{account_id}` }),
    accountId: "acc",
    directory: "/oidc/accounts/acc/.well-known/oauth-authorization-server",
  },
  {
    name: "at the workspace itself, when the place in the metadata does not answer",
    metadata: (url) => ({ oidc_endpoint: `${url}/nowhere` }),
    directory: "/oidc/.well-known/oauth-authorization-server",
  },
  {
    name: "at the workspace itself, when the metadata cannot be had",
    metadata: () => ({ status: 403, body: {} }),
    directory: "/oidc/.well-known/oauth-authorization-server",
  },
];

test.each(discoveries)("the token endpoint is looked up $name", async ({ metadata, accountId, directory }) => {
  web.answers.set("GET /.well-known/databricks-config", () => metadata(web.url));
  web.answers.set(`GET ${directory}`, () => ({ token_endpoint: `${web.url}/the/token` }));
  web.answers.set("POST /the/token", () => ({ access_token: "fake", expires_in: 3600 }));
  const settings = { host: web.url, oidcTokenEnv: "T", ...(accountId && { accountId }) };
  expect(await bearer(await signIn(settings, environment({ T: idToken({}) })))).toBe("Bearer fake");
});

/** Signed in to a workspace of ours with a variable `T`. */
async function signedIn(clock: Clock, variables: Variables = environment({ T: idToken({}) })): Promise<SignIn> {
  return signIn({ host: web.url, oidcTokenEnv: "T" }, variables, clock);
}

/** A renewal in the background has come when the header is another. Each round trip to the server lets it go on. */
async function renewed(signIn: SignIn, old: string): Promise<string> {
  for (;;) {
    const now = await bearer(signIn);
    if (now !== old) return now;
    await fetch(web.url);
  }
}

test.each([3600, "3600"])(
  "a token of %p seconds is kept for two thirds, then renewed beside the work",
  async (lifetime) => {
    workspaceOfOurs(lifetime);
    const clock = new CountedClock();
    const session = await signedIn(clock);
    expect(await bearer(session)).toBe("Bearer fake-1");
    await clock.pass(39 * minute);
    expect(await bearer(session)).toBe("Bearer fake-1");
    expect(exchanges()).toHaveLength(1);
    await clock.pass(2 * minute);
    // Nobody waits for the new one while the old one is good.
    expect(await Promise.all([bearer(session), bearer(session)])).toEqual(["Bearer fake-1", "Bearer fake-1"]);
    expect(await renewed(session, "Bearer fake-1")).toBe("Bearer fake-2");
    expect(exchanges()).toHaveLength(2);
  },
);

test("a token that has run out, or nearly so, is waited for once by all who ask", async () => {
  workspaceOfOurs();
  const clock = new CountedClock();
  const session = await signedIn(clock);
  await clock.pass(60 * minute - 30_000);
  const all = await Promise.all(Array.from({ length: 20 }, () => bearer(session)));
  expect(new Set(all)).toEqual(new Set(["Bearer fake-2"]));
  expect(exchanges()).toHaveLength(2);
});

test("a refusal after the token has run out is an error, and the next call tries again", async () => {
  workspaceOfOurs();
  const clock = new CountedClock();
  const session = await signedIn(clock);
  await clock.pass(61 * minute);
  const works = web.answers.get("POST /oidc/v1/token");
  web.answers.set("POST /oidc/v1/token", () => ({ status: 403, body: { error: "access_denied" } }));
  await expect(bearer(session)).rejects.toThrow(
    /^signing in to Databricks by env-oidc failed: .* answered 403: access_denied;/,
  );
  if (works) web.answers.set("POST /oidc/v1/token", works);
  expect(await bearer(session)).toBe("Bearer fake-3");
});

test("a token without a time is taken for a short one", async () => {
  workspaceOfOurs(null);
  const clock = new CountedClock();
  const session = await signedIn(clock);
  await clock.pass(2 * minute);
  expect(await bearer(session)).toBe("Bearer fake-1");
  await clock.pass(3 * minute);
  expect(await bearer(session)).toBe("Bearer fake-2");
});

test("the variable and the file are read anew for every exchange", async () => {
  workspaceOfOurs();
  const clock = new CountedClock();
  const [first, second] = [idToken({ n: 1 }), idToken({ n: 2 })];
  const variables = environment({ T: first });
  const path = fileWith("token", first);
  const byVariable = await signedIn(clock, variables);
  const byFile = await signIn({ host: web.url, oidcTokenFilepath: path }, environment(), clock);
  variables["T"] = second;
  writeFileSync(path, second);
  await clock.pass(61 * minute);
  await bearer(byVariable);
  await bearer(byFile);
  expect(exchanges().map(({ form }) => form["subject_token"])).toEqual([first, first, second, second]);
});

const passing = [
  { name: "429", fault: { status: 429 } },
  { name: "502", fault: { status: 502 } },
  { name: "503", fault: { status: 503 } },
  { name: "504", fault: { status: 504 } },
  { name: "a connection that is lost before the answer", fault: { drop: "before" } },
  { name: "a connection that is lost after the exchange", fault: { drop: "after" } },
] as const;

function signInAtEmulator(clock: Clock): Promise<SignIn> {
  return signIn({ host: emulator.url, oidcTokenEnv: "T", clientId: "app" }, environment({ T: idToken({}) }), clock);
}

test.each(passing)("the exchange is tried again after $name", async ({ fault }) => {
  await emulator.fault({ path: "/oidc/v1/token", times: 2, ...fault });
  const clock = new CountedClock();
  expect(await caller(await signInAtEmulator(clock))).toBe("app");
  expect((await emulator.calls()).filter((call) => call === "POST /oidc/v1/token")).toHaveLength(3);
  expect(clock.waits).toHaveLength(2);
});

test("a Retry-After of the token endpoint is kept to", async () => {
  await emulator.fault({ path: "/oidc/v1/token", status: 429, retryAfter: "7" });
  const clock = new CountedClock();
  await signInAtEmulator(clock);
  expect(clock.waits).toEqual([7000]);
});

test("a token endpoint that stays away is given up after a minute", async () => {
  await emulator.fault({ path: "/oidc/v1/token", status: 503, times: 1000 });
  const clock = new CountedClock();
  const start = clock.now();
  await expect(signInAtEmulator(clock)).rejects.toThrow(/POST .*\/oidc\/v1\/token answered 503/);
  expect(clock.now() - start).toBeGreaterThan(45_000);
  expect(clock.now() - start).toBeLessThanOrEqual(minute);
});

test.each([400, 401, 403, 500])("a %d of the token endpoint is final", async (status) => {
  await emulator.fault({ path: "/oidc/v1/token", status, times: 2 });
  await expect(signInAtEmulator(new CountedClock())).rejects.toThrow(new RegExp(`answered ${status}`));
  expect((await emulator.calls()).filter((call) => call === "POST /oidc/v1/token")).toHaveLength(1);
});

test("an issuer that is away for a moment is asked again, and so is the place of the token endpoint", async () => {
  const job = githubJob();
  const works = web.answers.get("GET /github");
  web.answers.set("GET /github", (request) =>
    web.to("/github").length < 3 ? { status: 503, body: {} } : (works?.(request) ?? {}),
  );
  await emulator.fault({ path: "oauth-authorization-server", drop: "before" });
  const clock = new CountedClock();
  await signIn({ host: emulator.url, authType: "github-oidc" }, environment(job), clock);
  expect(clock.waits).toHaveLength(3);
});

async function refusalOf(settings: SignInSettings, variables: Variables): Promise<string> {
  return signIn(settings, environment(variables), new CountedClock()).then(
    () => "signed in",
    (reason: Error) => reason.message,
  );
}

interface Refusal {
  readonly name: string;
  readonly settings?: () => SignInSettings;
  readonly env?: () => Variables;
  /** What the token endpoint answers. */
  readonly exchange?: (form: Readonly<Record<string, string>>) => object;
  readonly want: RegExp;
}

const canary = idToken({ iss: "https://issuer.example", sub: subject, aud: "acme" });
const byFile = (text: string) => () => ({ oidcTokenFilepath: fileWith("token", text) });
const byVariable = () => ({ oidcTokenEnv: "T", clientId: "app" });
const start = "^signing in to Databricks by";

const refusals: readonly Refusal[] = [
  {
    name: "no policy for the ID token, by a service that sends back what it got",
    settings: byVariable,
    env: () => ({ T: canary }),
    exchange: ({ subject_token }) => ({
      status: 400,
      body: {
        error: "invalid_request",
        error_description: `no policy for ${subject_token} (${subject_token?.split(".")[2]}).`,
      },
    }),
    want: /answered 400: no policy for \[secret\] \(\[secret\]\); check the federation policy of service principal app: the ID token has issuer https:\/\/issuer\.example, subject repo:acme\/shop:environment:production and audience acme$/,
  },
  {
    name: "no policy of the account",
    settings: byFile(canary),
    exchange: () => ({ status: 401, body: { error: "unauthorized" } }),
    want: /^signing in to Databricks by file-oidc failed: POST .* answered 401: unauthorized; check the federation policy of the account: the ID token has issuer/,
  },
  {
    name: "an ID token that is none",
    settings: byVariable,
    env: () => ({ T: "canary-of-nothing" }),
    exchange: () => ({ status: 400, body: { error_description: "not a token" } }),
    want: /answered 400: not a token; .*: the ID token has no claims, since it is not a JSON web token$/,
  },
  {
    name: "an exchange that brings nothing",
    settings: byVariable,
    env: () => ({ T: canary }),
    exchange: () => ({ token_type: "Bearer" }),
    want: /\/oidc\/v1\/token answered without a token; check that the host is a Databricks workspace$/,
  },
  {
    name: "a GitHub job without the permission",
    settings: () => ({ authType: "github-oidc" }),
    want: RegExp(
      `${start} github-oidc failed: ACTIONS_ID_TOKEN_REQUEST_URL is not set; run this in a GitHub Actions job with 'permissions: id-token: write'$`,
    ),
  },
  {
    name: "GitHub's refusal, which sends back what it got",
    settings: () => ({ authType: "github-oidc" }),
    env: () => {
      const job = githubJob();
      web.answers.set("GET /github", ({ headers }) => ({
        status: 401,
        body: { message: `bad ${headers["authorization"]}` },
      }));
      return job;
    },
    want: /github-oidc failed: GET http:\/\/127\.0\.0\.1:\d+ answered 401: bad Bearer \[secret\]$/,
  },
  {
    name: "GitHub's answer without a token",
    settings: () => ({ authType: "github-oidc" }),
    env: () => {
      const job = githubJob();
      web.answers.set("GET /github", () => ({ value: "" }));
      return job;
    },
    want: /GitHub answered without an ID token; run the job again$/,
  },
  {
    name: "an issuer in the clear",
    settings: () => ({ authType: "github-oidc" }),
    env: () => ({
      ACTIONS_ID_TOKEN_REQUEST_URL: "http://issuer.example/?key=canary",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "canary-of-the-job",
    }),
    want: /ACTIONS_ID_TOKEN_REQUEST_URL is not an https address, and a token must not travel in the clear/,
  },
  {
    name: "an Azure job that keeps its token from the step",
    settings: () => ({ authType: "azure-devops-oidc" }),
    env: () => {
      const { SYSTEM_ACCESSTOKEN: _, ...job } = devopsJob();
      return job;
    },
    want: /SYSTEM_ACCESSTOKEN is not set; run this in an Azure Pipelines job with 'env: SYSTEM_ACCESSTOKEN: \$\(System\.AccessToken\)'$/,
  },
  {
    name: "a variable that is empty",
    settings: byVariable,
    env: () => ({ T: " " }),
    want: RegExp(
      `${start} env-oidc failed: the variable T, named by lakebase:oidcTokenEnv, is empty or not set; set it to the ID token$`,
    ),
  },
  {
    name: "no variable at all",
    settings: () => ({ authType: "env-oidc" }),
    want: /the variable DATABRICKS_OIDC_TOKEN is empty or not set/,
  },
  {
    name: "the environment's ID token for another host than the environment's",
    settings: () => ({ authType: "env-oidc" }),
    env: () => ({ DATABRICKS_HOST: "https://elsewhere.example", DATABRICKS_OIDC_TOKEN: canary }),
    want: /DATABRICKS_OIDC_TOKEN does not count: it is for the host in DATABRICKS_HOST; name a variable with lakebase:oidcTokenEnv$/,
  },
  {
    name: "a token in place of a variable's name",
    settings: () => ({ oidcTokenEnv: canary }),
    want: /^lakebase:oidcTokenEnv must be the name of the variable that holds the ID token, and it is not a name$/,
  },
  {
    name: "a token in place of a path",
    settings: () => ({ oidcTokenFilepath: canary }),
    want: /^lakebase:oidcTokenFilepath must be the path of the file that holds the ID token, and it is a token itself$/,
  },
  {
    name: "a file that is not there",
    settings: () => ({ oidcTokenFilepath: "/nonexistent/token" }),
    want: /the file \/nonexistent\/token, named by lakebase:oidcTokenFilepath, cannot be read \(ENOENT\); write the ID token there$/,
  },
  {
    name: "a file that is empty",
    settings: byFile("\n"),
    want: /the file .*\/token, named by lakebase:oidcTokenFilepath, is empty; write the ID token there$/,
  },
  {
    name: "no file at all",
    settings: () => ({ authType: "file-oidc" }),
    want: /no file of an ID token is named; set lakebase:oidcTokenFilepath or DATABRICKS_OIDC_TOKEN_FILEPATH$/,
  },
  {
    name: "a token endpoint in the clear",
    settings: byVariable,
    env: () => {
      const directory = "GET /oidc/.well-known/oauth-authorization-server";
      web.answers.set(directory, () => ({ token_endpoint: "http://tokens.example/token" }));
      return { T: canary };
    },
    want: /the workspace names 'http:\/\/tokens\.example\/token' as the place for tokens, which is not an https address/,
  },
  {
    name: "a host that is no workspace",
    settings: byVariable,
    env: () => {
      web.answers.delete("GET /oidc/.well-known/oauth-authorization-server");
      return { T: canary };
    },
    want: /GET .*\/oidc\/\.well-known\/oauth-authorization-server answered 404/,
  },
  {
    name: "a way that nobody knows",
    settings: () => ({ authType: "gitlab-oidc" }),
    want: /^lakebase:authType names a way of signing in that is not known; it can be pat, basic, .*github-oidc/,
  },
];

test.each(refusals)("is refused in one sentence without a secret: $name", async ({ settings, env, exchange, want }) => {
  workspaceOfOurs();
  if (exchange) web.answers.set("POST /oidc/v1/token", ({ form }) => exchange(form));
  const refusal = await refusalOf({ host: web.url, ...settings?.() }, env?.() ?? {});
  expect(refusal).toMatch(want);
  expect(refusal).not.toMatch(/canary|eyJ|\n/);
});

test("the reason of a refusal holds no more than its sentence", async () => {
  workspaceOfOurs();
  web.answers.set("POST /oidc/v1/token", ({ form }) => ({ status: 400, body: { error: form["subject_token"] } }));
  const reason: unknown = await signIn({ host: web.url, oidcTokenEnv: "T" }, environment({ T: canary })).catch(
    (failure: unknown) => failure,
  );
  expect(String((reason as { readonly stack?: unknown }).stack)).not.toMatch(/canary|eyJ/);
  expect(reason).not.toHaveProperty("cause");
});
