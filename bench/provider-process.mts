/** What the process of the dynamic provider used, read from /proc while it runs: it ends by a kill, and cannot say itself. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Running, Stack, Step } from "../tools/sandbox.mts";

export interface Usage {
  /** Processor time in seconds, in steps of 10 ms. */
  readonly cpuSeconds: number;
  /** Most memory that it had, in MiB. */
  readonly peakMiB: number;
}

const everyMs = 20;
const ticksPerSecond = 100;

/** Runs a command and watches its provider; on systems without /proc nothing is seen. */
export async function watched(stack: Stack, running: Running): Promise<{ readonly step: Step; readonly usage: Usage }> {
  let isRunning = true;
  const ended = running.done.finally(() => {
    isRunning = false;
  });
  let usage: Usage = { cpuSeconds: 0, peakMiB: 0 };
  let provider: number | undefined;
  while (isRunning) {
    await Promise.race([ended, sleep(everyMs)]);
    provider ??= stack.processes().find((pid) => read(`/proc/${pid}/cmdline`).includes("/dynamic-provider/"));
    if (provider !== undefined) usage = usageOf(provider) ?? usage;
  }
  return { step: await ended, usage };
}

function usageOf(pid: number): Usage | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const [peak] = /(?<=^VmHWM:\s+)\d+/m.exec(read(`/proc/${pid}/status`)) ?? [];
  if (stat === "" || peak === undefined) return undefined;
  // After the command's name, which may hold anything: user and system time are fields 14 and 15 of all.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { cpuSeconds: ticks / ticksPerSecond, peakMiB: Number(peak) / 1024 };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
