/** The ways of signing in, in order, and which of them the settings lead to. */
import { addressOf } from "./host";
import { declaration, isToken, type SettingName, settingNames, type Values } from "./settings";
import { chosen, type Finding, valuesOf } from "./sources";

interface Declaration {
  readonly name: string;
  /** What it works with, besides the host. */
  readonly uses: readonly SettingName[];
  /** Whether the settings ask for it. Where nothing else is said: when all that it uses is there. */
  readonly named?: (values: Values) => boolean;
  /** Whether it may work although nothing asks for it, with a login that somebody made on this machine. */
  readonly ambient?: (values: Values) => boolean;
}

const azure = ["azureWorkspaceResourceId", "azureEnvironment", "azureLoginAppId"] as const;

/**
 * The order is that of databricks-sdk-go's auth_default.go (2026-08), but for one thing. An ID token counts only when it is
 * named, by where it is or by a client without a secret, and then it goes before the login of a command-line tool: what is
 * named does not lose to what lies around, and what a pipeline merely offers changes nothing (databricks/cli#3923).
 */
const declared = [
  { name: "pat", uses: ["token"] },
  { name: "basic", uses: ["username", "password"] },
  { name: "oauth-m2m", uses: ["clientId", "clientSecret"] },
  {
    name: "env-oidc",
    uses: ["clientId", "oidcTokenEnv", "oidcToken"],
    named: (values) => has(values, "oidcTokenEnv") || has(values, "oidcToken"),
  },
  { name: "file-oidc", uses: ["clientId", "oidcTokenFilepath"], named: (values) => has(values, "oidcTokenFilepath") },
  {
    name: "github-oidc",
    uses: ["clientId", "audience", "githubUrl", "githubToken"],
    named: (values) => has(values, "clientId", "githubUrl", "githubToken"),
  },
  {
    name: "azure-devops-oidc",
    uses: ["clientId", "devopsToken", "devopsCollection", "devopsProject", "devopsHostType", "devopsPlan", "devopsJob"],
  },
  { name: "databricks-cli", uses: ["databricksCliPath"], named: () => false, ambient: () => true },
  { name: "metadata-service", uses: ["metadataServiceUrl"] },
  {
    name: "azure-msi",
    uses: ["azureUseMsi", "azureClientId", ...azure],
    named: (values) => isAzure(values) && isOn(values.azureUseMsi),
  },
  {
    name: "azure-client-secret",
    uses: ["azureClientId", "azureClientSecret", "azureTenantId", ...azure],
    named: (values) => isAzure(values) && has(values, "azureClientId", "azureClientSecret", "azureTenantId"),
  },
  { name: "azure-cli", uses: azure, named: () => false, ambient: isAzure },
  {
    name: "google-credentials",
    uses: ["googleCredentials"],
    named: (values) => isGoogle(values) && has(values, "googleCredentials"),
  },
  {
    name: "google-id",
    uses: ["googleServiceAccount"],
    named: (values) => isGoogle(values) && has(values, "googleServiceAccount"),
  },
] as const satisfies readonly Declaration[];

/** The name of a way, as `authType` has it. */
export type Way = (typeof declared)[number]["name"];

const table: readonly (Declaration & { readonly name: Way })[] = declared;

/** What will be tried. */
export interface Plan {
  /** In order; the first that works is taken. Nothing else is tried, so the last one's error is the one to read. */
  readonly ways: readonly Way[];
  /** What keeps all of them from working, as far as it shows without asking anyone. */
  readonly problem?: string | undefined;
}

/** What the settings lead to. With an `authType` only that way. */
export function plan(findings: readonly Finding[]): Plan {
  const values = valuesOf(findings);
  const { authType } = values;
  const asked = table.find(({ name }) => name === authType);
  const ways = asked ? [asked.name] : candidates(values).map(({ name }) => name);
  if (authType !== undefined && asked === undefined) {
    const from = chosen(findings, "authType")?.from;
    return { ways: [], problem: `${from} names a way of signing in that is not known; it can be ${list()}` };
  }
  return { ways, problem: collision(findings) ?? misused(findings, ways) };
}

/** Whether a way works with a setting. */
export function uses(way: Way, name: SettingName): boolean {
  return table.some((one) => one.name === way && one.uses.includes(name));
}

/** Up to the first that is named: whoever names a way does not want another when it fails. */
function candidates(values: Values): typeof table {
  const isNamed = (way: Declaration) => way.named?.(values) ?? has(values, ...way.uses);
  const end = table.findIndex(isNamed);
  return table.slice(0, end < 0 ? undefined : end + 1).filter((way) => isNamed(way) || way.ambient?.(values));
}

function list(): string {
  return table.map(({ name }) => name).join(", ");
}

/** Two ways that are both named, where none of them can be preferred. */
function collision(findings: readonly Finding[]): string | undefined {
  if (chosen(findings, "authType") !== undefined) return undefined;
  const named = settingNames.flatMap((name) => {
    const { family } = declaration(name);
    const finding = family === undefined ? undefined : chosen(findings, name);
    return family && finding ? [{ family, from: finding.from }] : [];
  });
  if (named.length < 2) return undefined;
  const families = named.map(({ family }) => family).sort();
  return `more than one authorization method configured: ${families.join(" and ")} (${named.map(({ from }) => from).join(", ")}); leave one, or set lakebase:authType or DATABRICKS_AUTH_TYPE to the way to use`;
}

/** A setting that cannot be what it is meant for. Its value is not told: it may be a secret in the wrong place. */
function misused(findings: readonly Finding[], ways: readonly Way[]): string | undefined {
  const { token, oidcTokenEnv, oidcTokenFilepath } = valuesOf(findings);
  if (ways[0] === "pat" && token !== undefined && /[^\x21-\x7e]/.test(token)) {
    return "the Databricks token contains a space, a line break or another character that no token has; set it again without";
  }
  if (ways[0] === "env-oidc" && oidcTokenEnv !== undefined && (isToken(oidcTokenEnv) || !/^\w+$/.test(oidcTokenEnv))) {
    return `${chosen(findings, "oidcTokenEnv")?.from} must be the name of the variable that holds the ID token, and it is not a name`;
  }
  if (ways[0] === "file-oidc" && oidcTokenFilepath !== undefined && isToken(oidcTokenFilepath)) {
    return `${chosen(findings, "oidcTokenFilepath")?.from} must be the path of the file that holds the ID token, and it is a token itself`;
  }
  return undefined;
}

function has(values: Values, ...names: readonly SettingName[]): boolean {
  return names.every((name) => values[name] !== undefined);
}

/** A flag as a text, as Go's strconv has it. */
export function isOn(flag: string | undefined): boolean {
  return /^(1|t|true)$/i.test(flag ?? "");
}

/** Hosts as the JavaScript SDK (0.17) tells them apart. */
function isAzure({ host, azureWorkspaceResourceId }: Values): boolean {
  return (
    azureWorkspaceResourceId !== undefined || /\.(azuredatabricks\.net|databricks\.azure\.(us|cn))$/.test(nameOf(host))
  );
}

function isGoogle({ host }: Values): boolean {
  return /\.gcp\.databricks\.com$/.test(nameOf(host));
}

function nameOf(host: string | undefined): string {
  return (host !== undefined && addressOf(host)?.hostname) || "";
}
