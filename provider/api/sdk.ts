/** Every way of signing in that Databricks' JavaScript SDK has: M2M, the CLI, Azure, Google, profiles. */
import type { AuthType } from "@databricks/sdk-experimental/dist/config/Config.js";
import { chosenWorkspace, type Environment, type SignIn, type SignInSettings } from "./auth";
import { ConfigurationError } from "./errors";
import { workspace } from "./host";

export async function sdkSignIn(settings: SignInSettings, env: Environment): Promise<SignIn> {
  // The SDK as a whole has clients for all of Databricks; its sign-in alone loads in a third of the time.
  const { Config } = await import("@databricks/sdk-experimental/dist/config/Config.js");
  const { EnvironmentLoader } = await import("@databricks/sdk-experimental/dist/config/ConfigAttributes.js");
  const { KnownConfigLoader, loadConfigFile } = await import(
    "@databricks/sdk-experimental/dist/config/KnownConfigLoader.js"
  );
  let written: string | undefined;
  const remember = async (found: { readonly host?: string }) => {
    written = found.host;
  };
  // The SDK reads no workspace_id; it counts where the profile gave the host too.
  const ofProfile = async () => {
    if ((settings.host ?? env["DATABRICKS_HOST"]) !== undefined) return undefined;
    const { iniFile } = await loadConfigFile(config.configFile);
    const profile: Readonly<Record<string, unknown>> = iniFile[config.profile ?? "DEFAULT"] ?? {};
    return profile["workspace_id"] === undefined ? undefined : String(profile["workspace_id"]);
  };
  const config = new Config({
    ...Object.fromEntries(
      Object.entries({
        host: settings.host,
        token: settings.token,
        clientId: settings.clientId,
        clientSecret: settings.clientSecret,
        profile: settings.profile,
        authType: settings.authType as AuthType | undefined,
      }).filter(([, value]) => value !== undefined),
    ),
    env: { ...env },
    loaders: [
      new EnvironmentLoader(),
      new KnownConfigLoader(),
      // The SDK keeps only the host's name of what it found; this remembers the scheme and the port.
      { name: "host as written", configure: remember },
    ],
  });
  await config.ensureResolved().catch(refuse);
  if (written === undefined) {
    const profile = settings.profile ?? env["DATABRICKS_CONFIG_PROFILE"] ?? "DEFAULT";
    throw new ConfigurationError(
      `no Databricks host: neither the stack's configuration, DATABRICKS_HOST nor profile '${profile}' in ${env["DATABRICKS_CONFIG_FILE"] ?? "~/.databrickscfg"} has one; write 'pulumi config set lakebase:host https://WORKSPACE'`,
    );
  }
  const { origin, workspaceId } = workspace(written);
  config.host = origin;
  let refreshing: Promise<Readonly<Record<string, string>>> | undefined;
  // The SDK keeps a token and refreshes it 40 s before it expires; sharing the call makes that one refresh at a time.
  const headers = () => {
    refreshing ??= authorize(config).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };
  await headers();
  return {
    origin,
    workspaceId: chosenWorkspace(settings, env) ?? workspaceId ?? (await ofProfile()),
    credentials: { type: config.authType ?? "unknown", headers },
  };
}

async function authorize(config: { authenticate(headers: Headers): Promise<void> }) {
  const headers = new Headers();
  await config.authenticate(headers).catch(refuse);
  return Object.fromEntries(headers);
}

/** The SDK's errors end with a dump of its settings; what matters is the sentence before it. */
function refuse(reason: unknown): never {
  const text =
    reason instanceof Error ? ("baseMessage" in reason ? String(reason.baseMessage) : reason.message) : String(reason);
  const sentence = text.replace(/\s+/g, " ").replace(/[.\s]+$/, "");
  throw new ConfigurationError(
    `signing in to Databricks failed: ${sentence}; looked at the stack's configuration (lakebase: and databricks:), the DATABRICKS_* environment and ~/.databrickscfg; set lakebase:token with --secret, DATABRICKS_TOKEN, or lakebase:profile`,
    { cause: reason },
  );
}
