/** A client's secret, and the token that it is exchanged for, in a run that tells all it can: in no log, no file and no state. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { useEmulator } from "../support/emulator.ts";
import { useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

const program = `
  const lakebase = require("pulumi-lakebase");
  new lakebase.Project("shop", { projectId: "shop" });
`;

/** Beside what was installed. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => !file.includes("node_modules"))
    .map((file) => join(folder, file))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

test.each([
  {
    name: "a secret of the stack's configuration",
    config: { "lakebase:clientSecret": { secret: "fake-canary-secret" } },
  },
  { name: "a secret of the environment", env: { DATABRICKS_CLIENT_SECRET: "fake-canary-secret" } },
])("$name is in nothing that a run tells or leaves, at its most verbose", async ({ config, env }) => {
  const application = "8dc75b14-0000-4000-8000-000000000000";
  const stack = await newStack({
    config: { "lakebase:host": emulator.url, "lakebase:clientId": application, ...config },
    env: { ...env },
    program,
  });
  // From level 10 on the engine warns that it prints tokens itself.
  const verbose = ["--logtostderr", "--logflow", "-v=9", "--diff"];
  for (const step of [() => stack.up(...verbose), () => stack.refresh(...verbose)]) {
    const { status, stdout, stderr } = await step();
    expect(status).toBe(0);
    expect(/"v":9/.test(stderr)).toBe(true);
    expect(/.{60}(canary-secret|Bearer eyJ|Basic OGRj)/.exec(stdout + stderr)).toBeNull();
  }
  const files = filesBelow(stack.root);
  expect(files).toContain(stack.stateFile());
  expect(files.filter((file) => /canary-secret|eyJhbGciOi/.test(readFileSync(file, "latin1")))).toEqual([]);
  expect(JSON.stringify(await emulator.requests())).not.toMatch(/canary-secret|eyJ/);
});
