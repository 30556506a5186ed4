/** What the service says when it refuses, read leniently: proxies and gateways answer in their own ways. */
import { hidden } from "./hidden";

export interface ErrorDetail {
  readonly reason?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    /** What was tried, e.g. `PATCH projects/p`. */
    readonly tried: string,
    readonly status: number,
    readonly code: string,
    /** The service's own words, without its trace id. */
    readonly words: string,
    readonly details: readonly ErrorDetail[] = [],
    readonly requestId?: string | undefined,
    readonly retryAfterMs?: number | undefined,
    /** The service's clock, in milliseconds since the epoch. */
    readonly at?: number | undefined,
  ) {
    super(`${tried}: ${code} (${status}): ${words}${requestId ? ` [request ${requestId}]` : ""}`);
  }
}

/** Something is missing or wrong before the first request: no host, no credentials, a profile that is not there. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/** The request did not get an answer. Whether the service acted on it is not known. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";

  /** Whether the service may have got the request: not when nobody was reached at all. */
  readonly mayHaveArrived: boolean;

  constructor(tried: string, host: string, cause: unknown) {
    const code = codeOf(cause);
    const remedy = unvouched.test(code)
      ? "name the file of the authority's certificate with NODE_EXTRA_CA_CERTS where you trust it"
      : "check the host and the network, then try again";
    super(`${tried}: no answer from ${host}: ${reasonOf(cause)}; ${remedy}`, { cause });
    this.mayHaveArrived = !unreached.test(code);
  }
}

/** Node's and undici's codes for a connection that never came to be. */
const unreached =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|UND_ERR_INVALID_ARG)$|CERT|TLS|SSL|UNABLE_TO_VERIFY/;

/** Node's codes for a certificate that no authority known here stands behind. */
const unvouched = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/;

function codeOf(cause: unknown): string {
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}

/** The service took the request, but what it started did not come to a good end. */
export class OperationError extends Error {
  override readonly name = "OperationError";

  constructor(
    message: string,
    readonly operation: string,
    /** What the service says went wrong; absent when the wait itself failed. */
    readonly refusal?: ApiError | undefined,
  ) {
    super(message, { cause: refusal });
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = codeOf(cause);
  return code && !cause.message.includes(code) ? `${cause.message} (${code})` : cause.message;
}

interface Envelope {
  readonly error_code?: unknown;
  readonly error?: unknown;
  readonly message?: unknown;
  readonly error_description?: unknown;
  readonly details?: unknown;
}

export interface Refusal {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** An operation carries the same object under `error`, without an HTTP status of its own. */
export function operationRefusal(tried: string, error: object): ApiError {
  const { error_code: code } = error as Envelope;
  const status = code === "NOT_FOUND" ? 404 : 400;
  return apiError(tried, { status, body: JSON.stringify(error), headers: {} });
}

/** `sent` is what signed in with the request: whoever answers may quote it, and it is not quoted here. */
export function apiError(tried: string, { status, body, headers }: Refusal, sent: readonly string[] = []): ApiError {
  // Before anything is cut, since a part of a token would not be found.
  const said = (words: string, longest: number) => line(hidden(words, sent), longest);
  const envelope = parseEnvelope(body);
  const text = typeof envelope?.message === "string" ? envelope.message : describe(hidden(body, sent), envelope);
  const trace = /\[TraceId:\s*([0-9a-f]+)\]/.exec(text)?.[1];
  const details = Array.isArray(envelope?.details) ? envelope.details.map(detail) : [];
  const header = headers["x-request-id"];
  return new ApiError(
    tried,
    status,
    typeof envelope?.error_code === "string" ? said(envelope.error_code, 100) : codeFor(status),
    said(text.replace(/\s*\[TraceId:[^\]]*\]/g, ""), 2_000),
    details,
    trace ?? (typeof header === "string" ? said(header, 100) : undefined),
    retryAfter(headers["retry-after"]),
    moment(headers["date"]),
  );
}

function parseEnvelope(body: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** For bodies that are not the service's JSON: an OAuth error, or a page's text cut to one line. */
function describe(body: string, envelope: Envelope | undefined): string {
  if (typeof envelope?.error_description === "string") return envelope.error_description;
  if (typeof envelope?.error === "string") return envelope.error;
  const text = (/<pre>([\s\S]*?)<\/pre>/i.exec(body)?.[1] ?? body)
    .replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, " ")
    .trim();
  return text === "" ? "the answer was empty" : line(text, 300);
}

/** As one line of a terminal that it cannot steer, and no longer than somebody reads. */
export function line(text: string, longest: number): string {
  const plain = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
  return plain.length > longest ? `${plain.slice(0, longest)}…` : plain;
}

function detail(value: unknown): ErrorDetail {
  const { reason, metadata } = (typeof value === "object" && value !== null ? value : {}) as ErrorDetail;
  return { reason, metadata };
}

function codeFor(status: number): string {
  const codes: Readonly<Record<number, string>> = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    429: "RESOURCE_EXHAUSTED",
    503: "TEMPORARILY_UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
  };
  return codes[status] ?? "UNKNOWN";
}

