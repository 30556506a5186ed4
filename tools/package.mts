/** The package as a user gets it: packed with npm, and installed with npm into a folder outside the checkout. */
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { lastLines } from "./engine.mts";
import { cacheFolder, checkout, moveUnlessThere } from "./places.mts";
import { run } from "./process.mts";

const packages = join(cacheFolder, "packages");

/** Everything that the tarball is made from: it is packed anew when one of these has changed. */
const sources = [
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "provider",
  "emulator",
  "docs",
];

/** What the checkout's tests say to their workers, so that an edit during a run does not mix two packages. */
export const tarballVariable = "PULUMI_LAKEBASE_TARBALL";

export interface Manifest {
  readonly name?: string;
  readonly main?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The path of `npm pack`'s tarball of today's sources. */
export async function packTarball(): Promise<string> {
  const given = process.env[tarballVariable];
  if (given !== undefined && given !== "") {
    return given;
  }
  const files = sources.filter((source) => existsSync(join(checkout, source)));
  const tarball = join(packages, `pulumi-lakebase-${contentHash(files)}.tgz`);
  if (!touch(tarball)) {
    forgetOld();
    await pack(files, tarball);
  }
  return tarball;
}

/**
 * Makes a folder a project that a user has installed: its package.json (the given one, the one in the folder, or one
 * as `pulumi new typescript` writes it) and its node_modules. npm runs once per manifest and tarball; each project
 * then links to that one, since a symbolic link takes no time and Node resolves it to a folder outside the checkout.
 * Returns the path of that one.
 */
export async function installProject(folder: string, given?: Manifest): Promise<string> {
  const file = join(folder, "package.json");
  const own = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : defaultManifest();
  const manifest = await withTarball(given ?? own);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  rmSync(join(folder, "node_modules"), { recursive: true, force: true });
  const modules = await installedModules(manifest);
  symlinkSync(modules, join(folder, "node_modules"));
  return modules;
}

/** The manifest of most test projects, with the very versions that the checkout has, so that npm needs no network. */
export function defaultManifest(): Manifest {
  return {
    dependencies: { "@pulumi/pulumi": installedVersion("@pulumi/pulumi") },
    devDependencies: { "@types/node": installedVersion("@types/node"), typescript: installedVersion("typescript") },
  };
}

/** The checkout's version of a package, so that npm needs no network. */
export function installedVersion(name: string): string {
  return JSON.parse(readFileSync(join(checkout, "node_modules", name, "package.json"), "utf8")).version;
}

async function withTarball(manifest: Manifest): Promise<Manifest> {
  const dependencies = { ...manifest.dependencies, "pulumi-lakebase": `file:${await packTarball()}` };
  return { ...manifest, dependencies };
}

/** A node_modules folder with what the manifest asks for. */
export async function installedModules(manifest: Manifest): Promise<string> {
  const { dependencies, devDependencies } = await withTarball(manifest);
  const needed = JSON.stringify({ dependencies, devDependencies });
  const folder = join(packages, `project-${createHash("sha256").update(needed).digest("hex").slice(0, 16)}`);
  if (!touch(folder)) {
    mkdirSync(packages, { recursive: true });
    const unfinished = mkdtempSync(join(packages, "unfinished-"));
    try {
      writeFileSync(join(unfinished, "package.json"), needed);
      await npm(["install", "--prefer-offline", "--no-audit", "--no-fund"], unfinished);
      moveUnlessThere(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return join(folder, "node_modules");
}

/** Packs a copy of the sources: the checkout's own dist, which somebody may be running, is left alone. */
async function pack(files: readonly string[], tarball: string): Promise<void> {
  mkdirSync(packages, { recursive: true });
  const copy = mkdtempSync(join(packages, "unfinished-"));
  try {
    for (const file of files) {
      cpSync(join(checkout, file), join(copy, file), { recursive: true });
    }
    symlinkSync(join(checkout, "node_modules"), join(copy, "node_modules"));
    await npm(["pack", "--silent"], copy);
    const packed = readdirSync(copy).find((name) => name.endsWith(".tgz"));
    if (packed === undefined) {
      throw new Error("npm pack wrote no tarball");
    }
    renameSync(join(copy, packed), tarball);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const result = await run("npm", args, { cwd, env: outsideNpm(process.env) });
  if (result.status !== 0) {
    throw new Error(`npm ${args[0]} failed:\n${lastLines(result, 30)}`);
  }
}

/** The environment without what `npm test` tells its script about the checkout, which a nested npm would heed. */
export function outsideNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const told = /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)|INIT_CWD$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !told.test(name)));
}

function contentHash(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files.flatMap(filesBelow).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(checkout, file)))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

function filesBelow(path: string): readonly string[] {
  return statSync(join(checkout, path)).isDirectory()
    ? readdirSync(join(checkout, path)).flatMap((name) => filesBelow(join(path, name)))
    : [path];
}

/** Says whether something is there, and marks it as used now. */
function touch(path: string): boolean {
  if (!existsSync(path)) {
    return false;
  }
  utimesSync(path, new Date(), new Date());
  return true;
}

/** Every change of a source makes a new tarball and a new folder of packages: those that no run still uses go. */
function forgetOld(): void {
  const anHourAgo = Date.now() - 60 * 60 * 1000;
  for (const name of existsSync(packages) ? readdirSync(packages) : []) {
    const path = join(packages, name);
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? anHourAgo) < anHourAgo) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}
