/** The stack's configuration → what the provider does. Only keys of its own and Databricks' sign-in are ever read. */
import { defaultRequestsInFlight } from "../api/gate";
import { type SignInSettings, signInKeys } from "../api/settings";
import { firstOf, type Source } from "../api/sources";
import { compute } from "../rules/limits";
import type { RuleSettings } from "../schema/rule";
import { seconds } from "../schema/values";

export interface ProviderConfig {
  readonly signIn: SignInSettings;
  readonly rules: RuleSettings;
  /** How long the service may take for one change, in milliseconds. */
  readonly waitTimeoutMs: number;
  /** How many requests may be on their way at a time. */
  readonly requestsInFlight: number;
  /** What is wrong with the configuration, one sentence each. */
  readonly problems: readonly string[];
}

/** Namespaces in order: what is set for this provider wins over what is set for Databricks' own. */
export const namespaces = ["lakebase", "databricks"] as const;

const defaultWait = "30m";

export function readConfig(get: (key: string) => unknown): ProviderConfig {
  const problems: string[] = [];
  const own = (key: string) => text(get(`lakebase:${key}`));
  const spread = Number(own("autoscalingSpreadLimit") ?? compute.spread);
  if (!(spread >= 0 && spread <= compute.serviceSpread)) {
    problems.push(
      `lakebase:autoscalingSpreadLimit must be a number of CU from 0 to ${compute.serviceSpread}, which is what the service allows`,
    );
  }
  const wait = seconds(own("operationTimeout") ?? defaultWait);
  if (wait === undefined || wait <= 0) {
    problems.push(`lakebase:operationTimeout must be a duration such as "300s" or "${defaultWait}"`);
  }
  const requestsInFlight = Number(own("maxRequestsInFlight") ?? defaultRequestsInFlight);
  const isCount = Number.isInteger(requestsInFlight) && requestsInFlight > 0;
  if (!isCount) problems.push("lakebase:maxRequestsInFlight must be a whole number from 1");
  return {
    signIn: firstOf(signInSources(get)),
    rules: { autoscalingSpreadLimit: Number.isFinite(spread) ? spread : compute.spread },
    waitTimeoutMs: (wait ?? 0) * 1000,
    requestsInFlight: isCount ? requestsInFlight : defaultRequestsInFlight,
    problems,
  };
}

/** What the stack's configuration says on signing in, the first winning. */
export function signInSources(get: (key: string) => unknown): readonly Source[] {
  return namespaces.map((space) => ({
    label: `stack configuration ${space}:`,
    settings: Object.fromEntries(signInKeys.map((key) => [key, text(get(`${space}:${key}`))])),
  }));
}

/** Pulumi hands configuration over as texts, those from a file with its line break; an empty one counts as unset. */
function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value).trim() || undefined;
}
