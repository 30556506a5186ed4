/**
 * `npm run demo`: the life of examples/quickstart, by the commands that a user types, on the packed provider, the real
 * CLI and a local Lakebase with real Postgres. Every step is checked; the demo ends non-zero when one is not as it should be.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { driftIn } from "./demo/drift.mts";
import { EmulatorProcess, type Request } from "./demo/emulator.mts";
import { Interruption } from "./demo/interruption.mts";
import { count, Page, seconds } from "./demo/page.mts";
import { codeOf, Session, type Target, whyNoAnswer } from "./demo/session.mts";
import { drawn, whatExists } from "./demo/tree.mts";
import { lastLines } from "./engine.mts";
import { installation } from "./installation.mts";
import { defaultManifest, installedModules } from "./package.mts";
import { checkout } from "./places.mts";
import type { Finished } from "./process.mts";
import { Stack } from "./sandbox.mts";

const resources = ["project", "production", "dev", "primary", "reader"];
const copies = ["feature", "feature-primary"];
const endpoint = endpointOf("dev");
const shopping = "select item from shopping";

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
  readonly #interruption: Interruption;

  constructor(page: Page, emulator: EmulatorProcess, stack: Stack, interruption: Interruption) {
    this.page = page;
    this.emulator = emulator;
    this.stack = stack;
    this.#interruption = interruption;
  }

  async run(): Promise<void> {
    await this.#preview();
    await this.#create();
    await this.#again();
    await this.#connect();
    const hosts = await this.#fork();
    await this.#change();
    await this.#drift();
    await this.#repair();
    await this.#refusal();
    await this.#destroy(hosts);
  }

  async #preview(): Promise<void> {
    const { result, requests } = await this.#step("Preview", ["pulumi preview"], "succeeds", () =>
      this.stack.preview(),
    );
    must(all(result.operations, "create"), "a preview of an empty stack creates all five resources", result.operations);
    must(requests.length === 0, "a preview sends nothing", requests.map(shown));
    this.page.line("+", `${resources.join(", ")} to create`, "green");
  }

  async #create(): Promise<void> {
    const { result, requests } = await this.#step("Create", ["pulumi up"], "succeeds", () => this.stack.up());
    must(all(result.operations, "create"), "the first up creates all five resources", result.operations);
    must(
      requests.length === resources.length && requests.every(({ method }) => method === "POST"),
      "one request creates one resource",
      requests.map(shown),
    );
    const takenOver = requests.filter(({ query }) => query["replace_existing"] === "true").map(({ path }) => path);
    must(takenOver.length === 2, "two endpoints were there before the program declared them", requests.map(shown));
    this.page.line("+", `${resources.join(", ")} created`, "green");
    this.page.gap();
    this.page.shaped(drawn(await whatExists(this.emulator)));
    this.page.gap();
    this.page.quiet("The service made production and each primary by itself. Declaring a primary took it over.");
  }

  async #again(): Promise<void> {
    const { result, requests } = await this.#step("The same again", ["pulumi up"], "succeeds", () => this.stack.up());
    must(all(result.operations, "same"), "a second up changes nothing", result.operations);
    must(requests.length === 0, "an up without a change sends nothing", requests.map(shown));
    this.page.line("=", "nothing to change");
  }

  async #connect(): Promise<void> {
    const { result } = await this.#step("Connect", ["pulumi stack output --json"], "succeeds", () => this.#output());
    const target = targetIn(result, "production");
    await using production = await this.#session(target);
    const who = `${await this.emulator.user()} in ${target.database}`;
    const [found] = await production.column("select current_user || ' in ' || current_database()");
    must(found === who, "the session is the caller's own, in the database of the outputs", found);
    const unchecked = await Session.open(this.emulator, { ...target, authorities: [] }).catch(codeOf);
    must(
      unchecked === "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "a certificate that nobody vouches for is refused",
      unchecked,
    );
    this.page.line("✓", `${target.host} · ${who} · by token, certificate checked`, "green");
    await this.#say("production", production, "create table shopping (item text)");
    await this.#say("production", production, "insert into shopping values ('tea'), ('milk')");
    const items = await production.column(shopping);
    must(same(items, ["tea", "milk"]), "production has the rows", items);
  }

  /** Answers the hosts that it connected to. */
  async #fork(): Promise<readonly string[]> {
    const commands = ["pulumi config set --path 'copies[0]' feature", "pulumi up"];
    const { result, requests } = await this.#step("Fork a branch with its rows", commands, "succeeds", async () => {
      await this.#configure("copies[0]", "feature", "--path");
      return this.stack.up();
    });
    const expected = { ...operations(resources, "same"), ...operations(copies, "create") };
    must(isDeepStrictEqual(result.operations, expected), "one more name is one more branch", result.operations);
    must(
      requests.length === 2 && requests.every(({ method }) => method === "POST"),
      "one request creates one resource",
      requests.map(shown),
    );
    this.page.line("+", `${copies.join(", ")} created`, "green");
    const outputs = await this.#output();
    const targets = [targetIn(outputs, "production"), targetIn(outputs, "feature")] as const;
    await using production = await this.#session(targets[0]);
    await using feature = await this.#session(targets[1]);
    const forked = await feature.column(shopping);
    must(same(forked, ["tea", "milk"]), "the branch has production's rows", forked);
    this.page.line("✓", `${targets[1].host} · feature has ${forked.join(", ")}`, "green");
    await this.#say("production", production, "insert into shopping values ('bread')");
    await this.#say("feature", feature, "insert into shopping values ('salt')");
    const [ours, theirs] = [await production.column(shopping), await feature.column(shopping)];
    must(same(ours, ["tea", "milk", "bread"]), "production has its own new row, not the branch's", ours);
    must(same(theirs, ["tea", "milk", "salt"]), "the branch has its own new row, not production's", theirs);
    this.page.gap();
    this.page.text(`production has  ${ours.join(", ")}`);
    this.page.text(`feature has     ${theirs.join(", ")}`);
    return targets.map(({ host }) => host);
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

  async #destroy(hosts: readonly string[]): Promise<void> {
    const { result, requests } = await this.#step("Destroy", ["pulumi destroy"], "succeeds", () =>
      this.stack.destroy(),
    );
    const declared = [...resources, ...copies];
    must(all(result.operations, "delete", declared), "destroy deletes all seven resources", result.operations);
    must(
      requests.length === 4 && requests.every(({ method }) => method === "DELETE"),
      "four requests delete seven resources, since a read-write endpoint goes with its branch",
      requests.map(shown),
    );
    const left = await whatExists(this.emulator);
    must(left.length === 0, "nothing is left at the service", left);
    const answers = await Promise.all(hosts.map(whyNoAnswer));
    must(
      answers.every((reason) => reason === "ECONNREFUSED"),
      "no compute answers any more",
      answers,
    );
    this.page.line("-", `${declared.toReversed().join(", ")} deleted; nothing is left, and nothing answers`, "red");
  }

  #output(): Promise<Finished> {
    return this.stack.run("stack", "output", "--json", "--stack", "dev");
  }

  #session(target: Target): Promise<Session> {
    this.#interruption.check();
    return this.page.busy("connecting", () => Session.open(this.emulator, target));
  }

  /** Runs a statement, and shows it as `psql` does: behind the name of a database, here of a branch. */
  async #say(branch: string, session: Session, statement: string): Promise<void> {
    await session.column(statement);
    this.page.line(`${branch}=>`.padEnd("production=>".length), statement, "cyan");
  }

  async #configure(key: string, value: string, ...flags: readonly string[]): Promise<void> {
    const set = await this.stack.run("config", "set", ...flags, key, value, "--stack", "dev");
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
    this.#interruption.check();
    page.gap();
    page.heading(`${String(this.#taken.length + 1).padEnd(2)} ${title}`);
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

