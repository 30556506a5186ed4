/**
 * Signing in: settings and environment → a workspace and the headers for its requests. A token is used directly, an ID
 * token or a secret is exchanged for one, and every other way is that of Databricks' own SDK, which is loaded only then.
 */
import { type Advice, refusal, stackAdvice } from "./advice";
import { ConfigurationError } from "./errors";
import { workspace } from "./host";
import { hasProfiles, profileFile, readProfiles } from "./profiles";
import { type Clock, systemClock } from "./retry";
import { type Environment, isToken, type SignInSettings } from "./settings";
import { type Finding, needsProfile, type Profiles, profileName, resolve, type Source, valuesOf } from "./sources";
import { type Plan, plan, type Way } from "./ways";

export type { Environment, SignInSettings } from "./settings";

export interface Credentials {
  /** The way of signing in, e.g. `pat` or `oauth-m2m`. */
  readonly type: string;
  /** Headers that authorize a request, with a token that is valid now. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

export interface SignIn {
  readonly origin: string;
  readonly workspaceId: string | undefined;
  readonly credentials: Credentials;
}

export async function signIn(
  settings: SignInSettings,
  environment: Environment,
  clock: Clock = systemClock,
  advice = stackAdvice,
): Promise<SignIn> {
  const wrong = whatIsWrong(settings, environment, advice);
  if (wrong !== undefined) throw new ConfigurationError(wrong);
  const stack = [merged(settings, advice)];
  const profiles = needsProfile(resolve(stack, environment)) ? await readProfiles(environment) : undefined;
  const findings = resolve(stack, environment, profiles);
  const { ways, problem } = planned(findings, environment, profiles, advice);
  if (problem !== undefined) throw new ConfigurationError(problem);
  const values = valuesOf(findings);
  const { origin, workspaceId } = workspace(values.host ?? "");
  const context = { values: { ...values, host: origin }, findings, environment, clock, advice };
  return {
    origin,
    workspaceId: values.workspaceId ?? workspaceId,
    credentials: await firstThatWorks(ways, context),
  };
}

/** What every way of signing in is given. */
export interface Context {
  readonly values: ReturnType<typeof valuesOf> & { readonly host: string };
  readonly findings: readonly Finding[];
  readonly environment: Environment;
  readonly clock: Clock;
  readonly advice: Advice;
}

async function firstThatWorks(ways: readonly Way[], context: Context): Promise<Credentials> {
  const { credentialsBy }: typeof import("./credentials") = require("./credentials");
  const failures: unknown[] = [];
  for (const way of ways) {
    try {
      const credentials = await credentialsBy(way, context);
      if (credentials !== undefined) return credentials;
    } catch (failure) {
      failures.push(failure);
    }
  }
  throw failures.at(-1) ?? nothingFits(ways, context);
}

function nothingFits(ways: readonly Way[], { values, advice }: Context): ConfigurationError {
  const hint =
    values.githubUrl && "; for this pipeline's ID token set DATABRICKS_AUTH_TYPE=github-oidc and DATABRICKS_CLIENT_ID";
  return refusal(`nothing that is set fits ${ways.join(" or ")}${hint ?? ""}`, advice);
}

/** One sentence on what is missing or wrong, as far as that shows without asking anyone; `undefined` when signing in may work. */
export function whatIsWrong(
  settings: SignInSettings,
  environment: Environment,
  advice = stackAdvice,
): string | undefined {
  const findings = resolve([merged(settings, advice)], environment);
  if (!needsProfile(findings)) return planned(findings, environment, undefined, advice).problem;
  const { host, profile, azureWorkspaceResourceId } = valuesOf(findings);
  if (host !== undefined) return problemOfHost(host);
  if (profile !== undefined || azureWorkspaceResourceId !== undefined || hasProfiles(environment)) return undefined;
  const looked = `${advice.hostPlace}, DATABRICKS_HOST and ~/.databrickscfg`;
  return `no Databricks workspace to talk to: looked at ${looked}; ${advice.setHost} or set DATABRICKS_HOST`;
}

/** Whether credentials are in plain sight, so that a preview need not try them. */
export function inPlainSight(settings: SignInSettings, environment: Environment): boolean {
  const findings = resolve([merged(settings)], environment);
  const { clientSecret, profile } = valuesOf(findings);
  return plan(findings).ways[0] === "pat" || clientSecret !== undefined || profile !== undefined;
}

/** What will be tried, and what shows to be wrong with it or with the host, once all sources are read. */
export function planned(
  findings: readonly Finding[],
  environment: Environment,
  profiles: Profiles | undefined,
  advice: Advice,
): Plan {
  const { ways, problem } = plan(findings);
  const { host, profile } = valuesOf(findings);
  const named = profileName(findings, profiles);
  const section = isToken(named) ? "(a token)" : named;
  const { name } = profileFile(environment);
  if (host === undefined) {
    return {
      ways,
      problem: `no Databricks host: neither ${advice.hostPlace}, DATABRICKS_HOST nor profile '${section}' in ${name} has one; ${advice.setHost}`,
    };
  }
  if (profile !== undefined && profiles !== undefined && profiles.sections[profile] === undefined) {
    return {
      ways,
      problem: `there is no profile '${section}' in ${name}; write 'databricks auth login --profile ${section}', or name another`,
    };
  }
  return { ways, problem: problemOfHost(host) ?? problem };
}

function problemOfHost(host: string): string | undefined {
  try {
    workspace(host);
    return undefined;
  } catch (reason) {
    if (reason instanceof ConfigurationError) return reason.message;
    throw reason;
  }
}

/** Settings that went through `firstOf` are one source. */
function merged(settings: SignInSettings, { label } = stackAdvice): Source {
  return { label, settings };
}
