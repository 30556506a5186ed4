/** Who the program runs as. */
import type * as pulumi from "@pulumi/pulumi";
import { ApiError, unreadable } from "../api/errors";
import type { Session } from "../pulumi/session";
import { call, type FunctionOptions, withInputs } from "./call";

/** The identity that signs in, as the workspace's directory has it (SCIM, RFC 7643). */
export interface CurrentUser {
  /** The directory's own id. */
  readonly id: string | undefined;
  /** A user's e-mail or a service principal's application id; also the name of the identity's role in Postgres. */
  readonly userName: string;
  /** Name for people. */
  readonly displayName: string | undefined;
}

export async function currentUserOf(session: Session): Promise<CurrentUser> {
  const { id, userName, displayName } = await (await session.client()).me();
  if (typeof userName !== "string" || userName === "") {
    throw new ApiError("GET Me", 200, unreadable, "the answer has no userName; check that the host is a workspace");
  }
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return { id: text(id), userName, displayName: text(displayName) };
}

/**
 * Reads who the program signs in as.
 *
 * ```ts
 * const { userName } = await lakebase.getCurrentUser();
 * ```
 */
export function getCurrentUser(options?: FunctionOptions): Promise<CurrentUser> {
  return call("getCurrentUser", options, currentUserOf);
}

/** The same as an output. */
export function getCurrentUserOutput(options?: FunctionOptions): pulumi.Output<CurrentUser> {
  return withInputs((_: object, given) => getCurrentUser(given))({}, options);
}
