/** `pulumi-lakebase check` over plans in files, and where there is no Pulumi. With one: test/e2e/policy.test.ts. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, ended } from "../support/command";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "check-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function check(args: readonly string[], path = ""): Promise<Ended> {
  const { status, out, err } = await ended(["check", ...args], {
    environment: { PATH: path },
    now: () => Date.parse("2030-01-01T12:00:00Z"),
  });
  return { status, out, err: err.replaceAll(folder, "FOLDER") };
}

/** A step as the engine prints it. */
function step(op: string, branchId: string, inputs: Readonly<Record<string, unknown>> = {}, more = {}) {
  const type = "pulumi-nodejs:dynamic/lakebase:Branch";
  const name = `projects/shop/branches/${branchId}`;
  const all = { __provider: "exports.handler=…", parent: "projects/shop", branchId, name, ...inputs };
  return { op, urn: `urn:pulumi:dev::shop::${type}::${branchId}`, newState: { type, inputs: all, ...more } };
}

async function judged(plan: unknown, ...args: readonly string[]): Promise<Ended> {
  const file = join(folder, "plan.json");
  writeFileSync(file, typeof plan === "string" ? plan : JSON.stringify(plan));
  return check(["--plan", file, ...args]);
}

const unending =
  "Branch 'preview-1' (projects/shop/branches/preview-1) is a preview that never expires; give it a ttl of 14d or less\n";

const plans = [
  { name: "a new preview", steps: [step("create", "preview-1")], want: unending },
  { name: "an unchanged one", steps: [step("same", "preview-1")], want: unending },
  {
    name: "one that is replaced, once",
    steps: [
      step("create-replacement", "preview-1"),
      step("replace", "preview-1"),
      step("delete-replaced", "preview-1"),
    ],
    want: unending,
  },
  {
    name: "one that is about to be deleted",
    steps: [{ ...step("delete", "preview-1"), newState: undefined }],
    want: "",
  },
  { name: "one that is only read", steps: [step("read", "preview-1", {}, { external: true })], want: "" },
  { name: "one whose ttl is a secret", steps: [step("create", "preview-1", { ttl: "[secret]" })], want: "" },
  {
    name: "another provider's resource",
    steps: [{ ...step("create", "preview-1"), newState: { type: "random:index:Branch", inputs: {} } }],
    want: "",
  },
];

test.each(plans)("$name is judged", async ({ steps, want }) => {
  const { status, out } = await judged({ steps, changeSummary: {} });
  expect({ status, out }).toEqual({ status: want === "" ? 0 : 1, out: want });
});

test("the figures, the ids and the rules are options", async () => {
  const plan = { steps: [step("create", "preview-1"), step("create", "pr-1", { ttl: "10d" })] };
  expect(await judged(plan, "--preview-branches", "x-*, pr-*", "--preview-ttl", "7d")).toEqual({
    status: 1,
    out: "Branch 'pr-1' (projects/shop/branches/pr-1) is a preview with a ttl of 10d, and previews live 7d at most; shorten its ttl\n",
    err: "pulumi-lakebase: the program breaks a rule\n",
  });
  expect(await judged(plan, "--no-preview-ttl")).toEqual({
    status: 0,
    out: "",
    err: "No rule is broken; resources judged: 2.\n",
  });
});

const make = "write it with 'pulumi preview --json --show-sames'";
const refused = [
  { name: "JSON of something else", plan: "{}", want: `FOLDER/plan.json holds no plan; ${make}` },
  { name: "no plan", plan: "Previewing update (dev)", want: `FOLDER/plan.json holds no plan; ${make}` },
  {
    name: "a plan without what stays",
    plan: { steps: [step("create", "dev")], changeSummary: { create: 1, same: 3 } },
    want: `FOLDER/plan.json leaves out 3 unchanged resources; ${make}`,
  },
  {
    name: "a plan of a preview that failed",
    plan: { diagnostics: [{ severity: "error", message: "error: \u001b[31mno such thing\u001b[0m\n" }] },
    want: "FOLDER/plan.json is of a preview that failed: no such thing",
  },
];

test.each(refused)("$name is refused", async ({ plan, want }) => {
  expect(await judged(plan)).toEqual({ status: 1, out: "", err: `pulumi-lakebase: ${want}\n` });
});

test.each([
  {
    args: ["--plan", "nowhere.json"],
    status: 1,
    want: "nowhere.json cannot be read (ENOENT); write a plan there with 'pulumi preview --json --show-sames > nowhere.json'",
  },
  { args: [], status: 1, want: "pulumi is not on PATH; install Pulumi, or give a plan with --plan" },
  { args: ["--preview-ttl", "soon"], status: 2, want: /'soon' is invalid. Write a duration, as 14d or 12h\./ },
  {
    args: ["--plan", "x", "--", "--stack", "dev"],
    status: 2,
    want: "--plan is a preview that was run, so there is none to pass arguments to",
  },
  { args: ["--dev-cu", "lots"], status: 2, want: /'lots' is invalid. Write a number of CU, as 4\./ },
])("$args is told", async ({ args, status, want }) => {
  const said = await check(args);
  expect(said).toMatchObject({ status, out: "" });
  if (typeof want === "string") expect(said.err).toContain(`pulumi-lakebase: ${want}\n`);
  else expect(said.err).toMatch(want);
});
