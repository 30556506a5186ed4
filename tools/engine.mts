/**
 * Yields a working `pulumi`: the one on PATH when it is new enough, else one built from the Go modules pinned in
 * tools/engine. `node tools/engine.mts` prints its path.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, checkout, whenStarted } from "./places.mts";
import { type Finished, run, which } from "./process.mts";

const goModule = join(checkout, "tools/engine");
const enginePackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The path of a `pulumi` to use; builds it when there is none, which takes minutes the first time. */
export async function engine(): Promise<string> {
  const pinned = pinnedVersion(readFileSync(join(goModule, "go.mod"), "utf8"));
  const installed = which("pulumi");
  if (installed !== undefined && isAtLeast(await versionOf(installed), minimumVersion())) {
    return installed;
  }
  const built = join(cacheFolder, `pulumi-${pinned}`, "pulumi");
  if (statSync(built, { throwIfNoEntry: false }) === undefined) {
    await build(pinned, built);
  }
  return built;
}

/**
 * The oldest engine that is taken from PATH is the version of the SDK in the lock file: Pulumi lets a newer engine run
 * an older SDK, and promises nothing for the reverse.
 */
export function minimumVersion(): string {
  const manifest = readFileSync(join(checkout, "node_modules/@pulumi/pulumi/package.json"), "utf8");
  return JSON.parse(manifest).version;
}

/** The engine's version as tools/engine/go.mod requires it. */
export function pinnedVersion(goMod: string): string {
  const version = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\d+\.\d+\.\d+)/.exec(goMod)?.[1];
  if (version === undefined) {
    throw new Error("tools/engine/go.mod does not require github.com/pulumi/pulumi/pkg/v3");
  }
  return version;
}

/** Compares `v3.274.1` as `pulumi version` prints it; a pre-release counts as older than its release. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [have, want] = [numbers(version), numbers(minimum)];
  if (have === undefined || want === undefined) {
    return false;
  }
  const at = have.findIndex((part, index) => part !== want[index]);
  return at < 0 || (have[at] ?? 0) > (want[at] ?? 0);
}

function numbers(version: string): readonly number[] | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(-\S+)?/.exec(version.trim());
  return match === null ? undefined : [...match.slice(1, 4).map(Number), match[4] === undefined ? 1 : 0];
}

async function versionOf(pulumi: string): Promise<string> {
  const { stdout } = await run(pulumi, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } });
  return stdout;
}

async function build(version: string, target: string): Promise<void> {
  const go = which("go");
  if (go === undefined) {
    throw new Error(noEngine(minimumVersion(), "there is no Go to build one with"));
  }
  const folder = join(target, "..");
  mkdirSync(folder, { recursive: true });
  // Under its own name until it is whole: neither an interrupted build nor two at once leave half a file behind.
  const unfinished = `${target}.${process.pid}`;
  const progress = showProgress(`Building the Pulumi engine ${version} from source, 5 to 10 minutes the first time …`);
  try {
    const linked = `-s -w -X ${versionVariable}=${version}`;
    const result = await run(
      go,
      // -mod=readonly: go.mod and go.sum stay as they are.
      ["build", "-C", goModule, "-mod=readonly", "-ldflags", linked, "-o", unfinished, enginePackage],
      { env: { ...process.env, GOWORK: "off" } },
    );
    if (result.status !== 0) {
      throw new Error(noEngine(minimumVersion(), `building one with Go failed:\n${lastLines(result)}\n`));
    }
    renameSync(unfinished, target);
  } finally {
    progress.stop();
    rmSync(unfinished, { force: true });
  }
}

/** What to tell someone who has neither a Pulumi nor the means to build one. */
export function noEngine(minimum: string, why: string): string {
  return [
    `No pulumi ${minimum} or newer is on PATH, and ${why}`.trimEnd(),
    "Either install Pulumi:  https://www.pulumi.com/docs/install/",
    "or install Go, which then builds it:  https://go.dev/doc/install",
  ].join("\n");
}

/** The end of what a failed program said, where the reason is. */
export function lastLines(result: Finished, count = 8): string {
  return `${result.stdout}\n${result.stderr}`
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-count)
    .map((line) => `  ${line}`)
    .join("\n");
}

/** On stderr: stdout is the answer. A terminal sees the seconds run; a log gets one line a minute. */
function showProgress(text: string): { stop: () => void } {
  const { stderr } = process;
  const start = Date.now();
  const elapsed = () => `${Math.round((Date.now() - start) / 1000)} s`;
  stderr.write(stderr.isTTY ? text : `${text}\n`);
  const timer = stderr.isTTY
    ? setInterval(() => stderr.write(`\r${text} ${elapsed()}`), 1000)
    : setInterval(() => stderr.write(`… still building after ${elapsed()}\n`), 60_000);
  return {
    stop: () => {
      clearInterval(timer);
      stderr.write(stderr.isTTY ? `\r${text} ${elapsed()}\n` : `… ended after ${elapsed()}\n`);
    },
  };
}

whenStarted(import.meta.filename, async () => console.log(await engine()));
