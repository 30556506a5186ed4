/** An expiry that is put off, by the service's clock: which requests that takes. */
import { readConfig } from "../../provider/pulumi/config";
import { Session } from "../../provider/pulumi/session";
import { useEmulator } from "../support/emulator.ts";
import { type Kept, Run } from "../support/run.ts";

const emulator = useEmulator();
const shop = "projects/shop";
const name = `${shop}/branches/dev`;
const dev = { parent: shop, branchId: "dev", slidingTtl: "8d", renewOn: "abc" };
const look = `GET ${shop}`;
const renewal = `PATCH ${name} spec.expiration`;
const day = 86_400_000;

/** How many days of the service's are left of it. */
async function left(): Promise<number> {
  const { status } = await emulator.outside("GET", name);
  const response = await fetch(`${emulator.url}/api/2.0/postgres/${name}`);
  await emulator.requests();
  const now = Date.parse(String(response.headers.get("date")));
  const end = Date.parse(String((status as { expire_time?: string }).expire_time));
  return Math.round((100 * (end - now)) / day) / 100;
}

async function made(args = dev): Promise<Kept> {
  const run = new Run(emulator);
  await run.create("Project", { projectId: "shop" });
  const kept = await run.create("Branch", args);
  await emulator.requests();
  return kept;
}

async function up(
  kept: Kept,
  args: Readonly<Record<string, unknown>> = dev,
): Promise<readonly [Kept, readonly string[]]> {
  const now = await new Run(emulator).update(kept, args);
  const calls = await emulator.calls();
  return [now, calls.filter((call) => !call.includes("operations"))];
}

test("a first run counts from the service's clock, as its answers tell it", async () => {
  await emulator.clock({ advance: "100d" });
  const run = new Run(emulator);
  await run.create("Project", { projectId: "shop" });
  await emulator.requests();
  await run.create("Branch", dev);
  expect(await emulator.calls()).not.toContain(look);
  expect(await left()).toBe(8);
});

test("a run that changes nothing sends one read, whatever the number of branches", async () => {
  const branches = [await made(), await new Run(emulator).create("Branch", { ...dev, branchId: "other" })];
  await emulator.clock({ advance: "3d" });
  await emulator.requests();
  const run = new Run(emulator);
  for (const branch of branches) {
    expect(await run.update(branch, { ...dev, branchId: branch.inputs["branchId"] })).toEqual(branch);
  }
  expect(await emulator.calls()).toEqual([look]);
  expect(await left()).toBe(5);
});

test("less than half of it is renewed, once", async () => {
  const branch = await made();
  await emulator.clock({ advance: "5d" });
  const [renewed, calls] = await up(branch);
  expect(calls).toEqual([look, renewal]);
  expect(await left()).toBe(8);
  expect((await up(renewed))[1]).toEqual([look]);
});

test("a new commit renews it, and the same one does not", async () => {
  const branch = await made();
  await emulator.clock({ advance: "1d" });
  const [renewed, calls] = await up(branch, { ...dev, renewOn: "def" });
  expect(calls).toEqual([look, renewal]);
  expect(await left()).toBe(8);
  expect((await up(renewed, { ...dev, renewOn: "def" }))[1]).toEqual([look]);
});

test.each([
  { what: "leaves more than half", expire: 6, calls: [look], left: 6 },
  { what: "puts it off further", expire: 20, calls: [look], left: 20 },
  { what: "leaves less than half", expire: 2, calls: [look, renewal], left: 8 },
  { what: "takes it away", expire: undefined, calls: [look, renewal], left: 8 },
])("somebody else's edit that $what counts after a refresh", async ({ expire, calls, left: want }) => {
  const branch = await made();
  const spec =
    expire === undefined ? { no_expiry: true } : { expire_time: new Date(Date.now() + expire * day).toISOString() };
  await emulator.outside("PATCH", `${name}?update_mask=spec.expiration`, { name, spec });
  const refreshed = await new Run(emulator).refresh(branch);
  if (!refreshed) throw new Error("the branch is gone");
  await emulator.requests();
  const [renewed, sent] = await up(refreshed);
  expect(sent).toEqual(calls);
  expect(await left()).toBeCloseTo(want, 1);
  expect((await up(renewed))[1]).toEqual([look]);
});

