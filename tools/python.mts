/**
 * A Python with the packages that a requirements file pins, in a virtual environment that is made once per machine.
 * `node tools/python.mts` prints the one of the contract tests.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { lastLines } from "./engine.mts";
import { cacheFolder, checkout, whenStarted } from "./places.mts";
import { run, which } from "./process.mts";

/** Databricks' SDK and a Postgres driver. */
export const vendorRequirements = join(checkout, "test/contract/vendor/requirements.txt");

/** The path of a Python that has what the file requires. */
export async function pythonWith(requirements: string, folder = cacheFolder, path?: string): Promise<string> {
  const base = which("python3", path);
  if (base === undefined) {
    throw new Error(noPython("there is no python3 on PATH"));
  }
  const { status, stdout } = await run(base, ["-c", "import ensurepip, sys, venv; print(sys.version, sys.prefix)"]);
  if (status !== 0) {
    throw new Error(noPython(`${base} has no venv with pip`));
  }
  const id = createHash("sha256")
    .update(`${stdout}\0${readFileSync(requirements, "utf8")}`)
    .digest("hex")
    .slice(0, 12);
  const environment = join(folder, `python-${id}`);
  if (!existsSync(pythonOf(environment))) {
    await make(base, requirements, environment);
  }
  return pythonOf(realpathSync(environment));
}

/**
 * A virtual environment has its own path written into it and cannot be moved: it is made where it stays, and the link to
 * it appears once it is whole. Whoever comes second finds the link there and drops what it made.
 */
async function make(base: string, requirements: string, environment: string): Promise<void> {
  // A link to what somebody has deleted.
  rmSync(environment, { force: true });
  mkdirSync(join(environment, ".."), { recursive: true });
  const made = mkdtempSync(`${environment}-`);
  try {
    await step(base, "-m", "venv", made);
    await step(pythonOf(made), "-m", "pip", "install", "--quiet", "--no-input", "--requirement", requirements);
    symlinkSync(made, environment);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(pythonOf(environment))) {
      throw error;
    }
  }
}

async function step(command: string, ...args: readonly string[]): Promise<void> {
  const result = await run(command, args, { env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1" } });
  if (result.status !== 0) {
    throw new Error(`making a Python environment failed in ${[command, ...args].join(" ")}:\n${lastLines(result)}`);
  }
}

function pythonOf(environment: string): string {
  return join(environment, "bin/python");
}

/** What to tell someone who lacks it. */
export function noPython(why: string): string {
  return `Databricks' Python SDK cannot be tested, since ${why}; install Python 3 with venv and pip, on Debian and Ubuntu with 'apt-get install python3 python3-venv'.`;
}

whenStarted(import.meta.filename, async () => console.log(await pythonWith(vendorRequirements)));
