/** Reads the engine's event log: what one command did to each resource, and what it had to say. */

/** `failed` where the engine tried and could not; otherwise the engine's word: same, create, update, replace, delete … */
export type Operation = string;

export interface Diagnostic {
  readonly severity: "debug" | "info" | "info#err" | "warning" | "error";
  readonly message: string;
  /** The logical name of the resource that it is about. */
  readonly name?: string;
}

export interface Events {
  /** By logical name; where resources of several types share one, by `Type:name`. The stack itself is left out. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** Without the engine's debug lines. */
  readonly diagnostics: readonly Diagnostic[];
}

interface Metadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
}

interface Event {
  readonly resourcePreEvent?: { readonly metadata: Metadata };
  readonly resOutputsEvent?: { readonly metadata: Metadata };
  readonly resOpFailedEvent?: { readonly metadata: Metadata };
  readonly diagnosticEvent?: {
    readonly urn?: string;
    readonly severity: Diagnostic["severity"];
    readonly message: string;
  };
}

/** One JSON object a line; a command that was killed may have left half a line. */
export function readEvents(log: string): Events {
  const events = log.split("\n").flatMap(parse);
  return { operations: operations(events), diagnostics: events.flatMap(diagnostic) };
}

function parse(line: string): readonly Event[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

function operations(events: readonly Event[]): Readonly<Record<string, Operation>> {
  const found = new Map<string, Operation>();
  for (const { resourcePreEvent, resOutputsEvent, resOpFailedEvent } of events) {
    const { metadata } = resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent ?? {};
    if (metadata !== undefined && !metadata.type.startsWith("pulumi:")) {
      const operation = resOpFailedEvent === undefined ? plain(metadata.op) : "failed";
      found.set(metadata.urn, stronger(found.get(metadata.urn), operation));
    }
  }
  const names = [...found.keys()].map(nameOf);
  return Object.fromEntries(
    [...found].map(([urn, operation]) => {
      const name = nameOf(urn);
      return [names.indexOf(name) === names.lastIndexOf(name) ? name : `${typeOf(urn)}:${name}`, operation];
    }),
  );
}

/** A replacement is three steps to the engine and one operation to the user. */
function plain(operation: string): Operation {
  return /replace/.test(operation) ? "replace" : operation;
}

/** A later event says more than an earlier one, but no step of a replacement or after a failure undoes what it was. */
function stronger(before: Operation | undefined, now: Operation): Operation {
  return before === "failed" || (before === "replace" && now !== "failed") ? before : now;
}

function diagnostic({ diagnosticEvent }: Event): readonly Diagnostic[] {
  if (diagnosticEvent === undefined || diagnosticEvent.severity === "debug") {
    return [];
  }
  const { urn, severity } = diagnosticEvent;
  const message = diagnosticEvent.message.replace(/<\{%.*?%\}>/g, "").trim();
  return message === "" ? [] : [{ severity, message, ...(urn ? { name: nameOf(urn) } : {}) }];
}

/** A URN ends in `::<type>::<name>`; the type may be a chain of parents' types, the last one its own. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split(/[$:]/).at(-1) ?? "";
}
