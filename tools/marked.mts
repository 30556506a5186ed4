/**
 * The engine puts each of its plugins into a process group of its own, so no group holds all that a command started.
 * What they do share is the environment: whatever runs with our mark in it was started by us.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

/** The ids of the processes whose environment holds `name=value`. */
export function markedProcesses(name: string, value: string): readonly number[] {
  const mark = `${name}=${value}`;
  return existsSync("/proc/self/environ") ? fromProc(mark) : fromPs(mark);
}

/** Ends them as a power cut would, and returns when none is left. */
export async function endMarked(name: string, value: string): Promise<void> {
  for (let ids = markedProcesses(name, value); ids.length > 0; ids = markedProcesses(name, value)) {
    ids.forEach(kill);
    await setImmediate();
  }
}

/** Returns when the last of them has ended by itself. There is no event for a process that is not one's child. */
export async function markedEnded(name: string, value: string): Promise<void> {
  while (markedProcesses(name, value).length > 0) {
    await setImmediate();
  }
}

function fromProc(mark: string): readonly number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && environment(entry).includes(mark))
    .map(Number)
    .filter((id) => id !== process.pid);
}

/** Empty for what has ended meanwhile, for a zombie, and for other people's processes. */
function environment(id: string): readonly string[] {
  try {
    return readFileSync(`/proc/${id}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function fromPs(mark: string): readonly number[] {
  return execFileSync("ps", ["-axww", "-E", "-o", "pid=,command="], { encoding: "utf8", maxBuffer: 2 ** 28 })
    .split("\n")
    .filter((line) => line.split(" ").includes(mark))
    .map((line) => Number.parseInt(line, 10))
    .filter((id) => id !== process.pid);
}

function kill(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // It ended by itself between the look and the kill.
  }
}
