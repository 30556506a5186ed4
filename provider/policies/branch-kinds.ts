/** What a branch is for, by its id. */
import type { Resource } from "./policy-rule";
import type { BranchKinds, Settings } from "./settings";

export type BranchKind = keyof BranchKinds;

/** The first kind that has a pattern for the id. */
export function kindOf(id: string, { branches }: Pick<Settings, "branches">): BranchKind | undefined {
  const kinds = ["production", "preview", "dev"] as const;
  return kinds.find((kind) => branches[kind].some((pattern) => matches(id, pattern)));
}

function matches(id: string, pattern: string): boolean {
  const literal = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`).test(id);
}

/** The id of the branch that a resource is, or is in, as far as it is known. */
export function branchId({ type, args }: Resource): string | undefined {
  const value = type === "Branch" ? args["branchId"] : args["parent"];
  return typeof value === "string" ? value.split("/").at(-1) : undefined;
}

/** The full name of the branch that a resource is, or is in, as far as it is known. */
export function branchName({ type, name, args }: Resource): string | undefined {
  const value = type === "Branch" ? name : args["parent"];
  return typeof value === "string" ? value : undefined;
}
