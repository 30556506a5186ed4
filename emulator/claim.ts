import { mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** By emulators of this very process. */
const claimed = new Set<string>();

/** One emulator at a time works on a folder. Answers how to give it back. */
export async function claim(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Error(`${folder} is no folder that can be written to: ${error.message}`);
  });
  const place = await realpath(folder);
  const file = join(place, "emulator.pid");
  const owner = claimed.has(place) ? process.pid : Number(await readFile(file, "utf8").catch(() => "0"));
  if (claimed.has(place) || (owner !== process.pid && isAlive(owner))) {
    throw new Error(
      `${folder} is in use by another emulator, process ${owner}; end that one, choose another folder, or remove ${file} if it is something else`,
    );
  }
  claimed.add(place);
  await writeFile(file, String(process.pid));
  return async () => {
    claimed.delete(place);
    await rm(file, { force: true });
  };
}

export function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
