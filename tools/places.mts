/** Where things are: the checkout, and what is kept outside of it. */
import { existsSync, realpathSync, renameSync, rmSync, statfsSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const checkout = dirname(import.meta.dirname);

/** Built once per machine, kept between clones, safe to delete at any time. */
export const cacheFolder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "pulumi-lakebase");

/** Names the folder of a test run, which its stacks lie in and its processes are known by: an interrupted run leaves nothing. */
export const runVariable = "LAKEBASE_TEST_RUN";

/** Room that a run of tests takes at most, with some to spare. */
const roomForTests = 6 * 1024 ** 3;

/** For thousands of files that live for seconds: in memory where there is room, since a disk makes and drops them slowly. */
export function quickFolder(): string {
  const memory = "/dev/shm";
  const space = existsSync(memory) ? statfsSync(memory) : undefined;
  return space !== undefined && space.bavail * space.bsize > roomForTests ? memory : tmpdir();
}

/** Runs `main` when the script is the one that Node was started with, not one that is imported. */
export function whenStarted(script: string, main: () => Promise<void>): void {
  if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === script) {
    main().catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    });
  }
}

/** Whoever comes second finds the folder there, equal to its own. */
export function moveUnlessThere(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) {
      throw error;
    }
  }
}
