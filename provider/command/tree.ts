import { type Command, InvalidArgumentError } from "commander";
import { drawn } from "../text/layout";
import { readAddress } from "./address";
import { projectRow } from "./drawing";
import { inventory } from "./inventory";
import { type SignInOptions, signedIn, withSignIn } from "./sign-in";
import type { Surroundings } from "./surroundings";

interface TreeOptions extends SignInOptions {
  readonly json?: true;
  readonly deleted?: true;
}

export function tree(program: Command, around: Surroundings): void {
  const command = program
    .command("tree")
    .argument("[PROJECT...]", "projects to show (default: all)", readProject)
    .option("--deleted", "also what is deleted and still holds its id, with the time when it is purged")
    .option("--json", "what the service says of each object, with what is below it");
  withSignIn(command)
    .usage("[options] [PROJECT...]")
    .summary("show what exists")
    .description(
      "Shows the workspace as a tree: projects, their branches with what each was made from, the endpoints, roles and " +
        "databases of each branch, and snapshots. Times are in UTC.",
    )
    .addHelpText(
      "after",
      `
Examples:
  pulumi-lakebase tree
  pulumi-lakebase tree shop --deleted
  pulumi-lakebase tree --json | jq -r '.[].branches[].name'

Colours are for terminals only, and not with NO_COLOR set.`,
    )
    .action(async (projects: readonly string[] = [], { json, deleted, ...signIn }: TreeOptions) => {
      const client = await signedIn(signIn, "tree", around);
      const found = await inventory(client, { projects, deleted: deleted === true });
      if (json) around.out(`${JSON.stringify(found, null, 2)}\n`);
      else if (found.length === 0) around.out("The workspace has no projects.\n");
      else
        around.out(
          `${found.map((project) => drawn(projectRow(project, around.now()), around).join("\n")).join("\n\n")}\n`,
        );
    });
}

function readProject(text: string, before: readonly string[] = []): readonly string[] {
  const { project, branch } = readAddress(text);
  if (branch !== undefined) throw new InvalidArgumentError("Name a project alone.");
  return [...before, project];
}
