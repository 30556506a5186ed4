/** Runs a user's program the way the official host does: `@pulumi/pulumi/cmd/run` of the user's own project. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import language from "@pulumi/pulumi/proto/language_pb.js";

type RunRequest = InstanceType<typeof language.RunRequest>;
type RunResponse = InstanceType<typeof language.RunResponse>;
type ProgramInfo = InstanceType<typeof language.ProgramInfo>;

/** The exit status of a program whose error the user has already seen. */
const alreadyReported = 32;

const running = new Set<ChildProcess>();

export function endPrograms(): void {
  for (const child of running) {
    child.kill("SIGKILL");
  }
}

/** The engine may be killed: what it made this host start does not outlive it. */
export function endedWithHost(child: ChildProcess): void {
  running.add(child);
  child.on("close", () => running.delete(child));
}

export function runProgram(request: RunRequest, engineAddress: string): Promise<RunResponse> {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() || request.getPwd();
  const entryPoint = info?.getEntryPoint() || ".";
  const runner = findRunner(folder, "run");
  if (runner === undefined) {
    return Promise.resolve(
      failed(`@pulumi/pulumi is not installed in ${folder}: run \`npm install\` or \`pulumi install\` there first`),
    );
  }
  const child = spawn("node", [runner, ...flags(request, engineAddress), entryPoint, ...request.getArgsList()], {
    cwd: request.getPwd(),
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...(isTypeScript(folder, entryPoint, info) ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
    },
  });
  endedWithHost(child);
  return new Promise((answer) => {
    child.on("error", (error) => answer(failed(`could not start node: ${error.message}`)));
    child.on("close", (status, signal) => {
      answer(outcome(status, signal));
    });
  });
}

/** What a project's own `@pulumi/pulumi` runs programs, or policy packs, with. */
export function findRunner(folder: string, command: "run" | "run-policy-pack"): string | undefined {
  try {
    return createRequire(join(folder, "package.json")).resolve(`@pulumi/pulumi/cmd/${command}`);
  } catch {
    return undefined;
  }
}

function flags(request: RunRequest, engineAddress: string): string[] {
  const named: Readonly<Record<string, string>> = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
  };
  const given = Object.entries(named).filter(([, value]) => value !== "");
  return [...given.map(([name, value]) => `--${name}=${value}`), ...(request.getDryrun() ? ["--dry-run"] : [])];
}

/**
 * The official host loads a TypeScript compiler for every program unless the project says `typescript: false`. Here
 * plain JavaScript goes without one, which the tests' many short programs are glad of.
 */
function isTypeScript(folder: string, entryPoint: string, info: ProgramInfo | undefined): boolean {
  if (info?.getOptions()?.toJavaScript()["typescript"] === false) {
    return false;
  }
  const entry = resolve(folder, entryPoint === "." ? packageMain(folder) : entryPoint);
  return /\.[cm]?ts$/.test(entry) || (existsSync(join(entry, "index.ts")) && !existsSync(join(entry, "index.js")));
}

function packageMain(folder: string): string {
  const manifest = join(folder, "package.json");
  return (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).main) || ".";
}

function outcome(status: number | null, signal: string | null): RunResponse {
  if (status === 0) {
    return new language.RunResponse();
  }
  if (status === alreadyReported) {
    const response = new language.RunResponse();
    response.setBail(true);
    return response;
  }
  return failed(`Program exited ${signal === null ? `with non-zero exit code: ${status}` : `on signal ${signal}`}`);
}

function failed(reason: string): RunResponse {
  const response = new language.RunResponse();
  response.setError(reason);
  return response;
}
