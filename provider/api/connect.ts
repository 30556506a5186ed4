/** Settings and environment → a client of the service, signed in. */
import { type Environment, type SignInSettings, signIn } from "./auth";
import { Client, type ClientOptions } from "./client";
import { systemClock } from "./retry";
import { Transport } from "./transport";

// By its own name, since the compiled file lies deeper than this one.
const { version } = require("pulumi-lakebase/package.json") as { readonly version: string };

export interface ConnectOptions extends ClientOptions {
  /** How long one request may be retried, in milliseconds. */
  readonly retryBudgetMs: number;
  /** What the service is told of the program beside this package and Node, as `NAME/VERSION`. */
  readonly product?: string;
}

export async function connect(
  settings: SignInSettings,
  environment: Environment,
  { retryBudgetMs, product, ...options }: ConnectOptions,
): Promise<Client> {
  const { origin, workspaceId, credentials } = await signIn(settings, environment);
  const parts = [
    `pulumi-lakebase/${version}`,
    `nodejs/${process.versions.node}`,
    `os/${process.platform}`,
    ...(product === undefined ? [] : [product]),
    `auth/${credentials.type}`,
  ];
  const transport = new Transport({
    host: origin,
    credentials,
    userAgent: parts.join(" "),
    workspaceId,
    clock: systemClock,
    retryBudgetMs,
  });
  return new Client(transport, options);
}
