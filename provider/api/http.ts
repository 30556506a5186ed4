/** One HTTP request and the JSON of its answer, or an error that says what was tried. */
import type { Dispatcher } from "undici";
import { ApiError, apiError, ConnectionError, moment, unreadable } from "./errors";
import type { Clock, Method, Retrier } from "./retry";

export interface Outgoing {
  /** As errors say it, e.g. `PATCH projects/p`. */
  readonly tried: string;
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Told on each answer what the other side's clock says, in milliseconds since the epoch. */
  readonly heard?: (now: number) => void;
}

const minute = 60_000;

/** A hundred modules, which a program and a run that sends nothing do without. */
function undici(): typeof import("undici") {
  return require("undici");
}

export async function ask(
  dispatcher: Dispatcher,
  { tried, method, url, headers, body, heard }: Outgoing,
): Promise<Record<string, unknown>> {
  const answer = await undici()
    .request(url, { method, headers, dispatcher, ...(body !== undefined && { body }) })
    .then(async (response) => ({
      status: response.statusCode,
      headers: response.headers,
      body: await response.body.text(),
    }))
    .catch((cause: unknown) => {
      throw new ConnectionError(tried, url.origin, cause);
    });
  const now = moment(answer.headers["date"]);
  if (now !== undefined) heard?.(now);
  if (answer.status < 200 || answer.status > 299) throw apiError(tried, answer);
  return parse(tried, answer.status, answer.body);
}

/** Does it again while that helps. */
export async function repeated<Result>(task: () => Promise<Result>, next: Retrier, clock: Clock): Promise<Result> {
  for (;;) {
    try {
      return await task();
    } catch (failure) {
      const delay = next(failure);
      if (delay === undefined) throw failure;
      await clock.sleep(delay);
    }
  }
}

/** Connections stay open between requests. The proxy environment (`HTTPS_PROXY`, …) is honoured where it is set. */
export function newDispatcher(connections?: number): Dispatcher {
  const options = {
    ...(connections !== undefined && { connections }),
    headersTimeout: minute,
    bodyTimeout: minute,
    connect: { timeout: 10_000 },
    maxResponseSize: 64 * 2 ** 20,
  };
  const proxied = ["http_proxy", "https_proxy"].some((name) => process.env[name] || process.env[name.toUpperCase()]);
  const { Agent, EnvHttpProxyAgent } = undici();
  return proxied ? new EnvHttpProxyAgent(options) : new Agent(options);
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
