/** Settings of several sources → which one counts, and why another does not. Nothing is read here. */
import { sameWorkspace } from "./host";
import {
  declaration,
  type Environment,
  profileKey,
  type SettingName,
  type SignInSettings,
  settingNames,
  signInKeys,
  type Values,
} from "./settings";

/** A part of the stack's configuration, or a provider's arguments. */
export interface Source {
  /** What stands before a setting's name there, e.g. `stack configuration lakebase:`. */
  readonly label: string;
  readonly settings: SignInSettings;
}

/** What `~/.databrickscfg` holds. */
export interface Profiles {
  readonly file: string;
  readonly sections: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A value that a source has. */
export interface Finding {
  readonly name: SettingName;
  readonly value: string;
  /** E.g. `DATABRICKS_HOST` or `~/.databrickscfg [DEFAULT] host`. */
  readonly from: string;
  /** Why another value counts; absent where this one does. */
  readonly passedOver?: string | undefined;
}

type Findings = readonly Finding[];

/** Sources in order: the stack's, the environment, a profile. */
export function resolve(stack: readonly Source[], environment: Environment, profiles?: Profiles): Findings {
  const own = ofStack(stack);
  const known = withFirst(own, ofEnvironment(environment, own));
  return profiles === undefined ? known : withFirst(known, ofProfile(profiles, known));
}

/** What the stack's sources say together, as one. */
export function firstOf(stack: readonly Source[]): SignInSettings {
  return valuesOf(ofStack(stack));
}

export function valuesOf(findings: Findings): Values {
  return Object.fromEntries(
    findings.filter((finding) => finding.passedOver === undefined).map(({ name, value }) => [name, value]),
  );
}

export function chosen(findings: Findings, name: SettingName): Finding | undefined {
  return findings.find((finding) => finding.name === name && finding.passedOver === undefined);
}

/**
 * Whether a profile has to be read: one is named, or nothing says where to go and who signs in. A token and a host that
 * are known need none.
 */
export function needsProfile(findings: Findings): boolean {
  const { profile, host, token, authType } = valuesOf(findings);
  if (host !== undefined && token !== undefined && (authType ?? "pat") === "pat") return false;
  return profile !== undefined || (host === undefined && !findings.some(isWholeCredential));
}

/** The one named; else the file's own default; else `DEFAULT`. */
export function profileName(findings: Findings, profiles?: Profiles): string {
  return chosen(findings, "profile")?.value ?? profiles?.sections[ownSection]?.["default_profile"] ?? "DEFAULT";
}

/** Not a profile, but settings of the file itself. */
const ownSection = "__settings__";

/** A credential that a profile could hold too: the ID token in a variable says nothing of where to go. */
function isWholeCredential({ name, passedOver }: Finding): boolean {
  return passedOver === undefined && isCredential(name) && profileKey(name) !== undefined;
}

/**
 * Credentials come as a whole from the first source that names any, and with a profile, whose host is in its file, the
 * host does not come from a later one.
 */
function ofStack(stack: readonly Source[]): Findings {
  const leading = stack.findIndex(({ settings }) => signInKeys.some((key) => isCredential(key) && has(settings, key)));
  const all = stack.flatMap(({ label, settings }, index) =>
    signInKeys.flatMap((name): Finding[] => {
      const value = settings[name];
      const late = leading >= 0 && index > leading;
      const brought = late && stack[leading]?.settings.profile !== undefined;
      const why = late && (isCredential(name) || brought) ? saysHow(stack[leading]) : undefined;
      return value === undefined ? [] : [{ name, value, from: label + name, passedOver: why }];
    }),
  );
  return withFirst([], all);
}

function saysHow(source: Source | undefined): string {
  const key = signInKeys.find((name) => isCredential(name) && source?.settings[name] !== undefined);
  return `${source?.label}${key} says how to sign in`;
}

/**
 * The environment as far as it may be used: its credentials neither compete with those of the stack's configuration, nor
 * travel to another host than the one that the environment names. An empty variable counts as unset, as pipelines cannot
 * leave one out.
 */
function ofEnvironment(environment: Environment, own: Findings): Findings {
  const settings = valuesOf(own);
  const lead = own.find(({ name, passedOver }) => passedOver === undefined && isCredential(name));
  const theirs = environment["DATABRICKS_HOST"]?.trim();
  const foreign = settings.host !== undefined && Boolean(theirs) && !sameWorkspace(settings.host, theirs ?? "");
  const whyNot = (name: SettingName): string | undefined => {
    const { role } = declaration(name);
    if (role === "place") {
      const profile = chosen(own, "profile");
      if (profile !== undefined) return `${profile.from} brings its own`;
      return name === "host" ? undefined : elsewhere(chosen(own, "host"));
    }
    if (role === "credential" && lead !== undefined && competes(name, settings))
      return `${lead.from} says how to sign in`;
    return foreign && role !== undefined ? "it is for the host in DATABRICKS_HOST" : undefined;
  };
  return settingNames.flatMap((name): Finding[] => {
    const from = declaration(name).variable;
    const value = environment[from]?.trim();
    return value ? [{ name, value, from, passedOver: whyNot(name) }] : [];
  });
}

/**
 * Whether a credential of the environment would mix with the stack's. An `authType` alone chooses among what the
 * environment offers; half of a client's pair takes its other half from there, or an ID token instead of a secret; and
 * whoever has an ID token in the stack may have the client's id there.
 */
function competes(name: SettingName, settings: Values): boolean {
  if (settings.oidcTokenEnv !== undefined || settings.oidcTokenFilepath !== undefined) return name !== "clientId";
  if (settings.authType !== undefined) return name === "authType";
  const half = settings.clientId !== undefined || settings.clientSecret !== undefined;
  return !(half && (name.startsWith("client") || name.startsWith("oidcToken")));
}

function ofProfile(profiles: Profiles, known: Findings): Findings {
  const section = profileName(known, profiles);
  const unread = needsProfile(known) ? undefined : "no profile is needed";
  const host = chosen(known, "host");
  return settingNames.flatMap((name): Finding[] => {
    const key = profileKey(name);
    const value = key === undefined ? undefined : profiles.sections[section]?.[key];
    if (!value) return [];
    const isElsewhere = declaration(name).role === "place" && name !== "host";
    const passedOver = unread ?? (isElsewhere ? elsewhere(host) : undefined);
    return [{ name, value, from: `${profiles.file} [${section}] ${key}`, passedOver }];
  });
}

function elsewhere(host: Finding | undefined): string | undefined {
  return host && `the host is that of ${host.from}`;
}

/** Of several values for one setting the first counts. */
function withFirst(before: Findings, more: Findings): Findings {
  const all = [...before];
  for (const finding of more) {
    const first = chosen(all, finding.name);
    const passedOver = finding.passedOver ?? (first && `${first.from} comes first`);
    all.push({ ...finding, passedOver });
  }
  return all;
}

export function isCredential(name: SettingName): boolean {
  return declaration(name).role === "credential";
}

function has(settings: SignInSettings, name: keyof SignInSettings): boolean {
  return settings[name] !== undefined;
}
