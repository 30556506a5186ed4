/** One HTTP request and the JSON of its answer, or an error that says what was tried. */
import type { Dispatcher } from "undici";
import { ApiError, apiError, ConnectionError, moment, unreadable } from "./errors";
import { secretsOf } from "./hidden";
import { isLoopback } from "./host";
import type { Clock, Method, Retrier } from "./retry";

export interface Outgoing {
  /** As errors say it, e.g. `PATCH projects/p`. */
  readonly tried: string;
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** The most that the answer may take to its last byte, in milliseconds. */
  readonly answerMs?: number | undefined;
  /** Told on each answer what the other side's clock says, in milliseconds since the epoch. */
  readonly heard?: (now: number) => void;
}

const minute = 60_000;

/** The most that an answer may have, in bytes: a page of a hundred objects has a tenth of it (the emulator's, 2026-11). */
const largestAnswer = 16 * 2 ** 20;

/** How deep an answer may be nested; the service's own have ten levels. */
const deepestAnswer = 100;

/** A hundred modules, which a program and a run that sends nothing do without. */
function undici(): typeof import("undici") {
  return require("undici");
}

export async function ask(
  dispatcher: Dispatcher,
  { tried, method, url, headers, body, heard, answerMs = 5 * minute }: Outgoing,
): Promise<Record<string, unknown>> {
  // The dispatcher's own limits are for the next byte, and bytes may come for ever.
  const signal = AbortSignal.timeout(answerMs);
  const answer = await undici()
    .request(url, { method, headers, dispatcher, signal, ...(body !== undefined && { body }) })
    .then(async (response) => ({
      status: response.statusCode,
      headers: response.headers,
      body: await response.body.text(),
    }))
    .catch((cause: unknown) => {
      if (cause instanceof undici().errors.ResponseExceededMaxSizeError) {
        throw foreign(tried, 200, `has more than ${largestAnswer / 2 ** 20} MiB`);
      }
      const reason = signal.aborted ? new Error(`it took longer than ${answerMs / 1000} s`, { cause }) : cause;
      throw new ConnectionError(tried, url.origin, reason);
    });
  const now = moment(answer.headers["date"]);
  if (now !== undefined) heard?.(now);
  if (answer.status < 200 || answer.status > 299) throw apiError(tried, answer, secretsOf(headers));
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

/**
 * Connections stay open between requests. The proxy environment (`HTTPS_PROXY`, …) is honoured where it is set, but for
 * what is on this machine: its tokens go in the clear since nobody is on the way.
 */
export function newDispatcher(connections?: number): Dispatcher {
  // NODE_TLS_REJECT_UNAUTHORIZED, which somebody set for something else, does not lay a token open.
  const tls = { rejectUnauthorized: true };
  const options = {
    ...(connections !== undefined && { connections }),
    headersTimeout: minute,
    bodyTimeout: minute,
    connect: { timeout: 10_000, ...tls },
    requestTls: tls,
    proxyTls: tls,
    maxResponseSize: largestAnswer,
  };
  const proxied = ["http_proxy", "https_proxy"].some((name) => process.env[name] || process.env[name.toUpperCase()]);
  const { Agent, EnvHttpProxyAgent } = undici();
  const direct = new Agent(options);
  if (!proxied) return direct;
  return new EnvHttpProxyAgent(options).compose(
    (dispatch) => (request, handler) =>
      isHere(request.origin) ? direct.dispatch(request, handler) : dispatch(request, handler),
  );
}

function isHere(origin: string | URL | undefined): boolean {
  const url = URL.parse(String(origin));
  return url !== null && isLoopback(url);
}

function parse(tried: string, status: number, body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body, keepLargeNumbers);
    if (isShallow(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, with what was tried.
  }
  throw foreign(tried, status, "is not JSON");
}

/** An answer that the service would not give. */
function foreign(tried: string, status: number, what: string): ApiError {
  return new ApiError(tried, status, unreadable, `the answer ${what}; check that the host is a Databricks workspace`);
}

/** Whether it is an object that whoever looks through it gets to the end of. */
function isShallow(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  let level: readonly object[] = [value];
  for (let depth = 0; depth < deepestAnswer && level.length > 0; depth++) {
    level = level.flatMap((one) => Object.values(one).filter((inner) => typeof inner === "object" && inner !== null));
  }
  return level.length === 0;
}

/** Sizes in bytes may exceed what a number holds exactly, and a number in JSON what any holds: such a one stays a text. */
function keepLargeNumbers(this: unknown, _key: string, value: unknown, ...rest: readonly unknown[]): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  if (Number.isFinite(value) && !Number.isInteger(value)) return value;
  const { source } = (rest[0] ?? {}) as { readonly source?: string };
  return source ?? value;
}
