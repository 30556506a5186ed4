/** Another program in this one's place: with its terminal, its signals and its end. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { Failure } from "./failure";

const passedOn = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;

/** A terminal sends these to all that runs in it, so the other program has them already. */
const fromTerminal: readonly string[] = ["SIGINT", "SIGQUIT"];

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where it is run. Default: the current folder. */
  readonly folder?: string;
  /** What to do when there is no such program, unless who asked for it says so. */
  readonly remedy?: string;
}

/** Runs a program, without a shell, and ends as it did: by its status, or by the signal that ended it. */
export async function become({ file, args, environment, remedy }: Program): Promise<void> {
  const child = spawn(file, args, { stdio: "inherit", env: environment });
  const atTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  const pass = (signal: NodeJS.Signals) => {
    if (!(atTerminal && fromTerminal.includes(signal))) child.kill(signal);
  };
  for (const signal of passedOn) process.on(signal, pass);
  const end = await new Promise<{ status: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", (failure: NodeJS.ErrnoException) => reject(couldNotStart(file, failure, remedy)));
    child.once("close", (status, signal) => resolve({ status, signal }));
  }).finally(() => {
    for (const signal of passedOn) process.off(signal, pass);
  });
  if (end.signal === null) {
    process.exitCode = end.status ?? 1;
    return;
  }
  // What a shell would say of it, should this process survive the signal.
  process.exitCode = 128 + constants.signals[end.signal];
  process.kill(process.pid, end.signal);
}

export function couldNotStart(file: string, failure: NodeJS.ErrnoException, remedy: string | undefined): Failure {
  const words = failure.code === "ENOENT" ? "is not on PATH" : `cannot be started (${failure.code ?? failure.message})`;
  return new Failure([`${file} ${words}`, ...(remedy === undefined ? [] : [remedy])].join("; "), { cause: failure });
}
