/** The harness itself: the real CLI, our language host, and the packed provider, before any resource of ours. */
import { cpSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../tools/places.mts";
import { useStacks } from "../support/stack.ts";

const newStack = useStacks();

/** A dynamic resource that lives in memory only: `size` may change, `place` replaces it. */
function program(size: number, place = "here"): string {
  return `
    const pulumi = require("@pulumi/pulumi");
    const provider = {
      create: async (inputs) => ({ id: "1", outs: inputs }),
      diff: async (id, olds, news) => ({
        changes: olds.size !== news.size || olds.place !== news.place,
        replaces: olds.place !== news.place ? ["place"] : [],
      }),
      update: async (id, olds, news) => ({ outs: news }),
      delete: async () => {},
    };
    class Box extends pulumi.dynamic.Resource {
      constructor(name, args) { super(provider, name, args); }
    }
    module.exports = { size: new Box("box", { size: ${size}, place: "${place}" }).size };
  `;
}

test("a dynamic resource goes through its life, and no process stays", async () => {
  const stack = await newStack({ program: program(1) });
  const life = [
    { want: "create", step: () => stack.preview() },
    { want: "create", step: () => stack.up() },
    { want: "same", step: () => stack.up() },
    { want: "same", step: () => stack.refresh() },
    { want: "update", step: () => stack.up(), before: program(2) },
    { want: "replace", step: () => stack.up(), before: program(2, "there") },
    { want: "delete", step: () => stack.destroy() },
  ];
  for (const { want, step, before } of life) {
    stack.write("index.js", before ?? program(1));
    const { status, operations, diagnostics } = await step();
    expect({ status, operations, diagnostics }).toEqual({ status: 0, operations: { box: want }, diagnostics: [] });
  }
  expect((await stack.exportState()).deployment.resources ?? []).toEqual([]);
  expect(stack.processes()).toEqual([]);
});

test("a TypeScript program runs, and its outputs and secrets arrive", async () => {
  const stack = await newStack({
    files: {
      "index.ts": `
        import * as pulumi from "@pulumi/pulumi";
        interface Answer { readonly value: number }
        const answer: Answer = { value: new pulumi.Config("lakebase").requireNumber("answer") };
        export const value = answer.value;
        export const token = new pulumi.Config("lakebase").requireSecret("token");
      `,
    },
    config: { "lakebase:answer": "42", "lakebase:token": { secret: "canary" } },
  });
  expect(await stack.up()).toMatchObject({ status: 0 });
  expect(await stack.outputs()).toEqual({ value: 42, token: "canary" });
  expect(JSON.stringify(await stack.exportState())).not.toContain("canary");
});

test("a program that throws ends the command with a failure, and its message is shown", async () => {
  const stack = await newStack({ program: `throw new Error("the program is broken")` });
  const { status, stdout, diagnostics } = await stack.up();
  expect(status).not.toBe(0);
  expect(stdout).toContain("the program is broken");
  expect(diagnostics).toContainEqual(expect.objectContaining({ severity: "error" }));
});

test("`pulumi new` makes a project from a local template and installs it", async () => {
  const stack = await newStack({ program: "" });
  const template = join(stack.root, "template");
  mkdirSync(template);
  writeFileSync(join(template, "Pulumi.yaml"), "name: template\nruntime: nodejs\ntemplate:\n  description: Nothing\n");
  writeFileSync(join(template, "index.js"), `module.exports = { made: true };`);
  cpSync(join(stack.project, "package.json"), join(template, "package.json"));
  const folder = join(stack.root, "made");
  const made = ["--yes", "--non-interactive", "--dir", folder, "--name", "made", "--stack", "first"];
  expect(await stack.run("new", template, ...made)).toMatchObject({ status: 0 });
  const up = await stack.run("up", "--yes", "--skip-preview", "--cwd", folder, "--stack", "first");
  expect(up).toMatchObject({ status: 0, stdout: expect.stringContaining("made: true") });
});

test("a command that is killed leaves no process, and its stack goes on after `pulumi cancel`", async () => {
  const stack = await newStack({ program: `console.log("waiting"); setInterval(() => {}, 1000);` });
  const up = stack.start("up");
  await up.output(/waiting/);
  expect(stack.processes()).not.toEqual([]);
  const { status } = await up.kill();
  expect(status).not.toBe(0);
  expect(stack.processes()).toEqual([]);
  stack.write("index.js", "module.exports = { well: true };");
  expect(await stack.up()).not.toMatchObject({ status: 0 });
  await stack.cancel();
  expect(await stack.up()).toMatchObject({ status: 0 });
  expect(await stack.outputs()).toEqual({ well: true });
});

test("when only the engine dies, the language host ends the program and itself", async () => {
  const stack = await newStack({ program: `console.log("waiting"); setInterval(() => {}, 1000);` });
  const up = stack.start("up");
  await up.output(/waiting/);
  process.kill(up.pid, "SIGKILL");
  await up.done;
  await stack.processesEnded();
  expect(stack.processes()).toEqual([]);
});

test("a project uses the packed package, not the checkout", async () => {
  const stack = await newStack({
    program: `module.exports = { manifest: require.resolve("pulumi-lakebase/package.json") };`,
  });
  await stack.up();
  const { manifest } = await stack.outputs();
  expect(manifest).not.toContain(realpathSync(checkout));
});
