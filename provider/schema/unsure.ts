/** What is kept of an object while nobody knows whether the service has carried out an update. */
import { held } from "./canonical";
import type { AnyDefinition } from "./definition";
import { deleteAt, setAt, valueAt } from "./unknown";

type Values = Readonly<Record<string, unknown>>;

/**
 * The declared arguments, and in place of those that can be changed what was declared before: so the next diff sees all
 * of the update once more, what it takes away too, and a refresh looks at what it was about.
 */
export function asBefore(definition: AnyDefinition, before: Values, after: Values): Record<string, unknown> {
  const args: Record<string, unknown> = structuredClone(after);
  for (const slot of definition.slots) {
    const was = held(slot, before);
    if (was.state !== "known") continue;
    const { path, marks } = was.field;
    if (marks.immutable || marks.createOnly || marks.place === "local") continue;
    for (const field of slot.fields) deleteAt(args, field.path);
    setAt(args, path, valueAt(before, path));
  }
  return args;
}
