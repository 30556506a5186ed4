/**
 * A Pulumi stack of its own: project, state and home in one temporary folder, driven through the real CLI. The demo and
 * the end-to-end tests share it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { type Events, readEvents } from "./events.mts";
import { installation } from "./installation.mts";
import { endMarked, markedEnded, markedProcesses } from "./marked.mts";
import { installProject, type Manifest, outsideNpm } from "./package.mts";
import { checkout, runVariable } from "./places.mts";
import { type Finished, finished } from "./process.mts";

export { installProject, packTarball } from "./package.mts";

const mark = "PULUMI_LAKEBASE_SANDBOX";
const stackName = "dev";

type Environment = Readonly<Record<string, string | undefined>>;

export interface StackOptions {
  /** The source of `index.js`, plain CommonJS: nothing to compile, so the fastest to start. */
  readonly program?: string;
  /** More files of the project, or other ones: path in the project → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** A project folder to copy instead, as examples/quickstart. */
  readonly from?: string;
  /** Instead of the package.json that most test projects share. */
  readonly manifest?: Manifest;
  /** Added to the environment of every command, as DATABRICKS_HOST. */
  readonly env?: Environment;
  readonly config?: Config;
}

/** Stack configuration: a text, or a secret one. */
export type Config = Readonly<Record<string, string | { readonly secret: string }>>;

export interface Step extends Finished, Events {
  readonly seconds: number;
}

/** A command under way. */
export interface Running {
  /** The engine's process. */
  readonly pid: number;
  readonly done: Promise<Step>;
  /** Resolves once the output so far matches; rejects when the command ends before that. */
  output(pattern: RegExp): Promise<void>;
  /** Ends the engine, the program and the provider at once, as a power cut would. */
  kill(): Promise<Step>;
}

export class Stack implements AsyncDisposable {
  /** Everything of this stack, and the folder that `close` removes. */
  readonly root: string;
  /** The project's folder. */
  readonly project: string;
  readonly env: NodeJS.ProcessEnv;
  #commands = 0;

  static async create(options: StackOptions = {}): Promise<Stack> {
    const pulumi = await installation();
    const root = mkdtempSync(join(process.env[runVariable] || tmpdir(), "pulumi-lakebase-"));
    const stack = new Stack(root, pulumi, options.env ?? {});
    try {
      await stack.#fill(options);
      await stack.#expect("stack", "init", stackName);
      await stack.setConfig(options.config ?? {});
      return stack;
    } catch (error) {
      await stack.close();
      throw error;
    }
  }

  private constructor(root: string, pulumi: string, env: Environment) {
    this.root = root;
    this.project = join(root, "project");
    this.env = { ...environment(root, this.project, pulumi), ...env };
  }

