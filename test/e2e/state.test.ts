/** What reaches the state: an address and plain values, little of it, and no secret. */
import { readFileSync } from "node:fs";
import { useEmulator } from "../support/emulator.ts";
import { errors, expectDone } from "../support/shop.ts";
import { useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

test("100 branches take at most 2.5 kB each, an address of at most 250 bytes, and no token", async () => {
  const stack = await newStack({
    config: { "lakebase:host": emulator.url, "lakebase:token": { secret: emulator.token } },
    program: `
      const lakebase = require("pulumi-lakebase");
      const shop = new lakebase.Project("shop", { projectId: "shop" });
      for (let n = 0; n < 100; n++) {
        new lakebase.Branch("branch-for-the-team-number-" + n, { parent: shop, branchId: "team-" + n, ttl: "7d" });
      }
    `,
  });
  await expectDone(stack.up());
  const text = readFileSync(stack.stateFile(), "utf8");
  const { resources = [] } = (await stack.exportState()).deployment;
  const own = resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/lakebase:"));
  expect(own).toHaveLength(101);
  expect(text.length / own.length).toBeLessThanOrEqual(2500);
  for (const { inputs, outputs } of own) {
    for (const provider of [inputs?.["__provider"], outputs?.["__provider"]]) {
      expect(provider).toMatch(/^exports\.handler=.*require\("pulumi-lakebase\/runtime"\)/);
      expect(Buffer.byteLength(String(provider))).toBeLessThanOrEqual(250);
    }
  }
  expect(text).not.toContain(emulator.token);
  expect(JSON.stringify(resources)).not.toContain(emulator.token);
  await expectDone(stack.refresh("--expect-no-changes"));
  await expectDone(stack.destroy());
});

test("a secret argument stays secret everywhere, in the service's echo too", async () => {
  const program = `
      const lakebase = require("pulumi-lakebase");
      const pulumi = require("@pulumi/pulumi");
      const shop = new lakebase.Project("shop", {
        projectId: "shop",
        displayName: pulumi.secret("canary-display-name"),
        defaultEndpointSettings: { pgSettings: { "app.canary": pulumi.secret("canary-setting") } },
      });
      module.exports = { status: shop.status };
    `;
  const stack = await newStack({ env: emulator.env, program });
  const checkState = () => expect(readFileSync(stack.stateFile(), "utf8")).not.toMatch(/canary-(display|setting)/);
  await expectDone(stack.up());
  checkState();
  expect(await emulator.outside("GET", "projects/shop")).toMatchObject({
    status: { display_name: "canary-display-name" },
  });
  await emulator.outside("PATCH", "projects/shop?update_mask=spec.display_name", {
    spec: { display_name: "canary-display-other" },
  });
  await expectDone(stack.refresh());
  checkState();
  const shown = async (step: Promise<{ readonly stdout: string; readonly stderr: string }>) => {
    const { stdout, stderr } = await step;
    expect(stdout + stderr).not.toMatch(/canary-(display|setting)/);
    checkState();
    return stdout;
  };
  await shown(stack.up("--diff"));
  stack.write("index.js", program.replace(/displayName: .*/, ""));
  expect(await shown(stack.preview())).toMatch(/displayName was removed.*write "\[secret\]" to keep it/);
});

const plain = ["lakebase:token", "databricks:token", "lakebase:clientSecret"];

test.each(plain)("%s in plain text is refused, with the command that mends it", async (key) => {
  const stack = await newStack({
    config: { "lakebase:host": emulator.url, [key]: "dapi-canary" },
    program: 'const l = require("pulumi-lakebase"); new l.Project("shop", { projectId: "shop" });',
  });
  const refused = await stack.preview();
  expect(refused.status).not.toBe(0);
  expect(errors(refused)).toContain(
    `${key} would be kept in the state in plain text; set it again with 'pulumi config set --secret ${key}'`,
  );
  expect(refused.stdout + refused.stderr).not.toMatch(/canary|\n\s+at /);
});

test("one program reaches two workspaces, each with its own provider, and keeps their tokens secret", async () => {
  const second = await emulator.another();
  const stack = await newStack({
    env: emulator.env,
    program: `
      const lakebase = require("pulumi-lakebase");
      const provider = new lakebase.Provider("second", { host: "${second.url}", token: "${second.token}" });
      new lakebase.Project("here", { projectId: "shop" });
      new lakebase.Project("there", { projectId: "shop", displayName: "There" }, { provider });
    `,
  });
  await expectDone(stack.up());
  expect(await emulator.calls()).toEqual(["POST projects"]);
  expect(await second.calls()).toEqual(["POST projects"]);
  expect(readFileSync(stack.stateFile(), "utf8")).not.toContain(second.token);
  await expectDone(stack.up("--expect-no-changes"));
  await expectDone(stack.destroy());
  expect(await second.calls()).toEqual(["DELETE projects/shop"]);
});

test("a token that was rotated away is told with the way out", async () => {
  const stack = await newStack({
    config: { "lakebase:host": emulator.url, "lakebase:token": { secret: emulator.token } },
    program: 'const l = require("pulumi-lakebase"); new l.Project("shop", { projectId: "shop" });',
  });
  await expectDone(stack.up());
  await emulator.fault({ method: "GET", status: 401, times: 10 });
  expect(errors(await stack.refresh())).toMatch(/401.*add --run-program after a rotation/);
});

test("without a host, the preview says once what was looked at and what to set", async () => {
  const stack = await newStack({
    program: `
      const l = require("pulumi-lakebase");
      const shop = new l.Project("shop", { projectId: "shop" });
      new l.Branch("dev", { parent: shop, branchId: "dev" });
    `,
  });
  const refused = await stack.preview();
  expect(refused.status).not.toBe(0);
  const told = refused.diagnostics.filter(({ message }) => message.includes("no Databricks workspace to talk to"));
  expect(told).toHaveLength(1);
  expect(told[0]?.message).toMatch(
    /looked at the stack's configuration.*DATABRICKS_HOST.*pulumi config set lakebase:host/,
  );
});
