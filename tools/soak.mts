/**
 * `npm run soak`: a thousand random schedules of faults, from seeds. `--seed N` runs one and prints what happened, and
 * `--from N --seeds N` others.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkout, quickFolder, whenStarted } from "./places.mts";

async function main(): Promise<void> {
  const option = { type: "string" } as const;
  const { values } = parseArgs({ options: { seed: option, from: option, seeds: option } });
  const { seed, from = seed ?? "1", seeds = seed === undefined ? "1000" : "1" } = values;
  for (const [name, value] of Object.entries(values)) {
    if (!/^[1-9]\d*$/.test(value)) throw new Error(`--${name} ${value}: write a whole number from 1`);
  }
  const child = spawn(
    process.execPath,
    [join(checkout, "node_modules/jest/bin/jest.js"), "--roots", join(checkout, "test/soak")],
    {
      cwd: checkout,
      env: {
        ...process.env,
        TMPDIR: quickFolder(),
        STORM_FROM: from,
        STORM_SEEDS: seeds,
        ...(seed !== undefined && { STORM_TRACE: "yes" }),
      },
      stdio: "inherit",
    },
  );
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
}

whenStarted(import.meta.filename, main);
