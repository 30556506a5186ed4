/** How signing in will be done, and where each setting came from: for people who wonder. No value of a secret is in it. */
import { stackAdvice } from "./advice";
import { planned } from "./auth";
import { ConfigurationError } from "./errors";
import { workspace } from "./host";
import { declaration, type Environment, isToken, type SettingName } from "./settings";
import { chosen, type Finding, type Profiles, resolve, type Source } from "./sources";
import { uses, type Way } from "./ways";

export interface ExplainedSetting {
  /** Its name in the stack's configuration, or for the other sources what it would be called there. */
  readonly setting: SettingName;
  /** `set` where the value must not be shown. */
  readonly value: string;
  /** E.g. `stack configuration lakebase:host`, `DATABRICKS_HOST`, `~/.databrickscfg [DEFAULT] host`. */
  readonly from: string;
  /** Why this value does not count; absent where it does. */
  readonly passedOver?: string | undefined;
}

export interface Explanation {
  /** The workspace's address; absent when none is known. */
  readonly origin?: string | undefined;
  /** The way of signing in. Of several, the first that works: then nothing is named, and logins on this machine are tried. */
  readonly ways: readonly Way[];
  /** What keeps signing in from working, as far as it shows without asking anyone. */
  readonly problem?: string | undefined;
  /** Every value that was found, in the order of its sources. */
  readonly settings: readonly ExplainedSetting[];
}

/**
 * What `signIn` would do with the same sources. Asks nobody: whether the token is accepted, or a program is logged in, does
 * not show here.
 *
 * @param stack The stack's configuration or a provider's arguments, the first winning.
 * @param profiles What `readProfiles` gives. Without it the file counts as not there.
 * @example explainAuth([{ label: "stack configuration lakebase:", settings }], process.env, await readProfiles(process.env))
 */
export function explainAuth(
  stack: readonly Source[],
  environment: Environment,
  profiles?: Profiles,
  advice = stackAdvice,
): Explanation {
  const findings = resolve(stack, environment, profiles);
  const { ways, problem } = planned(findings, environment, profiles, advice);
  return {
    origin: originOf(chosen(findings, "host")?.value),
    ways,
    problem,
    settings: findings.map((finding) => ({
      setting: finding.name,
      value: shown(finding),
      from: finding.from,
      passedOver: finding.passedOver ?? unused(finding, ways),
    })),
  };
}

function shown({ name, value }: Finding): string {
  if (name === "host") return originOf(value) ?? "not a usable address";
  const isPlain = declaration(name).shown === true && !isToken(value) && /^[\x20-\x7e]+$/.test(value);
  return isPlain ? value : "set";
}

function originOf(host: string | undefined): string | undefined {
  if (host === undefined || isToken(host)) return undefined;
  try {
    return workspace(host).origin;
  } catch (reason) {
    if (reason instanceof ConfigurationError) return undefined;
    throw reason;
  }
}

const always: readonly SettingName[] = ["host", "workspaceId", "accountId", "profile", "authType"];

function unused({ name }: Finding, ways: readonly Way[]): string | undefined {
  if (always.includes(name) || ways.length === 0 || ways.some((way) => uses(way, name))) return undefined;
  return `${ways.join(" and ")} ${ways.length > 1 ? "do" : "does"} not use it`;
}

/** As lines for a terminal: what will be done, then a table of what was found, what counts before what does not. */
export function formatExplanation({ origin, ways, problem, settings }: Explanation): string {
  const to = origin === undefined ? "" : ` to ${origin}`;
  const by = ways.length > 1 ? `the first of these that works: ${ways.join(", ")}` : ways.join();
  const verdict = problem === undefined ? `Signs in${to} by ${by}.` : `Does not sign in${to}: ${problem}.`;
  if (settings.length === 0) return verdict;
  const sorted = [...settings].sort((a, b) => Number(Boolean(a.passedOver)) - Number(Boolean(b.passedOver)));
  const rows = sorted.map(({ setting, value, from, passedOver }) => [
    setting,
    value,
    from,
    passedOver === undefined ? "" : `not used: ${passedOver}`,
  ]);
  const titles = ["SETTING", "VALUE", "FROM", ""];
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [titles, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [verdict, "", ...lines].join("\n");
}
