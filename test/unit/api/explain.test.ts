/** Which way of signing in the settings lead to, where each came from, and that no secret is told. */
import { explainAuth, formatExplanation } from "../../../provider/api/explain";
import { declarations, type SignInSettings, settingNames, signInKeys } from "../../../provider/api/settings";
import type { Profiles } from "../../../provider/api/sources";

type Variables = Readonly<Record<string, string>>;
type Sections = Profiles["sections"];

const label = (space: string) => `stack configuration ${space}:`;

function explain(stack: SignInSettings, env: Variables = {}, sections?: Sections, later: SignInSettings = {}) {
  const sources = [
    { label: label("lakebase"), settings: stack },
    { label: label("databricks"), settings: later },
  ];
  const profiles = sections && { file: "~/.databrickscfg", sections };
  return explainAuth(sources, { HOME: "/nonexistent", ...env }, profiles);
}

const host = "https://a.example";
const azure = "https://adb-1.azuredatabricks.net";
const github = {
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://github.example/?x=1",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "canary",
};
const devops = {
  SYSTEM_ACCESSTOKEN: "canary",
  SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: "https://devops.example/",
  SYSTEM_TEAMPROJECTID: "p",
  SYSTEM_HOSTTYPE: "build",
  SYSTEM_PLANID: "p",
  SYSTEM_JOBID: "j",
};
const client = { DATABRICKS_CLIENT_ID: "app" };
const secret = { DATABRICKS_CLIENT_SECRET: "canary" };
const token = { DATABRICKS_TOKEN: "canary" };

interface Choice {
  readonly name: string;
  readonly stack?: SignInSettings;
  readonly env?: Variables;
  readonly profile?: Readonly<Record<string, string>>;
  readonly ways: readonly string[];
}

