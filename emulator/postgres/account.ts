import { chown, writeFile } from "node:fs/promises";
import { run } from "./run";

/** The user that Postgres runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const UNPRIVILEGED = "nobody";

/** Postgres refuses to run as root, so root runs it as `nobody`. Undefined: as whoever runs the emulator. */
export async function findAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return { uid: await idOf("-u"), gid: await idOf("-g") };
}

async function idOf(flag: "-u" | "-g"): Promise<number> {
  const printed = await run("id", [flag, UNPRIVILEGED], undefined).catch(() => {
    throw new Error(
      `Postgres does not run as root and there is no user '${UNPRIVILEGED}' to run it as: start the emulator as an ordinary user, or with --no-postgres`,
    );
  });
  return Number(printed);
}

export async function give(path: string, account: Account | undefined): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

/** A file that Postgres may also rename and remove. */
export async function writeFor(account: Account | undefined, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await give(path, account);
}
