/** The rules of a stack, at preview, through the engine: nothing reaches the service. */
import { useEmulator } from "../support/emulator.ts";
import { errors, shop } from "../support/shop.ts";
import { useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

const dev = (more: string) => `new lakebase.Branch("dev", { parent: shop, branchId: "dev", ${more} });`;

const cases = [
  {
    name: "two resources with one name",
    program: `${dev("")} new lakebase.Branch("again", { parent: shop, branchId: "dev" });`,
    // Resources that do not depend on one another are checked in any order: the later one is refused.
    want: /Branch resource '(dev|again)'.*branchId makes this projects\/shop\/branches\/dev, which Branch '(again|dev)' declares already/,
  },
  {
    name: "a child of a branch that expires",
    program: `const dev = ${dev('ttl: "7d"')} new lakebase.Branch("child", { parent: shop, branchId: "child", sourceBranch: dev });`,
    want: /Branch resource 'child'.*sourceBranch is Branch 'dev', which expires/,
  },
  {
    name: "a second protected branch",
    program: `${dev("isProtected: true")} new lakebase.Branch("two", { parent: shop, branchId: "two", isProtected: true });`,
    want: /Branch resource '(dev|two)'.*isProtected makes one protected branch too many in projects\/shop.*Branch '(dev|two)' protects one already/,
  },
  {
    name: "a spread of more than 8 CU",
    program: `new lakebase.Endpoint("e", { parent: "projects/shop/branches/production", endpointId: "primary",
      endpointType: "ENDPOINT_TYPE_READ_WRITE", autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 12 });`,
    want: /Endpoint resource 'e': property autoscalingLimitMaxCu value \{12\}.*the limit is 8.*pulumi config set lakebase:autoscalingSpreadLimit 16/,
  },
  {
    name: "an argument that does not exist",
    program: dev("timeToLive: 7"),
    want: /property timeToLive value \{7\} has a problem: timeToLive is not an argument of Branch/,
  },
];

test.each(cases)("$name is refused", async ({ program, want }) => {
  const stack = await newStack({ program: shop + program, env: emulator.env });
  const refused = await stack.preview();
  expect(refused.status).not.toBe(0);
  expect(errors(refused)).toMatch(want);
  expect(await emulator.calls()).toEqual([]);
});

test("a stack's configuration raises the spread that is let through", async () => {
  const stack = await newStack({
    program: shop + (cases[3]?.program ?? ""),
    env: emulator.env,
    config: { "lakebase:autoscalingSpreadLimit": "16" },
  });
  expect((await stack.preview()).status).toBe(0);
});
