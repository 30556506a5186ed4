import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** One emulator at a time works on a folder. Answers how to give it back. */
export async function claim(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Error(`${folder} is no folder that can be written to: ${error.message}`);
  });
  const file = join(folder, "emulator.pid");
  const other = Number(await readFile(file, "utf8").catch(() => "0"));
  if (other !== process.pid && isAlive(other)) {
    throw new Error(
      `${folder} is in use by another emulator, process ${other}; end that one, choose another folder, or remove ${file} if it is something else`,
    );
  }
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
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
