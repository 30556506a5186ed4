/** What the command sees of the process that it runs in. */
import type { Environment } from "../api/auth";

export interface Surroundings {
  readonly environment: Environment;
  /** Standard output: what was asked for, and nothing else. */
  out(text: string): void;
  /** Standard error: what is said about it. */
  err(text: string): void;
  /** Columns that a line of output may have. */
  readonly width: number;
  readonly colours: boolean;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Beyond this a line is hard to follow, and below it a tree falls apart. */
const widest = 100;
const narrowest = 60;

export function ofProcess(): Surroundings {
  const { stdout, stderr } = process;
  // A reader that has seen enough, as in `… | head`, is no error.
  stdout.on("error", (failure: NodeJS.ErrnoException) => {
    if (failure.code !== "EPIPE") throw failure;
  });
  return {
    environment: process.env,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    width: Math.max(narrowest, Math.min(widest, stdout.columns ?? widest)),
    // Node's own answer heeds NO_COLOR and terminals that have none.
    colours: stdout.isTTY && stdout.hasColors(),
    now: () => Date.now(),
  };
}
