/** A provider of its own, for a second workspace in one program. */
import * as pulumi from "@pulumi/pulumi";
import { secretKeys } from "../api/settings";

export interface ProviderArgs {
  /** Address of the workspace, e.g. `https://adb-1.azuredatabricks.net`. */
  readonly host?: pulumi.Input<string>;
  /** Personal access token. Kept as a secret. */
  readonly token?: pulumi.Input<string>;
  /** Application id of a service principal. */
  readonly clientId?: pulumi.Input<string>;
  /** OAuth secret of the service principal. Kept as a secret. */
  readonly clientSecret?: pulumi.Input<string>;
  /** Profile in `~/.databrickscfg`. */
  readonly profile?: pulumi.Input<string>;
  /** The way of signing in, when several would do: `pat`, `oauth-m2m`, `github-oidc`, `databricks-cli`, `azure-cli`, … */
  readonly authType?: pulumi.Input<string>;
  /** Id of the workspace, on hosts that serve several. */
  readonly workspaceId?: pulumi.Input<string>;
  /** Id of the account, where the host is an account's. */
  readonly accountId?: pulumi.Input<string>;
  /**
   * Whom the ID token of `github-oidc` is meant for, as the federation policy has it. Default: what the workspace names,
   * else the address of its token endpoint.
   */
  readonly audience?: pulumi.Input<string>;
  /** Name of the environment variable that holds the ID token of `env-oidc`. Default `DATABRICKS_OIDC_TOKEN`. */
  readonly oidcTokenEnv?: pulumi.Input<string>;
  /** Path of the file that holds the ID token of `file-oidc`. It is read whenever a token is needed. */
  readonly oidcTokenFilepath?: pulumi.Input<string>;
  /** The most CU that an endpoint's maximum may lie above its minimum. Default 8; the service allows 16. */
  readonly autoscalingSpreadLimit?: pulumi.Input<number>;
  /** How long the service may take for one change, e.g. `"30m"` (the default). */
  readonly operationTimeout?: pulumi.Input<string>;
  /** How many requests may be on their way to the service at a time. Default 16. */
  readonly maxRequestsInFlight?: pulumi.Input<number>;
}

/** Every setting of the stack's configuration can be given to a provider, or this would not compile. */
const secretArguments: readonly (keyof ProviderArgs)[] = secretKeys;

/** What each was given. A provider shows nothing of it, since it holds secrets. */
const given = new WeakMap<pulumi.ProviderResource, Readonly<Record<string, unknown>>>();

/** The settings of a `Provider`, by their names in the stack's configuration; for functions, which run in the program. */
export function settingsOf(provider: pulumi.ProviderResource): Readonly<Record<string, unknown>> {
  const settings = given.get(provider);
  if (settings) return settings;
  throw new pulumi.RunError(
    "the provider of a function must be a Provider of pulumi-lakebase; give one, or leave it out",
  );
}

/**
 * Talks to a workspace of its own: `new lakebase.Project("p", {…}, { provider })`. What it is not given it takes from
 * the `DATABRICKS_*` environment, not from the stack's configuration.
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    for (const [key, value] of Object.entries(args)) {
      if (value === "") {
        throw new pulumi.RunError(`Provider '${name}': ${key} is empty; give it a value, or leave it out`);
      }
    }
    const settings = Object.fromEntries(
      Object.entries(args).map(([key, value]) => [
        `lakebase:${key}`,
        secretArguments.some((secret) => secret === key) && value !== undefined ? pulumi.secret(value) : value,
      ]),
    );
    super("pulumi-nodejs", name, settings, options);
    given.set(this, settings);
  }
}