/** What a `Date` header says, in milliseconds since the epoch. */
export function moment(header: string | string[] | undefined): number | undefined {
  const at = Date.parse(String(header));
  return Number.isNaN(at) ? undefined : at;
}

function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== "string") return undefined;
  const inSeconds = Number(header);
  if (Number.isFinite(inSeconds)) return Math.max(0, inSeconds * 1000);
  const moment = Date.parse(header);
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - Date.now());
}

/**
 * The object does not exist, in the service's own words. A 404 of somebody else (a wrong host, a proxy, a workspace
 * without Lakebase: "No API found") does not count: it must never make a resource look deleted.
 */
export function isNotFound(error: unknown): boolean {
  const refusal = refusalOf(error);
  return (
    refusal?.status === 404 &&
    (refusal.code === "NOT_FOUND" || refusal.code === "RESOURCE_DOES_NOT_EXIST") &&
    !/no api found/i.test(refusal.words)
  );
}

/** The service's refusal, of the request itself or of the operation that it started. */
function refusalOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  return error instanceof OperationError ? error.refusal : undefined;
}

/**
 * The object cannot be deleted by itself and goes with its parent: for a declarative client that is a success.
 * The marker is in the details (databricks/cli testserver, 2026-08).
 */
export function isManagedByParent(error: unknown): boolean {
  const details = refusalOf(error)?.details ?? [];
  return details.some(({ metadata }) => metadata?.["declarative_context"] === "MANAGED_BY_PARENT");
}

/**
 * Texts that are all that tells one 400 or 409 from another. The service sends the same code for what passes by itself,
 * for what exists already and for what is wrong (field reports 2026-04 to 2026-10).
 */
const conflictTexts = [/reconciliation/i, /conflicting operations in progress/i];
const existsTexts = [/already exists/i];

/** Another change is under way; the same request will be taken later. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && conflictTexts.some((text) => text.test(error.words));
}

/** The id is taken, as the answer or the operation says. */
export function isAlreadyExists(error: unknown): boolean {
  const refusal = refusalOf(error);
  if (refusal === undefined || isConflict(refusal)) return false;
  return (
    refusal.code === "ALREADY_EXISTS" ||
    (refusal.status === 400 && existsTexts.some((text) => text.test(refusal.words)))
  );
}

/** The code for an answer that is not what the service sends: a page of somebody else's, or a part of one. */
export const unreadable = "UNREADABLE";

/** After this the create may or may not have happened: the object has to be looked for. */
export function leavesDoubt(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.mayHaveArrived;
  return error instanceof ApiError && ([500, 502, 504].includes(error.status) || error.code === unreadable);
}
