/** A branch that has expired, through the real engine: remembered with what was in it, and made again on demand. */
import { useEmulator } from "../support/emulator.ts";
import { expectDone } from "../support/shop.ts";
import { useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

const program = (ttl: string) => `
  const lakebase = require("pulumi-lakebase");
  const project = new lakebase.Project("shop", { projectId: "shop" });
  const dev = new lakebase.Branch("dev", { parent: project, branchId: "dev", ttl: "${ttl}", onExpiry: "forget" });
  new lakebase.Endpoint("primary", {
    parent: dev,
    endpointId: "primary",
    endpointType: "ENDPOINT_TYPE_READ_WRITE",
    autoscalingLimitMaxCu: 2,
  });
  const app = new lakebase.Role("app", { parent: dev, postgresRole: "app" });
  new lakebase.Database("orders", { parent: dev, postgresDatabase: "orders", role: app });
`;

test("onExpiry: forget keeps it and its children without a request, and a changed ttl brings all of them back", async () => {
  const stack = await newStack({ program: program("1d"), env: emulator.env });
  await expectDone(stack.up());
  await emulator.clock({ advance: "2d" });

  await expectDone(stack.refresh());
  const { deployment } = await stack.exportState();
  const states = (deployment.resources ?? []).map(({ urn, outputs }) => [
    urn.split("::").at(-1),
    (outputs as { status?: { currentState?: string } } | undefined)?.status?.currentState,
  ]);
  expect(Object.fromEntries(states)).toMatchObject({
    dev: "EXPIRED",
    primary: "EXPIRED",
    app: "EXPIRED",
    orders: "EXPIRED",
  });

  await emulator.requests();
  await expectDone(stack.up("--refresh", "--expect-no-changes"));
  const asked = (await emulator.requests()).map(({ method, path }) => `${method} ${path}`);
  expect(asked).toEqual(["GET projects/shop"]);

  stack.write("index.js", program("5d"));
  await expectDone(stack.up());
  for (const name of ["endpoints/primary", "roles/app", "databases/orders"]) {
    expect(await emulator.outside("GET", `projects/shop/branches/dev/${name}`)).toHaveProperty("status");
  }
  expect((await emulator.outside("GET", "projects/shop/branches/dev/endpoints/primary"))["status"]).toMatchObject({
    autoscaling_limit_max_cu: 2,
  });
  await expectDone(stack.refresh("--expect-no-changes"));
  await expectDone(stack.destroy());
});
