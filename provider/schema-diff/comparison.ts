/** What was compared, and what came of it. */
import type { Change } from "./difference";

export interface DatabaseChanges {
  /** Name in Postgres. */
  readonly database: string;
  readonly changes: readonly Change[];
}

export interface Comparison {
  /** Full name of the branch. */
  readonly branch: string;
  /** Full name of what it is compared with. */
  readonly base: string;
  readonly databases: readonly DatabaseChanges[];
}

const actions = ["added", "changed", "removed"] as const;

/** `2 added, 1 removed`; empty when nothing is. */
export function counted(changes: readonly Change[]): string {
  return actions
    .map((action) => ({ action, count: changes.filter((change) => change.action === action).length }))
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => `${count} ${action}`)
    .join(", ");
}

export function differs({ databases }: Comparison): boolean {
  return databases.some(({ changes }) => changes.length > 0);
}

/** `shop/dev` */
export function short(branch: string): string {
  return branch.replace(/^projects\/([^/]+)\/branches\//, "$1/");
}
