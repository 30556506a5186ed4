import { randomBytes } from "node:crypto";
import { errorBody, type ServiceError } from "./errors";
import type { JsonObject } from "./json";

/** A long-running operation. Whether it is done is read off the clock, so nothing has to fire when its time comes. */
export interface Operation {
  readonly name: string;
  readonly type: string;
  /** `null`: it never ends (a fault). */
  readonly doneAt: number | null;
  /** The branch it occupies, and until when. A hung operation does not occupy its branch for ever. */
  readonly branch: string | null;
  readonly busyUntil: number;
  readonly response: JsonObject | null;
  readonly error: JsonObject | null;
}

export const EMPTY: JsonObject = { "@type": "type.googleapis.com/google.protobuf.Empty" };

export function newOperation(
  resource: string,
  number: number,
  operation: Omit<Operation, "name" | "error">,
  failure: ServiceError | undefined,
): Operation {
  return {
    ...operation,
    name: `${resource}/operations/${operationId(number)}`,
    error: failure === undefined ? null : { ...errorBody(failure), details: [], stack_trace: "" },
  };
}

/** What the service answers. `response` only when done, and never beside `error`. */
export function showOperation(operation: Operation, now: number): JsonObject {
  const done = operation.doneAt !== null && now >= operation.doneAt;
  return {
    name: operation.name,
    done,
    metadata: { "@type": `type.googleapis.com/databricks.postgres.v1.${operation.type}OperationMetadata` },
    error: done ? (operation.error ?? undefined) : undefined,
    response: done && operation.error === null ? (operation.response ?? undefined) : undefined,
  };
}

/**
 * Real ids look like base64 and may contain `/`, `+` and `=` (databricks/cli acceptance test.toml). By chance few
 * would, and clients would only fail on those: here every second one has a slash, every third a plus.
 */
function operationId(number: number): string {
  const id = randomBytes(17).toString("base64").replace(/[/+]/g, "x");
  const slash = number % 2 === 0 ? `${id.slice(0, 7)}/${id.slice(8)}` : id;
  return number % 3 === 0 ? `${slash.slice(0, 12)}+${slash.slice(13)}` : slash;
}
