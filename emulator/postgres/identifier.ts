import { badRequest } from "../errors";

/** Postgres's NAMEDATALEN, less one. */
const LONGEST_NAME = 63;

/** A name that Postgres takes as it is: it would cut a longer one, and none of its messages can hold a NUL. */
export function checkName(kind: "role" | "database" | "schema" | "table" | "column", name: string): string {
  if (name === "") throw badRequest(`the name of a ${kind} must not be empty`);
  if (name.includes("\0")) throw badRequest(`the name of a ${kind} must not contain a NUL`);
  if (Buffer.byteLength(name) > LONGEST_NAME) {
    throw badRequest(`the name of the ${kind} "${name}" is longer than ${LONGEST_NAME} bytes`);
  }
  return name;
}
