import { set, textAt } from "../json";
import { type Making, newStored, type Stored } from "../stored";
import { newDatabase } from "./databases";
import { ownerRole } from "./roles";

/** What a project's first branch has from its beginning: its creator's role, and a database which that owns. */
export function firstContents(branch: Stored, owner: string, made: Making): readonly Stored[] {
  const role = ownerRole(branch, owner, made);
  const facts = { implicit: true };
  return [role, newDatabase(branch, "databricks-postgres", "databricks_postgres", role.name, made, facts)];
}

/** Copies in `branch` of what was in another. They are as old as it is. */
export function copiedContents(branch: Stored, originals: readonly Stored[], made: Making): readonly Stored[] {
  return originals.map(({ type, name, id, parent, inputs, submitted, facts }) => {
    const renamed = (full: string) => branch.name + full.slice(parent.length);
    const role = textAt(inputs, "spec.role");
    const own = {
      name: renamed(name),
      inputs: role === undefined ? inputs : set(inputs, "spec.role", renamed(role)),
      facts: { ...facts, implicit: true, copied_from: name },
    };
    return newStored({ type, id, parent: branch.name, submitted, ...own }, made);
  });
}