function endpointOf(branch: string): string {
  return `projects/quickstart/branches/${branch}/endpoints/primary`;
}

function same(items: readonly unknown[], wanted: readonly string[]): boolean {
  return items.join() === wanted.join();
}

function all(found: Readonly<Record<string, string>>, want: string, names = resources): boolean {
  return isDeepStrictEqual(found, operations(names, want));
}

function operations(names: readonly string[], operation: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, operation]));
}

/** Where the stack's outputs say that a branch's read-write endpoint is. */
function targetIn({ stdout }: Finished, branch: "production" | "feature"): Target {
  const { database, productionHost, copyHosts } = JSON.parse(stdout);
  const host = branch === "production" ? productionHost : copyHosts[branch];
  return { host, database, endpoint: endpointOf(branch) };
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

async function prepared(page: Page): Promise<string> {
  // The engine shows its own progress where it has to be built.
  await installation();
  return page.busy("packing the provider and installing it as a user would", () => installedModules(defaultManifest()));
}

async function main(page: Page, interruption: Interruption): Promise<void> {
  const start = performance.now();
  page.heading("pulumi-lakebase: the life of examples/quickstart");
  page.text("The real Pulumi CLI, a local Lakebase, real Postgres: no account, nothing leaves this machine.");
  page.text("Here up and destroy run with --yes --skip-preview, so that they ask nothing.");
  const modules = await prepared(page);
  interruption.check();
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
  const { stdout: version } = await stack.run("version");
  interruption.check();
  page.text(`Pulumi ${version.trim().replace(/^v/, "")}, the emulator at ${emulator.host}`);
  const demo = new Demo(page, emulator, stack, interruption);
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
