import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { Duplex, Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { Account } from "./account";

/** How a server is asked to stop. While it recovers from a crash it does not hear the first; the next start recovers. */
const ENDINGS = ["SIGINT", "SIGQUIT", "SIGKILL"] as const;
/** Milliseconds that it has after each. */
const PATIENCE = 5_000;

/**
 * Runs the program and leaves a guard beside it that ends it when our end of the pipe closes, which the kernel does
 * however this process ends. The guard is nobody's child, so that Postgres does not take it for one of its own.
 * In a container nobody may bury what has ended: then it has no command line any more.
 */
const GUARDED = `( {
  read -r _
  for signal in INT QUIT KILL; do
    kill -$signal $$ || exit
    for tenth in $(seq 50); do
      kill -0 $$ || exit
      [ ! -e /proc/self/cmdline ] || grep -q . /proc/$$/cmdline || exit
      sleep 0.1
    done
  done
} <&3 2>/dev/null & )
exec "$@" 3<&- 4>&-`;

/** A program that ends when this process does. */
export class Guarded {
  /** What it says on standard error. */
  readonly lines: Interface;
  /** Resolves when it has ended, whichever way. */
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;

  constructor(program: string, args: readonly string[], account: Account | undefined) {
    // A session of its own: Ctrl-C in a terminal is for the emulator, which stops its servers in order.
    this.child = spawn("/bin/sh", ["-c", GUARDED, "sh", program, ...args], {
      ...account,
      cwd: "/",
      detached: true,
      stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
    });
    this.ended = new Promise<void>((resolve) => {
      this.child.once("exit", () => resolve());
      this.child.once("error", () => resolve());
    }).then(() => this.dismiss());
    // Not there when there are no more file descriptors to be had.
    const { stderr } = this.child;
    if (!(stderr instanceof Readable)) throw new Error("a server could not be started: too many open files");
    this.lines = createInterface({ input: stderr });
  }

  /** Resolves when it has ended and its guard is gone. */
  async stop(): Promise<void> {
    for (const signal of ENDINGS) {
      this.child.kill(signal);
      if (await isWithin(this.ended, PATIENCE)) return;
    }
    await this.ended;
  }

  /** Of the guard, which holds its end of a pipe until it is gone. */
  private async dismiss(): Promise<void> {
    const [, , , line, breath] = this.child.stdio ?? [];
    if (!(line instanceof Duplex && breath instanceof Duplex)) return;
    const gone = once(breath, "close");
    breath.resume();
    line.destroy();
    await gone;
  }
}

async function isWithin(event: Promise<void>, milliseconds: number): Promise<boolean> {
  const over = new AbortController();
  const late = setTimeout(milliseconds, false, { signal: over.signal }).catch(() => false);
  const isInTime = await Promise.race([event.then(() => true), late]);
  over.abort();
  return isInTime;
}
