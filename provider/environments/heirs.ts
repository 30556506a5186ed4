/** Which of an environment's roles is made after which. */
import type { RoleOfTable } from "./table";

type Roles = Readonly<Record<string, RoleOfTable>>;

/**
 * Each role after the one that is to own what it leaves behind, which is then there for as long as it is; else as they are
 * written. A circle is entered at the first of its roles that is written.
 */
export function heirsFirst(roles: Roles): readonly (readonly [string, RoleOfTable])[] {
  const ordered = new Map<string, RoleOfTable>();
  for (const key of Object.keys(roles)) {
    for (const one of lineOf(roles, key).toReversed()) ordered.set(one, roles[one] ?? {});
  }
  return [...ordered];
}

/** A role, its heir, the heir of that one and so on, as far as they are this environment's and not there before. */
function lineOf(roles: Roles, first: string): readonly string[] {
  const line = new Set<string>();
  for (
    let key: string | undefined = first;
    key !== undefined && Object.hasOwn(roles, key) && !line.has(key);
    key = roles[key]?.reassignOwnedTo
  ) {
    line.add(key);
  }
  return [...line];
}