  async #fill(options: StackOptions): Promise<void> {
    mkdirSync(join(this.root, "state"), { recursive: true });
    if (options.from !== undefined) {
      const own = (path: string) => basename(path) !== "node_modules" && !/^Pulumi\..+\.yaml$/.test(basename(path));
      cpSync(options.from, this.project, { recursive: true, filter: own });
    }
    const modules = await installProject(this.project, options.manifest);
    // A command starts three Node processes that load the same modules: compiled once, each starts faster.
    this.env["NODE_COMPILE_CACHE"] = join(dirname(modules), "compile-cache");
    if (!existsSync(join(this.project, "Pulumi.yaml"))) {
      this.write("Pulumi.yaml", "name: sandbox\nruntime: nodejs\n");
    }
    if (options.program !== undefined) {
      this.write("index.js", options.program);
    }
    for (const [path, text] of Object.entries(options.files ?? {})) {
      this.write(path, text);
    }
  }

  /** Writes a file of the project, as the next version of the program. */
  write(path: string, text: string): void {
    const file = join(this.project, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  up(...args: readonly string[]): Promise<Step> {
    return this.start("up", ...args).done;
  }

  preview(...args: readonly string[]): Promise<Step> {
    return this.start("preview", ...args).done;
  }

  refresh(...args: readonly string[]): Promise<Step> {
    return this.start("refresh", ...args).done;
  }

  destroy(...args: readonly string[]): Promise<Step> {
    return this.start("destroy", ...args).done;
  }

  /** `pulumi import -f`, the only import that works for a dynamic resource. */
  importFile(content: unknown, ...args: readonly string[]): Promise<Step> {
    const file = join(this.root, "import.json");
    writeFileSync(file, JSON.stringify(content));
    return this.start("import", "--file", file, "--generate-code=false", "--protect=false", ...args).done;
  }

  /** Frees the stack from the lock of a command that was killed. */
  cancel(): Promise<Step> {
    return this.run("cancel", "--yes", "--stack", stackName);
  }

  async setConfig(config: Config): Promise<void> {
    const given = Object.entries(config).flatMap(([key, value]) =>
      typeof value === "string" ? ["--plaintext", `${key}=${value}`] : ["--secret", `${key}=${value.secret}`],
    );
    if (given.length > 0) {
      await this.#expect("config", "set-all", "--stack", stackName, ...given);
    }
  }

  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.#expect("stack", "output", "--json", "--show-secrets", "--stack", stackName));
  }

  /** What `pulumi stack export` says: `deployment.resources` and so on. */
  async exportState(): Promise<StackState> {
    return JSON.parse(await this.#expect("stack", "export", "--stack", stackName));
  }

  /** The state as it lies on the disk, for its size and for what must not be in it. */
  stateFile(): string {
    const { name } =
      /^name: *(?<name>\S+)/m.exec(readFileSync(join(this.project, "Pulumi.yaml"), "utf8"))?.groups ?? {};
    return join(this.root, "state/.pulumi/stacks", name ?? "", `${stackName}.json`);
  }

  /** Any other command, as it stands. */
  run(...args: readonly string[]): Promise<Step> {
    return this.#spawn(args, join(this.root, "no-events")).done;
  }

  /** Starts `up`, `preview`, `refresh`, `destroy` or `import` with what each needs to run unasked. */
  start(command: string, ...args: readonly string[]): Running {
    const log = join(this.root, `events-${++this.#commands}.json`);
    const unasked = command === "preview" || args.includes("--preview-only") ? [] : ["--yes", "--skip-preview"];
    const common = ["--stack", stackName, "--non-interactive", "--color=never", "--event-log", log];
    return this.#spawn([command, ...unasked, ...common, ...args], log);
  }

  /** The processes of this stack that still run. */
  processes(): readonly number[] {
    return markedProcesses(mark, this.root);
  }

  /** Returns when the last of them has ended by itself. */
  processesEnded(): Promise<void> {
    return markedEnded(mark, this.root);
  }

  /** Ends what still runs and removes the folder. */
  async close(): Promise<void> {
    await endMarked(mark, this.root);
    rmSync(this.root, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #spawn(args: readonly string[], log: string): Running {
    const start = performance.now();
    const child = spawn("pulumi", args, { cwd: this.project, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    const done = finished(child).then((result) => ({
      ...result,
      ...readEvents(existsSync(log) ? readFileSync(log, "utf8") : ""),
      seconds: (performance.now() - start) / 1000,
    }));
    return {
      pid: child.pid ?? 0,
      done,
      output: (pattern) => outputMatches(child, pattern),
      kill: async () => {
        child.kill("SIGKILL");
        await endMarked(mark, this.root);
        return done;
      },
    };
  }

  async #expect(...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(...args);
    if (status !== 0) {
      throw new Error(`pulumi ${args.slice(0, 2).join(" ")} failed with status ${status}:\n${stdout}${stderr}`);
    }
    return stdout;
  }
}

export interface StackState {
  readonly deployment: {
    readonly resources?: readonly ResourceState[];
    readonly pending_operations?: readonly unknown[];
  };
}

export interface ResourceState {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
}

/** The caller's environment without anything of the caller's own workspace, stacks or npm script. */
function environment(root: string, project: string, pulumi: string): NodeJS.ProcessEnv {
  const foreign = /^(DATABRICKS|PULUMI|ARM|AZURE|GOOGLE)_|^BUNDLE_/;
  const own = Object.fromEntries(Object.entries(outsideNpm(process.env)).filter(([name]) => !foreign.test(name)));
  // The engine's folder first; then Node 24 without the other commands of the checkout; then the dynamic host.
  const path = [pulumi, join(checkout, "node_modules/node/bin"), join(project, "node_modules/@pulumi/pulumi")];
  return {
    ...own,
    PATH: [...path, own["PATH"] ?? ""].join(delimiter),
    DATABRICKS_CONFIG_FILE: join(root, "no-databrickscfg"),
    PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "not-a-secret-only-a-test",
    PULUMI_DEBUG_COMMANDS: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_HOME: join(root, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    [mark]: root,
  };
}

function outputMatches(child: ChildProcess, pattern: RegExp): Promise<void> {
  let seen = "";
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer) => {
      seen += chunk.toString();
      if (pattern.test(seen)) {
        resolve();
      }
    };
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.on("close", () => reject(new Error(`the command ended without printing ${pattern}:\n${seen}`)));
  });
}
