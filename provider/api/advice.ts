/** Where an error says that settings are looked for, and how one is set: that depends on who signs in. */
import { ConfigurationError } from "./errors";

export interface Advice {
  /** What stands before a setting's name. */
  readonly label: string;
  /** Where a host may stand, beside the environment and `~/.databrickscfg`. */
  readonly hostPlace: string;
  readonly setHost: string;
  /** Where any setting may stand, beside those. */
  readonly place: string;
  readonly setCredentials: string;
}

export const stackAdvice: Advice = {
  label: "lakebase:",
  hostPlace: "the stack's configuration (lakebase:host, databricks:host)",
  setHost: "write 'pulumi config set lakebase:host https://WORKSPACE'",
  place: "the stack's configuration (lakebase: and databricks:)",
  setCredentials: "set lakebase:token with --secret, DATABRICKS_TOKEN, or lakebase:profile",
};

/** What is wrong with signing in, as a sentence, and where to look. */
export function refusal(sentence: string, { place, setCredentials }: Advice): ConfigurationError {
  return new ConfigurationError(
    `signing in to Databricks failed: ${sentence}; looked at ${place}, the DATABRICKS_* environment and ~/.databrickscfg; ${setCredentials}`,
  );
}
