/**
 * docs/guide.md as a newcomer follows it: all its `sh` blocks in one shell, in their order, as they are written, and what a
 * `text` block shows is printed by the block before it. Only these are not as they stand:
 *
 * - `npm ci && npm pack`: says what it would do; it is done already, and begins the block that readme.test.ts runs
 * - `npx lakebase-emulator`: on a free port, in a second shell, so its address and its certificate's file are other ones;
 *   that its own port is the one in the guide, it says itself
 *
 * Pulumi previews the first deployment alone, whose preview the guide shows: each takes seconds.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../tools/places.mts";
import { finished } from "../../tools/process.mts";
import { type Block, blocksOf } from "../support/markdown.ts";
import { useStacks } from "../support/stack.ts";
import { checkedOut } from "../support/templates.ts";
import { typesAreChecked } from "../support/types.ts";

const newStack = useStacks();
const guide = readFileSync(join(checkout, "docs/guide.md"), "utf8");
const blocks = blocksOf(guide);

/** A terminal, and all that is printed in it. */
class Terminal {
  readonly #shell: ChildProcess;
  readonly #end: Promise<unknown>;
  #printed = "";

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    // Of a process group of its own, which Ctrl-C is for.
    this.#shell = spawn("sh", ["-eu"], { cwd, env: { ...env, npm_config_prefer_offline: "true" }, detached: true });
    this.#end = finished(this.#shell);
    for (const stream of [this.#shell.stdout, this.#shell.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#printed += chunk.toString();
        this.#shell.emit("printed");
      });
    }
  }

  /** What the commands print until it matches, which by itself is until they are done. */
  type(commands: string, pattern = /^done$/m): Promise<string> {
    this.#printed = "";
    this.#shell.stdin?.write(`{\n${commands}} </dev/null\necho done\n`);
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!pattern.test(this.#printed)) return;
        this.#shell.off("printed", look);
        resolve(this.#printed);
      };
      this.#shell.on("printed", look);
      this.#end.then(() => reject(new Error(`${commands}failed:\n${this.#printed}`)));
    });
  }

  /** Ctrl-C, and whatever that ends has ended. */
  async close(): Promise<void> {
    this.#shell.stdin?.end();
    if (this.#shell.exitCode === null && this.#shell.pid !== undefined) process.kill(-this.#shell.pid, "SIGINT");
    await this.#end;
  }
}

/** Computes have another address each time. */
function steady(text: string): string {
  return text.replaceAll(/127\.\d+\.\d+\.\d+/g, "ADDRESS");
}

test("a newcomer gets a preview database by the guide", async () => {
  const { root, env } = await newStack({ program: "" });
  const unset = { PULUMI_BACKEND_URL: undefined, PULUMI_CONFIG_PASSPHRASE: undefined };
  const own: NodeJS.ProcessEnv = { ...env, ...typesAreChecked, ...unset };
  const terminal = new Terminal(await checkedOut(root), own);
  let second: Terminal | undefined;
  let replaced = (text: string) => text;
  let printed = "";
  const run = async ({ section, text }: Block): Promise<string> => {
    if (text === "npm ci && npm pack\n") {
      const dry = "--dry-run --offline --ignore-scripts";
      const packed = await terminal.type(`npm ci ${dry} && npm pack ${dry}\n`);
      expect(packed).toContain(/pulumi-lakebase-\S+\.tgz/.exec(guide)?.[0]);
      return packed;
    }
    const unseen = section === "A pull request" ? "export PULUMI_OPTION_SKIP_PREVIEW=true\n" : "";
    if (text !== "npx lakebase-emulator\n") return terminal.type(unseen + replaced(text));
    second = new Terminal(join(root, "shop"), own);
    const [, port] = /HOST=http:\/\/127\.0\.0\.1:(\d+)/.exec(guide) ?? [];
    expect(await second.type("npx lakebase-emulator --help\n")).toMatch(
      new RegExp(`--port [^-]*\\(default:\\s+${port}\\)`),
    );
    const started = await second.type("npx lakebase-emulator --port 0\n", /PGSSLROOTCERT=.+\n/);
    const [, url = "", certificate = ""] = /HOST=(.+)[\s\S]+ROOTCERT=(.+)/.exec(started) ?? [];
    replaced = (line) => line.replaceAll("http://127.0.0.1:8787", url).replaceAll("CERTIFICATE", certificate);
    return started;
  };
  try {
    for (const block of blocks) {
      if (block.language === "sh") printed = await run(block);
      if (block.language === "text") expect(steady(printed)).toContain(steady(replaced(block.text)));
    }
  } finally {
    await terminal.close();
    await second?.close();
  }
});

test("its first command is the one that readme.test.ts runs", () => {
  const readme = blocksOf(readFileSync(join(checkout, "README.md"), "utf8"));
  const [first] = blocks;
  expect(readme.find(({ section }) => section === "Against a real workspace")?.text).toContain(first?.text);
});
