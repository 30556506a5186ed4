/** The policies of a team: through the engine with a pack of them, and by `pulumi-lakebase check` without one. */
import { join } from "node:path";
import { type Finished, run } from "../../tools/process.mts";
import { useEmulator } from "../support/emulator.ts";
import { manifestWithPolicies, packFiles } from "../support/policy-pack.ts";
import { type Stack, useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

const pack = packFiles(`
  const { PolicyPack } = require("@pulumi/policy");
  const { lakebasePolicies } = require("pulumi-lakebase/policy");
  new PolicyPack("lakebase", { enforcementLevel: "mandatory", policies: lakebasePolicies({ devCu: 2 }) });
`);

/** Breaks each rule once. */
const broken = `
  const lakebase = require("pulumi-lakebase");
  const parent = new lakebase.Project("shop", { projectId: "shop", historyRetentionDuration: "2d" });
  const branch = (branchId, more) => new lakebase.Branch(branchId, { parent, branchId, ...more });
  const primary = (of, name, more) => new lakebase.Endpoint(name, { parent: of, endpointId: "primary",
    endpointType: "ENDPOINT_TYPE_READ_WRITE", autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 2, ...more });
  primary(branch("dev"), "dev", { autoscalingLimitMaxCu: 8 });
  primary(branch("preview-7"), "preview-7", { noSuspension: true });
`;

const kept = `
  const lakebase = require("pulumi-lakebase");
  const pulumi = require("@pulumi/pulumi");
  const parent = new lakebase.Project("shop", { projectId: "shop", historyRetentionDuration: "14d" });
  const branch = (branchId, more) => new lakebase.Branch(branchId, { parent, branchId, ...more });
  const primary = (of, name, more) => new lakebase.Endpoint(name, { parent: of, endpointId: "primary",
    endpointType: "ENDPOINT_TYPE_READ_WRITE", autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 2, ...more });
  const production = branch("production", { isProtected: true });
  primary(production, "production", { noSuspension: true, autoscalingLimitMaxCu: 4 });
  primary(branch("dev"), "dev");
  primary(branch("preview-7", { ttl: pulumi.secret("7d") }), "preview-7", { suspendTimeoutDuration: "5m" });
  new lakebase.Branch("later", { parent, branchId: production.uid.apply(() => "preview-8"), ttl: "1d" });
  lakebase.Project.get("other", "projects/other");
`;

const wanted = [
  "Branch 'preview-7' (projects/shop/branches/preview-7) is a preview that never expires; give it a ttl of 14d or less",
  "Endpoint 'dev' (projects/shop/branches/dev/endpoints/primary) may grow to 8 CU, and computes of dev and preview branches to 2 at most; lower its autoscalingLimitMaxCu",
  "Endpoint 'preview-7' (projects/shop/branches/preview-7/endpoints/primary) is a preview's and never sleeps; write suspendTimeoutDuration: \"5m\" instead of noSuspension",
  "Project 'shop' (projects/shop) is declared without a protected production; declare its Branch 'production' with isProtected: true",
  "Project 'shop' (projects/shop) keeps 2d of history, and 7d is the least; write historyRetentionDuration: \"7d\" or more",
];

function check(stack: Stack, ...args: readonly string[]): Promise<Finished> {
  const command = join(stack.project, "node_modules/.bin/pulumi-lakebase");
  return run(command, ["check", "--dev-cu", "2", ...args], { cwd: stack.project, env: stack.env });
}

/** What a pack found, below the name of each rule and what it is for. */
function sentences(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^(Project|Branch|Endpoint) '/.test(line))
    .sort();
}

test("a pack and the command say the same of a program that breaks every rule, and the pack stops it", async () => {
  const stack = await newStack({
    program: broken,
    files: pack,
    manifest: manifestWithPolicies(),
    env: emulator.env,
  });
  const previewed = await stack.preview("--policy-pack", "policies");
  expect(previewed.status).not.toBe(0);
  const checked = await check(stack, "--", "--stack", "dev");
  expect(checked).toMatchObject({ status: 1, stderr: "pulumi-lakebase: the program breaks 5 rules\n" });
  expect(checked.stdout.trim().split("\n").sort()).toEqual(wanted);
  expect(sentences(previewed.stdout)).toEqual(wanted);
  expect((await stack.up("--policy-pack", "policies")).status).not.toBe(0);
  expect(await emulator.calls()).toEqual([]);
  expect(stack.processes()).toEqual([]);
});

test("a program that keeps the rules runs with the pack, and is judged when nothing changes", async () => {
  await emulator.outside("POST", "projects?project_id=other", { spec: {} });
  const stack = await newStack({ program: kept, files: pack, manifest: manifestWithPolicies(), env: emulator.env });
  const fresh = await check(stack);
  expect(fresh).toMatchObject({ status: 0, stdout: "", stderr: "No rule is broken; resources judged: 8.\n" });
  expect(await stack.up("--policy-pack", "policies")).toMatchObject({ status: 0, diagnostics: [] });
  const stricter = await check(stack, "--history", "30d", "--preview-ttl", "12h");
  expect(stricter.status).toBe(1);
  expect(sentences(stricter.stdout)).toEqual([
    "Branch 'later' (projects/shop/branches/preview-8) is a preview with a ttl of 1d, and previews live 12h at most; shorten its ttl",
    "Project 'shop' (projects/shop) keeps 14d of history, and 30d is the least; write historyRetentionDuration: \"30d\" or more",
  ]);
  stack.write("index.js", `${kept} new lakebase.Branch("odd", { parent, branchId: "odd", timeToLive: 7 });`);
  const failed = await check(stack);
  expect(failed).toMatchObject({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(/^pulumi-lakebase: pulumi preview failed: .*timeToLive is not an argument of Branch/),
  });
});
