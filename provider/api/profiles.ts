/** Databricks' own file of profiles. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { ConfigurationError } from "./errors";
import type { Environment } from "./settings";
import type { Profiles } from "./sources";

const usual = "~/.databrickscfg";

/** The file as people call it, and where it is. */
export function profileFile(environment: Environment): { readonly name: string; readonly path: string } {
  const name = environment["DATABRICKS_CONFIG_FILE"]?.trim() || usual;
  return { name, path: name.replace(/^~(?=$|[/\\])/, environment["HOME"] || homedir()) };
}

export function hasProfiles(environment: Environment): boolean {
  return existsSync(profileFile(environment).path);
}

/** All profiles; `undefined` when there is no such file. */
export async function readProfiles(environment: Environment): Promise<Profiles | undefined> {
  if (!hasProfiles(environment)) return undefined;
  const { name, path } = profileFile(environment);
  const { loadConfigFile } = await import("@databricks/sdk-experimental/dist/config/KnownConfigLoader.js");
  const { iniFile } = await loadConfigFile(path).catch((reason: unknown) => {
    throw new ConfigurationError(`${name} cannot be read: ${reason instanceof Error ? reason.message : reason}`);
  });
  return {
    file: name,
    sections: Object.fromEntries(Object.entries(iniFile).map(([key, value]) => [key, texts(value)])),
  };
}

/** The reader makes flags of some texts. */
function texts(section: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(section).map(([key, value]) => [key, String(value).trim()]));
}
