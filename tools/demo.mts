/**
 * `npm run demo`: the life of examples/quickstart, by the commands that a user types, on the packed provider, the real
 * CLI and a local Lakebase. Every step is checked; the demo ends non-zero when one is not as it should be.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { driftIn } from "./demo/drift.mts";
import { EmulatorProcess, type Request } from "./demo/emulator.mts";
import { count, Page, seconds } from "./demo/page.mts";
import { drawn, whatExists } from "./demo/tree.mts";
import { lastLines } from "./engine.mts";
import { installation } from "./installation.mts";
import { endMarked, markedProcesses } from "./marked.mts";
import { defaultManifest, installedModules } from "./package.mts";
import { checkout } from "./places.mts";
import type { Finished } from "./process.mts";
import { Stack } from "./sandbox.mts";

const resources = ["project", "dev", "primary", "reader"];
const branch = "projects/quickstart/branches/dev";
const endpoint = `${branch}/endpoints/primary`;

/** Something is not as the demo promises. */
class Broken extends Error {}

function must(holds: boolean, promise: string, evidence: unknown): void {
  if (!holds) {
    throw new Broken(`${promise}; instead: ${typeof evidence === "string" ? evidence : JSON.stringify(evidence)}`);
  }
}

interface Taken<Result> {
  readonly result: Result;
  readonly requests: readonly Request[];
}

class Demo {
  readonly #taken: { readonly title: string; readonly requests: number; readonly milliseconds: number }[] = [];

  readonly page: Page;
  readonly emulator: EmulatorProcess;
  readonly stack: Stack;

  constructor(page: Page, emulator: EmulatorProcess, stack: Stack) {
    this.page = page;
    this.emulator = emulator;
    this.stack = stack;
  }

  async run(): Promise<void> {
    await this.#preview();
    await this.#create();
    await this.#again();
    await this.#change();
    await this.#drift();
    await this.#repair();
    await this.#refusal();
    await this.#destroy();
  }

