/** One HTTP request to one host, with what every request needs; no knowledge of resources. */
import type { Dispatcher } from "undici";
import type { Credentials } from "./auth";
import { ApiError } from "./errors";
import { defaultRequestsInFlight, Gate } from "./gate";
import { ask, newDispatcher, repeated } from "./http";
import { Pace } from "./pace";
import { Polls } from "./polls";
import { type Clock, type Method, type Retrier, retrier } from "./retry";

export interface TransportOptions {
  /** Origin such as `https://adb-1.azuredatabricks.net`. */
  readonly host: string;
  readonly credentials: Credentials;
  readonly userAgent: string;
  readonly workspaceId?: string | undefined;
  readonly clock: Clock;
  /** How long one request may be retried, in milliseconds. */
  readonly retryBudgetMs: number;
  /** How many requests may be on their way at a time. Default: `defaultRequestsInFlight`. */
  readonly requestsInFlight?: number | undefined;
  readonly dispatcher?: Dispatcher | undefined;
  /** The most that one answer may take to its last byte, in milliseconds. Default: five minutes. */
  readonly answerMs?: number | undefined;
}

export interface Call {
  readonly method: Method;
  /** Path below the host, with its leading slash, not escaped: names contain slashes. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** Sending it twice does no harm, so it is repeated as a read is. */
  readonly repeatable?: true;
  /** How long it may be retried, in milliseconds, where that is less than usual. */
  readonly retryBudgetMs?: number | undefined;
}

export class Transport {
  /** What was learned, with this host, of how long waits take. */
  readonly polls = new Polls();
  readonly #options: TransportOptions;
  readonly #dispatcher: Dispatcher;
  readonly #gate: Gate;
  readonly #pace = new Pace();
  /** How far the service's clock is ahead of ours, in milliseconds, as its last answer said. */
  #ahead: number | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    const { requestsInFlight = defaultRequestsInFlight } = options;
    this.#dispatcher = options.dispatcher ?? newDispatcher(requestsInFlight);
    this.#gate = new Gate(requestsInFlight);
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
    const budgetMs = Math.min(retryBudgetMs, call.retryBudgetMs ?? retryBudgetMs);
    let next: Retrier | undefined;
    // A place is given back while the request waits to be sent again. Waiting for the first takes nothing from the budget.
    const once = () =>
      this.#gate.pass(() => {
        next ??= retrier(call.repeatable ? "GET" : call.method, budgetMs, clock);
        return this.#once(call);
      });
    return repeated(once, (failure) => next?.(failure), clock);
  }

  async #once({ method, path, query, body }: Call): Promise<Record<string, unknown>> {
    const { host, credentials, userAgent, workspaceId, answerMs } = this.#options;
    const tried = `${method} ${path.replace(/^\/api\/2\.0\/(postgres\/)?/, "")}`;
    if (!isPlain(path))
      throw new Error(`${JSON.stringify(tried)} is not sent, since no name is written so; check the names and ids`);
    const headers = {
      accept: "application/json",
      "user-agent": userAgent,
      ...(workspaceId !== undefined && { "x-databricks-workspace-id": workspaceId }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(await credentials.headers()),
    };
    const outgoing = {
      tried,
      method,
      url: new URL(path + queryString(query), host),
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      answerMs,
      heard: (now: number) => {
        this.#ahead = now - this.clock.now();
      },
    };
    return this.#paced(() => ask(this.#dispatcher, outgoing));
  }

  /** As fast as the service takes them. */
  async #paced<Result>(task: () => Promise<Result>): Promise<Result> {
    const { clock } = this;
    for (let wait = this.#pace.wait(clock.now()); wait > 0; wait = this.#pace.wait(clock.now()))
      await clock.sleep(wait);
    const sent = this.#pace.send(clock.now());
    try {
      const result = await task();
      this.#pace.taken(sent, clock.now());
      return result;
    } catch (failure) {
      const answered = failure instanceof ApiError;
      if (answered && failure.status === 429) this.#pace.refused(sent, clock.now(), failure.retryAfterMs);
      else if (answered) this.#pace.taken(sent, clock.now());
      throw failure;
    }
  }
}

/**
 * Whether a path leads where it seems to: names and ids, of programs and of the service's answers, become a part of it,
 * and neither leave their place nor end the line. Operations' ids are base64.
 */
function isPlain(path: string): boolean {
  return /^(\/[\w.+=-]*)+$/.test(path) && !/\/\.\.?(\/|$)/.test(path);
}

function queryString(query: Call["query"]): string {
  const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
