/** What exists at the service, as a tree of projects, branches and endpoints. */
import { readable as inUnits } from "../durations.mts";
import type { EmulatorProcess } from "./emulator.mts";
import type { Shaped } from "./page.mts";

export interface Node {
  readonly text: string;
  /** Below the text, where it would make the line too long. */
  readonly note?: string;
  readonly children?: readonly Node[];
}

interface Item {
  readonly name: string;
  readonly status: Readonly<Record<string, unknown>>;
}

/** Asked of the service itself, past Pulumi. */
export async function whatExists(emulator: EmulatorProcess): Promise<readonly Node[]> {
  const list = async (path: string, key: string) => ((await emulator.call("GET", path))[key] ?? []) as readonly Item[];
  const projects = await list("projects", "projects");
  return Promise.all(
    projects.map(async (project) => {
      const branches = await list(`${project.name}/branches`, "branches");
      const children = branches.map(async (branch) => ({
        text: describeBranch(branch),
        children: (await list(`${branch.name}/endpoints`, "endpoints")).map(describeEndpoint),
      }));
      return { text: describeProject(project), children: await Promise.all(children) };
    }),
  );
}

function describeProject({ name, status }: Item): string {
  return list(name, `Postgres ${status["pg_version"]}`, `history ${readable(status["history_retention_duration"])}`);
}

function describeBranch({ name, status }: Item): string {
  const source = status["source_branch"];
  const expires = status["expire_time"];
  return list(
    last(name),
    source === undefined ? "the root" : `from ${last(String(source))}`,
    expires === undefined ? "never expires" : `expires ${String(expires).slice(0, 16).replace("T", " ")} UTC`,
  );
}

function describeEndpoint({ name, status }: Item): Node {
  const [least, most] = [status["autoscaling_limit_min_cu"], status["autoscaling_limit_max_cu"]];
  const timeout = status["suspend_timeout_duration"];
  return {
    text: list(
      last(name),
      status["endpoint_type"] === "ENDPOINT_TYPE_READ_WRITE" ? "read-write" : "read-only",
      `${least === most ? least : `${least}–${most}`} CU`,
      timeout === undefined ? "never sleeps" : `sleeps after ${readable(timeout)}`,
      String(status["current_state"]),
    ),
    note: String((status["hosts"] as Readonly<Record<string, unknown>>)["host"]),
  };
}

function list(...parts: readonly string[]): string {
  return parts.join(" · ");
}

function last(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** `"604800s"` → `"7d"`. */
export function readable(duration: unknown): string {
  return inUnits(Number.parseFloat(String(duration)));
}

/** Lines with the branches of the tree before them. */
export function drawn(nodes: readonly Node[], indent = "", root = true): readonly Shaped[] {
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1;
    const first = root ? "" : `${indent}${isLast ? "└─ " : "├─ "}`;
    const below = root ? "" : `${indent}${isLast ? "   " : "│  "}`;
    const children = node.children ?? [];
    const rest = `${below}${children.length > 0 ? "│  " : "   "}`;
    const note = node.note === undefined ? [] : [{ first: below, rest: below, text: node.note }];
    return [{ first, rest, text: node.text }, ...note, ...drawn(children, below, false)];
  });
}
