/**
 * A folder for PATH with what an ordinary Pulumi installation has side by side: the engine, the Node language host and
 * the host of dynamic providers. `node tools/installation.mts` prints it.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { engine } from "./engine.mts";
import { cacheFolder, checkout, moveUnlessThere, whenStarted } from "./places.mts";
import { which } from "./process.mts";

const languageHost = "pulumi-language-nodejs";
const dynamicHost = "pulumi-resource-pulumi-nodejs";

export async function installation(): Promise<string> {
  const pulumi = await engine();
  const complete = which(languageHost) !== undefined || existsSync(join(dirname(realpathSync(pulumi)), languageHost));
  return complete ? dirname(pulumi) : withStandIns(pulumi);
}

/**
 * The engine takes what lies next to its own file as belonging to it; found anywhere else on PATH, the same hosts
 * would be announced by a warning in every command. Next to its file, so a hard link and not a symbolic one.
 */
function withStandIns(pulumi: string): string {
  const id = createHash("sha256")
    .update(`${checkout}\0${realpathSync(pulumi)}`)
    .digest("hex")
    .slice(0, 12);
  const folder = join(cacheFolder, `installation-${id}`);
  if (!existsSync(folder)) {
    mkdirSync(cacheFolder, { recursive: true });
    const unfinished = mkdtempSync(join(cacheFolder, "unfinished-"));
    linkOrCopy(realpathSync(pulumi), join(unfinished, "pulumi"));
    script(join(unfinished, languageHost), join(checkout, "tools/language-host", languageHost));
    script(join(unfinished, dynamicHost), join(checkout, "node_modules/@pulumi/pulumi", dynamicHost));
    moveUnlessThere(unfinished, folder);
  }
  return realpathSync(folder);
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

function script(file: string, target: string): void {
  writeFileSync(file, `#!/bin/sh\nexec "${target}" "$@"\n`);
  chmodSync(file, 0o755);
}

whenStarted(import.meta.filename, async () => console.log(await installation()));
