/** Where secrets go: to the workspace and to those that it names for tokens, over TLS or to this machine, and nowhere else. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignInSettings } from "../../provider/api/auth";
import { connect } from "../../provider/api/connect";
import { CountedClock } from "../support/clock.ts";
import { useOddServer } from "../support/odd-server.ts";
import { idToken } from "../support/web-server.ts";

const workspace = useOddServer();
/** Somebody else, to whom redirects lead. */
const thief = useOddServer();

jest.setTimeout(60_000);

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "token-travels-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Way {
  readonly name: string;
  readonly settings?: SignInSettings;
  readonly env?: () => Record<string, string>;
}

const subject = idToken({ iss: "https://issuer.example", sub: "app", aud: "acme" });

function file(name: string, text: string, mode = 0o600): string {
  writeFileSync(join(home, name), text, { mode });
  return join(home, name);
}

/** A program in the place of Databricks' command, with a token to give. */
function cli(): string {
  const token = { access_token: "canary-of-the-cli", token_type: "Bearer", expiry: "2099-01-01T00:00:00Z" };
  return file(
    "databricks",
    `#!${process.execPath}\nconsole.log(${JSON.stringify(JSON.stringify(token))});\n//${"x".repeat(1_100_000)}\n`,
    0o700,
  );
}

/** Whoever knows it may ask. */
const metadataPath = "/metadata/canary%2Dof%2Dthe%2Dpath";

