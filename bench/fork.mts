/** How long a branch takes to be there, while its source is in use, beside a plain copy of as many bytes. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Lakebase } from "./lakebase.mts";
import { median, milliseconds, type Result, timed } from "./measure.mts";

const sizes = [
  { what: "empty", megabytes: 0, times: 7, target: 500 },
  { what: "100 MB", megabytes: 100, times: 5, target: undefined },
  { what: "1 GB", megabytes: 1_000, times: 3, target: undefined },
] as const;

export async function forks(lakebase: Lakebase): Promise<readonly Result[]> {
  const source = await lakebase.connect();
  await source.query("create table filler (page text)");
  await source.query("alter table filler alter column page set storage plain");
  const results: Result[] = [];
  let filled = 0;
  for (const { what, megabytes, times, target } of sizes) {
    await fill(source, megabytes - filled);
    filled = megabytes;
    const forks: number[] = [];
    const connects: number[] = [];
    const copies: number[] = [];
    const { rows } = await source.query("show data_directory");
    for (let time = 0; time < times; time += 1) {
      forks.push((await timed(() => lakebase.fork("copy"))).ms);
      const { result: copy, ms } = await timed(() => lakebase.connect("copy"));
      connects.push(ms);
      await copy.end();
      await lakebase.drop("copy");
      copies.push(await copied(rows[0].data_directory));
    }
    const fork = median(forks);
    results.push({
      what: `Fork, ${what}`,
      measured: `${milliseconds(fork)}, first connection ${milliseconds(median(connects))}`,
      beside: `cp -a of the same files ${milliseconds(median(copies))}`,
      ratio: fork / median(copies),
      target: target === undefined ? "" : `under ${milliseconds(target)}`,
      isMet: target === undefined || fork < target,
    });
  }
  await source.end();
  return results;
}

/** Rows of one page each, in parts that a checkpoint can follow. */
async function fill(source: { query(text: string): Promise<unknown> }, megabytes: number): Promise<void> {
  const part = 50;
  for (let done = 0; done < megabytes; done += part) {
    await source.query(`insert into filler select repeat('x', 7000) from generate_series(1, ${part} * 128)`);
  }
  await source.query("checkpoint").catch(() => {});
}

async function copied(data: string): Promise<number> {
  const folder = mkdtempSync(join(dirname(dirname(dirname(data))), "copy-"));
  try {
    const copy = promisify(execFile);
    return (await timed(() => copy("cp", ["-a", join(data, "base"), join(data, "global"), folder]))).ms;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
