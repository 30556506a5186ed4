/** What the pipelines of examples/gitops run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { checkout } from "../../tools/places.mts";

export const gitops = join(checkout, "examples/gitops");

const workflows = join(gitops, ".github/workflows");

/** Texts of all of them. */
export const pipelines: readonly string[] = [
  ...readdirSync(workflows).map((name) => join(workflows, name)),
  join(gitops, ".github/actions/setup/action.yml"),
  join(gitops, ".gitlab-ci.yml"),
].map((path) => readFileSync(path, "utf8"));

/** Every command that a pipeline gives to a shell. */
export function commandsIn(pipeline: string): readonly string[] {
  return found(parse(pipeline));
}

const shells = new Set(["run", "script", "before_script"]);

function found(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(found);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (shells.has(key) ? [inner].flat().map(String) : found(inner)));
}

/** What a pipeline's machine needs before the first script. */
export function isSetUp(command: string): boolean {
  return /^(npm ci|pulumi login --oidc-token .*)$/.test(command);
}
