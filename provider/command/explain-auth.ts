import type { Command } from "commander";
import { commandAdvice, type SignInOptions, withSignIn } from "./sign-in";
import type { Surroundings } from "./surroundings";

interface ExplainOptions extends SignInOptions {
  readonly json?: true;
}

export function explainAuth(program: Command, around: Surroundings): void {
  const command = program.command("explain-auth").option("--json", "an object instead of a table");
  withSignIn(command)
    .usage("[options]")
    .summary("show how signing in is done, and what decides it")
    .description(
      "Shows the workspace, the way of signing in, and each setting that was found, with the place that it came from. " +
        "Secrets are only said to be set. Nobody is asked, so whether a token is accepted does not show.",
    )
    .addHelpText(
      "after",
      `
Examples:
  pulumi-lakebase explain-auth
  pulumi-lakebase explain-auth --profile staging

The status is 1 when it shows that signing in cannot work. The configuration of
a stack (lakebase:host and the like) counts for 'pulumi up' alone and is not
looked at here.`,
    )
    .action(async ({ json, ...settings }: ExplainOptions) => {
      const { explainAuth: explain, formatExplanation }: typeof import("../api/explain") = require("../api/explain");
      const { readProfiles }: typeof import("../api/profiles") = require("../api/profiles");
      const { label } = commandAdvice;
      const profiles = await readProfiles(around.environment);
      const found = explain([{ label, settings }], around.environment, profiles, commandAdvice);
      around.out(`${json ? JSON.stringify(found, null, 2) : formatExplanation(found)}\n`);
      if (found.problem !== undefined) process.exitCode = 1;
    });
}