const choices: readonly Choice[] = [
  { name: "nothing: what may be logged in on this machine", ways: ["databricks-cli"] },
  { name: "nothing on Azure", stack: { host: azure }, ways: ["databricks-cli", "azure-cli"] },
  { name: "a token", env: token, ways: ["pat"] },
  { name: "a client with its secret", env: { ...client, ...secret }, ways: ["oauth-m2m"] },
  { name: "a client alone, where no pipeline offers an ID token", env: client, ways: ["databricks-cli"] },
  { name: "a client alone in GitHub Actions", env: { ...client, ...github }, ways: ["github-oidc"] },
  { name: "a client alone in Azure Pipelines", env: { ...client, ...devops }, ways: ["azure-devops-oidc"] },
  { name: "no client in GitHub Actions", env: github, ways: ["databricks-cli"] },
  {
    name: "no client in GitHub Actions, on Azure",
    stack: { host: azure },
    env: github,
    ways: ["databricks-cli", "azure-cli"],
  },
  { name: "a token in GitHub Actions", env: { ...token, ...github }, ways: ["pat"] },
  { name: "a client with its secret in GitHub Actions", env: { ...client, ...secret, ...github }, ways: ["oauth-m2m"] },
  { name: "half of an Azure job", env: { ...client, SYSTEM_ACCESSTOKEN: "canary" }, ways: ["databricks-cli"] },
  { name: "a variable with an ID token", env: { DATABRICKS_OIDC_TOKEN: "canary" }, ways: ["env-oidc"] },
  { name: "the name of a variable", stack: { oidcTokenEnv: "T" }, ways: ["env-oidc"] },
  { name: "a file", env: { DATABRICKS_OIDC_TOKEN_FILEPATH: "/token" }, ways: ["file-oidc"] },
  {
    name: "a variable and a file: Databricks' order",
    env: { DATABRICKS_OIDC_TOKEN: "canary", DATABRICKS_OIDC_TOKEN_FILEPATH: "/token" },
    ways: ["env-oidc"],
  },
  {
    name: "a file in the stack, before the environment's variable",
    stack: { oidcTokenFilepath: "/token" },
    env: { DATABRICKS_OIDC_TOKEN: "canary" },
    ways: ["file-oidc"],
  },
  {
    name: "a file in the stack, before the environment's client with its secret",
    stack: { oidcTokenFilepath: "/token" },
    env: { ...client, ...secret },
    ways: ["file-oidc"],
  },
  {
    name: "a file, before what GitHub Actions offers",
    env: { ...client, ...github, DATABRICKS_OIDC_TOKEN_FILEPATH: "/token" },
    ways: ["file-oidc"],
  },
  {
    name: "a token, before a file",
    env: { ...token, DATABRICKS_OIDC_TOKEN_FILEPATH: "/token" },
    ways: ["pat"],
  },
  { name: "an authType, whatever else is set", stack: { authType: "azure-cli" }, env: token, ways: ["azure-cli"] },
  {
    name: "the environment's authType",
    env: { ...token, ...github, DATABRICKS_AUTH_TYPE: "github-oidc" },
    ways: ["github-oidc"],
  },
  {
    name: "credentials in the stack, before the environment's authType",
    stack: { token: "canary" },
    env: { DATABRICKS_AUTH_TYPE: "github-oidc" },
    ways: ["pat"],
  },
  { name: "a profile's authType", stack: { profile: "p" }, profile: { auth_type: "file-oidc" }, ways: ["file-oidc"] },
  { name: "a profile with a token", stack: { profile: "p" }, profile: { token: "canary" }, env: github, ways: ["pat"] },
  {
    name: "a profile for the Databricks CLI, not the environment's ID token",
    stack: { profile: "p" },
    profile: {},
    env: { DATABRICKS_OIDC_TOKEN: "canary" },
    ways: ["databricks-cli"],
  },
  {
    name: "Azure's client secret",
    stack: { host: azure },
    env: { ARM_CLIENT_ID: "id", ARM_CLIENT_SECRET: "canary", ARM_TENANT_ID: "t" },
    ways: ["databricks-cli", "azure-client-secret"],
  },
  {
    name: "another program's Azure settings, on another cloud",
    env: { ARM_CLIENT_ID: "id", ARM_CLIENT_SECRET: "canary", ARM_TENANT_ID: "t" },
    ways: ["databricks-cli"],
  },
  {
    name: "a machine's identity that is off",
    stack: { host: azure },
    env: { ARM_USE_MSI: "false" },
    ways: ["databricks-cli", "azure-cli"],
  },
  {
    name: "a machine's identity",
    stack: { host: azure },
    env: { ARM_USE_MSI: "true" },
    ways: ["databricks-cli", "azure-msi"],
  },
  {
    name: "another program's Google credentials beside a client with its secret",
    env: { ...client, ...secret, GOOGLE_CREDENTIALS: "canary" },
    ways: ["oauth-m2m"],
  },
];

test.each(choices)("chosen by $name", ({ stack, env, profile, ways }) => {
  const sections = profile && { p: { host, ...profile } };
  const { ways: found, problem } = explain(profile ? { ...stack } : { host, ...stack }, env, sections);
  expect({ ways: found, problem }).toEqual({ ways, problem: undefined });
});

interface Origin {
  readonly name: string;
  readonly stack?: SignInSettings;
  readonly later?: SignInSettings;
  readonly env?: Variables;
  readonly sections?: Sections;
  /** `SETTING ← FROM`, and for those passed over `: WHY`. */
  readonly want: readonly string[];
}