  async #preview(): Promise<void> {
    const { result, requests } = await this.#step("Preview", ["pulumi preview"], "succeeds", () =>
      this.stack.preview(),
    );
    must(all(result.operations, "create"), "a preview of an empty stack creates all four resources", result.operations);
    must(requests.length === 0, "a preview sends nothing", requests.map(shown));
    this.page.line("+", `${resources.join(", ")} to create`, "green");
  }

  async #create(): Promise<void> {
    const { result, requests } = await this.#step("Create", ["pulumi up"], "succeeds", () => this.stack.up());
    must(all(result.operations, "create"), "the first up creates all four resources", result.operations);
    must(
      requests.length === 4 && requests.every(({ method }) => method === "POST"),
      "one request creates one resource",
      requests.map(shown),
    );
    this.page.line("+", `${resources.join(", ")} created`, "green");
    this.page.gap();
    this.page.shaped(drawn(await whatExists(this.emulator)));
    this.page.gap();
    this.page.quiet(
      "The service made production and both primary by itself. The program declares dev's, which was taken over.",
    );
  }

  async #again(): Promise<void> {
    const { result, requests } = await this.#step("The same again", ["pulumi up"], "succeeds", () => this.stack.up());
    must(all(result.operations, "same"), "a second up changes nothing", result.operations);
    must(requests.length === 0, "an up without a change sends nothing", requests.map(shown));
    this.page.line("=", "nothing to change");
  }

  async #change(): Promise<void> {
    const commands = ["pulumi config set maxCu 6", "pulumi up"];
    const { result, requests } = await this.#step("Change one setting", commands, "succeeds", async () => {
      await this.#configure("maxCu", "6");
      return this.stack.up();
    });
    must(result.operations["primary"] === "update", "a new maximum updates the endpoint", result.operations);
    const [patch] = requests;
    must(
      requests.length === 1 && patch?.method === "PATCH" && patch.path === endpoint,
      "one changed field is one PATCH",
      requests.map(shown),
    );
    must(
      patch?.query["update_mask"] === "spec.autoscaling_limit_max_cu",
      "its mask names the one field that changed",
      patch?.query,
    );
    this.page.line("~", "primary: autoscalingLimitMaxCu 4 → 6", "yellow");
    this.page.text(`update_mask  ${patch?.query["update_mask"]}`);
    this.page.text(`body         ${JSON.stringify(patch?.body)}`);
  }

  async #drift(): Promise<void> {
    await this.emulator.call("PATCH", `${endpoint}?update_mask=spec.suspension`, {
      spec: { suspend_timeout_duration: "3600s" },
    });
    await this.emulator.requests();
    const log = join(this.stack.root, "drift.json");
    const flags = ["--preview-only", "--expect-no-changes"];
    const command = ["refresh", ...flags, "--stack", "dev", "--non-interactive", "--color=never", "--event-log", log];
    const { result, requests } = await this.#step(
      "Find an edit from outside",
      [`pulumi refresh ${flags.join(" ")}`],
      "fails",
      () => this.stack.run(...command),
      "Somebody lets the endpoint sleep after 1 h instead of 5 m, past Pulumi.",
    );
    const found = driftIn(readFileSync(log, "utf8"));
    const [edit] = found;
    must(
      found.length === 1 && edit?.property === "suspendTimeoutDuration" && edit.found === "3600s",
      "the refresh finds the one field that was edited",
      found,
    );
    must(
      requests.every(({ method }) => method === "GET"),
      "a refresh only reads",
      requests.map(shown),
    );
    this.page.line("!", `${edit?.name}: ${edit?.property} is ${edit?.found}, declared ${edit?.declared}`, "yellow");
    this.page.quiet(`exit status ${result.status}, so a pipeline stops here`);
  }

  async #repair(): Promise<void> {
    const { requests } = await this.#step("Set it right", ["pulumi up --refresh"], "succeeds", () =>
      this.stack.up("--refresh"),
    );
    const changes = requests.filter(({ method }) => method !== "GET");
    must(
      changes.length === 1 && changes[0]?.query["update_mask"] === "spec.suspension",
      "one PATCH takes the edit back",
      changes.map(shown),
    );
    const { status } = (await this.emulator.call("GET", endpoint)) as { status: Readonly<Record<string, unknown>> };
    must(status["suspend_timeout_duration"] === "300s", "the endpoint sleeps after 5 m again", status);
    must(status["autoscaling_limit_max_cu"] === 6, "its other fields stay as they were", status);
    this.page.line("~", "primary: suspendTimeoutDuration 1h → 5m", "yellow");
    this.page.text(`update_mask  ${changes[0]?.query["update_mask"]}`);
  }

  async #refusal(): Promise<void> {
    const commands = ["pulumi config set maxCu 12", "pulumi preview"];
    const { result, requests } = await this.#step("Refuse a bad value", commands, "fails", async () => {
      await this.#configure("maxCu", "12");
      return this.stack.preview();
    });
    const errors = result.diagnostics.filter(({ severity }) => severity === "error");
    const [error] = errors;
    must(errors.length === 1 && error?.name === "primary", "the preview names the one thing that is wrong", errors);
    must(requests.length === 0, "it is refused before anything is sent", requests.map(shown));
    this.page.line("✗", error?.message ?? "", "red");
  }

  async #destroy(): Promise<void> {
    const { result, requests } = await this.#step("Destroy", ["pulumi destroy"], "succeeds", () =>
      this.stack.destroy(),
    );
    must(all(result.operations, "delete"), "destroy deletes all four resources", result.operations);
    must(
      requests.length === 3 && requests.every(({ method }) => method === "DELETE"),
      "three requests delete four resources, since a read-write endpoint goes with its branch",
      requests.map(shown),
    );
    const left = await whatExists(this.emulator);
    must(left.length === 0, "nothing is left at the service", left);
    this.page.line("-", `${resources.toReversed().join(", ")} deleted; nothing is left`, "red");
  }

  async #configure(key: string, value: string): Promise<void> {
    const set = await this.stack.run("config", "set", key, value, "--stack", "dev");
    must(set.status === 0, `pulumi config set ${key} ${value} works`, set.stderr);
  }

  /** Runs one step and prints what it was; what it means is printed by the step itself. */
  async #step<Result extends Finished>(
    title: string,
    commands: readonly string[],
    want: "succeeds" | "fails",
    run: () => Promise<Result>,
    story?: string,
  ): Promise<Taken<Result>> {
    const { page } = this;
    page.gap();
    page.heading(`${this.#taken.length + 1}  ${title}`);
    if (story !== undefined) page.text(story);
    commands.forEach((command) => {
      page.command(command);
    });
    await this.emulator.requests();
    const start = performance.now();
    const result = await page.busy("running", run);
    const milliseconds = performance.now() - start;
    const requests = await this.emulator.requests();
    must(
      (result.status === 0) === (want === "succeeds"),
      `'${commands.at(-1)}' ${want}`,
      `status ${result.status}\n${lastLines(result, 30)}`,
    );
    page.quiet(`${count(requests.length, "request")}${grouped(requests)} · ${seconds(milliseconds)}`);
    this.#taken.push({ title, requests: requests.length, milliseconds });
    return { result, requests };
  }

  summary(): void {
    const { page } = this;
    const taken = this.#taken;
    const longest = Math.max(...taken.map(({ title }) => title.length));
    const row = (title: string, ...cells: readonly string[]) =>
      page.text([title.padEnd(longest), ...cells.map((cell) => cell.padStart(10))].join(""));
    page.gap();
    page.heading("Summary");
    row("", "requests", "seconds");
    for (const { title, requests, milliseconds } of taken) {
      row(title, String(requests), (milliseconds / 1000).toFixed(1));
    }
    const total = {
      requests: sum(taken.map((step) => step.requests)),
      ms: sum(taken.map((step) => step.milliseconds)),
    };
    row("Together", String(total.requests), (total.ms / 1000).toFixed(1));
  }
}

