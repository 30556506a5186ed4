/** Another program, run to its end for what it prints. */
import { spawn } from "node:child_process";
import { couldNotStart, type Program } from "./child";

export interface Printed {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** Runs a program without a shell and without input. It is in the terminal's group, whose Ctrl-C reaches it too. */
export function runAndRead({ file, args, environment, folder, remedy }: Program): Promise<Printed> {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env: environment, cwd: folder });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", (failure: NodeJS.ErrnoException) => reject(couldNotStart(file, failure, remedy)));
    child.once("close", (status) =>
      resolve({ out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString(), status: status ?? 1 }),
    );
  });
}