test("one that is over is gone with a refresh, and is made again with a whole new term", async () => {
  const branch = await made();
  await emulator.clock({ advance: "9d" });
  expect(await new Run(emulator).refresh(branch)).toBeUndefined();
  await new Run(emulator).create("Branch", dev);
  expect(await left()).toBe(8);
});

test("one that is over is replaced without a refresh, and nothing is sent for what it took with it", async () => {
  const branch = await made();
  await emulator.clock({ advance: "9d" });
  const run = new Run(emulator);
  await expect(run.update(branch, dev)).rejects.toThrow("replaces because of expireTime");
  await run.delete(branch);
  expect(await emulator.calls()).toEqual([look, `GET ${name}`]);
  await run.create("Branch", dev);
  expect(await left()).toBe(8);
});

test("one whose time was put off by somebody else is renewed, not replaced", async () => {
  const branch = await made();
  const spec = { expire_time: new Date(Date.now() + 20 * day).toISOString() };
  await emulator.outside("PATCH", `${name}?update_mask=spec.expiration`, { name, spec });
  await emulator.clock({ advance: "9d" });
  expect((await up(branch))[1]).toEqual([look, `GET ${name}`, renewal]);
  expect(await left()).toBe(8);
});

test("one that is to be forgotten is left alone until a new commit", async () => {
  const forgotten = { ...dev, onExpiry: "forget" };
  const branch = await made(forgotten);
  await emulator.clock({ advance: "9d" });
  const expired = await new Run(emulator).refresh(branch);
  if (!expired) throw new Error("the branch is not remembered");
  await emulator.requests();
  const [same, calls] = await up(expired, forgotten);
  expect(calls).toEqual([look]);
  expect(same.outs["status"]).toMatchObject({ currentState: "EXPIRED" });
  const [again] = await up(same, { ...forgotten, renewOn: "def" });
  expect(again.outs["status"]).toMatchObject({ currentState: "READY" });
  expect(await left()).toBe(8);
});

test("what a killed run made is taken for its own, though its moment was another one", async () => {
  const run = new Run(emulator);
  await run.create("Project", { projectId: "shop" });
  await run.create("Branch", dev);
  await emulator.clock({ advance: "1m" });
  await emulator.requests();
  const again = new Run(emulator);
  const { outs } = await again.create("Branch", dev);
  expect(outs["adopted"]).toBeUndefined();
  expect((await emulator.calls()).filter((call) => call.startsWith("PATCH"))).toEqual([renewal]);
});

test("it can follow a ttl, and a ttl can follow it", async () => {
  const fixed = { parent: shop, branchId: "dev", ttl: "2d" };
  const run = new Run(emulator);
  await run.create("Project", { projectId: "shop" });
  const first = await run.create("Branch", fixed);
  await emulator.requests();
  const [sliding, calls] = await up(first, dev);
  expect(calls).toEqual([look, renewal]);
  expect(await left()).toBe(8);
  await up(sliding, fixed);
  expect(await left()).toBe(2);
});

test("a refusal tells the time as well", async () => {
  const branch = await made();
  await emulator.clock({ advance: "5d" });
  await emulator.fault({ path: `/api/2.0/postgres/${shop}`, method: "GET", status: 403, times: 1 });
  expect((await up(branch))[1]).toEqual([look, renewal]);
});

test("without an answer of the service this machine's clock counts", async () => {
  const before = Date.now();
  const nowhere = new Session(
    readConfig(() => undefined),
    {},
    () => {},
  );
  const now = await nowhere.now(shop);
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});
