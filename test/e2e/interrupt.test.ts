/** Ctrl-C in the middle of a wait: the run that follows makes nothing twice. */
import { useEmulator } from "../support/emulator.ts";
import { expectDone, names, shop } from "../support/shop.ts";
import { type Stack, useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

const program = `${shop}
  const dev = new lakebase.Branch("dev", { parent: shop, branchId: "dev" });
  new lakebase.Endpoint("replica", { parent: dev, endpointId: "replica", endpointType: "ENDPOINT_TYPE_READ_ONLY" });
`;

/** A run that was interrupted while it waits for the branch. */
async function interrupted() {
  const stack = await newStack({ program: shop, env: emulator.env });
  await expectDone(stack.up());
  await emulator.settings({ operationTime: "600s" });
  stack.write("index.js", program);
  const running = stack.start("up");
  await emulator.seen("POST projects/shop/branches", running.done);
  const told = running.output(/C received; cancelling/);
  process.kill(running.pid, "SIGINT");
  await told;
  return { stack, running };
}

/** Less than an hour later: what is older is not taken over. */
async function branchIsMade(): Promise<void> {
  await emulator.settings({ operationTime: "0s" });
  await emulator.clock({ advance: "600s" });
}

/** The creates that the service has carried out. */
async function made(): Promise<readonly string[]> {
  const requests = await emulator.requests();
  return requests.flatMap(({ method, path, status }) => (method === "POST" && status === 200 ? [path] : []));
}

const all = ["projects", "projects/shop/branches", "projects/shop/branches/dev/endpoints"];

async function expectTheRest(stack: Stack, ...cleared: readonly string[]): Promise<void> {
  await expectDone(stack.up());
  expect(await made()).toEqual(all);
  await expectDone(stack.refresh("--expect-no-changes", ...cleared));
  expect(await names(stack)).toEqual(["shop", "dev", "replica"]);
}

test("after one, what is under way is waited for, nothing else is begun, and the next up does the rest", async () => {
  const { stack, running } = await interrupted();
  await branchIsMade();
  expect((await running.done).status).not.toBe(0);
  expect(await names(stack)).toEqual(["shop", "dev"]);
  await expectTheRest(stack);
});

test("after two, the run ends at once, and the next up goes on without a 'pulumi cancel'", async () => {
  const { stack, running } = await interrupted();
  process.kill(running.pid, "SIGINT");
  expect((await running.done).status).not.toBe(0);
  await branchIsMade();
  await expectTheRest(stack, "--clear-pending-creates");
});
