/** Errors as users read them: what was tried, what is wrong, what to do next. No stack: the host prints it, twice. */
import { ApiError, ConfigurationError, isConflict, isNotFound, line, OperationError } from "../api/errors";

/** The object is there, but not as declared: Pulumi keeps it in the state, and the next update goes on from there. */
export class Created extends Error {
  /** What was declared, and what is known from before. Without a status, which tells the next update to look first. */
  readonly properties: Readonly<Record<string, unknown>>;

  constructor(
    readonly id: string,
    known: Readonly<Record<string, unknown>>,
    cause: Error,
  ) {
    super(cause.message, { cause });
    // What is undefined has no form in what Pulumi sends, and its host would never answer.
    this.properties = Object.fromEntries(
      Object.entries(known).filter(([key, value]) => key !== "status" && value !== undefined),
    );
  }

  /** With more that is known. */
  with(more: Readonly<Record<string, unknown>>): Created {
    return new Created(this.id, { ...this.properties, ...more }, this);
  }
}

/** `read` is a function's: nothing is changed, and the configuration is this run's own. */
export type Verb = "create" | "refresh" | "update" | "delete" | "read";

/** In characters. Of the service's own words there are fewer. */
const longestMessage = 4_000;

export function explained(failure: unknown, verb: Verb, remedy = remedyFor(failure, verb)): Error {
  if (failure instanceof Created) return failure;
  // The service's words and a program's values are in some messages, and come to a terminal.
  const message = line(failure instanceof Error ? failure.message : String(failure), longestMessage);
  return new Error(remedy === undefined ? message : `${message.replace(/[.\s]+$/, "")}; ${remedy}`, { cause: failure });
}

function remedyFor(failure: unknown, verb: Verb): string | undefined {
  const rotated =
    verb === "refresh" || verb === "delete"
      ? "since refresh and destroy use the configuration of the last 'pulumi up', add --run-program after a rotation"
      : undefined;
  if (failure instanceof ConfigurationError) return rotated;
  if (failure instanceof OperationError) return failure.refusal && again(verb);
  if (!(failure instanceof ApiError)) return undefined;
  if (failure.status === 401) return ["check the token or the client secret", rotated].filter(Boolean).join(", and ");
  if (failure.status === 403) {
    const permission = verb === "read" ? "CAN USE" : "CAN MANAGE";
    return `ask for ${permission} on the project for the identity that Pulumi runs as`;
  }
  if (failure.status === 429 || failure.status >= 500 || isConflict(failure)) return again(verb);
  if (isNotFound(failure)) return verb === "create" || verb === "update" ? gone : undefined;
  return undefined;
}

const gone =
  "where it was deleted outside of Pulumi, run 'pulumi refresh' and then 'pulumi up'; otherwise run 'pulumi up' again";

/** What has gone wrong at the service may go right the next time, and all verbs go on from what is there. */
function again(verb: Verb): string {
  if (verb === "read") return "try again";
  const command = { create: "'pulumi up'", update: "'pulumi up'", refresh: "'pulumi refresh'", delete: "the command" };
  return `run ${command[verb]} again, which goes on from what is there`;
}
