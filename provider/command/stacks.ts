/** What Pulumi's stacks own, by the states that `pulumi stack export` writes. */
import { readFileSync, statSync } from "node:fs";
import { Gate } from "../api/gate";
import { Failure } from "./failure";
import { branchesIn } from "./owned";
import { runAndRead } from "./printed";
import type { Surroundings } from "./surroundings";

export interface StackOptions {
  /** Folders of Pulumi projects. Default: the current one, where no state is named. */
  readonly projectDir?: readonly string[];
  /** Files of exported states. */
  readonly state?: readonly string[];
  /** `false`: nobody is asked. */
  readonly stacks: boolean;
}

/** Whose state speaks of a branch, by the branch's full name. `undefined`: nobody was asked. */
export type Owners = ReadonlyMap<string, string> | undefined;

interface StackState {
  /** What people call it. */
  readonly label: string;
  readonly state: unknown;
}

/** Each is a process of its own. */
const atOnce = 4;

/** Throws when a stack cannot be read, since what it owns is not known then. */
export async function ownersOf(options: StackOptions, around: Surroundings): Promise<Owners> {
  const { stacks, state: files = [], projectDir: folders = files.length > 0 ? [] : ["."] } = options;
  if (!stacks) return undefined;
  const owners = new Map<string, string>();
  try {
    const each = await Promise.all([...folders.map((folder) => statesOf(folder, around)), files.map(stateIn)]);
    const states = each.flat();
    // Who is signed in to another backend than meant sees an empty one.
    if (states.length === 0) throw new Error(`'pulumi stack ls' shows no stack in ${folders.join(" and ")}`);
    for (const { label, state } of states) {
      const branches = branchesIn(state);
      if (branches === undefined) throw new Error(`${label} has no deployment, as 'pulumi stack export' writes it`);
      for (const branch of branches) owners.set(branch, label);
    }
    return owners;
  } catch (failure) {
    const said = failure instanceof Error ? failure.message : String(failure);
    throw new Failure(
      `it is not known what stacks own, and so nothing is deleted: ${said}; name other folders with --project-dir, ` +
        "exported states with --state, or go by prefix and age alone with --no-stacks",
    );
  }
}

/** Of all stacks of the Pulumi project in a folder. */
async function statesOf(folder: string, { environment }: Surroundings): Promise<readonly StackState[]> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${folder} is no folder`);
  const pulumi = (...args: readonly string[]) => answer(folder, environment, args);
  const listed = await pulumi("stack", "ls", "--json");
  if (!Array.isArray(listed)) throw new Error(`'pulumi stack ls --json' in ${folder} answered no list`);
  const gate = new Gate(atOnce);
  return Promise.all(
    listed.map(async ({ name }) => ({
      label: folder === "." ? `stack ${name}` : `stack ${name} in ${folder}`,
      // Secrets stay encrypted: nobody asks for them here.
      state: await gate.pass(() => pulumi("stack", "export", "--stack", String(name))),
    })),
  );
}

function stateIn(file: string): StackState {
  try {
    return { label: file, state: JSON.parse(readFileSync(file, "utf8")) };
  } catch (failure) {
    throw new Error(`${file} cannot be read (${failure instanceof Error ? failure.message : failure})`);
  }
}

async function answer(
  folder: string,
  environment: Surroundings["environment"],
  args: readonly string[],
): Promise<unknown> {
  const tried = `'pulumi ${args.join(" ")}' in ${folder}`;
  const { out, err, status } = await runAndRead({
    file: "pulumi",
    args: [...args, "--non-interactive"],
    environment,
    folder,
  });
  if (status !== 0) throw new Error(`${tried}: ${firstLine(err) || `it ended with status ${status}`}`);
  try {
    return JSON.parse(out);
  } catch {
    throw new Error(`${tried} answered no JSON`);
  }
}

function firstLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const said = lines.find((line) => line.startsWith("error:")) ?? lines[0] ?? "";
  return said.replace(/^error: */, "").trim();
}
