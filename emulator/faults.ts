import { conflictingOperations, invalid, ServiceError } from "./errors";
import { flagAt, isObject, type Json, type JsonObject, numberAt, textAt } from "./json";
import { body, flag, integer, number, oneOf, onlyTrue, text } from "./shape";

/** What shall go wrong, with the next `times` requests that match. */
export interface Fault {
  readonly method: string | undefined;
  readonly path: RegExp | undefined;
  /** How often it still strikes. */
  times: number;
  readonly status: number | undefined;
  readonly body: Json | undefined;
  /** Seconds or an HTTP date, as the header has it. */
  readonly retryAfter: string | undefined;
  readonly latencyMs: number;
  readonly drop: "before" | "after" | undefined;
  readonly operation: "fail" | "hang" | undefined;
  /** Whether the request does what it asks for all the same. By default a status keeps it from that, and a failing operation does not. */
  readonly effect: boolean;
  /** A read answers as if the last change of what it reads had not reached it yet. */
  readonly stale: boolean;
}

const KEYS = [
  "method",
  "path",
  "times",
  "status",
  "body",
  "retryAfter",
  "latencyMs",
  "drop",
  "operation",
  "effect",
  "stale",
];
/** What a stale read cannot have beside it: it is an answer of the service, and starts nothing. */
const NOT_STALE = ["status", "body", "retryAfter", "operation", "effect"];
/** An item or a list; operations have their names below those of resources. */
const RESOURCE = /^\/api\/2\.0\/postgres\/(?!([^/]+\/[^/]+\/)+operations\/)/;

const check = body({
  method: text(1),
  path: text(1),
  times: integer,
  status: integer,
  latencyMs: number,
  drop: oneOf("before", "after"),
  operation: oneOf("fail", "hang"),
  effect: flag,
  stale: onlyTrue("Field 'stale' of a fault must be true, or be left out"),
});

/** A typo in a fault would make a test pass for no reason, so everything unknown is refused. */
export function readFault(value: Json): Fault {
  if (!isObject(value)) throw invalid("a fault must be an object");
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw invalid(`unknown key '${unknown}' in a fault; known are ${KEYS.join(", ")}`);
  const checked = check(value);
  if (checked["stale"] !== undefined) checkStale(value);
  const retryAfter = value["retryAfter"];
  const status = numberAt(checked, "status");
  const source = textAt(checked, "path");
  const operation = either(checked, "operation", "fail", "hang");
  const refused = status ?? (retryAfter === undefined && value["body"] === undefined ? undefined : 503);
  if (checked["effect"] !== undefined) checkEffect(flagAt(checked, "effect"), refused, operation);
  return {
    method: textAt(checked, "method")?.toUpperCase(),
    path: source === undefined ? undefined : readPattern(source),
    times: numberAt(checked, "times") ?? 1,
    status: refused,
    body: value["body"],
    retryAfter: retryAfter === undefined || retryAfter === null ? undefined : String(retryAfter),
    latencyMs: numberAt(checked, "latencyMs") ?? 0,
    drop: either(checked, "drop", "before", "after"),
    operation,
    effect: checked["effect"] === undefined ? refused === undefined : flagAt(checked, "effect"),
    stale: checked["stale"] === true,
  };
}

export function showFault(fault: Fault): JsonObject {
  const { path, effect, stale } = fault;
  return {
    ...fault,
    path: path?.source,
    effect: hasUsualEffect(fault) ? undefined : effect,
    stale: stale || undefined,
  };
}

/** The fault as a person names it. */
export function describeFault(fault: Fault): string {
  const { status, retryAfter, latencyMs, drop, operation, effect, stale } = fault;
  const parts = [
    status === undefined ? "" : `${status}${effect ? " after the effect" : ""}`,
    retryAfter === undefined ? "" : `retry after ${retryAfter}`,
    latencyMs > 0 ? `${latencyMs} ms late` : "",
    drop === undefined ? "" : `dropped ${drop}`,
    operation === undefined
      ? ""
      : `operation ${operation === "fail" ? "fails" : "hangs"}${effect ? "" : " without an effect"}`,
    stale ? "stale read" : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** The faults that wait, oldest first; one request meets at most one. */
export class Faults {
  private waiting: Fault[] = [];

  add(fault: Fault): void {
    this.waiting.push(fault);
  }

  take(method: string, path: string): Fault | undefined {
    const struck = this.waiting.find((fault) => strikes(fault, method, path));
    if (struck === undefined) return undefined;
    struck.times -= 1;
    this.waiting = this.waiting.filter((fault) => fault.times > 0);
    return struck;
  }

  list(): readonly Fault[] {
    return this.waiting;
  }

  clear(): void {
    this.waiting = [];
  }
}

/** What the operation of a struck mutation ends with. */
export function operationFailure(): ServiceError {
  return new ServiceError(500, "INTERNAL_ERROR", "The operation failed because a fault was injected");
}

/** A 409 comes in the words by which clients know what passes by itself. */
export function statusFailure(status: number): ServiceError {
  if (status === 409) return conflictingOperations();
  return new ServiceError(status, STATUS_CODES[status] ?? "INTERNAL_ERROR", "A fault was injected");
}

const STATUS_CODES: Readonly<Record<number, string>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "REQUEST_LIMIT_EXCEEDED",
  503: "TEMPORARILY_UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

function checkStale(fault: JsonObject): void {
  const method = textAt(fault, "method")?.toUpperCase() ?? "GET";
  if (method !== "GET") throw invalid(`only reads can be stale: 'method' must be GET or be left out, got ${method}`);
  const other = NOT_STALE.find((key) => fault[key] !== undefined);
  if (other !== undefined) throw invalid(`a stale read is an answer of its own: leave out '${other}'`);
}

function hasUsualEffect({ effect, status }: Fault): boolean {
  return effect === (status === undefined);
}

function checkEffect(effect: boolean, status: number | undefined, operation: Fault["operation"]): void {
  const isUnusual = effect ? status !== undefined : operation === "fail" && status === undefined;
  if (isUnusual) return;
  throw invalid(
    effect
      ? "'effect': true goes with a 'status', which the answer has although the request did what it asks for"
      : "'effect': false goes with 'operation': \"fail\", which then leaves everything as it was",
  );
}

/** Reads start no operation, so a fault of operations passes them by; what is not a resource cannot be stale. */
function strikes(fault: Fault, method: string, path: string): boolean {
  if (fault.operation !== undefined && method === "GET") return false;
  if (fault.stale && !(method === "GET" && RESOURCE.test(path))) return false;
  return (fault.method ?? method) === method && (fault.path?.test(path) ?? true);
}

function readPattern(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw invalid(`'path' of a fault must be a regular expression, got '${source}'`);
  }
}

function either<Choice extends string>(value: JsonObject, key: string, ...choices: Choice[]): Choice | undefined {
  return choices.find((choice) => choice === value[key]);
}
