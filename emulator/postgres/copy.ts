import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Account } from "./account";

/** Clones blocks where the file system can, which takes no time whatever the size; GNU and macOS spell it differently. */
const CLONE = process.platform === "darwin" ? "-c" : "--reflink=auto";

/** Copies files and folders into `folder` as `account`. What goes away meanwhile is left out: a live cluster drops files. */
export async function copyInto(folder: string, paths: readonly string[], account: Account | undefined): Promise<void> {
  if (paths.length === 0) return;
  try {
    await promisify(execFile)("cp", ["-a", CLONE, ...paths, folder], {
      ...account,
      env: { ...process.env, LC_ALL: "C" },
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    const failures = said.split("\n").filter((line) => line !== "" && !line.includes("No such file or directory"));
    const first = failures[0];
    if (first !== undefined) throw new Error(explain(first, folder));
  }
}

function explain(failure: string, folder: string): string {
  if (failure.includes("No space left on device")) return `the disk that holds ${folder} is full`;
  return `could not copy into ${folder}: ${failure}`;
}
