/** `pulumi-lakebase sweep` beside real stacks: one owns a preview, and another's state is lost. */
import { ended } from "../support/command";
import { useEmulator } from "../support/emulator.ts";
import { expectDone } from "../support/shop.ts";
import { type Stack, useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

const program = `
  const pulumi = require("@pulumi/pulumi");
  const lakebase = require("pulumi-lakebase");
  const branchId = "preview-" + pulumi.getStack();
  new lakebase.BranchWithCompute("preview", { parent: "projects/shop", branchId, ttl: "7d" });
  lakebase.Branch.get("base", "projects/shop/branches/preview-base");
`;

async function sweep(stack: Stack, ...args: readonly string[]) {
  const { status, out, err } = await ended(
    ["sweep", "shop", "--prefix", "preview", "--project-dir", stack.project, ...args],
    {
      environment: stack.env,
      width: 200,
    },
  );
  return { status, out: out.replaceAll(stack.project, "FOLDER"), err: err.replaceAll(stack.project, "FOLDER") };
}

async function branches(): Promise<readonly string[]> {
  const { branches: listed } = await emulator.outside("GET", "projects/shop/branches");
  return (listed as { name: string }[]).map(({ name }) => name.split("/").at(-1) ?? "").sort();
}

test("deletes what a stack left behind whose state is lost, and nothing that a stack has or looks up", async () => {
  await emulator.outside("POST", "projects?project_id=shop", { spec: {} });
  await emulator.outside("POST", "projects/shop/branches?branch_id=preview-base", { spec: { no_expiry: true } });
  const stack = await newStack({ env: emulator.env, program });
  await expectDone(stack.up());
  await expectDone(stack.run("stack", "init", "lost"));
  await expectDone(stack.run("up", "--yes", "--skip-preview", "--stack", "lost"));
  expect(await branches()).toEqual(["preview-base", "preview-dev", "preview-lost", "production"]);
  await expectDone(stack.run("stack", "rm", "lost", "--force", "--yes"));

  expect(await sweep(stack)).toMatchObject({ status: 0, err: "" });
  await emulator.clock({ advance: "90000s" });
  expect(await sweep(stack)).toMatchObject({
    status: 0,
    out: expect.stringMatching(
      /preview-lost +goes .* no stack has it\n.*preview-base +stays +the state of stack dev in /,
    ),
    err: "Nothing is deleted yet: --delete deletes 1 branch.\n",
  });
  expect(await sweep(stack, "--delete")).toMatchObject({ status: 0, err: "" });
  expect(await branches()).toEqual(["preview-base", "preview-dev", "production"]);
  await expectDone(stack.refresh("--preview-only", "--expect-no-changes"));

  // Without a stack, it is not that nobody has anything: it is that nobody was heard.
  await expectDone(stack.run("stack", "rm", "dev", "--force", "--yes"));
  expect(await sweep(stack, "--delete")).toMatchObject({
    status: 1,
    err: expect.stringContaining("nothing is deleted: 'pulumi stack ls' shows no stack in FOLDER; name other folders"),
  });
  stack.write("Pulumi.yaml", "not a project");
  expect(await sweep(stack, "--delete")).toMatchObject({
    status: 1,
    err: expect.stringContaining("nothing is deleted: 'pulumi stack ls --json' in FOLDER: "),
  });
  expect(await branches()).toEqual(["preview-base", "preview-dev", "production"]);
});