function all(operations: Readonly<Record<string, string>>, want: string): boolean {
  return resources.every((name) => operations[name] === want) && Object.keys(operations).length === resources.length;
}

function shown({ method, path, query, status }: Request): string {
  const mask = query["update_mask"];
  return `${method} ${path}${mask === undefined ? "" : ` (${mask})`}: ${status}`;
}

/** ` (4 GET, 1 PATCH)` */
function grouped(requests: readonly Request[]): string {
  const kinds = [...Map.groupBy(requests, ({ method }) => method)].map(([method, some]) => `${some.length} ${method}`);
  return kinds.length === 0 ? "" : ` (${kinds.join(", ")})`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Ends with everything that the demo has started when the user has had enough. */
class Interruption {
  /** All our processes inherit this, so that each can be found. Not under PULUMI_, which a sandbox leaves out. */
  static readonly mark = "LAKEBASE_DEMO";
  readonly #id = randomUUID();
  happened = false;
  /** While packages are made, npm and Go take the signal and tidy up; afterwards nobody has anything to tidy. */
  gently = true;

  constructor() {
    process.env[Interruption.mark] = this.#id;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => this.#interrupt());
    }
    // The reader of a pipe is gone, as with `npm run demo | head`.
    process.stdout.on("error", () => this.#interrupt());
  }

  #interrupt(): void {
    const again = this.happened;
    this.happened = true;
    if (this.gently && !again) {
      markedProcesses(Interruption.mark, this.#id).forEach(signalled);
    } else {
      void endMarked(Interruption.mark, this.#id);
    }
  }
}

function signalled(id: number): void {
  try {
    process.kill(id, "SIGINT");
  } catch {
    // It has ended by itself.
  }
}

async function prepared(page: Page): Promise<string> {
  // The engine shows its own progress where it has to be built.
  await installation();
  return page.busy("packing the provider and installing it as a user would", () => installedModules(defaultManifest()));
}

async function main(page: Page, interruption: Interruption): Promise<void> {
  const start = performance.now();
  page.heading("pulumi-lakebase: the life of examples/quickstart");
  page.text("The real Pulumi CLI and a local Lakebase: no account is needed, and nothing leaves this machine.");
  page.text("Here up and destroy run with --yes --skip-preview, so that they ask nothing.");
  const modules = await prepared(page);
  interruption.gently = false;
  const demo = await played(page, modules, interruption);
  demo.summary();
  page.gap();
  page.line(
    "✓",
    `All steps went as they should, in ${seconds(performance.now() - start)} with all preparation. No process and no folder is left.`,
    "green",
  );
  page.gap();
  page.text("The program:     examples/quickstart/index.ts");
  page.text("Your workspace:  README.md, section 'Against a real workspace'");
  page.text("Try more:        npm run emulator keeps a local Lakebase running");
}

async function played(page: Page, modules: string, interruption: Interruption): Promise<Demo> {
  await using emulator = await EmulatorProcess.start(modules);
  await using stack = await Stack.create({
    from: join(checkout, "examples/quickstart"),
    // The versions of the lock file, so that the demo is the same every day.
    manifest: { ...defaultManifest(), main: "index.ts" },
    env: emulator.env,
  });
  if (interruption.happened) throw new Error("interrupted");
  const { stdout: version } = await stack.run("version");
  page.text(`Pulumi ${version.trim().replace(/^v/, "")}, the emulator at ${emulator.host}`);
  const demo = new Demo(page, emulator, stack);
  await demo.run();
  return demo;
}

/** Everything that is written meanwhile goes into a folder of the demo's own, which goes with it. */
async function inOwnFolder(work: () => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-lakebase-demo-"));
  process.env["TMPDIR"] = folder;
  try {
    await work();
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const page = new Page(process.stdout, process.env);
const interruption = new Interruption();
try {
  await inOwnFolder(() => main(page, interruption));
} catch (error) {
  page.gap();
  if (interruption.happened) {
    page.text("Interrupted. No process and no folder is left.");
    process.exitCode = 130;
  } else {
    console.error(`The demo failed: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
