import { execFile } from "node:child_process";
import type { Account } from "./account";

/** A program that ended with a failure; the message is what it said. */
export class ProgramFailed extends Error {}

const MUCH_TALK = 64 * 1024 * 1024;

/** Runs a program to its end, as `account`; answers what it printed. Its messages are English. */
export function run(program: string, args: readonly string[], account: Account | undefined): Promise<string> {
  const env = { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" };
  return new Promise((resolve, reject) => {
    // Another user may not be allowed to be in the current folder.
    execFile(program, args, { ...account, cwd: "/", env, maxBuffer: MUCH_TALK }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new ProgramFailed(stderr.trim() || error.message));
    });
  });
}
