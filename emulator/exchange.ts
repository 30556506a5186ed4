/** One HTTP request and its answer: noted in the journal, bent by faults, refused in the service's form. */
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import type { Context, Next } from "hono";
import type { Clock } from "./clock";
import { errorBody, ServiceError } from "./errors";
import { describeFault, type Fault, type Faults, statusFailure } from "./faults";
import { type Entry, type Journal, redactForm } from "./journal";
import { isObject, type Json, type JsonObject } from "./json";

export type Bindings = {
  Bindings: HttpBindings;
  Variables: { body: Json; text: string; fault: Fault | undefined; caller: string };
};
export type Request = Context<Bindings>;

/** Journal and faults, around everything that a client of the service calls. */
export async function observe(
  request: Request,
  next: Next,
  journal: Journal,
  faults: Faults,
  clock: Clock,
): Promise<Response | undefined> {
  const { method } = request.req;
  const path = pathOf(request);
  const text = await request.req.text();
  const isForm = path.startsWith("/oidc/");
  const body = isForm ? redactForm(new URLSearchParams(text)) : parseBody(text);
  const fault = faults.take(method, path);
  const entry = journal.record(method, path, request.req.query(), body ?? null, fault && describeFault(fault));
  const seal = (response: Response) => sealed(response, journal, entry, clock);
  request.set("text", text);
  request.set("fault", fault);
  // Not a reason for the process to stay: the connection is one, as long as it lasts.
  if (fault !== undefined && fault.latencyMs > 0) await sleep(fault.latencyMs, undefined, { ref: false });
  if (fault?.drop === "before") return drop(request);
  if (fault?.status !== undefined && !fault.effect) return seal(faultResponse(fault, fault.status));
  if (body === undefined) {
    return seal(failure(new ServiceError(400, "MALFORMED_REQUEST", "The request body is not valid JSON")));
  }
  request.set("body", body);
  await next();
  if (fault?.drop === "after") return drop(request);
  if (fault?.status !== undefined) {
    // Without this, the headers of what was to be the answer would be added.
    request.res = undefined;
    request.res = faultResponse(fault, fault.status);
  }
  seal(request.res);
  return undefined;
}

/** With the service's time, and the mark by which a client can tell that it did not reach the real one. */
function sealed(response: Response, journal: Journal, entry: Entry, clock: Clock): Response {
  journal.answered(entry, response.status);
  response.headers.set("date", new Date(clock.now()).toUTCString());
  response.headers.set("x-lakebase-emulator", "1");
  return response;
}

function drop(request: Request): Response {
  request.env.incoming.socket.destroy();
  return new Response(null);
}

function faultResponse(fault: Fault, status: number): Response {
  const body = fault.body ?? errorBody(statusFailure(status));
  const headers = new Headers(fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter });
  if (typeof body === "string") return new Response(body, { status, headers });
  return Response.json(body, { status, headers });
}

export function failure(error: ServiceError): Response {
  return Response.json(errorBody(error), { status: error.status, headers: error.headers });
}

/** A refusal is an answer; anything else is a fault of the emulator and must be seen. */
export function answerError(error: Error, request: Request, log: (line: string) => void): Response {
  if (!(error instanceof ServiceError)) {
    const message = error.message.split("\n")[0];
    log(`The emulator failed in ${request.req.method} ${pathOf(request)}: ${message}`);
    return failure(new ServiceError(500, "INTERNAL_ERROR", `The emulator failed: ${message}`));
  }
  if (error.code === "ENDPOINT_NOT_FOUND") log(error.message);
  return failure(error);
}

/** Undecoded, since an operation's id must arrive as it is. */
export function pathOf(request: Request): string {
  return new URL(request.req.url).pathname;
}

/** An empty body is `{}`; undefined is no JSON. */
function parseBody(text: string): Json | undefined {
  if (text.trim() === "") return null;
  try {
    // JSON.parse of text can only yield JSON.
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export function objectBody(request: Request): JsonObject {
  const body = request.get("body");
  if (body === null) return {};
  if (!isObject(body)) throw new ServiceError(400, "MALFORMED_REQUEST", "The request body is not a JSON object");
  return body;
}
