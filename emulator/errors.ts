import { randomBytes, randomUUID } from "node:crypto";
import type { Json, JsonObject } from "./json";

/** An answer of the service that is not a success. Thrown by rules, turned into a response in one place. */
export class ServiceError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: readonly Json[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "ServiceError";
  }
}

/** The service's envelope. Nearly all messages carry a trace id, so clients must match with "contains". */
export function errorBody(error: ServiceError): JsonObject {
  return {
    error_code: error.code,
    message: `${error.message} [TraceId: ${randomBytes(16).toString("hex")}]`,
    details: error.details.length > 0 ? error.details : undefined,
  };
}

export function invalid(message: string): ServiceError {
  return new ServiceError(400, "INVALID_PARAMETER_VALUE", message);
}

/** Refusals that the service passes through from the control plane below it come as BAD_REQUEST. */
export function badRequest(message: string): ServiceError {
  return new ServiceError(400, "BAD_REQUEST", message);
}

export function notFound(message: string): ServiceError {
  return new ServiceError(404, "NOT_FOUND", message);
}

export function alreadyExists(message: string): ServiceError {
  return new ServiceError(409, "ALREADY_EXISTS", message);
}

/** The service's text of a required field (databricks/cli cloud goldens without_*_id). */
export function required(field: string, emptyValue = ""): ServiceError {
  return invalid(`Field '${field}' is required, expected non-default value (not "${emptyValue}")!`);
}

/** Counts over a limit: neither status nor text is known, so this answer is an invention. */
export function quotaExceeded(message: string): ServiceError {
  return new ServiceError(400, "QUOTA_EXCEEDED", message);
}

/** The unspecific answer of the service to what it did not foresee (probed 2026-09-21). */
export function internalError(): ServiceError {
  return new ServiceError(
    500,
    "INTERNAL_ERROR",
    "The request could not be processed. Please try again later and contact Databricks if the problem persists.",
  );
}

/** Text from the Terraform provider's documentation; the status was never recorded, 409 ABORTED is what clients retry. */
export function conflictingOperations(): ServiceError {
  return new ServiceError(
    409,
    "ABORTED",
    "Your project already has conflicting operations in progress. Please wait until they are complete, and then try again.",
  );
}

export function reconciling(): ServiceError {
  return new ServiceError(409, "ABORTED", "Endpoint reconciliation still in progress");
}

/** The delete of something that lives and dies with its parent: declarative clients take it for a success. */
export function managedByParent(message: string): ServiceError {
  return new ServiceError(400, "BAD_REQUEST", message, [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "RESOURCE_CONFLICT",
      domain: "databricks.com",
      metadata: { declarative_context: "MANAGED_BY_PARENT" },
    },
    { "@type": "type.googleapis.com/google.rpc.RequestInfo", request_id: randomUUID(), serving_data: "" },
  ]);
}

/** The code is one that clients retry; the service's text is not known, so this one is an invention. */
export function requestLimitExceeded(perSecond: number): ServiceError {
  return new ServiceError(
    429,
    "REQUEST_LIMIT_EXCEEDED",
    `Too many requests: the limit is ${perSecond} a second. Please try again later.`,
    [],
    { "retry-after": "1" },
  );
}

export function unauthenticated(message: string): ServiceError {
  return new ServiceError(401, "UNAUTHENTICATED", message);
}

/** The service names method and path below `/api/2.0`. */
export function noSuchRoute(method: string, path: string): ServiceError {
  return new ServiceError(
    404,
    "ENDPOINT_NOT_FOUND",
    `No API found for '${method} ${path.replace(/^\/api\/2\.0(?=\/)/, "")}'`,
  );
}