const ways: readonly Way[] = [
  { name: "pat", settings: { token: "dapi-canary" } },
  { name: "pat", env: () => ({ DATABRICKS_TOKEN: "dapi-canary" }) },
  {
    name: "pat",
    settings: { profile: "shop" },
    env: () => ({
      DATABRICKS_CONFIG_FILE: file("databrickscfg", `[shop]\nhost = ${workspace.url}\ntoken = dapi-canary\n`),
    }),
  },
  { name: "basic", env: () => ({ DATABRICKS_USERNAME: "ada", DATABRICKS_PASSWORD: "canary" }) },
  { name: "oauth-m2m", settings: { clientId: "app", clientSecret: "fake-canary" } },
  { name: "env-oidc", settings: { oidcTokenEnv: "T", clientId: "app" }, env: () => ({ T: subject }) },
  { name: "file-oidc", env: () => ({ DATABRICKS_OIDC_TOKEN_FILEPATH: file("token", subject) }) },
  {
    name: "github-oidc",
    settings: { clientId: "app" },
    env: () => ({
      ACTIONS_ID_TOKEN_REQUEST_URL: `${workspace.url}/github?x=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "canary-of-the-job",
    }),
  },
  {
    name: "azure-devops-oidc",
    settings: { clientId: "app" },
    env: () => ({
      SYSTEM_ACCESSTOKEN: "canary-of-the-job",
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `${workspace.url}/acme/`,
      SYSTEM_TEAMPROJECTID: "the-project",
      SYSTEM_HOSTTYPE: "build",
      SYSTEM_PLANID: "the-plan",
      SYSTEM_JOBID: "the-job",
    }),
  },
  { name: "databricks-cli", settings: { authType: "databricks-cli" }, env: () => ({ DATABRICKS_CLI_PATH: cli() }) },
  { name: "metadata-service", env: () => ({ DATABRICKS_METADATA_SERVICE_URL: `${workspace.url}${metadataPath}` }) },
];

const directory = JSON.stringify({
  authorization_endpoint: "https://elsewhere.example/authorize",
  token_endpoint: "WORKSPACE/oidc/v1/token",
});

/** What a workspace and the issuers beside it answer, by path. */
const honest: Readonly<Record<string, string>> = {
  "/oidc/.well-known/oauth-authorization-server": directory,
  "/oidc/v1/token": JSON.stringify({ access_token: "canary-of-the-workspace", expires_in: 3600, token_type: "Bearer" }),
  "/github": JSON.stringify({ value: subject }),
  "/acme/the-project/_apis/distributedtask/hubs/build/plans/the-plan/jobs/the-job/oidctoken": JSON.stringify({
    oidcToken: subject,
  }),
  [metadataPath]: JSON.stringify({
    access_token: "canary-of-the-service",
    token_type: "Bearer",
    expires_on: 4_070_908_800,
    expires_in: 3600,
  }),
};

/** The workspace as it should be, but that it sends whoever asks for `turned` to somebody else. */
function turning(turned: RegExp, status: number): void {
  workspace.answer = ({ target }) => {
    const [path = ""] = target.split("?");
    if (turned.test(path)) return { status, headers: { location: `${thief.url}${path}` }, body: "" };
    const body = honest[path]?.replace("WORKSPACE", workspace.url);
    return {
      status: body === undefined ? 404 : 200,
      headers: { "content-type": "application/json" },
      body: body ?? "{}",
    };
  };
}

async function tried({ name, settings = {}, env }: Way, origin = workspace.url): Promise<string> {
  const host = settings.profile === undefined || origin !== workspace.url ? { host: origin } : {};
  const environment = {
    HOME: home,
    PATH: "/nonexistent",
    DATABRICKS_CONFIG_FILE: join(home, "none"),
    DATABRICKS_AUTH_TYPE: name,
    ...env?.(),
  };
  const options = { retryBudgetMs: 0, waitTimeoutMs: 1_000, clock: new CountedClock() };
  return connect({ ...host, ...settings }, environment, options)
    .then((client) => client.get("projects/shop"))
    .then(
      (found) => `found ${JSON.stringify(found)}`,
      (failure: Error) => failure.message,
    );
}

beforeEach(() => {
  thief.answer = ({ target }) => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: (honest[target.split("?")[0] ?? ""] ?? "{}").replace("WORKSPACE", thief.url),
  });
});

describe.each(ways)("$name", (way) => {
  test("reaches the workspace with a secret", async () => {
    turning(/^$/, 302);
    await tried(way);
    const { headers } = workspace.asked.at(-1) ?? {};
    expect(headers?.authorization).toMatch(/^(Bearer \S*canary\S*|Basic YWRhOmNhbmFyeQ==)$/);
  });

  test.each([301, 302, 303, 307, 308])("after a %d of anything it goes nowhere else", async (status) => {
    for (const turned of [/./, /^\/api\//, /v1\/token/, /well-known/, /github|acme|metadata/]) {
      turning(turned, status);
      expect(await tried(way)).not.toMatch(/canary|eyJ/);
    }
    expect(thief.asked).toEqual([]);
  });

  test("is not quoted when the workspace sends it back", async () => {
    turning(/^$/, 302);
    const { answer } = workspace;
    workspace.answer = (asked, response) => {
      if (!/^\/api\//.test(asked.target)) return answer(asked, response);
      const message = `no session for ${asked.headers.authorization}`;
      return { status: 401, headers: { "x-request-id": message }, body: JSON.stringify({ message }) };
    };
    const refusal = await tried(way);
    expect(refusal).toMatch(/no session for \S+ \[secret\]/);
    expect(refusal).not.toMatch(/canary|eyJ|YWRhOmNhbmFyeQ/);
  });

  test("goes in the clear to this machine alone", async () => {
    const refusal = await tried(way, "http://workspace.example");
    expect(refusal).toMatch(/http:\/\/workspace\.example is not https, and a token must not travel in the clear/);
    expect(refusal).not.toMatch(/canary|eyJ/);
    expect(workspace.asked).toEqual([]);
  });
});

const exchanged = ways.filter(({ name }) => /oidc|m2m/.test(name));

describe.each(exchanged)("$name", (way) => {
  test("sends nothing to a place for tokens that is not private", async () => {
    workspace.answer = ({ target }) => {
      const path = target.split("?")[0] ?? "";
      const elsewhere = /well-known/.test(path) ? "http://elsewhere.example" : workspace.url;
      const body = honest[path]?.replace("WORKSPACE", elsewhere);
      return { status: body === undefined ? 404 : 200, body: body ?? "" };
    };
    expect(await tried(way)).toMatch(
      /names 'http:\/\/elsewhere\.example\/oidc\/v1\/token' as the place for tokens, which is not an https address/,
    );
  });
});

const asked = ways.filter((way) => exchanged.includes(way) || way.name === "metadata-service");

describe.each(asked)("$name", (way) => {
  test("quotes nothing of what it sent when somebody sends it back", async () => {
    turning(/^$/, 302);
    const { answer } = workspace;
    workspace.answer = (asked, response) => {
      if (!/v1\/token|github|acme|metadata/.test(asked.target)) return answer(asked, response);
      const parts = [asked.headers.authorization, decodeURIComponent(asked.body), asked.target];
      const said = `no entry for ${parts.join(" ")} ${decodeURIComponent(asked.target)}`;
      return { status: 401, body: JSON.stringify({ error: "invalid_client", error_description: said }) };
    };
    const refusal = await tried(way);
    expect(refusal).toMatch(/no entry for/);
    expect(refusal).not.toMatch(/canary|eyJ/);
    expect(refusal).not.toContain(Buffer.from("app:fake-canary").toString("base64"));
  });
});

test("a service that hands out tokens is one of this machine", async () => {
  const way = {
    name: "metadata-service",
    env: () => ({ DATABRICKS_METADATA_SERVICE_URL: "https://elsewhere.example/x" }),
  };
  expect(await tried(way)).toMatch(/^DATABRICKS_METADATA_SERVICE_URL is no address on this machine; unset it/);
});

describe("with a proxy for everybody", () => {
  const proxy = useOddServer();
  const names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"];
  const before = names.map((name) => [name, process.env[name]] as const);

  beforeEach(() => {
    for (const name of names) delete process.env[name];
    process.env["HTTP_PROXY"] = proxy.url;
  });
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test.each(ways)("$name goes past it to what is on this machine", async (way) => {
    turning(/^$/, 302);
    await tried(way);
    expect(workspace.asked.at(-1)?.headers.authorization).toMatch(/canary|YWRhOmNhbmFyeQ==/);
    expect(proxy.asked).toEqual([]);
  });
});
