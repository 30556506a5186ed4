/** Signing in for one sub-command, by the environment and ~/.databrickscfg. */
import type { Command } from "commander";
import type { Advice } from "../api/advice";
import type { Client } from "../api/client";
import type { Surroundings } from "./surroundings";

export interface SignInOptions {
  readonly profile?: string;
  readonly host?: string;
}

/** A command knows of no stack. */
export const commandAdvice: Advice = {
  label: "--",
  hostPlace: "--host",
  setHost: "give --host",
  place: "--host and --profile",
  setCredentials: "set DATABRICKS_TOKEN, or give --profile",
};

/** Somebody waits at a terminal: sooner than in a pipeline, no answer is an answer. */
const retryBudgetMs = 60_000;

export function withSignIn(command: Command): Command {
  return command
    .option("--profile <name>", "sign in with this profile of ~/.databrickscfg")
    .option("--host <address>", "the workspace, instead of DATABRICKS_HOST or the profile's");
}

/** `subcommand` is named in the requests. */
export function signedIn(options: SignInOptions, subcommand: string, around: Surroundings): Promise<Client> {
  const { profile, host } = options;
  // HTTP takes longer to load than all the rest, and `--help` does not need it.
  const { connect }: typeof import("../api/connect") = require("../api/connect");
  const product = `command/${subcommand}`;
  return connect({ profile, host }, around.environment, {
    retryBudgetMs,
    waitTimeoutMs: retryBudgetMs,
    product,
    advice: commandAdvice,
  });
}
