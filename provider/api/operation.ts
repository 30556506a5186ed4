/** Long-running operations: every mutation answers with one. */
import { ApiError, isNotFound, OperationError, operationRefusal, unreadable } from "./errors";
import { pollDelay } from "./retry";
import type { Transport } from "./transport";

type Json = Readonly<Record<string, unknown>>;

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
  const { clock } = transport;
  const { name } = started;
  if (typeof name !== "string") throw new ApiError(tried, 200, unreadable, "the answer is no operation; try again");
  let operation = started;
  for (let n = 0; operation["done"] !== true; n++) {
    const delay = pollDelay(n);
    if (clock.now() + delay > options.deadline) throw ranOut(`operation ${name}`, tried, name, options);
    await clock.sleep(delay);
    try {
      operation = await transport.send({ method: "GET", path: `/api/2.0/postgres/${name}` });
    } catch (failure) {
      if (!isNotFound(failure)) throw failure;
      throw new OperationError(
        `${tried}: the service no longer knows operation ${name}, so how it ended is not known; run 'pulumi refresh'`,
        name,
      );
    }
  }
  const error = operation["error"];
  if (typeof error === "object" && error !== null) {
    const refusal = operationRefusal(tried, error);
    const said = `${refusal.code}: ${refusal.words}`;
    throw new OperationError(`${tried}: operation ${name} failed: ${said}`, name, refusal);
  }
  const response = operation["response"];
  return typeof response === "object" && response !== null ? (response as Json) : {};
}

/** Reads a resource until it has settled; what the operation answered with may do already. */
export async function waitUntilSettled(
  transport: Transport,
  name: string,
  resource: Json,
  settled: (resource: Json) => boolean | undefined,
  options: WaitOptions,
): Promise<Json> {
  const { clock } = transport;
  let current = resource;
  for (let n = 0; ; n++) {
    // An operation may answer without the resource, or with a part of it: that is read at once.
    const is = settled(current);
    if (is) return current;
    if (n > 0 || is === false) {
      const delay = pollDelay(n);
      if (clock.now() + delay > options.deadline)
        throw ranOut(`${name} to settle (${pending(current)})`, `GET ${name}`, name, options);
      await clock.sleep(delay);
    }
    current = await transport.send({ method: "GET", path: `/api/2.0/postgres/${name}` });
  }
}

/** Reads a deleted resource until it is not found. */
export async function waitUntilGone(
  transport: Transport,
  name: string,
  again: (resource: Json) => Promise<void>,
  options: WaitOptions,
): Promise<void> {
  const { clock } = transport;
  for (let n = 0; ; n++) {
    try {
      await again(await transport.send({ method: "GET", path: `/api/2.0/postgres/${name}` }));
    } catch (failure) {
      if (isNotFound(failure)) return;
      throw failure;
    }
    const delay = pollDelay(n);
    if (clock.now() + delay > options.deadline) throw ranOut(`${name} to be gone`, `GET ${name}`, name, options);
    await clock.sleep(delay);
  }
}

function pending(resource: Json): string {
  const { current_state: current, pending_state: next } = (resource["status"] ?? {}) as Record<string, unknown>;
  return `it is ${current ?? "in an unknown state"}${next ? `, becoming ${next}` : ""}`;
}

function ranOut(what: string, tried: string, operation: string, { timeoutMs }: WaitOptions): OperationError {
  return new OperationError(
    `${tried}: waited ${Math.round(timeoutMs / 1000)} s for ${what} and it has not ended; the service may still finish it: run 'pulumi up' again to go on`,
    operation,
  );
}
