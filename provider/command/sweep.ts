import { type Command, InvalidArgumentError, Option } from "commander";
import type { Client } from "../api/client";
import { ApiError, isNotFound } from "../api/errors";
import { readable, seconds } from "../schema/durations";
import { type Cell, drawn } from "../text/layout";
import { read, readAddress } from "./address";
import { Failure, sentence } from "./failure";
import { lastOf } from "./inventory";
import { type SignInOptions, signedIn, withSignIn } from "./sign-in";
import type { Owners, StackOptions } from "./stacks";
import type { Surroundings } from "./surroundings";
import { type Looked, stillGoes, type Verdict, verdicts } from "./sweeping";

interface SweepOptions extends SignInOptions, StackOptions {
  readonly prefix: string;
  /** In seconds. */
  readonly olderThan: number;
  readonly delete?: true;
  readonly purge?: true;
  readonly json?: true;
}

type Outcome = "goes" | "stays" | "deleted" | "gone" | "failed";

interface Swept {
  readonly name: string;
  readonly outcome: Outcome;
  readonly why: string;
}

const oneDay = 86_400;

export function sweep(program: Command, around: Surroundings): void {
  const command = program
    .command("sweep")
    .argument("<PROJECT>", "the project whose branches are looked at", readProject)
    .requiredOption("--prefix <text>", "only branches whose ids begin with this", readPrefix)
    .addOption(
      new Option("--older-than <duration>", "only branches that were made longer ago")
        .argParser(readAge)
        .default(oneDay, readable(oneDay)),
    )
    .option("--project-dir <folder>", "ask the stacks of this Pulumi project; may be repeated (default: .)", collect)
    .option("--state <file>", "ask this exported state, and no folder that is not named; may be repeated", collect)
    .addOption(new Option("--no-stacks", "ask no stack: go by prefix and age alone").conflicts(["projectDir", "state"]))
    .option("--delete", "delete what is only shown without this")
    .option("--purge", "with --delete: for good, where deleted branches are kept for some days")
    .option("--json", "a list of objects instead of a table");
  withSignIn(command)
    .usage("[options] PROJECT --prefix TEXT")
    .summary("delete branches that no stack has any more")
    .description(
      "Shows which branches of a project no Pulumi stack has any more, and deletes them when it is told to. Never " +
        "deleted are production, the default branch, protected ones, what the state of a stack has or looks up, and " +
        "branches that another one was made from which stays.",
    )
    .addHelpText(
      "after",
      `
Examples:
  pulumi-lakebase sweep shop --prefix preview
  pulumi-lakebase sweep shop --prefix preview --project-dir . --project-dir ../web --delete
  pulumi stack export > dev.json && pulumi-lakebase sweep shop --prefix preview --state dev.json

Stacks are those that 'pulumi stack ls' shows in the folder, as who is signed in
to Pulumi there. A stack of another Pulumi project is not seen: name its folder
too. Where a stack cannot be read, or there is none at all, nothing is deleted.
Age goes by the service's clock. The status is 1 when a branch could not be
deleted.`,
    )
    .action(async (project: string, options: SweepOptions) => {
      // How names are read comes with the schemas, which take longer to load than all the rest.
      const { ownersOf }: typeof import("./stacks") = require("./stacks");
      const owners = await ownersOf(options, around);
      const client = await signedIn(options, "sweep", around);
      const swept = await sweeping(client, `projects/${project}`, owners, options, around);
      around.out(options.json ? `${JSON.stringify(swept, null, 2)}\n` : table(project, swept, around));
      const many = (outcome: Outcome) => swept.filter((one) => one.outcome === outcome).length;
      if (many("failed") > 0)
        throw new Failure(`${branches(many("failed"))} could not be deleted; it is said above why`);
      if (many("goes") > 0) around.err(`Nothing is deleted yet: --delete deletes ${branches(many("goes"))}.\n`);
    });
}

async function sweeping(
  client: Client,
  project: string,
  owners: Owners,
  options: SweepOptions,
  around: Surroundings,
): Promise<readonly Swept[]> {
  await read(client, project);
  const look = async (): Promise<Looked> => {
    const found = await client.list(`${project}/branches`);
    return { ...options, branches: found, owners, now: client.serviceNow ?? around.now() };
  };
  const first = await look();
  const swept: Swept[] = [];
  for (const verdict of verdicts(first)) {
    swept.push(options.delete && verdict.goes ? await deleted(verdict) : settled(verdict));
  }
  return swept;

  /** Others may have been at it since it was looked at: each is looked at again. */
  async function deleted({ name }: Verdict): Promise<Swept> {
    const gone: Swept = { name, outcome: "gone", why: "somebody else deleted it" };
    const verdict = stillGoes(name, first, await look());
    if (!verdict?.goes) return verdict ? settled(verdict) : gone;
    try {
      await client.delete(name, { purge: options.purge ? "true" : undefined });
      return { ...settled(verdict), outcome: "deleted" };
    } catch (failure) {
      return isNotFound(failure) ? gone : { name, outcome: "failed", why: whyNot(failure) };
    }
  }
}

/** CAN USE is enough to look, and not to delete (product documentation, 2026-09). */
function whyNot(failure: unknown): string {
  const isDenied = failure instanceof ApiError && failure.status === 403;
  return isDenied ? `${failure.message}; deleting needs CAN MANAGE on the project` : sentence(failure);
}

function settled({ name, goes, why }: Verdict): Swept {
  return { name, outcome: goes ? "goes" : "stays", why };
}

const styles: Readonly<Record<Outcome, Cell["style"]>> = {
  goes: "yellow",
  deleted: "green",
  gone: "dim",
  failed: "red",
  stays: "dim",
};

function table(project: string, swept: readonly Swept[], around: Surroundings): string {
  const children = swept.map(({ name, outcome, why }) => ({
    kind: "branch",
    cells: [{ text: lastOf(name), style: "bold" } as const, { text: outcome, style: styles[outcome] }, { text: why }],
  }));
  const none = children.length === 0 ? [{ text: "no branch has this prefix" }] : [];
  const root = { kind: "project", cells: [{ text: project, style: "bold" } as const, ...none], children };
  return `${drawn(root, around).join("\n")}\n`;
}

function branches(count: number): string {
  return count === 1 ? "1 branch" : `${count} branches`;
}

function readProject(text: string): string {
  const { project, branch } = readAddress(text);
  if (branch !== undefined) throw new InvalidArgumentError("Name a project alone.");
  return project;
}

function readPrefix(text: string): string {
  if (!/^[a-z][a-z0-9-]*$/.test(text)) throw new InvalidArgumentError("Write what ids begin with, such as preview.");
  return text;
}

function readAge(text: string): number {
  const total = seconds(text);
  if (total === undefined) throw new InvalidArgumentError("Write a duration such as 12h or 7d.");
  return total;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
