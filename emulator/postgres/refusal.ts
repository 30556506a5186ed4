import { DatabaseError } from "pg";
import { badRequest, type ServiceError } from "../errors";

/** Classes of SQLSTATE that are no answer to what was asked: connections, resources, operators, the system, bugs. */
const TROUBLE = /^(08|53|57|58|XX)/;
/** Their details say what stands in the way. Those of others may hold values of rows. */
const TELLING = ["2BP01", "55006"];

/** What Postgres refuses, as the service passes it on. That it comes as BAD_REQUEST in Postgres's words is an assumption. */
export function asServiceRefusal(error: unknown): ServiceError | undefined {
  if (!(error instanceof DatabaseError) || error.code === undefined || TROUBLE.test(error.code)) return undefined;
  const detail = TELLING.includes(error.code) ? error.detail : undefined;
  return badRequest(detail === undefined ? error.message : `${error.message}: ${detail.replaceAll("\n", "; ")}`);
}
