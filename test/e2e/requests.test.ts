/** What a run costs the service, counted in its journal: 1 project, 10 branches, 10 endpoints. */
import { useEmulator } from "../support/emulator.ts";
import { useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

interface Shape {
  readonly type: "ENDPOINT_TYPE_READ_ONLY" | "ENDPOINT_TYPE_READ_WRITE";
  readonly deletedWith?: boolean;
  readonly maxCu?: number;
}

function program({ type, deletedWith = false, maxCu = 2 }: Shape): string {
  return `
    const lakebase = require("pulumi-lakebase");
    const project = new lakebase.Project("shop", { projectId: "shop", pgVersion: 17 });
    const options = ${deletedWith} ? { deletedWith: project } : {};
    for (let n = 0; n < 10; n++) {
      const branch = new lakebase.Branch("b" + n, { parent: project, branchId: "b" + n }, options);
      new lakebase.Endpoint("e" + n, {
        parent: branch,
        endpointId: ${type === "ENDPOINT_TYPE_READ_WRITE"} ? "primary" : "replica",
        endpointType: "${type}",
        autoscalingLimitMinCu: 0.5,
        autoscalingLimitMaxCu: n === 0 ? ${maxCu} : 2,
      }, options);
    }
  `;
}

const cases = [
  { name: "read-only endpoints", shape: { type: "ENDPOINT_TYPE_READ_ONLY" }, destroy: 21 },
  { name: "read-write endpoints", shape: { type: "ENDPOINT_TYPE_READ_WRITE" }, destroy: 11 },
  {
    name: "everything deleted with the project",
    shape: { type: "ENDPOINT_TYPE_READ_ONLY", deletedWith: true },
    destroy: 1,
  },
] as const;

test.each(cases)(
  "$name: create 21, no change 0, refresh 12, one field 1, destroy $destroy",
  async ({ shape, destroy }) => {
    const stack = await newStack({ program: program(shape), env: emulator.env });
    const cost = async (step: Promise<{ readonly status: number; readonly stdout: string }>) => {
      const { status, stdout } = await step;
      expect({ status, stdout: status === 0 ? "" : stdout }).toEqual({ status: 0, stdout: "" });
      return (await emulator.requests()).length;
    };
    const costs: Record<string, number> = {
      preview: await cost(stack.preview()),
      create: await cost(stack.up()),
      noChange: await cost(stack.up("--expect-no-changes")),
      noChangePreview: await cost(stack.preview("--expect-no-changes")),
      refresh: await cost(stack.refresh("--expect-no-changes")),
    };
    stack.write("index.js", program({ ...shape, maxCu: 4 }));
    costs["oneField"] = await cost(stack.up());
    costs["destroy"] = await cost(stack.destroy());
    expect(costs).toEqual({
      preview: 0,
      create: 21,
      noChange: 0,
      noChangePreview: 0,
      refresh: 12,
      oneField: 1,
      destroy,
    });
  },
);