const origins: readonly Origin[] = [
  {
    name: "the stack before the environment",
    stack: { host },
    env: { DATABRICKS_HOST: host, ...token },
    want: [
      "host ← stack configuration lakebase:host",
      "host ← DATABRICKS_HOST: stack configuration lakebase:host comes first",
      "token ← DATABRICKS_TOKEN",
    ],
  },
  {
    name: "lakebase: before databricks:, and credentials as a whole",
    stack: { clientId: "app" },
    later: { host, token: "canary", clientId: "other" },
    want: [
      "clientId ← stack configuration lakebase:clientId: databricks-cli does not use it",
      "host ← stack configuration databricks:host",
      "token ← stack configuration databricks:token: stack configuration lakebase:clientId says how to sign in",
      "clientId ← stack configuration databricks:clientId: stack configuration lakebase:clientId says how to sign in",
    ],
  },
  {
    name: "credentials of another host",
    stack: { host },
    env: { DATABRICKS_HOST: "https://b.example", ...token, DATABRICKS_TOKEN_AUDIENCE: "b" },
    want: [
      "host ← stack configuration lakebase:host",
      "host ← DATABRICKS_HOST: stack configuration lakebase:host comes first",
      "token ← DATABRICKS_TOKEN: it is for the host in DATABRICKS_HOST",
      "audience ← DATABRICKS_TOKEN_AUDIENCE: it is for the host in DATABRICKS_HOST",
    ],
  },
  {
    name: "the environment's account and workspace with the stack's host",
    stack: { host, token: "canary" },
    env: { DATABRICKS_ACCOUNT_ID: "1", DATABRICKS_WORKSPACE_ID: "2" },
    want: [
      "host ← stack configuration lakebase:host",
      "token ← stack configuration lakebase:token",
      "workspaceId ← DATABRICKS_WORKSPACE_ID: the host is that of stack configuration lakebase:host",
      "accountId ← DATABRICKS_ACCOUNT_ID: the host is that of stack configuration lakebase:host",
    ],
  },
  {
    name: "a profile of the stack's, against the environment",
    stack: { profile: "p" },
    env: { DATABRICKS_HOST: "https://b.example", ...token },
    sections: { p: { host, token: "canary", workspace_id: "7" } },
    want: [
      "profile ← stack configuration lakebase:profile",
      "host ← DATABRICKS_HOST: stack configuration lakebase:profile brings its own",
      "token ← DATABRICKS_TOKEN: stack configuration lakebase:profile says how to sign in",
      "host ← ~/.databrickscfg [p] host",
      "workspaceId ← ~/.databrickscfg [p] workspace_id",
      "token ← ~/.databrickscfg [p] token",
    ],
  },
  {
    name: "the default profile, when nothing else is set",
    sections: { DEFAULT: { host, token: "canary", audience: "x" } },
    want: [
      "host ← ~/.databrickscfg [DEFAULT] host",
      "token ← ~/.databrickscfg [DEFAULT] token",
      "audience ← ~/.databrickscfg [DEFAULT] audience: pat does not use it",
    ],
  },
  {
    name: "the profile that the file itself takes for its default",
    sections: {
      DEFAULT: { host: "https://b.example" },
      __settings__: { default_profile: "p" },
      p: { host, auth_type: "file-oidc", databricks_id_token_filepath: "/token" },
    },
    want: [
      "host ← ~/.databrickscfg [p] host",
      "authType ← ~/.databrickscfg [p] auth_type",
      "oidcTokenFilepath ← ~/.databrickscfg [p] databricks_id_token_filepath",
    ],
  },
  {
    name: "a profile that is not read, since the host is set",
    env: { DATABRICKS_HOST: host },
    sections: { DEFAULT: { host, token: "canary" } },
    want: [
      "host ← DATABRICKS_HOST",
      "host ← ~/.databrickscfg [DEFAULT] host: no profile is needed",
      "token ← ~/.databrickscfg [DEFAULT] token: no profile is needed",
    ],
  },
  {
    name: "what a pipeline offers and nobody asked for",
    stack: { host },
    env: { ...token, ...github },
    want: [
      "host ← stack configuration lakebase:host",
      "token ← DATABRICKS_TOKEN",
      "githubUrl ← ACTIONS_ID_TOKEN_REQUEST_URL: pat does not use it",
      "githubToken ← ACTIONS_ID_TOKEN_REQUEST_TOKEN: pat does not use it",
    ],
  },
  {
    name: "an empty variable, which is none",
    stack: { host },
    env: { DATABRICKS_TOKEN: " " },
    want: ["host ← stack configuration lakebase:host"],
  },
];

test.each(origins)("tells where settings come from: $name", ({ stack = {}, later, env, sections, want }) => {
  const { settings } = explain(stack, env, sections, later);
  expect(
    settings.map(
      ({ setting, from, passedOver }) => `${setting} ← ${from}${passedOver === undefined ? "" : `: ${passedOver}`}`,
    ),
  ).toEqual(want);
});

