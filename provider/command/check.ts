import { type Command, InvalidArgumentError } from "commander";
import { defaults } from "../policies/defaults";
import type { PolicyOptions } from "../policies/settings";
import { seconds } from "../schema/durations";
import { Failure } from "./failure";
import { type Printed, runAndRead } from "./printed";
import type { Surroundings } from "./surroundings";

interface CheckOptions {
  readonly plan?: string;
  readonly previewTtl: string | boolean;
  readonly devCu: number | boolean;
  readonly history: string | boolean;
  readonly productionProtected: boolean;
  readonly previewSleeps: boolean;
  readonly productionBranches?: readonly string[];
  readonly previewBranches?: readonly string[];
  readonly devBranches?: readonly string[];
}

/** `pulumi preview` leaves out what does not change, and the rules are about that too. */
const preview = ["preview", "--json", "--show-sames", "--non-interactive"] as const;
const previewCommand = `pulumi ${preview.slice(0, 3).join(" ")}`;

export function check(program: Command, around: Surroundings): void {
  program
    .command("check")
    .argument("[ARGS...]", "what pulumi preview gets, after --")
    .option("--plan <file>", `judge what '${previewCommand}' printed, - for standard input`)
    .option(
      "--preview-ttl <duration>",
      `the longest that a preview may live (default: ${defaults.previewTtl})`,
      duration,
    )
    .option("--no-preview-ttl", "let previews live for ever")
    .option("--dev-cu <number>", `the most CU of a compute of a dev or preview branch (default: ${defaults.devCu})`, cu)
    .option("--no-dev-cu", "let these computes grow")
    .option("--history <duration>", `the least history of a project (default: ${defaults.history})`, duration)
    .option("--no-history", "let projects keep less")
    .option("--no-production-protected", "let production be unprotected")
    .option("--no-preview-sleeps", "let computes of previews never sleep")
    .option(
      "--production-branches <ids>",
      `which branches are production (default: ${defaults.branches.production})`,
      ids,
    )
    .option("--preview-branches <ids>", `which branches are previews (default: ${defaults.branches.preview})`, ids)
    .option("--dev-branches <ids>", `which branches are dev (default: ${defaults.branches.dev})`, ids)
    .usage("[options] [-- ARGS...]")
    .summary("judge a plan by the rules of pulumi-lakebase/policy")
    .description(
      "Runs pulumi preview in this folder and judges what the program declares: production is protected, previews expire " +
        "and sleep, dev stays small, and a project keeps enough history. Nothing is changed.",
    )
    .addHelpText(
      "after",
      `
Examples:
  pulumi-lakebase check
  pulumi-lakebase check --preview-ttl 7d --no-history -- --stack dev
  ${previewCommand} | pulumi-lakebase check --plan -

Each violation is a line on standard output, and the status is 1 if there is one.
A value that is not known before the next up is judged after it. In lists of ids,
* stands for any text.`,
    )
    .action(async (args: readonly string[], options: CheckOptions, command: Command) => {
      if (options.plan !== undefined && args.length > 0) {
        command.error("error: --plan is a preview that was run, so there is none to pass arguments to");
      }
      const { settingsOf }: typeof import("../policies/settings") = require("../policies/settings");
      const settings = settingsOf(policyOptions(options), around.now());
      const plan = options.plan === undefined ? await previewed(args, around) : await read(options.plan);
      const { violations }: typeof import("../policies") = require("../policies");
      const found = violations(plan.resources, [], settings);
      for (const { message } of found) around.out(`${message}\n`);
      if (found.length > 0)
        throw new Failure(`the program breaks ${found.length === 1 ? "a rule" : `${found.length} rules`}`);
      around.err(`No rule is broken; resources judged: ${plan.resources.length}.\n`);
    });
}

type Plan = import("../policies/plan").Plan;

async function previewed(args: readonly string[], { environment }: Surroundings): Promise<Plan> {
  const remedy = "install Pulumi, or give a plan with --plan";
  const printed = await runAndRead({ file: "pulumi", args: [...preview, ...args], environment, remedy });
  const plan = planIn(printed.out);
  const errors = plan?.errors ?? [];
  if (printed.status !== 0 || plan === undefined || errors.length > 0) {
    throw new Failure(`pulumi preview failed: ${inItsWords(errors, printed)}`);
  }
  return plan;
}

async function read(file: string): Promise<Plan> {
  const name = file === "-" ? "standard input" : file;
  const plan = planIn(await textOf(file));
  const again = `write it with '${previewCommand}'`;
  if (plan === undefined) throw new Failure(`${name} holds no plan; ${again}`);
  if (plan.errors.length > 0) throw new Failure(`${name} is of a preview that failed: ${plan.errors.join("\n")}`);
  if (plan.leftOut > 0) throw new Failure(`${name} leaves out ${plan.leftOut} unchanged resources; ${again}`);
  return plan;
}

async function textOf(file: string): Promise<string> {
  try {
    const { readFile }: typeof import("node:fs/promises") = require("node:fs/promises");
    if (file !== "-") return await readFile(file, "utf8");
    const { text }: typeof import("node:stream/consumers") = require("node:stream/consumers");
    return await text(process.stdin);
  } catch (failure) {
    const { code = "it failed" } = failure as NodeJS.ErrnoException;
    throw new Failure(`${file} cannot be read (${code}); write a plan there with '${previewCommand} > ${file}'`);
  }
}

function planIn(text: string): Plan | undefined {
  const plans: typeof import("../policies/plan") = require("../policies/plan");
  return plans.planIn(text);
}

function inItsWords(errors: readonly string[], { err, status }: Printed): string {
  if (errors.length > 0) return errors.join("\n");
  return err.trim().replace(/^error: /, "") || `it ended with status ${status} and said nothing`;
}

function policyOptions(options: CheckOptions): PolicyOptions {
  const { productionBranches: production, previewBranches: previews, devBranches: dev } = options;
  return {
    branches: {
      ...(production !== undefined && { production }),
      ...(previews !== undefined && { preview: previews }),
      ...(dev !== undefined && { dev }),
    },
    productionProtected: options.productionProtected,
    previewSleeps: options.previewSleeps,
    // commander says true where an option that has a --no- is not given.
    ...(options.previewTtl !== true && { previewTtl: options.previewTtl }),
    ...(options.devCu !== true && { devCu: options.devCu }),
    ...(options.history !== true && { history: options.history }),
  };
}

function ids(text: string): readonly string[] {
  return text.split(",").map((id) => id.trim());
}

function duration(text: string): string {
  if (!seconds(text)) throw new InvalidArgumentError("Write a duration, as 14d or 12h.");
  return text;
}

function cu(text: string): number {
  if (!/^\d+(\.5)?$/.test(text)) throw new InvalidArgumentError("Write a number of CU, as 4.");
  return Number(text);
}
