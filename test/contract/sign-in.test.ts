/** Signing in, against the emulator's own token endpoints: what is taken from where, and what is said when nothing fits. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SignInSettings, signIn, whatIsWrong } from "../../provider/api/auth";
import { firstOf } from "../../provider/api/sources";
import { useEmulator } from "../support/emulator.ts";

const emulator = useEmulator();

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sign-in-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** An environment without anything of the machine's own. */
function environment(variables: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { HOME: home, PATH: "/nonexistent", DATABRICKS_CONFIG_FILE: join(home, "no-such-file"), ...variables };
}

function profiles(text: string): Record<string, string> {
  writeFileSync(join(home, "databrickscfg"), text);
  return environment({ DATABRICKS_CONFIG_FILE: join(home, "databrickscfg") });
}

interface Way {
  readonly name: string;
  readonly settings?: (url: string) => SignInSettings;
  readonly env: (url: string) => Record<string, string>;
  readonly type: string;
  /** The header, where it is known beforehand. */
  readonly token?: string;
}

const ways: readonly Way[] = [
  {
    name: "a token in the stack's configuration",
    settings: (host) => ({ host, token: "dapi-from-config" }),
    env: () => environment(),
    type: "pat",
    token: "dapi-from-config",
  },
  {
    name: "a token in the environment",
    env: (host) => environment({ DATABRICKS_HOST: host, DATABRICKS_TOKEN: "dapi-from-env" }),
    type: "pat",
    token: "dapi-from-env",
  },
  {
    name: "the configuration's token before the environment's",
    settings: () => ({ token: "dapi-from-config" }),
    env: (host) => environment({ DATABRICKS_HOST: host, DATABRICKS_TOKEN: "dapi-from-env" }),
    type: "pat",
    token: "dapi-from-config",
  },
  {
    name: "the configuration's host and token, whatever host the environment has",
    settings: (host) => ({ host, token: "dapi-from-config" }),
    env: () => environment({ DATABRICKS_HOST: "http://elsewhere.example", DATABRICKS_TOKEN: "dapi-from-env" }),
    type: "pat",
    token: "dapi-from-config",
  },
  {
    name: "the default profile",
    env: (host) => profiles(`[DEFAULT]\nhost = ${host}\ntoken = dapi-from-file\n`),
    type: "pat",
    token: "dapi-from-file",
  },
  {
    name: "the profile that the configuration names, not the environment's token",
    settings: () => ({ profile: "shop" }),
    env: (host) => ({
      ...profiles(`[shop]\nhost = ${host}\ntoken = dapi-of-shop\n`),
      DATABRICKS_TOKEN: "dapi-from-env",
    }),
    type: "pat",
    token: "dapi-of-shop",
  },
  {
    name: "a service principal in the configuration",
    settings: (host) => ({ host, clientId: "app", clientSecret: "fake-secret" }),
    env: () => environment({ DATABRICKS_TOKEN: "dapi-from-env" }),
    type: "oauth-m2m",
  },
  {
    name: "a service principal in the environment",
    env: (host) =>
      environment({ DATABRICKS_HOST: host, DATABRICKS_CLIENT_ID: "app", DATABRICKS_CLIENT_SECRET: "fake-secret" }),
    type: "oauth-m2m",
  },
  {
    name: "the way that DATABRICKS_AUTH_TYPE picks",
    env: (host) =>
      environment({
        DATABRICKS_HOST: host,
        DATABRICKS_TOKEN: "dapi-from-env",
        DATABRICKS_CLIENT_ID: "app",
        DATABRICKS_CLIENT_SECRET: "fake-secret",
        DATABRICKS_AUTH_TYPE: "oauth-m2m",
      }),
    type: "oauth-m2m",
  },
  {
    name: "a token from a file, with its line break",
    env: (host) => environment({ DATABRICKS_HOST: host, DATABRICKS_TOKEN: "dapi-from-env\n" }),
    type: "pat",
    token: "dapi-from-env",
  },
  {
    name: "empty variables count as unset",
    env: (host) =>
      environment({
        DATABRICKS_HOST: host,
        DATABRICKS_TOKEN: "dapi-from-env",
        DATABRICKS_CLIENT_ID: "",
        DATABRICKS_AUTH_TYPE: "",
        DATABRICKS_CONFIG_PROFILE: "",
      }),
    type: "pat",
    token: "dapi-from-env",
  },
];

test.each(ways)("$name", async ({ settings, env, type, token }) => {
  const { origin, credentials } = await signIn(settings?.(emulator.url) ?? {}, env(emulator.url));
  const headers = await credentials.headers();
  expect({ origin, type: credentials.type }).toEqual({ origin: emulator.url, type });
  expect(headers["authorization"]).toMatch(token === undefined ? /^Bearer \S+$/ : new RegExp(`^Bearer ${token}$`));
});

test("a service principal's token is fetched once and shared by requests at one time", async () => {
  const { credentials } = await signIn(
    { host: emulator.url, clientId: "app", clientSecret: "fake-secret" },
    environment(),
  );
  const all = await Promise.all(Array.from({ length: 20 }, () => credentials.headers()));
  expect(new Set(all.map(({ authorization }) => authorization)).size).toBe(1);
  const calls = await emulator.calls();
  expect(calls.filter((call) => call === "POST /oidc/v1/token")).toHaveLength(1);
  const response = await fetch(`${emulator.url}/api/2.0/preview/scim/v2/Me`, { headers: { ...all[0] } });
  expect(await response.json()).toMatchObject({ userName: "app" });
});

