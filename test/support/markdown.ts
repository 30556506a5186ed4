/** Code blocks of a README, and the shell that runs them. */
import { type Finished, run } from "../../tools/process.mts";

export interface Block {
  /** The heading above. */
  readonly section: string;
  readonly language: string;
  readonly text: string;
}

export function blocksOf(markdown: string): readonly Block[] {
  let section = "";
  const found: Block[] = [];
  for (const [, heading, language, text] of markdown.matchAll(/^##? (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm)) {
    if (heading !== undefined) section = heading;
    else found.push({ section, language: language ?? "", text: text ?? "" });
  }
  return found;
}

/** Runs a block up to its first failure. What npm needs is taken from its cache. */
export function shell(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Finished> {
  return run("sh", ["-euc", script], { cwd, env: { ...env, npm_config_prefer_offline: "true" } });
}
