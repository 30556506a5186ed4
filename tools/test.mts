/**
 * `npm test`: types, lint, unit, contract and end-to-end tests, in this order, or those that are named as arguments.
 * Every stage runs, whatever failed before it. The last line is `N passed, N failed` for all of them together.
 */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installation } from "./installation.mts";
import { endMarked } from "./marked.mts";
import { defaultManifest, installedModules, packTarball, tarballVariable } from "./package.mts";
import { checkout, quickFolder, runVariable, whenStarted } from "./places.mts";
import { pythonWith, vendorRequirements } from "./python.mts";

export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const onePassed: Count = { passed: 1, failed: 0, skipped: 0 };
const oneFailed: Count = { passed: 0, failed: 1, skipped: 0 };

/** These start real programs, on machines of any speed. Some of them wait more than they work. */
const patient = (workers: number) => ["--testTimeout", "180000", "--maxWorkers", String(workers)];

const stages: Readonly<Record<string, () => Promise<Count>>> = {
  types: async () =>
    sum([
      await check("typescript/bin/tsc", "-p", "tsconfig.json"),
      await check("typescript/bin/tsc", "-p", "tsconfig.console.json"),
    ]),
  lint: () => check("@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."),
  unit: () => suite("unit"),
  contract,
  e2e: endToEnd,
};

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in stages));
  if (unknown.length > 0) {
    throw new Error(`no such stage: ${unknown.join(", ")}; there are ${Object.keys(stages).join(", ")}`);
  }
  const counts: Count[] = [];
  for (const [name, stage] of Object.entries(stages)) {
    if (names.length === 0 || names.includes(name)) {
      console.log(`\n── ${name} ──`);
      counts.push(await stage().catch(couldNotRun));
    }
  }
  const total = sum(counts);
  process.exitCode = total.failed > 0 ? 1 : 0;
  console.log(`\n${summary(total)}`);
}

/** The machine-readable last line. */
export function summary({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

export function sum(counts: readonly Count[]): Count {
  return {
    passed: counts.reduce((total, count) => total + count.passed, 0),
    failed: counts.reduce((total, count) => total + count.failed, 0),
    skipped: counts.reduce((total, count) => total + count.skipped, 0),
  };
}

/** The part of jest's --json report that is counted. */
export interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** A test file that cannot be loaded is one failure, and so is a suite without a test: an empty run proves nothing. */
export function countReport(report: Report): Count {
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const skipped = report.numPendingTests + report.numTodoTests;
  const silent = failed === 0 && (report.numPassedTests === 0 || !report.success);
  return { passed: report.numPassedTests, failed: silent ? 1 : failed, skipped };
}

/** A whole program as one check. */
async function check(script: string, ...args: readonly string[]): Promise<Count> {
  return (await node(script, args, 1)) === 0 ? onePassed : oneFailed;
}

async function suite(name: string, ...args: readonly string[]): Promise<Count> {
  const folder = mkdtempSync(join(quickFolder(), "pulumi-lakebase-tests-"));
  // Postgres does not run as root, and so comes by as somebody else.
  chmodSync(folder, 0o711);
  const leave = async () => {
    await endMarked(runVariable, folder);
    rmSync(folder, { recursive: true, force: true });
  };
  const interrupted = () => void leave().then(() => process.exit(130));
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) {
    process.on(signal, interrupted);
  }
  try {
    const file = join(folder, "report.json");
    const reported = ["--roots", join(checkout, "test", name), "--json", "--outputFile", file];
    const env = { ...process.env, [runVariable]: folder, TMPDIR: folder };
    const status = await node("jest/bin/jest.js", [...reported, ...args], "ignore", env);
    return existsSync(file) ? countReport(JSON.parse(readFileSync(file, "utf8"))) : noReport(name, status);
  } finally {
    for (const signal of signals) {
      process.off(signal, interrupted);
    }
    await leave();
  }
}

function noReport(name: string, status: number): Count {
  console.log(`test/${name}: jest ended with status ${status} and ran no test`);
  return oneFailed;
}

/** Without a Python only the tests that need one fail, and they say why. */
async function contract(): Promise<Count> {
  await announced("Python", () => pythonWith(vendorRequirements)).catch(() => {});
  return suite("contract", ...patient(2));
}

/** What takes long and what all tests share is made here, once, where its progress is seen. */
async function endToEnd(): Promise<Count> {
  await announced("Pulumi", installation);
  const tarball = await announced("Package", packTarball);
  process.env[tarballVariable] = tarball;
  await announced("Installed", () => installedModules(defaultManifest()));
  return suite("e2e", ...patient(3));
}

async function announced(what: string, work: () => Promise<string>): Promise<string> {
  const start = performance.now();
  const path = await work();
  console.log(`${what}: ${path} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return path;
}

function couldNotRun(error: unknown): Count {
  console.error(error instanceof Error ? error.message : error);
  return oneFailed;
}

/** Its readable output goes to our stdout, where the last line follows it; jest keeps its own stdout for the report. */
function node(
  script: string,
  args: readonly string[],
  stdout: 1 | "ignore",
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const child = spawn(process.execPath, [join(checkout, "node_modules", script), ...args], {
    cwd: checkout,
    env,
    stdio: ["ignore", stdout, 1],
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
}

whenStarted(import.meta.filename, () => main(process.argv.slice(2)));