interface Refusal {
  readonly name: string;
  readonly settings?: SignInSettings;
  readonly env?: Readonly<Record<string, string>>;
  readonly want: RegExp;
}

const refusals: readonly Refusal[] = [
  {
    name: "nothing at all",
    want: /^no Databricks workspace to talk to: looked at the stack's configuration \(lakebase:host, databricks:host\), DATABRICKS_HOST and ~\/\.databrickscfg; write 'pulumi config set lakebase:host/,
  },
  {
    name: "a host and no credentials",
    settings: { host: "https://workspace.example.com" },
    env: { DATABRICKS_AUTH_TYPE: "oauth-m2m" },
    want: /^signing in to Databricks failed: .*; looked at the stack's configuration.*; set lakebase:token with --secret, DATABRICKS_TOKEN, or lakebase:profile$/,
  },
  {
    name: "two ways in the environment",
    settings: { host: "https://workspace.example.com" },
    env: { DATABRICKS_TOKEN: "dapi-canary", DATABRICKS_CLIENT_ID: "app", DATABRICKS_CLIENT_SECRET: "fake-canary" },
    want: /more than one authorization method configured: oauth and pat/,
  },
  {
    name: "a profile that is not there",
    settings: { profile: "nobody" },
    want: /no Databricks host: .* nor profile 'nobody' in .* has one; write 'pulumi config set/,
  },
  {
    name: "a host in the clear",
    settings: { host: "http://workspace.example.com", token: "dapi-canary" },
    want: /is not https, and a token must not travel in the clear; write https:\/\/workspace\.example\.com/,
  },
  {
    name: "a token with a line break inside",
    settings: { host: "https://workspace.example.com", token: "dapi\ncanary" },
    want: /^the Databricks token contains a space, a line break or another character that no token has/,
  },
  {
    name: "the environment's token for another host than the environment's",
    settings: { host: "https://other.example.com" },
    env: {
      DATABRICKS_HOST: "https://workspace.example.com",
      DATABRICKS_TOKEN: "dapi-canary",
      DATABRICKS_AUTH_TYPE: "pat",
    },
    want: /^signing in to Databricks failed: .*; set lakebase:token/,
  },
  {
    name: "a host that is no address",
    settings: { host: "https://", token: "dapi-canary" },
    want: /the Databricks host is not an address; write it as https:\/\//,
  },
];

test.each(refusals)("is refused in one sentence without a secret: $name", async ({ settings = {}, env = {}, want }) => {
  const refusal = await signIn(settings, environment({ ...env })).then(
    () => "signed in",
    (reason: Error) => reason.message,
  );
  expect(refusal).toMatch(want);
  expect(refusal).not.toMatch(/canary|\n/);
});

test("an address from the browser brings its workspace along, and more than the host is dropped", async () => {
  const { origin, workspaceId } = await signIn(
    { host: "adb-1.azuredatabricks.net/sql?o=42", token: "dapi-fake" },
    environment(),
  );
  expect({ origin, workspaceId }).toEqual({ origin: "https://adb-1.azuredatabricks.net", workspaceId: "42" });
});

const orders: readonly {
  readonly name: string;
  readonly sources: readonly SignInSettings[];
  readonly want: SignInSettings;
}[] = [
  {
    name: "a later source completes the host, not the credentials",
    sources: [
      { clientId: "app", clientSecret: "fake" },
      { host: "https://b.example", token: "dapi-b" },
    ],
    want: { host: "https://b.example", clientId: "app", clientSecret: "fake" },
  },
  {
    name: "an authType is not answered by a later token",
    sources: [{ authType: "databricks-cli" }, { token: "dapi-b", host: "https://b.example" }],
    want: { host: "https://b.example", authType: "databricks-cli" },
  },
  {
    name: "a profile brings its own host",
    sources: [{ profile: "shop" }, { host: "https://b.example", token: "dapi-b", workspaceId: "7" }],
    want: { profile: "shop" },
  },
];

test.each(orders)("of two sources in the configuration, $name", ({ sources, want }) => {
  expect(JSON.parse(JSON.stringify(firstOf(sources.map((settings) => ({ label: "", settings })))))).toEqual(want);
});

test("a profile's token goes to the profile's host only, and its workspace comes along", async () => {
  const env = profiles(`[shop]\nhost = ${emulator.url}\ntoken = dapi-of-shop\nworkspace_id = 42\n`);
  const elsewhere = { DATABRICKS_HOST: "https://elsewhere.example", DATABRICKS_WORKSPACE_ID: "7" };
  const { origin, workspaceId } = await signIn({ profile: "shop" }, { ...env, ...elsewhere });
  expect({ origin, workspaceId }).toEqual({ origin: emulator.url, workspaceId: "42" });
});

test("the environment's workspace stays with the environment's host", async () => {
  const env = environment({ DATABRICKS_TOKEN: "dapi-from-env", DATABRICKS_WORKSPACE_ID: "7" });
  expect((await signIn({ host: emulator.url }, env)).workspaceId).toBeUndefined();
  expect((await signIn({}, { ...env, DATABRICKS_HOST: emulator.url })).workspaceId).toBe("7");
});

test("what is missing shows before any request", () => {
  expect(whatIsWrong({}, environment())).toMatch(/no Databricks workspace/);
  expect(whatIsWrong({ host: emulator.url }, environment())).toBeUndefined();
});
