/** The command line as a whole: its sub-commands, what goes wrong, and the status that it ends with. */
import { Command, CommanderError } from "commander";
import { version } from "../api/version";
import { Ending, sentence } from "./failure";
import { subcommands } from "./subcommands";
import type { Surroundings } from "./surroundings";

const name = "pulumi-lakebase";

/** What a shell sees at the end: done, failed, or not understood; of schema-diff, what diff says by it. */
type Status = 0 | 1 | 2;

/** Runs one command line, without the program's own name. Never throws. */
export async function runCommand(args: readonly string[], around: Surroundings): Promise<Status> {
  const program = new Command(name)
    .description(
      "Works with the databases of Databricks Lakebase Autoscaling: connects to them, runs programs with what they need " +
        "to connect, and shows what exists and what differs. Passwords are tokens that are made on the spot and live an hour at most.",
    )
    .version(version)
    .exitOverride()
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText(
      "after",
      `
Examples:
  pulumi-lakebase tree
  pulumi-lakebase psql shop/dev

Each of them has a --help of its own. They sign in as the provider does, by the
DATABRICKS_* environment or ~/.databrickscfg. The status is 0; 1 with a sentence
on standard error; 2 for a wrong command line. psql and exec end as what they
ran, and schema-diff as diff does.`,
    )
    .configureOutput({
      writeOut: around.out,
      writeErr: around.err,
      outputError: (text, write) => write(text.replace(/^error: /, `${name}: `)),
    });
  for (const register of subcommands) register(program, around);
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (failure) {
    // It has printed what there is to say.
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? 0 : 2;
    const { status, trouble } = failure instanceof Ending ? failure : new Ending(1, failure);
    if (trouble !== undefined) around.err(`${name}: ${sentence(trouble)}\n`);
    return status;
  }
}
