/** Settings and environment → a client of the service, signed in. */
import type { Dispatcher } from "undici";
import type { Advice } from "./advice";
import { type Environment, type SignInSettings, signIn } from "./auth";
import { Client, type ClientOptions } from "./client";
import { type Clock, systemClock } from "./retry";
import { Transport } from "./transport";
import { version } from "./version";

export interface ConnectOptions extends ClientOptions {
  /** How long one request may be retried, in milliseconds. */
  readonly retryBudgetMs: number;
  /** How many requests may be on their way at a time. */
  readonly requestsInFlight?: number;
  /** What the service is told of the program beside this package and Node, as `NAME/VERSION`. */
  readonly product?: string;
  /** Default: what a stack is told. */
  readonly advice?: Advice;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** What requests go out through. Default: connections of its own. */
  readonly dispatcher?: Dispatcher;
}

export async function connect(
  settings: SignInSettings,
  environment: Environment,
  { retryBudgetMs, requestsInFlight, product, advice, clock = systemClock, dispatcher, ...options }: ConnectOptions,
): Promise<Client> {
  const { origin, workspaceId, credentials } = await signIn(settings, environment, clock, advice);
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
    clock,
    dispatcher,
    retryBudgetMs,
    requestsInFlight,
  });
  return new Client(transport, options);
}
