/** Long-running operations: every mutation answers with one. */
import { ApiError, isNotFound, line, OperationError, operationRefusal, unreadable } from "./errors";
import type { Watch } from "./polls";
import type { Clock } from "./retry";
import type { Transport } from "./transport";

type Json = Readonly<Record<string, unknown>>;

/** Where the service's names begin. */
export const root = "/api/2.0/postgres";

/** A resource's name and an id in base64, which may have slashes (databricks/cli's acceptance tests, 2026-08). */
const operationName = /^[\w./-]+\/operations\/[\w.+/=-]+$/;

/** How long a change may take as a whole: its operation, and what follows until the resource has settled. */
export interface WaitOptions {
  readonly timeoutMs: number;
  /** When that is over, by the transport's clock. */
  readonly deadline: number;
}

/** Waits for an operation and returns its response. One that is done in the first answer costs no request. */
export async function waitForOperation(
  transport: Transport,
  started: Json,
  tried: string,
  options: WaitOptions,
): Promise<Json> {
  const { name } = started;
  if (typeof name !== "string" || !operationName.test(name)) {
    throw new ApiError(tried, 200, unreadable, "the answer is no operation; try again");
  }
  if (started["done"] === true) return outcome(started, tried, name);
  return poll(
    transport,
    kindOf(tried),
    options,
    () => ranOut(`operation ${name}`, tried, name, options),
    async () => {
      const operation = await read(transport, name, options).catch((failure: unknown) => {
        if (!isNotFound(failure)) throw failure;
        throw new OperationError(
          `${tried}: the service no longer knows operation ${name}, so how it ended is not known; run 'pulumi refresh'`,
          name,
        );
      });
      return operation["done"] === true ? outcome(operation, tried, name) : undefined;
    },
  );
}

/** Reads a resource until it has settled; what the operation answered with may do already. */
export async function waitUntilSettled(
  transport: Transport,
  name: string,
  resource: Json,
  settled: (resource: Json) => boolean | undefined,
  options: WaitOptions,
): Promise<Json> {
  let current = resource;
  const look = async () => {
    current = await read(transport, name, options);
    return settled(current) ? current : undefined;
  };
  const is = settled(current);
  if (is) return current;
  // An operation may answer without the resource, or with a part of it: that is read at once.
  const full = is === undefined ? await look() : undefined;
  if (full !== undefined) return full;
  const late = () => ranOut(`${name} to settle (${pending(current)})`, `GET ${name}`, name, options);
  return poll(transport, kindOf(`settle ${name}`), options, late, look);
}

/** Reads a deleted resource until it is not found. */
export async function waitUntilGone(
  transport: Transport,
  name: string,
  again: (resource: Json) => Promise<void>,
  options: WaitOptions,
): Promise<void> {
  const look = async () => {
    try {
      await again(await read(transport, name, options));
      return undefined;
    } catch (failure) {
      if (isNotFound(failure)) return true;
      throw failure;
    }
  };
  if (await look()) return;
  const late = () => ranOut(`${name} to be gone`, `GET ${name}`, name, options);
  await poll(transport, kindOf(`gone ${name}`), options, late, look);
}

/** Tries no longer than the wait has left. */
function read(transport: Transport, name: string, { deadline }: WaitOptions): Promise<Json> {
  const retryBudgetMs = deadline - transport.clock.now();
  return transport.send({ method: "GET", path: `${root}/${name}`, retryBudgetMs });
}

/** Looks until there is something to see, for the last time when the wait is over. What fails teaches nothing of how long it takes. */
async function poll<Result>(
  { clock, polls }: Transport,
  kind: string,
  { deadline }: WaitOptions,
  late: () => OperationError,
  look: () => Promise<Result | undefined>,
): Promise<Result> {
  const began = clock.now();
  const watch = polls.watch(kind);
  try {
    for (;;) {
      await untilDue(watch, began, clock, deadline);
      const sent = clock.now() - began;
      const seen = await look();
      if (seen !== undefined) {
        watch.ended(sent);
        return seen;
      }
      if (clock.now() >= deadline) throw late();
      watch.running(sent, clock.now() - began);
    }
  } finally {
    watch.close();
  }
}

/** Waits until the next poll; when others of the kind teach meanwhile how long it takes, that counts. */
async function untilDue(watch: Watch, began: number, clock: Clock, deadline: number): Promise<void> {
  for (;;) {
    const news = watch.news;
    const due = Math.min(began + watch.due(), deadline);
    if (clock.now() >= due) return;
    await clock.sleep(due - clock.now(), news);
    if (news === undefined) return;
  }
}

/** The verb and the collection of what was tried: `POST projects/p/branches` → `POST projects/branches`. */
function kindOf(tried: string): string {
  const [verb, path = ""] = tried.split(" ");
  const collections = path.split("/").filter((_segment, index) => index % 2 === 0);
  return `${verb} ${collections.join("/")}`;
}

function outcome(operation: Json, tried: string, name: string): Json {
  const error = operation["error"];
  if (typeof error === "object" && error !== null) {
    const refusal = operationRefusal(tried, error);
    const said = `${refusal.code}: ${refusal.words}`;
    throw new OperationError(`${tried}: operation ${name} failed: ${said}`, name, refusal);
  }
  const response = operation["response"];
  return typeof response === "object" && response !== null ? (response as Json) : {};
}

function pending(resource: Json): string {
  const { current_state: current, pending_state: next } = (resource["status"] ?? {}) as Record<string, unknown>;
  const [now, then] = [current, next].map((one) => (typeof one === "string" ? line(one, 100) : undefined));
  return `it is ${now ?? "in an unknown state"}${then ? `, becoming ${then}` : ""}`;
}

function ranOut(what: string, tried: string, operation: string, { timeoutMs }: WaitOptions): OperationError {
  return new OperationError(
    `${tried}: waited ${timeoutMs / 1000} s for ${what} and it has not ended; the service may still finish it: run 'pulumi up' again to go on`,
    operation,
  );
}
