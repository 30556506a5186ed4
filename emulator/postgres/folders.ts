import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isAlive } from "../claim";
import { type Account, give } from "./account";
import { run } from "./run";

const PREFIX = "lakebase-";
const RUN = new RegExp(`^${PREFIX}(\\d+)-`);
const UNFINISHED = /\.unfinished-(\d+)-\w{6}$/;
/** A socket's path has at most 103 bytes on macOS, 107 on Linux; what comes after the folder takes up to 41. */
const LONGEST = 62;
/** Entered by all, looked into by none. */
const PASSABLE = 0o711;

/** A folder for this run, with a short path, where the user that Postgres runs as can go. Removed at the end. */
export async function makeRunFolder(account: Account | undefined): Promise<string> {
  for (const place of [tmpdir(), "/tmp", "/var/tmp"]) {
    if (place.length > LONGEST || !(await canEnter(place, account))) continue;
    await removeLeftovers(place, RUN);
    const folder = await mkdtemp(join(place, `${PREFIX}${process.pid}-`));
    await chmod(folder, PASSABLE);
    return folder;
  }
  throw new Error("there is no folder for temporary files that Postgres can use; name another one in TMPDIR");
}

/**
 * A folder for programs and fresh clusters, which the next run finds again. It can be removed at any time. Root's own is
 * closed to the user that Postgres runs as.
 */
export async function findCache(account: Account | undefined, run: string): Promise<string> {
  for (const place of [process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "/var/cache"]) {
    const folder = join(place, "pulumi-lakebase");
    const isThere = await mkdir(folder, { recursive: true }).then(
      () => canEnter(folder, account),
      () => false,
    );
    if (isThere) return folder;
  }
  return join(run, "cache");
}

/** Lets Postgres into the folder that keeps the data. */
export async function openDataFolder(folder: string, account: Account | undefined): Promise<void> {
  if (account === undefined) return;
  await chmod(folder, PASSABLE);
  if (await canEnter(folder, account)) return;
  throw new Error(
    `${folder} cannot be reached by the user 'nobody', as whom Postgres runs since it refuses to run as root; choose a folder such as /var/lib/lakebase-emulator, or start the emulator as an ordinary user`,
  );
}

/** A folder of Postgres's own that nobody else gets into. */
export async function makeSocketFolder(folder: string, account: Account | undefined): Promise<string> {
  const sockets = join(folder, "s");
  await mkdir(sockets, { mode: 0o700 });
  await give(sockets, account);
  return sockets;
}

/** What emulators that were killed left in `place`: their number is in the name. */
async function removeLeftovers(place: string, pattern: RegExp): Promise<void> {
  for (const name of await readdir(place)) {
    const pid = pattern.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(place, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  }
}

async function canEnter(folder: string, account: Account | undefined): Promise<boolean> {
  try {
    await run("/bin/sh", ["-c", 'cd "$1"', "sh", folder], account);
    return true;
  } catch {
    return false;
  }
}

/** Made beside its place and renamed, so that what is there is whole; whoever comes second finds the same. */
export async function makeOnce(folder: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
  const place = dirname(folder);
  await mkdir(place, { recursive: true });
  await removeLeftovers(place, UNFINISHED);
  const unfinished = await mkdtemp(`${folder}.unfinished-${process.pid}-`);
  try {
    await fill(unfinished);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
