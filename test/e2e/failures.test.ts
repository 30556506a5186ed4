/** What becomes of resources when the service, the network or the run itself fails. */
import { useEmulator } from "../support/emulator.ts";
import { errors, expectDone, names, shop } from "../support/shop.ts";
import { type Stack, useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

async function stackOf(program: string, config = {}): Promise<Stack> {
  return newStack({ program: shop + program, env: emulator.env, config });
}

describe("failed waits", () => {
  const dev = 'new lakebase.Branch("dev", { parent: shop, branchId: "dev", isProtected: true });';
  const cases = [
    {
      name: "that ran out",
      config: { "lakebase:operationTimeout": "1s" },
      operation: "hang",
      want: /waited 1 s for operation .* and it has not ended/,
    },
    { name: "for an operation that failed", config: {}, operation: "fail", want: /operation .* failed: / },
  ];

  test.each(cases)("a wait $name names the operation, and destroy cleans up", async ({ config, operation, want }) => {
    const stack = await stackOf(dev, config);
    await emulator.fault({ method: "POST", path: "branches$", operation });
    const failed = await stack.up();
    expect(failed.status).not.toBe(0);
    expect(errors(failed)).toMatch(want);
    await emulator.settings({ operationTime: "0s" });
    await emulator
      .outside("PATCH", "projects/shop/branches/dev?update_mask=spec.is_protected", {
        spec: { is_protected: false },
      })
      .catch(() => undefined);
    await expectDone(stack.destroy());
    expect(await names(stack)).toEqual([]);
    expect(await emulator.outside("GET", "projects")).toEqual({});
  });

  test.each(cases)("after a wait $name the next up goes on", async ({ config, operation }) => {
    const stack = await stackOf(dev, config);
    await emulator.fault({ method: "POST", path: "branches$", operation });
    expect((await stack.up()).status).not.toBe(0);
    await expectDone(stack.up());
    await expectDone(stack.refresh("--expect-no-changes"));
    expect(await emulator.outside("GET", "projects/shop/branches/dev")).toMatchObject({
      status: { is_protected: true },
    });
    await expectDone(stack.up("--expect-no-changes"));
  });

  test("a failed update is kept, and the next up sets what is declared", async () => {
    const size = (max: number) => `
      new lakebase.Endpoint("main", {
        parent: "projects/shop/branches/production", endpointId: "primary",
        endpointType: "ENDPOINT_TYPE_READ_WRITE", autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: ${max},
      });
    `;
    const stack = await stackOf(size(2));
    await expectDone(stack.up());
    await emulator.fault({ method: "PATCH", operation: "fail" });
    stack.write("index.js", shop + size(4));
    expect((await stack.up()).status).not.toBe(0);
    await expectDone(stack.up());
    expect(await emulator.outside("GET", "projects/shop/branches/production/endpoints/primary")).toMatchObject({
      status: { autoscaling_limit_max_cu: 4 },
    });
  });
});

test("a destroy waits for a branch that is still in the making, since the service would swallow its delete", async () => {
  const stack = await stackOf("");
  await expectDone(stack.up());
  stack.write("index.js", `${shop} new lakebase.Branch("dev", { parent: shop, branchId: "dev" });`);
  await stack.setConfig({ "lakebase:operationTimeout": "1s" });
  await emulator.settings({ operationTime: "3600s" });
  expect((await stack.up()).status).not.toBe(0);
  await stack.setConfig({ "lakebase:operationTimeout": "1m" });
  await emulator.requests();
  const destroying = stack.start("destroy", "--run-program");
  await emulator.seen("GET projects/shop/branches/dev", destroying.done);
  await emulator.settings({ operationTime: "0s" });
  await emulator.clock({ advance: "7200s" });
  await expectDone(destroying.done);
  expect(await emulator.outside("GET", "projects")).toEqual({});
});

test("a plan that is unsure because of a value that is not known yet is not refused", async () => {
  const program = (source: string) => `
    const main = lakebase.Branch.get("main", "projects/shop/branches/production", { dependsOn: shop });
    const stage = new lakebase.Branch("stage", { parent: shop, branchId: "stage" });
    new lakebase.Branch("dev", { parent: shop, branchId: "dev" ${source} });
  `;
  const stack = await stackOf(program(""));
  await expectDone(stack.up());
  const source = 'sourceBranch: stage.uid.apply(() => "projects/shop/branches/production")';
  stack.write(
    "index.js",
    shop + program(`, ${source}`).replace('branchId: "stage"', 'branchId: "stage2", allowReplace: true'),
  );
  expect(errors(await stack.preview())).toBe("");
});

describe("a create whose answer was lost", () => {
  const program = `
    const dev = new lakebase.Branch("dev", { parent: shop, branchId: "dev", sourceBranch: "projects/shop/branches/production" });
    new lakebase.Endpoint("replica", { parent: dev, endpointId: "replica", endpointType: "ENDPOINT_TYPE_READ_ONLY" });
  `;

  test.each(["projects$", "branches$", "endpoints$"])(
    "a connection dropped after POST %s is taken over",
    async (path) => {
      const stack = await stackOf(program);
      await emulator.fault({ method: "POST", path, drop: "after" });
      const { status, diagnostics } = await stack.up();
      expect(status).toBe(0);
      expect(diagnostics.map(({ message }) => message).join("\n")).toMatch(/taking it over as made by an earlier run/);
      await expectDone(stack.up("--expect-no-changes"));
      await expectDone(stack.destroy());
      expect(await emulator.outside("GET", "projects")).toEqual({});
    },
  );

  test("a run that was killed after its POST goes on with the next up", async () => {
    const stack = await stackOf(program);
    await emulator.fault({ method: "POST", path: "branches$", operation: "hang" });
    const running = stack.start("up");
    await emulator.seen("POST projects/shop/branches", running.done);
    await running.kill();
    await stack.cancel();
    await expectDone(stack.up());
    await expectDone(stack.up("--expect-no-changes"));
    expect((await names(stack)).length).toBe(3);
  });

  test("an older object of the same name is left alone, and the message says what stands there", async () => {
    const stack = await stackOf(program);
    await emulator.clock({ now: new Date(Date.now() - 7_200_000).toISOString() });
    await emulator.outside("POST", "projects?project_id=shop", { spec: {} });
    await emulator.clock({ now: new Date().toISOString() });
    const refused = await stack.up();
    expect(refused.status).not.toBe(0);
    expect(errors(refused)).toMatch(
      /projects\/shop exists since .* and is not taken for this program's own: it is older than an hour; .*give it aliases, otherwise choose another projectId, delete the existing one, or read it with Project\.get/,
    );
  });

  test("an id that a deleted project holds is explained", async () => {
    const stack = await stackOf("");
    await emulator.outside("POST", "projects?project_id=shop", { spec: {} });
    await emulator.outside("DELETE", "projects/shop");
    const refused = await stack.up();
    expect(refused.status).not.toBe(0);
    expect(errors(refused)).toMatch(
      /the id is held by a Project that was deleted at .* and is kept until .*; write onTombstone: "undelete" to bring it back/,
    );
  });
});
