/** A team whose repository is examples/gitops: its pipelines, each in a checkout of its own, as CI runs them. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { poolOptions } from "../../provider/connections";
import { endMarked } from "../../tools/marked.mts";
import { type Finished, run } from "../../tools/process.mts";
import type { EmulatorUnderTest } from "./emulator.ts";
import { gitops } from "./pipelines.ts";
import type { Stack } from "./stack.ts";
import { typesAreChecked } from "./types.ts";

/** Files by their path, beside or instead of the example's own. */
export type Files = Readonly<Record<string, string>>;

export interface Pipeline {
  readonly done: Promise<Finished>;
  /** Ends all that it has started, as a machine does that is lost. */
  kill(): Promise<void>;
}

const mark = "PIPELINE";

export class Team {
  #runs = 0;
  /** Names of the commands that ended by themselves, and what failed ones said. */
  readonly failures: string[] = [];

  constructor(
    readonly stack: Stack,
    readonly emulator: EmulatorUnderTest,
  ) {}

  /** Starts commands in a new checkout, with what a pipeline knows of its occasion. */
  start(commands: readonly string[], occasion: Readonly<Record<string, string>> = {}, files: Files = {}): Pipeline {
    const id = String(++this.#runs);
    const checkout = join(this.stack.root, `checkout-${id}`);
    cpSync(gitops, checkout, { recursive: true, filter: (path) => !/node_modules|Pulumi\..+\.yaml/.test(path) });
    symlinkSync(join(this.stack.project, "node_modules"), join(checkout, "node_modules"));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(checkout, path, ".."), { recursive: true });
      writeFileSync(join(checkout, path), text);
    }
    const env = { ...this.stack.env, ...typesAreChecked, ...occasion, [mark]: id };
    const done = run("bash", ["-euo", "pipefail", "-c", commands.join("\n")], { cwd: checkout, env }).finally(() =>
      rmSync(checkout, { recursive: true, force: true }),
    );
    return { done, kill: () => endMarked(mark, id) };
  }

  /** The same to its end. A run that fails is remembered. */
  async run(commands: readonly string[], occasion?: Readonly<Record<string, string>>, files?: Files): Promise<string> {
    const { status, stdout, stderr } = await this.start(commands, occasion, files).done;
    if (status !== 0)
      this.failures.push(`${commands.join("; ")} ${JSON.stringify(occasion)}: ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  /** One SQL statement's rows, each its first column. */
  async sql(branch: string, statement: string): Promise<readonly unknown[]> {
    const endpoint = `projects/shop/branches/${branch}/endpoints/primary`;
    const client = new Client(await poolOptions(endpoint, { env: this.stack.env }));
    await client.connect();
    try {
      const { rows } = await client.query<unknown[]>({ text: statement, rowMode: "array" });
      return rows.map(([first]) => first);
    } finally {
      await client.end();
    }
  }

  /** Ids of the project's branches, in order. */
  async branches(): Promise<readonly string[]> {
    const { branches } = (await this.emulator.outside("GET", "projects/shop/branches?page_size=100")) as {
      branches: readonly { readonly name: string }[];
    };
    return branches.map(({ name }) => name.split("/").at(-1) ?? "").sort();
  }
}

export const initialMigration = readFileSync(join(gitops, "migrations/001-items.sql"), "utf8");
