/** The branches that the state of a stack speaks of. */
import { branchOf } from "../schema/name";
import { isRecord } from "../schema/unknown";

/**
 * Full names of the branches that a stack has made or only looks at, that what it has lies in, or that its arguments name.
 * What a killed run was about to make counts as well. `undefined` for what is no exported state.
 */
export function branchesIn(state: unknown): ReadonlySet<string> | undefined {
  const deployment = isRecord(state) ? state["deployment"] : undefined;
  if (!isRecord(deployment)) return undefined;
  const pending = list(deployment["pending_operations"]).map((operation) => operation["resource"]);
  const resources = [...list(deployment["resources"]), ...pending.filter(isRecord)];
  const names = resources.flatMap(({ id, inputs }) => texts([id, inputs]));
  return new Set(names.flatMap((name) => branchOf(name) ?? []));
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function texts(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
