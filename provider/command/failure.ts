/** Errors as the person at the terminal reads them: one sentence, with what to do next. */
import { ApiError } from "../api/errors";

/** What went wrong and what to do, in the command's own words. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** Ends the command with a status of its own, and says what went wrong if something did. */
export class Ending extends Error {
  override readonly name = "Ending";

  constructor(
    readonly status: 1 | 2,
    readonly trouble?: unknown,
  ) {
    super();
  }
}

export function sentence(failure: unknown): string {
  const message = failure instanceof Error ? failure.message : String(failure);
  const remedy = remedyFor(failure);
  return remedy === undefined ? message : `${message.replace(/[.\s]+$/, "")}; ${remedy}`;
}

function remedyFor(failure: unknown): string | undefined {
  if (!(failure instanceof ApiError)) return undefined;
  if (failure.status === 401)
    return "check the token or the client secret; 'pulumi-lakebase explain-auth' says where it comes from";
  // CAN USE is enough to look and to connect (product documentation, 2026-09).
  if (failure.status === 403) return "ask for CAN USE on the project for the identity that you sign in as";
  return undefined;
}
