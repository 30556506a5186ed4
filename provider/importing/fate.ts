/** What becomes of imported objects when they leave the program. */
import { asArguments, cameWithParent } from "../schema/service";
import { namesIn } from "./kinds";
import type { Found } from "./walk";

/**
 * Names of the objects that are let go of, as if they had been taken over: those that came with their parent, and those
 * that these need, as the role that owns a database that came with its branch.
 */
export function letGo(all: readonly Found[]): ReadonlySet<string> {
  const stay = all.filter(({ definition, wire, parent }) => cameWithParent(definition, wire, parent?.wire));
  const needed = new Set(stay.flatMap(({ definition, wire }) => namesIn(definition, asArguments(definition, wire))));
  const siblings = all.filter(({ definition, name }) => definition.comesWithParent && needed.has(name));
  return new Set([...stay, ...siblings].map(({ name }) => name));
}
