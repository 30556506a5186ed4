import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { run } from "./run";

/** How long a server takes at most that is being ended, in milliseconds, and how often it is looked for. */
const LONGEST_END = 20_000;
const PAUSE = 50;

/**
 * Waits for the server of an emulator that was killed, which its guard is ending. What it left in the folder would keep
 * Postgres from starting there if its number has been given to another process since.
 */
export async function outlast(folder: string): Promise<void> {
  const file = join(folder, "postmaster.pid");
  for (let waited = 0; waited < LONGEST_END; waited += PAUSE) {
    const pid = (await readFile(file, "utf8").catch(() => "")).split("\n")[0] ?? "";
    if (pid === "") return;
    if (!(await commandOf(pid)).includes(folder)) {
      await rm(file, { force: true });
      return;
    }
    await setTimeout(PAUSE);
  }
}

/** Empty when there is no such process. Small Linux systems have no `ps`. */
async function commandOf(pid: string): Promise<string> {
  const command =
    process.platform === "linux"
      ? readFile(`/proc/${pid}/cmdline`, "utf8")
      : run("ps", ["-ww", "-o", "args=", "-p", pid], undefined);
  return command.catch(() => "");
}
