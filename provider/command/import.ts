import { type Command, InvalidArgumentError, Option } from "commander";
import { existing, fileNames, filesIn, write } from "../importing/files";
import type { AnyDefinition } from "../schema/definition";
import { readAddress } from "./address";
import { Failure } from "./failure";
import { type SignInOptions, signedIn, withSignIn } from "./sign-in";
import type { Surroundings } from "./surroundings";

interface ImportOptions extends SignInOptions {
  readonly branch?: readonly string[];
  readonly prefix?: string;
  readonly out: string;
  readonly force?: true;
}

/** An object that lies in no project, with what its user knows of it and the service does not show. */
interface Named {
  readonly definition: AnyDefinition;
  readonly name: string;
  readonly told: Readonly<Record<string, string>>;
}

export function importCommand(program: Command, around: Surroundings): void {
  const command = program
    .command("import")
    .argument("[PROJECT...]", "projects to import, with all that is in them", readProject)
    .option("--branch <id>", "of the branches only this one, with what is in it; may be repeated", collect)
    .option("--prefix <text>", "begin the names of all resources with this", readPrefix)
    .option("--out <folder>", "where to write the two files", ".")
    .option("--force", "overwrite files that are there");
  // The kinds are read from the definitions, which take longer to load than all the rest.
  program.hook("preSubcommand", (_, chosen) => {
    if (chosen === command) for (const kind of kinds().alone) command.addOption(optionOf(kind));
  });
  withSignIn(command)
    .usage("[options] [PROJECT...]")
    .summary("bring what exists into a Pulumi stack")
    .description(
      `Reads what exists and writes two files: ${fileNames.state}, which 'pulumi import' brings into the state of a ` +
        `stack, and ${fileNames.program}, the program that declares it. The next preview of that program has no changes. ` +
        "The workspace is only read.",
    )
    .addHelpText(
      "after",
      `
Examples:
  pulumi-lakebase import shop
  pulumi-lakebase import shop --branch production --branch dev --out imported
  pulumi-lakebase import shop --synced-table orders.public.prices=main.sales.prices

What came with a branch, as its owner's role and databricks_postgres did, is let
go of by 'pulumi destroy'. All else is deleted by it, as if the stack had made it.`,
    )
    .action(async (projects: readonly string[] = [], options: ImportOptions & Readonly<Record<string, unknown>>) => {
      const { branch: branches = [], prefix, out, force } = options;
      const others = kinds().alone.flatMap((kind) => (options[keyOf(kind)] as readonly Named[] | undefined) ?? []);
      if (projects.length === 0 && branches.length > 0) command.error("error: --branch needs a PROJECT that it is in");
      if (projects.length + others.length === 0) command.error("error: name a PROJECT that is to be imported");
      const there = force ? undefined : existing(filesIn(out));
      if (there !== undefined) {
        throw new Failure(`${there} exists already; overwrite it with --force, or choose another folder with --out`);
      }
      const note = (text: string) => around.err(`${text}\n`);
      const { Walk }: typeof import("../importing/walk") = require("../importing/walk");
      const { importing }: typeof import("../importing/import") = require("../importing/import");
      const client = await signedIn(options, "import", around);
      const found = await new Walk(client, { projects, branches, others }, note).run();
      const told = new Map(others.map((other) => [other.name, other.told]));
      const made = importing(found, { prefix, told });
      for (const each of made.notes) note(each);
      const files = write(out, made);
      around.out(nextSteps(files.state, files.program, made.state.resources.length));
    });
}

function kinds(): typeof import("../importing/kinds") {
  return require("../importing/kinds");
}

/** What the service lists nowhere is named, with what it never shows: `--synced-table c.s.t=main.sales.prices`. */
function optionOf(definition: AnyDefinition): Option {
  const words = definition.type.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  const [key] = kinds().unknownTo(definition);
  const [value, told] =
    key === undefined ? ["<name>", ""] : ["<name=value>", `, whose ${key} is value, which the service does not show`];
  const read = (text: string, before: readonly Named[] = []) => [...before, readNamed(definition, key, text)];
  const option = new Option(`--${words.replaceAll(" ", "-")} ${value}`, `also this ${words}${told}; may be repeated`);
  return option.argParser(read);
}

function readNamed(definition: AnyDefinition, key: string | undefined, text: string): Named {
  const [id = "", value = ""] = key === undefined ? [text] : text.split("=");
  const { error } = definition.args[definition.id ?? ""]?.safeParse(id) ?? {};
  if (error) throw new InvalidArgumentError(`${JSON.stringify(id)} ${error.issues[0]?.message}.`);
  const told = key === undefined || value === "" ? {} : { [key]: value };
  return { definition, name: `${definition.collection}/${id}`, told };
}

/** As commander calls an option's value: `syncedTable`. */
function keyOf({ type }: AnyDefinition): string {
  return type.charAt(0).toLowerCase() + type.slice(1);
}

function readProject(text: string, before: readonly string[] = []): readonly string[] {
  const { project, branch } = readAddress(text);
  if (branch !== undefined) throw new InvalidArgumentError("Name a project alone, and its branches with --branch.");
  return [...new Set([...before, project])];
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function readPrefix(text: string): string {
  if (!/^[\w.-]+$/.test(text)) throw new InvalidArgumentError("Write letters, digits, hyphens, underscores and dots.");
  return text;
}

/** Three lines that a shell takes. */
function nextSteps(state: string, program: string, count: number): string {
  const steps = [
    [`pulumi import --file ${inShell(state)} --generate-code=false`, `${count} into the state of the stack`],
    ["pulumi preview --expect-no-changes", `with ${program} as the program`],
    ["pulumi up", "the state learns what depends on what, for a destroy"],
  ] as const;
  const longest = Math.max(...steps.map(([step]) => step.length));
  return steps.map(([step, what]) => `${step.padEnd(longest)}   # ${what}\n`).join("");
}

function inShell(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
