/** What exists → rows of a tree, in words for people. */
import { readable, seconds } from "../schema/durations";
import { type Cell, list, type Row } from "../text/layout";
import { size as sizeOf } from "../text/size";
import { type Branch, deletionOf, type Listed, lastOf, type Project, statusOf, type Wire } from "./inventory";
import { moment } from "./moments";

export function projectRow(project: Project, now: number): Row {
  const { branches, snapshots } = project;
  return {
    kind: "project",
    cells: [{ text: lastOf(project["name"]), style: "bold" }, ...list(aboutProject(project, now))],
    children: [
      ...(branches === null ? [refused("branches")] : inOrder(branches ?? []).map((branch) => branchRow(branch, now))),
      ...snapshotRows(snapshots, now),
    ],
  };
}

function aboutProject(project: Project, now: number): readonly Cell[] {
  const name = statusOf(project, "display_name");
  const history = statusOf(project, "history_retention_duration");
  return [
    name !== undefined && name !== lastOf(project["name"]) && { text: JSON.stringify(name) },
    statusOf(project, "pg_version") !== undefined && { text: `Postgres ${statusOf(project, "pg_version")}` },
    history !== undefined && { text: `history ${duration(history)}` },
    ...deletion(project, now),
  ].filter((cell) => cell !== false);
}

/** Each after the one that it was made from. */
function inOrder(branches: readonly Branch[]): readonly Branch[] {
  const names = new Set(branches.map(({ name }) => name));
  const madeFrom = (source: unknown): readonly Branch[] =>
    branches
      .filter((branch) => {
        const own = statusOf(branch, "source_branch");
        return (names.has(own) ? own : undefined) === source;
      })
      .flatMap((branch) => [branch, ...madeFrom(branch["name"])]);
  return madeFrom(undefined);
}

function branchRow(branch: Branch, now: number): Row {
  const source = statusOf(branch, "source_branch");
  const expires = statusOf(branch, "expire_time");
  const gone = deletion(branch, now);
  const remarks: readonly (Cell | false)[] = [
    statusOf(branch, "default") === true && { text: "default" },
    statusOf(branch, "is_protected") === true && { text: "protected" },
    gone.length === 0 && expires !== undefined && { text: `expires ${moment(expires, now)}`, style: "yellow" },
    ...gone,
  ];
  return {
    kind: "branch",
    cells: [
      { text: lastOf(branch["name"]), style: "bold" },
      { text: source === undefined ? "root" : `from ${lastOf(source)}` },
      state(branch),
      ...list(remarks.filter((cell) => cell !== false)),
    ],
    children: [
      ...(branch.endpoints === null ? [refused("endpoints")] : (branch.endpoints ?? []).map(endpointRow)),
      ...namesRow("roles", branch.roles, (role) => String(statusOf(role, "postgres_role") ?? lastOf(role["name"]))),
      ...namesRow("databases", branch.databases, ownedDatabase),
    ],
  };
}

/** The rows below a branch share their first column. */
const belowBranch = "below a branch";

function endpointRow(endpoint: Wire): Row {
  const type = String(statusOf(endpoint, "endpoint_type"))
    .replace("ENDPOINT_TYPE_", "")
    .replace("_", "-")
    .toLowerCase();
  const disabled = statusOf(endpoint, "disabled") === true;
  return {
    kind: belowBranch,
    cells: [
      { text: lastOf(endpoint["name"]) },
      { text: type },
      { text: size(endpoint) },
      disabled ? { text: "disabled", style: "red" } : state(endpoint),
      { text: String(statusOf(endpoint, "hosts", "host") ?? "no host yet"), style: "cyan" },
    ],
  };
}

function size(endpoint: Wire): string {
  return sizeOf({
    least: statusOf(endpoint, "autoscaling_limit_min_cu"),
    most: statusOf(endpoint, "autoscaling_limit_max_cu"),
    computes: Number(statusOf(endpoint, "group", "max") ?? 1),
  });
}

function ownedDatabase(database: Wire): string {
  const name = String(statusOf(database, "postgres_database") ?? lastOf(database["name"]));
  const owner = statusOf(database, "role");
  return owner === undefined ? name : `${name} (of ${lastOf(owner)})`;
}

function namesRow(label: string, listed: Listed, describe: (resource: Wire) => string): readonly Row[] {
  if (listed === undefined || listed?.length === 0) return [];
  if (listed === null) return [refused(label)];
  const names = listed.map((resource) => ({ text: describe(resource) }));
  return [{ kind: belowBranch, cells: [{ text: label, style: "dim" }, ...list(names)] }];
}

function snapshotRows(snapshots: Listed, now: number): readonly Row[] {
  if (snapshots === undefined || snapshots?.length === 0) return [];
  if (snapshots === null) return [refused("snapshots")];
  const children = snapshots.map((snapshot) => {
    const expires = statusOf(snapshot, "expire_time");
    return {
      kind: "snapshot",
      cells: [
        { text: lastOf(snapshot["name"]) },
        { text: `of ${lastOf(statusOf(snapshot, "source_branch"))}` },
        expires === undefined
          ? { text: "never expires" }
          : ({ text: `expires ${moment(expires, now)}`, style: "yellow" } as const),
      ],
    };
  });
  return [{ kind: "snapshots", cells: [{ text: "snapshots", style: "dim" }], children }];
}

function refused(what: string): Row {
  return { kind: "refused", cells: [{ text: `${what}: no permission to list them`, style: "red" }] };
}

const styles: Readonly<Record<string, Cell["style"]>> = {
  ACTIVE: "green",
  READY: "green",
  IDLE: "dim",
  DEGRADED: "red",
  DELETED: "red",
};

/** Where a change is under way, what comes of it too. */
function state(resource: Wire): Cell {
  const current = String(statusOf(resource, "current_state"));
  const pending = statusOf(resource, "pending_state");
  if (pending === undefined || pending === current) return { text: current, style: styles[current] };
  return { text: `${current} → ${pending}`, style: "yellow" };
}

function deletion(resource: Wire, now: number): readonly Cell[] {
  const gone = deletionOf(resource);
  if (gone === undefined) return [];
  const purged =
    gone.purged === undefined ? [] : [{ text: `purged ${moment(gone.purged, now)}`, style: "red" } as const];
  return [{ text: `deleted ${moment(gone.deleted, now)}`, style: "red" }, ...purged];
}

function duration(value: unknown): string {
  const total = seconds(String(value));
  return total === undefined ? String(value) : readable(total);
}
