/** One HTTP request to one host, with what every request needs; no knowledge of resources. */
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import type { Credentials } from "./auth";
import { ApiError, apiError, ConnectionError, unreadable } from "./errors";
import { type Clock, type Method, retrier } from "./retry";

export interface TransportOptions {
  /** Origin such as `https://adb-1.azuredatabricks.net`. */
  readonly host: string;
  readonly credentials: Credentials;
  readonly userAgent: string;
  readonly workspaceId?: string | undefined;
  readonly clock: Clock;
  /** How long one request may be retried, in milliseconds. */
  readonly retryBudgetMs: number;
}

export interface Call {
  readonly method: Method;
  /** Path below the host, with its leading slash, not escaped: names contain slashes. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

const minute = 60_000;

export class Transport {
  readonly #options: TransportOptions;
  readonly #dispatcher = newDispatcher();

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** Sends the request, again while that helps, and returns the parsed JSON of its answer. */
  async send(call: Call): Promise<Record<string, unknown>> {
    const { clock, retryBudgetMs } = this.#options;
    const next = retrier(call.method, retryBudgetMs, clock);
    for (;;) {
      try {
        return await this.#once(call);
      } catch (failure) {
        const delay = next(failure);
        if (delay === undefined) throw failure;
        await clock.sleep(delay);
      }
    }
  }

  async #once({ method, path, query, body }: Call): Promise<Record<string, unknown>> {
    const { host, credentials, userAgent, workspaceId } = this.#options;
    const tried = `${method} ${path.replace(/^\/api\/2\.0\/(postgres\/)?/, "")}`;
    const headers = {
      accept: "application/json",
      "user-agent": userAgent,
      ...(workspaceId !== undefined && { "x-databricks-workspace-id": workspaceId }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(await credentials.headers()),
    };
    const answer = await request(new URL(path + queryString(query), host), {
      method,
      headers,
      dispatcher: this.#dispatcher,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
      .then(async (response) => ({
        status: response.statusCode,
        headers: response.headers,
        body: await response.body.text(),
      }))
      .catch((cause: unknown) => {
        throw new ConnectionError(tried, host, cause);
      });
    if (answer.status < 200 || answer.status > 299) throw apiError(tried, answer);
    return parse(tried, answer.status, answer.body);
  }
}

/** Connections stay open between requests. The proxy environment (`HTTPS_PROXY`, …) is honoured where it is set. */
function newDispatcher(): Dispatcher {
  const options = {
    headersTimeout: minute,
    bodyTimeout: minute,
    connect: { timeout: 10_000 },
    maxResponseSize: 64 * 2 ** 20,
  };
  const proxied = ["http_proxy", "https_proxy"].some((name) => process.env[name] || process.env[name.toUpperCase()]);
  return proxied ? new EnvHttpProxyAgent(options) : new Agent(options);
}

function queryString(query: Call["query"]): string {
  const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}

function parse(tried: string, status: number, body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body, keepLargeIntegers);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, with what was tried.
  }
  throw new ApiError(
    tried,
    status,
    unreadable,
    "the answer is not JSON; check that the host is a Databricks workspace",
  );
}

/** Sizes in bytes may exceed what a number holds exactly: such an integer stays a text. */
function keepLargeIntegers(this: unknown, _key: string, value: unknown, ...rest: readonly unknown[]): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  const { source } = (rest[0] ?? {}) as { readonly source?: string };
  return source ?? value;
}
