/** The Automation API with an inline program: several runs in one process, the token as a secret of the stack. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { useEmulator } from "../support/emulator.ts";
import { useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

const script = `
  const { LocalWorkspace } = require("@pulumi/pulumi/automation");
  const lakebase = require("pulumi-lakebase");

  const program = (maxCu) => async () => {
    new lakebase.Project("shop", { projectId: "shop" });
    new lakebase.Branch("dev", { parent: "projects/shop", branchId: "dev" });
    new lakebase.Endpoint("dev", {
      parent: "projects/shop/branches/dev", endpointId: "primary",
      endpointType: "ENDPOINT_TYPE_READ_WRITE", autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: maxCu,
    });
  };

  async function main() {
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "inline", projectName: "inline", program: program(2) },
      { workDir: process.cwd() },
    );
    await stack.setAllConfig({
      "lakebase:host": { value: process.env.EMULATOR_HOST },
      "lakebase:token": { value: process.env.EMULATOR_TOKEN, secret: true },
    });
    const done = [];
    for (const program_ of [undefined, program(4)]) {
      const { summary } = await stack.up(program_ ? { program: program_ } : {});
      done.push(summary.resourceChanges);
    }
    done.push((await stack.destroy()).summary.resourceChanges);
    console.log(JSON.stringify(done));
  }
  main();
`;

test("runs its programs one after another and sends what each declares", async () => {
  const stack = await newStack({ files: { "automation.js": script } });
  const { stdout } = await promisify(execFile)(process.execPath, ["automation.js"], {
    cwd: stack.project,
    env: { ...stack.env, EMULATOR_HOST: emulator.url, EMULATOR_TOKEN: emulator.token },
  });
  expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toEqual([
    { create: 4 },
    { same: 3, update: 1 },
    { delete: 4 },
  ]);
});
