/** One HTTP request to one host, with what every request needs; no knowledge of resources. */
import type { Dispatcher } from "undici";
import type { Credentials } from "./auth";
import { ask, newDispatcher, repeated } from "./http";
import { Polls } from "./polls";
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
  readonly dispatcher?: Dispatcher | undefined;
}

export interface Call {
  readonly method: Method;
  /** Path below the host, with its leading slash, not escaped: names contain slashes. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Sending it twice does no harm, so it is repeated as a read is. */
  readonly repeatable?: true;
}

export class Transport {
  /** What was learned, with this host, of how long waits take. */
  readonly polls = new Polls();
  readonly #options: TransportOptions;
  readonly #dispatcher: Dispatcher;
  /** How far the service's clock is ahead of ours, in milliseconds, as its last answer said. */
  #ahead: number | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#dispatcher = options.dispatcher ?? newDispatcher();
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** What the service's clock says now; `undefined` before its first answer. */
  get serviceNow(): number | undefined {
    return this.#ahead === undefined ? undefined : this.clock.now() + this.#ahead;
  }

  /** Sends the request, again while that helps, and returns the parsed JSON of its answer. */
  async send(call: Call): Promise<Record<string, unknown>> {
    const { clock, retryBudgetMs } = this.#options;
    const next = retrier(call.repeatable ? "GET" : call.method, retryBudgetMs, clock);
    return repeated(() => this.#once(call), next, clock);
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
    return ask(this.#dispatcher, {
      tried,
      method,
      url: new URL(path + queryString(query), host),
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      heard: (now) => {
        this.#ahead = now - this.clock.now();
      },
    });
  }
}

function queryString(query: Call["query"]): string {
  const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