test("no value of a secret is told, wherever it is and however wrong", () => {
  const jwt = "eyJhbGciOiJub25lIn0.canary.canary";
  const misplaced = Object.fromEntries(signInKeys.map((key) => [key, jwt]));
  const variables = Object.fromEntries(
    settingNames.map((name) => [declarations[name].variable, `dapi${"0".repeat(32)}-canary`]),
  );
  const profile = { token: "canary", client_secret: "canary", password: "canary", username: "canary" };
  for (const hosts of [{}, { host: "https://me:canary@a.example" }, { host: "https://a.example/?token=canary" }]) {
    for (const stack of [misplaced, { ...misplaced, authType: undefined }, { profile: "DEFAULT" }, {}]) {
      const explanation = explain({ ...stack, ...hosts }, variables, { DEFAULT: profile });
      expect(explanation.settings.length).toBeGreaterThan(10);
      expect(JSON.stringify(explanation)).not.toMatch(/canary/);
      expect(formatExplanation(explanation)).not.toMatch(/canary/);
    }
  }
});

test("is a table that people can read", () => {
  const env = { DATABRICKS_HOST: "https://b.example/?o=1", ...client, DATABRICKS_TOKEN_AUDIENCE: "acme", ...github };
  expect(formatExplanation(explain({ authType: "github-oidc" }, env)).split("\n")).toEqual([
    "Signs in to https://b.example by github-oidc.",
    "",
    "SETTING      VALUE              FROM",
    "authType     github-oidc        stack configuration lakebase:authType",
    "host         https://b.example  DATABRICKS_HOST",
    "clientId     app                DATABRICKS_CLIENT_ID",
    "audience     acme               DATABRICKS_TOKEN_AUDIENCE",
    "githubUrl    set                ACTIONS_ID_TOKEN_REQUEST_URL",
    "githubToken  set                ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  ]);
  expect(
    formatExplanation(explain({ host }, { ...token, DATABRICKS_ACCOUNT_ID: "1" }))
      .split("\n")
      .slice(2),
  ).toEqual([
    "SETTING    VALUE              FROM",
    "host       https://a.example  stack configuration lakebase:host",
    "token      set                DATABRICKS_TOKEN",
    "accountId  1                  DATABRICKS_ACCOUNT_ID              not used: the host is that of stack configuration lakebase:host",
  ]);
});

const verdicts = [
  {
    name: "several ways",
    stack: { host: azure },
    want: /^Signs in to https:\/\/adb-1\.azuredatabricks\.net by the first of these that works: databricks-cli, azure-cli\.$/,
  },
  {
    name: "no host",
    stack: {},
    want: /^Does not sign in: no Databricks host: .* write 'pulumi config set lakebase:host https:\/\/WORKSPACE'\.$/,
  },
  {
    name: "a host in the clear",
    stack: { host: "http://a.example" },
    want: /^Does not sign in: the Databricks host http:\/\/a\.example is not https/,
  },
  {
    name: "a profile that is not there",
    stack: { profile: "p" },
    env: {},
    want: /^Does not sign in: no Databricks host: .* profile 'p' in ~\/\.databrickscfg/,
  },
  {
    name: "a profile that is not there beside a host",
    stack: {},
    env: { DATABRICKS_HOST: host, DATABRICKS_CONFIG_PROFILE: "p" },
    want: /^Does not sign in to https:\/\/a\.example: there is no profile 'p' in ~\/\.databrickscfg; /,
  },
  {
    name: "two ways at once",
    stack: { host },
    env: { ...token, ...client },
    want: /^Does not sign in to https:\/\/a\.example: more than one authorization method configured: oauth and pat \(DATABRICKS_TOKEN, DATABRICKS_CLIENT_ID\); leave one, or set lakebase:authType or DATABRICKS_AUTH_TYPE to the way to use\.$/,
  },
  {
    name: "a way that nobody knows",
    stack: { host, authType: "x" },
    want: /: stack configuration lakebase:authType names a way of signing in that is not known; it can be pat, /,
  },
];

test.each(verdicts)("says at once what will happen with $name", ({ stack, env = {}, want }) => {
  expect(formatExplanation(explain(stack, env, { other: {} })).split("\n")[0]).toMatch(want);
});
