/** examples/quickstart as a user has it: its own versions, its own settings. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../tools/places.mts";
import { useEmulator } from "../support/emulator";
import { useStacks } from "../support/stack";

const emulator = useEmulator();
const newStack = useStacks();
const folder = join(checkout, "examples/quickstart");
const read = (path: string) => readFileSync(join(folder, path), "utf8");

test("it installs, comes up and goes", async () => {
  const stack = await newStack({ from: folder, env: emulator.env });
  expect(await stack.up()).toMatchObject({ status: 0, diagnostics: [] });
  expect(await emulator.calls()).toHaveLength(5);
  expect(await stack.outputs()).toEqual({
    projectName: "projects/quickstart",
    branchName: "projects/quickstart/branches/dev",
    branchExpires: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    database: "databricks_postgres",
    host: expect.stringContaining(".database."),
    pooledHost: expect.stringContaining("-pooler"),
    readOnlyHost: expect.stringContaining(".database."),
    productionHost: expect.stringContaining(".database."),
    copyHosts: {},
  });
  expect(await stack.destroy()).toMatchObject({ status: 0 });
});

test("its settings reach the service, a name more is a branch more, and a name less takes it away", async () => {
  const config = { projectId: "mine", ttl: "1d", maxCu: "2" };
  const stack = await newStack({ from: folder, env: emulator.env, config });
  for (const [index, name] of ["feature", "review"].entries()) {
    await stack.run("config", "set", "--path", `copies[${index}]`, name);
  }
  expect(await stack.up()).toMatchObject({ status: 0, diagnostics: [] });
  const [project, ...others] = await emulator.requests();
  expect(project?.query).toMatchObject({ project_id: "mine" });
  expect(others).toContainEqual(
    expect.objectContaining({ query: { branch_id: "dev" }, body: { spec: { ttl: "86400s" } } }),
  );
  expect(others).toContainEqual(
    expect.objectContaining({
      query: { endpoint_id: "primary", replace_existing: "true" },
      body: { spec: expect.objectContaining({ autoscaling_limit_max_cu: 2 }) },
    }),
  );
  expect(await stack.outputs()).toMatchObject({
    copyHosts: { feature: expect.stringContaining(".database."), review: expect.stringContaining(".database.") },
  });
  await stack.run("config", "rm", "--path", "copies[1]");
  expect(await stack.up()).toMatchObject({
    status: 0,
    operations: { feature: "same", "feature-primary": "same", review: "delete", "review-primary": "delete" },
  });
});

test("the root's Pulumi.yaml is the example's, with the way to it", () => {
  const lines = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const root = lines(readFileSync(join(checkout, "Pulumi.yaml"), "utf8"));
  expect(root).toContain("main: examples/quickstart");
  expect(root.filter((line) => !line.startsWith("main:"))).toEqual(lines(read("Pulumi.yaml")));
});

test("its README names its settings", () => {
  const settings = [...read("Pulumi.yaml").matchAll(/^ {2}(\w+):$/gm)].map(([, key]) => key ?? "");
  expect(settings.filter((key) => !read("README.md").includes(`\`${key}\``))).toEqual([]);
});
