import { copiedContents, firstContents } from "./collections/contents";
import { textAt } from "./json";
import type { Workspace } from "./workspace";

/** Gives the branches that an emulator without roles and databases has kept those that each branch begins with. */
export function addContents(workspace: Workspace): void {
  const branches = workspace.all().filter(({ type }) => type === "Branch");
  // Sources come before what was made from them.
  for (const branch of branches.sort((left, right) => left.sequence - right.sequence)) {
    const made = {
      now: branch.createTime,
      doneAt: branch.readyAt,
      nextSequence: () => workspace.nextSequence(),
    };
    const source = textAt(branch.facts, "source_branch");
    const originals = ["Role", "Database"].flatMap((type) => workspace.children(source ?? "", type));
    const owner = textAt(workspace.get(branch.parent)?.facts, "owner") ?? "";
    // A source that was purged since had no more than its project's first branch.
    const contents =
      originals.length > 0 ? copiedContents(branch, originals, made) : firstContents(branch, owner, made);
    for (const stored of contents) workspace.put(stored);
  }
}
