/** Branches and snapshots whose time has come: a normal end. */
import { useEmulator } from "../support/emulator.ts";
import { type Kept, Run } from "../support/run.ts";

const emulator = useEmulator();
const shop = "projects/shop";
const dev = { parent: shop, branchId: "dev", ttl: "1d" };
const primary = {
  parent: `${shop}/branches/dev`,
  endpointId: "primary",
  endpointType: "ENDPOINT_TYPE_READ_WRITE",
};
const role = { parent: `${shop}/branches/dev`, postgresRole: "app" };

async function declare(branch: Readonly<Record<string, unknown>>): Promise<readonly Kept[]> {
  const run = new Run(emulator);
  await run.create("Project", { projectId: "shop" });
  const made = [
    await run.create("Branch", branch),
    await run.create("Endpoint", primary),
    await run.create("Role", role),
  ];
  await emulator.clock({ advance: "2d" });
  await emulator.requests();
  return made;
}

async function refresh(all: readonly Kept[]): Promise<readonly (Kept | undefined)[]> {
  const run = new Run(emulator);
  const found: (Kept | undefined)[] = [];
  for (const one of all) found.push(await run.refresh(one));
  return found;
}

const states = (all: readonly (Kept | undefined)[]) =>
  all.map((one) => (one?.outs["status"] as { currentState?: string } | undefined)?.currentState);

test("an expired branch is gone, and what was in it too, so that the next up makes them again", async () => {
  expect(await refresh(await declare(dev))).toEqual([undefined, undefined, undefined]);
});

describe("onExpiry: forget", () => {
  const forgotten = { ...dev, onExpiry: "forget" };

  test("remembers the branch as expired, and what was in it, without asking again", async () => {
    const expired = (await refresh(await declare(forgotten))).filter((one) => one !== undefined);
    expect(states(expired)).toEqual(["EXPIRED", "EXPIRED", "EXPIRED"]);
    await emulator.requests();
    expect(states(await refresh(expired))).toEqual(["EXPIRED", "EXPIRED", "EXPIRED"]);
    const run = new Run(emulator);
    const same = [];
    for (const [index, args] of [forgotten, primary, role].entries()) {
      const one = expired[index];
      if (one) same.push(await run.update(one, args));
    }
    expect(states(same)).toEqual(["EXPIRED", "EXPIRED", "EXPIRED"]);
    for (const one of same) await new Run(emulator).delete(one);
    expect(await emulator.requests()).toEqual([]);
  });

  test("is judged once the branch has answered, in whatever order the answers come", async () => {
    const all = await declare(forgotten);
    await emulator.fault({ method: "GET", path: `/api/2.0/postgres/${shop}/branches/dev`, latencyMs: 300, times: 1 });
    const run = new Run(emulator);
    expect(states(await Promise.all(all.toReversed().map((one) => run.refresh(one))))).toEqual([
      "EXPIRED",
      "EXPIRED",
      "EXPIRED",
    ]);
  });

  test("makes it again when an argument changes, with what was in it", async () => {
    const expired = (await refresh(await declare(forgotten))).filter((one) => one !== undefined);
    const run = new Run(emulator);
    const again = [];
    for (const [index, args] of [{ ...forgotten, ttl: "7d" }, primary, role].entries()) {
      const one = expired[index];
      if (one) again.push(await run.update(one, args));
    }
    expect(states(again)).toEqual(["READY", expect.stringMatching(/ACTIVE|IDLE/), undefined]);
    await emulator.outside("GET", `${shop}/branches/dev/roles/app`);
  });

  test("leaves what was in it alone until the branch comes back, also when an argument of its own changes", async () => {
    const expired = (await refresh(await declare(forgotten))).filter((one) => one !== undefined);
    const [, endpoint] = expired;
    if (endpoint === undefined) throw new Error("the endpoint is not remembered");
    await emulator.requests();
    const changed = { ...primary, autoscalingLimitMaxCu: 4 };
    const same = await new Run(emulator).update(endpoint, changed);
    expect(await emulator.requests()).toEqual([]);
    const run = new Run(emulator);
    const [branch] = expired;
    if (branch) await run.update(branch, { ...forgotten, ttl: "7d" });
    expect((await run.update(same, changed)).outs["status"]).toMatchObject({ autoscalingLimitMaxCu: 4 });
  });

  test("does not hide a branch that somebody deleted before its time", async () => {
    const run = new Run(emulator);
    await run.create("Project", { projectId: "shop" });
    const branch = await run.create("Branch", forgotten);
    await emulator.outside("DELETE", branch.id);
    expect(await new Run(emulator).refresh(branch)).toBeUndefined();
  });
});
