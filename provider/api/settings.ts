/** What signing in can be told. Each setting is declared once; names elsewhere, what is shown and what belongs together follow. */

interface Declaration {
  /** Its environment variable. */
  readonly variable: string;
  /** Its key in a profile of `~/.databrickscfg`, where that is not its name in snake_case; `false` where it has none. */
  readonly key?: string | false;
  /** Whether the stack's configuration and a `Provider` take it. */
  readonly stack?: true;
  /** Whether its value may be shown. What is not declared so is never shown. */
  readonly shown?: true;
  /**
   * A `credential` says who signs in: those of one source are not mixed with another's. A `place` belongs to the host
   * that it was written beside. A `companion` goes with a credential and may come from another source.
   */
  readonly role?: "credential" | "place" | "companion";
  /** Ways that must not be named together, by the setting that names them. */
  readonly family?: string;
}

/** After databricks-sdk-go's config.go and the JavaScript SDK's Config (0.17), 2026-08, whose names these are. */
export const declarations = {
  host: { variable: "DATABRICKS_HOST", stack: true, shown: true, role: "place" },
  workspaceId: { variable: "DATABRICKS_WORKSPACE_ID", stack: true, shown: true, role: "place" },
  accountId: { variable: "DATABRICKS_ACCOUNT_ID", stack: true, shown: true, role: "place" },
  authType: { variable: "DATABRICKS_AUTH_TYPE", stack: true, shown: true, role: "credential" },
  profile: { variable: "DATABRICKS_CONFIG_PROFILE", key: false, stack: true, shown: true, role: "credential" },
  token: { variable: "DATABRICKS_TOKEN", stack: true, role: "credential", family: "pat" },
  username: { variable: "DATABRICKS_USERNAME", role: "credential", family: "basic" },
  password: { variable: "DATABRICKS_PASSWORD", role: "credential" },
  clientId: { variable: "DATABRICKS_CLIENT_ID", stack: true, shown: true, role: "credential", family: "oauth" },
  clientSecret: { variable: "DATABRICKS_CLIENT_SECRET", stack: true, role: "credential" },
  audience: { variable: "DATABRICKS_TOKEN_AUDIENCE", stack: true, shown: true, role: "companion" },
  oidcTokenEnv: { variable: "DATABRICKS_OIDC_TOKEN_ENV", stack: true, shown: true, role: "credential" },
  oidcToken: { variable: "DATABRICKS_OIDC_TOKEN", key: false, role: "credential" },
  oidcTokenFilepath: {
    variable: "DATABRICKS_OIDC_TOKEN_FILEPATH",
    key: "databricks_id_token_filepath",
    stack: true,
    shown: true,
    role: "credential",
  },
  githubUrl: { variable: "ACTIONS_ID_TOKEN_REQUEST_URL", key: false },
  githubToken: { variable: "ACTIONS_ID_TOKEN_REQUEST_TOKEN", key: false },
  devopsToken: { variable: "SYSTEM_ACCESSTOKEN", key: false },
  devopsCollection: { variable: "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", key: false },
  devopsProject: { variable: "SYSTEM_TEAMPROJECTID", key: false },
  devopsHostType: { variable: "SYSTEM_HOSTTYPE", key: false },
  devopsPlan: { variable: "SYSTEM_PLANID", key: false },
  devopsJob: { variable: "SYSTEM_JOBID", key: false },
  databricksCliPath: { variable: "DATABRICKS_CLI_PATH", shown: true },
  metadataServiceUrl: { variable: "DATABRICKS_METADATA_SERVICE_URL", role: "companion" },
  azureWorkspaceResourceId: { variable: "DATABRICKS_AZURE_RESOURCE_ID", role: "credential" },
  azureUseMsi: { variable: "ARM_USE_MSI", shown: true, role: "credential" },
  azureClientId: { variable: "ARM_CLIENT_ID", shown: true, role: "credential", family: "azure" },
  azureClientSecret: { variable: "ARM_CLIENT_SECRET", role: "credential" },
  azureTenantId: { variable: "ARM_TENANT_ID", role: "credential" },
  azureEnvironment: { variable: "ARM_ENVIRONMENT", role: "companion" },
  azureLoginAppId: { variable: "DATABRICKS_AZURE_LOGIN_APP_ID", role: "credential" },
  googleCredentials: { variable: "GOOGLE_CREDENTIALS", role: "credential" },
  googleServiceAccount: { variable: "DATABRICKS_GOOGLE_SERVICE_ACCOUNT", role: "credential" },
  experimentalIsUnifiedHost: { variable: "DATABRICKS_EXPERIMENTAL_IS_UNIFIED_HOST", shown: true },
} as const satisfies Record<string, Declaration>;

export type SettingName = keyof typeof declarations;

export type Values = { readonly [Name in SettingName]?: string };

type StackName = {
  [Name in SettingName]: (typeof declarations)[Name] extends { readonly stack: true } ? Name : never;
}[SettingName];

/** What the user may set, by its name in the stack's configuration. */
export type SignInSettings = { readonly [Name in StackName]?: string | undefined };

/** Variables by name. Those that hold ID tokens are read when one is needed. */
export type Environment = Readonly<Record<string, string | undefined>>;

// Object.keys does not know the type of what it is given.
export const settingNames = Object.keys(declarations) as readonly SettingName[];

export const signInKeys: readonly StackName[] = settingNames.filter(isStackName);

/** Settings of the stack that are secrets. */
export const secretKeys: readonly StackName[] = signInKeys.filter((name) => !("shown" in declarations[name]));

export function declaration(name: SettingName): Declaration {
  return declarations[name];
}

/** The key in a profile. */
export function profileKey(name: SettingName): string | undefined {
  const { key = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) } = declaration(name);
  return key === false ? undefined : key;
}

/** Whether a text looks like a token: a JSON web token, or one of Databricks' own. It may be where it does not belong. */
export function isToken(text: string): boolean {
  return /^(eyJ[\w-]{10}|(dapi|dkea|dose)[\da-f]{16})/.test(text);
}

function isStackName(name: SettingName): name is StackName {
  return "stack" in declarations[name];
}
