/** Reading what exists without managing it. */
import { useEmulator } from "../support/emulator.ts";
import { errors, expectDone } from "../support/shop.ts";
import { useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

test("what exists is looked up by name, with all that the service says", async () => {
  await emulator.outside("POST", "projects?project_id=theirs", { spec: { display_name: "Theirs" } });
  await emulator.requests();
  const stack = await newStack({
    env: emulator.env,
    program: `
      const lakebase = require("pulumi-lakebase");
      const project = lakebase.Project.get("theirs", "projects/theirs");
      const branch = lakebase.Branch.get("main", "projects/theirs/branches/production");
      const endpoint = lakebase.Endpoint.get("rw", "projects/theirs/branches/production/endpoints/primary");
      const own = new lakebase.Branch("own", { parent: project, branchId: "own", sourceBranch: branch });
      module.exports = {
        displayName: project.displayName, projectId: project.projectId, state: branch.status.currentState,
        parent: endpoint.parent, host: endpoint.host, source: own.sourceBranch,
      };
    `,
  });
  await expectDone(stack.up());
  expect(await stack.outputs()).toMatchObject({
    displayName: "Theirs",
    projectId: "theirs",
    state: "READY",
    parent: "projects/theirs/branches/production",
    host: expect.stringMatching(/^ep-/),
    source: "projects/theirs/branches/production",
  });
  await emulator.requests();
  await expectDone(stack.destroy());
  expect(await emulator.calls()).toEqual(["DELETE projects/theirs/branches/own"]);
});

test("the import option is refused with the way out", async () => {
  const stack = await newStack({
    env: emulator.env,
    program: `
      const lakebase = require("pulumi-lakebase");
      new lakebase.Project("theirs", { projectId: "theirs" }, { import: "projects/theirs" });
    `,
  });
  const refused = await stack.preview();
  expect(refused.status).not.toBe(0);
  expect(errors(refused)).toMatch(
    /the import option does not work with dynamic providers; .* read the object with Project\.get/,
  );
  expect(refused.stdout).not.toMatch(/\n\s+at /);
});
