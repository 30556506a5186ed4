/** The programs of the built package as processes of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");
export const built = join(root, "dist/emulator");
export const main = join(built, "main.js");
/** `pulumi-lakebase`. */
export const command = join(root, "dist/provider/command/main.js");
const running = new Set<ChildProcess>();

/** Builds the package, unless it was after the last change of its sources. */
export async function build(): Promise<void> {
  const sources = ["emulator", "provider"].flatMap((part) =>
    readdirSync(join(root, part), { recursive: true, encoding: "utf8" }).map((file) => join(root, part, file)),
  );
  const changed = sources.map((file) => statSync(file).mtimeMs);
  const made = Math.min(...[main, command].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
  if (made > Math.max(...changed)) return;
  await finish(spawn("npm", ["run", "--silent", "build"], { cwd: root }));
}

export function start(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const { DATABRICKS_HOST: _host, ...inherited } = process.env;
  const child = spawn(process.execPath, [script, ...args], { cwd: root, env: { ...inherited, ...env } });
  running.add(child);
  child.once("close", () => running.delete(child));
  return child;
}

/** Ends what a failed test left running. */
export function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function finish(child: ChildProcess): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code, signal] = await once(child, "close");
  return { code, signal, stdout, stderr };
}

export interface Printed {
  readonly url: string;
  readonly token: string;
  /** Empty without Postgres. */
  readonly ca: string;
  readonly lines: readonly string[];
}

/** Runs until it has printed its lines for the shell, which it does at once. */
export async function ready(child: ChildProcess): Promise<Printed> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    if (text.endsWith("\n")) break;
  }
  const lines = text.trimEnd().split("\n");
  const [url = "", token = "", ca = ""] = lines.map((line) => line.slice(line.indexOf("=") + 1));
  return { url, token, ca, lines };
}

/** Command lines of the processes that have `text` in theirs. */
export function processesWith(text: string): readonly string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes(text));
}
