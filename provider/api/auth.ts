/**
 * Signing in: settings and environment → a workspace and the headers for its requests. A token is used directly; every
 * other way is Databricks' own SDK's, which is loaded only then.
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "./errors";
import { sameWorkspace, workspace } from "./host";
import { sdkSignIn } from "./sdk";

/** What the user may set, by its name in the stack's configuration. */
export interface SignInSettings {
  readonly host?: string | undefined;
  readonly token?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly profile?: string | undefined;
  readonly authType?: string | undefined;
  readonly workspaceId?: string | undefined;
}

export const signInKeys = ["host", "token", "clientId", "clientSecret", "profile", "authType", "workspaceId"] as const;

/**
 * The settings of several sources, the first winning. Credentials come as a whole from the first source that names any,
 * and with a profile, whose host is in its file, the host does not come from a later one.
 */
export function firstOf(sources: readonly SignInSettings[]): SignInSettings {
  const named = sources.findIndex(namesCredentials);
  const { token, clientId, clientSecret, profile, authType } = sources[named] ?? {};
  const asked = profile === undefined ? sources : sources.slice(0, named + 1);
  const first = (key: "host" | "workspaceId") =>
    asked.map((source) => source[key]).find((value) => value !== undefined);
  return { host: first("host"), workspaceId: first("workspaceId"), token, clientId, clientSecret, profile, authType };
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Credentials {
  /** The way of signing in, e.g. `pat` or `oauth-m2m`. */
  readonly type: string;
  /** Headers that authorize a request, with a token that is valid now. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

export interface SignIn {
  readonly origin: string;
  readonly workspaceId: string | undefined;
  readonly credentials: Credentials;
}

/** Variables that are set to something: an empty one counts as unset, as pipelines cannot leave one out. */
function nonEmpty(environment: Environment): Environment {
  const trimmed = Object.entries(environment).map(([name, value]) => [name, value?.trim()] as const);
  return Object.fromEntries(trimmed.filter(([, value]) => value));
}

/** Credentials in the environment that would compete with those from the stack's configuration. */
const competing =
  /^(DATABRICKS_(TOKEN|USERNAME|PASSWORD|CLIENT_ID|CLIENT_SECRET|CONFIG_PROFILE|AUTH_TYPE|GOOGLE_\w+)|ARM_\w+|GOOGLE_CREDENTIALS)$/;

export async function signIn(settings: SignInSettings, environment: Environment): Promise<SignIn> {
  const wrong = whatIsWrong(settings, environment);
  if (wrong !== undefined) throw new ConfigurationError(wrong);
  const env = usable(settings, environment);
  const host = settings.host ?? env["DATABRICKS_HOST"];
  const token = personalToken(settings, env);
  if (host === undefined || token === undefined) return sdkSignIn(settings, env);
  const { origin, workspaceId } = workspace(host);
  return {
    origin,
    workspaceId: chosenWorkspace(settings, env) ?? workspaceId,
    credentials: { type: "pat", headers: async () => ({ authorization: `Bearer ${token}` }) },
  };
}

/**
 * The environment as far as it may be used: its credentials neither compete with those of the stack's configuration, nor
 * travel to another host than the one that the environment names.
 */
function usable(settings: SignInSettings, environment: Environment): Environment {
  const env = nonEmpty(environment);
  const { host } = settings;
  const theirs = env["DATABRICKS_HOST"];
  const foreign = host !== undefined && theirs !== undefined && !sameWorkspace(host, theirs);
  const dropped = (name: string) =>
    (namesCredentials(settings) && isCompeting(name, settings)) || (foreign && competing.test(name));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped(name)));
}

/** The environment's workspace belongs to the environment's host. */
export function chosenWorkspace(settings: SignInSettings, env: Environment): string | undefined {
  return settings.workspaceId ?? (settings.host === undefined ? env["DATABRICKS_WORKSPACE_ID"] : undefined);
}

/** A token that is the one way given. Where the environment has several, the SDK decides or says what collides. */
function personalToken(settings: SignInSettings, env: Environment): string | undefined {
  if (settings.token !== undefined && (settings.authType ?? "pat") === "pat") return settings.token;
  if (namesCredentials(settings)) return undefined;
  const authType = env["DATABRICKS_AUTH_TYPE"];
  const alone = !["DATABRICKS_CLIENT_ID", "DATABRICKS_USERNAME", "ARM_CLIENT_ID"].some((name) => env[name]);
  return authType === "pat" || (authType === undefined && alone) ? env["DATABRICKS_TOKEN"] : undefined;
}

/** Whether the stack's configuration says how to sign in, so that the environment's ways do not mix in. */
function namesCredentials({ token, clientId, clientSecret, profile, authType }: SignInSettings): boolean {
  return [token, clientId, clientSecret, profile, authType].some((value) => value !== undefined);
}

/** An `authType` alone chooses among what the environment offers; half of a client's pair takes its other half from there. */
function isCompeting(name: string, settings: SignInSettings): boolean {
  if (settings.profile !== undefined && /^DATABRICKS_(HOST|WORKSPACE_ID)$/.test(name)) return true;
  if (settings.authType !== undefined && name !== "DATABRICKS_AUTH_TYPE") return false;
  if ((settings.clientId !== undefined || settings.clientSecret !== undefined) && /^DATABRICKS_CLIENT_/.test(name))
    return false;
  return competing.test(name);
}

/** One sentence on what is missing or wrong, as far as that shows without asking anyone; `undefined` when signing in may work. */
export function whatIsWrong(settings: SignInSettings, environment: Environment): string | undefined {
  const env = nonEmpty(environment);
  const host = settings.host ?? (settings.profile === undefined ? env["DATABRICKS_HOST"] : undefined);
  if (host === undefined) return whatIsMissing(settings, env);
  try {
    workspace(host);
    const token = personalToken(settings, usable(settings, environment));
    return token !== undefined && /[^\x21-\x7e]/.test(token)
      ? "the Databricks token contains a space, a line break or another character that no token has; set it again without"
      : undefined;
  } catch (reason) {
    if (reason instanceof ConfigurationError) return reason.message;
    throw reason;
  }
}

function whatIsMissing(settings: SignInSettings, env: Environment): string | undefined {
  const file = env["DATABRICKS_CONFIG_FILE"] ?? join(env["HOME"] ?? homedir(), ".databrickscfg");
  const elsewhere = [settings.profile, env["DATABRICKS_CONFIG_PROFILE"], env["DATABRICKS_AZURE_RESOURCE_ID"]];
  if (elsewhere.some((value) => value !== undefined) || existsSync(file)) return undefined;
  const looked = "the stack's configuration (lakebase:host, databricks:host), DATABRICKS_HOST and ~/.databrickscfg";
  return `no Databricks workspace to talk to: looked at ${looked}; write 'pulumi config set lakebase:host https://WORKSPACE' or set DATABRICKS_HOST`;
}

/** Whether credentials are in plain sight, so that a preview need not try them. */
export function inPlainSight(settings: SignInSettings, environment: Environment): boolean {
  const env = usable(settings, environment);
  return (
    personalToken(settings, env) !== undefined ||
    (settings.clientSecret ?? env["DATABRICKS_CLIENT_SECRET"]) !== undefined ||
    (settings.profile ?? env["DATABRICKS_CONFIG_PROFILE"]) !== undefined
  );
}
