/** A refresh of many objects: what it asks for, counted in the emulator's journal, and that it finds what single reads would. */
import { Gate } from "../../provider/api/gate";
import { CountedClock } from "../support/clock.ts";
import { useEmulator } from "../support/emulator.ts";
import { type Kept, Run } from "../support/run.ts";

const emulator = useEmulator();
const shop = "projects/shop";

/** How many calls the engine has in flight. */
const inFlight = 8;

/** One that looks a second time for what is young without waiting. */
const newRun = (clock = new CountedClock()) => new Run(emulator, {}, { clock });

const production = { parent: shop, branchId: "production", noExpiry: true };
const numbered = (count: number) => Array.from({ length: count }, (_, n) => ({ ...production, branchId: `b${n}` }));
const replica = {
  parent: `${shop}/branches/production`,
  endpointId: "reader",
  endpointType: "ENDPOINT_TYPE_READ_ONLY",
  autoscalingLimitMaxCu: 2,
};

async function makeShop(branches: readonly Readonly<Record<string, unknown>>[] = []): Promise<Kept[]> {
  const run = newRun();
  const project = await run.create("Project", { projectId: "shop" });
  const made = await atATime(branches, (args) => run.create("Branch", args));
  await emulator.requests();
  return [project, ...made];
}

const refreshAll = (run: Run, all: readonly Kept[]) => atATime(all, (one) => run.refresh(one));

function atATime<T, Result>(all: readonly T[], task: (one: T) => Promise<Result>): Promise<Result[]> {
  const gate = new Gate(inFlight);
  return Promise.all(all.map((one) => gate.pass(() => task(one))));
}

const named = (found: readonly (Kept | undefined)[]) => found.map((one) => one?.id);

test("a project with 500 branches takes 6 requests, and each branch is as a read of it shows it", async () => {
  const all = await makeShop([production, ...numbered(499)]);
  const found = await refreshAll(newRun(), all);
  const requests = await emulator.requests();
  expect(requests.map(({ path }) => path).sort()).toEqual([shop, ...Array(5).fill(`${shop}/branches`)]);
  const last = all.at(-1);
  expect(found.at(-1)).toEqual(last && (await newRun().refresh(last)));
  expect(named(found)).toEqual(named(all));
}, 60_000);

test("many roles and databases of a branch take one request a kind", async () => {
  await makeShop();
  const run = newRun();
  const parent = `${shop}/branches/production`;
  const all: Kept[] = [];
  for (const postgresRole of ["app", "web", "jobs"]) {
    const role = await run.create("Role", { parent, postgresRole });
    all.push(role, await run.create("Database", { parent, postgresDatabase: `of_${postgresRole}`, role: role.id }));
  }
  await emulator.requests();
  expect(await refreshAll(newRun(), all)).toEqual(all.map((one) => expect.objectContaining({ id: one.id })));
  expect([...(await emulator.calls())].sort()).toEqual([`GET ${parent}/databases`, `GET ${parent}/roles`]);
});

test("an edit from outside is found in a list, and again when somebody asks again", async () => {
  const all = await makeShop(numbered(2));
  const run = newRun();
  const isProtected = (found: readonly (Kept | undefined)[]) => found.map((one) => one?.inputs["isProtected"]);
  const declared = all.map((one) =>
    one.type === "Branch" ? { ...one, outs: { ...one.outs, isProtected: false } } : one,
  );
  expect(isProtected(await refreshAll(run, declared))).toEqual([undefined, false, false]);
  await emulator.outside("PATCH", `${shop}/branches/b1?update_mask=spec.is_protected`, {
    spec: { is_protected: true },
  });
  expect(isProtected(await refreshAll(run, declared))).toEqual([undefined, false, true]);
});

test("one that is not listed is asked for before it is gone", async () => {
  const all = await makeShop(numbered(3));
  await emulator.outside("DELETE", `${shop}/branches/b1`);
  expect(named(await refreshAll(newRun(), all))).toEqual([
    shop,
    `${shop}/branches/b0`,
    undefined,
    `${shop}/branches/b2`,
  ]);
  expect(await emulator.calls()).toContain(`GET ${shop}/branches/b1`);
});

test("a list that leaves one out loses none", async () => {
  const all = await makeShop(numbered(3));
  await emulator.fault({ method: "GET", path: `/api/2.0/postgres/${shop}/branches$`, status: 200, body: {}, times: 1 });
  expect(named(await refreshAll(newRun(), all))).toEqual(named(all));
});

test.each([
  { name: "without a status", branch: { name: `${shop}/branches/b0` } },
  { name: "without a name", branch: { status: {} } },
  { name: "as another one, by its uid", branch: { name: `${shop}/branches/b0`, uid: "br-another", status: {} } },
])("what is listed $name counts for nothing", async ({ branch }) => {
  const [, made] = await makeShop(numbered(1));
  if (!made) throw new Error("no branch was made");
  const body = { branches: [branch] };
  await emulator.fault({ method: "GET", path: `/api/2.0/postgres/${shop}/branches$`, status: 200, body, times: 1 });
  expect(await newRun().refresh(made)).toEqual(made);
  expect(await emulator.calls()).toEqual([`GET ${shop}/branches`, `GET ${shop}/branches/b0`]);
});

test("an endpoint that is listed and cannot be read is gone (databricks/cli#5872)", async () => {
  await makeShop();
  const made = await newRun().create("Endpoint", replica);
  await emulator.settings({ ghostEndpoints: true });
  await emulator.outside("DELETE", made.id);
  await emulator
    .outside("POST", `${replica.parent}/endpoints?endpoint_id=reader`, {
      spec: { endpoint_type: "ENDPOINT_TYPE_READ_ONLY" },
    })
    .catch(() => {});
  const { endpoints } = await emulator.outside("GET", `${replica.parent}/endpoints`);
  expect(endpoints).toContainEqual(expect.objectContaining({ name: made.id }));
  expect(await newRun().refresh(made)).toBeUndefined();
  await expect(newRun().refresh({ ...made, outs: {} })).rejects.toThrow(`${made.id} does not exist`);
});

test.each([
  { name: "may not be read", fault: { status: 403 }, waits: 0 },
  { name: "fails", fault: { status: 500 }, waits: 15_000 },
  { name: "breaks off", fault: { drop: "before" }, waits: 15_000 },
])("where a list $name, reads go on one by one without an error", async ({ fault, waits }) => {
  const all = await makeShop(numbered(3));
  await emulator.fault({ method: "GET", path: `/api/2.0/postgres/${shop}/branches$`, times: 1000, ...fault });
  const clock = new CountedClock();
  const run = newRun(clock);
  expect(named(await refreshAll(run, all))).toEqual(named(all));
  expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(waits);
  await emulator.requests();
  expect(named(await refreshAll(run, all))).toEqual(named(all));
  expect([...(await emulator.calls())].sort()).toEqual(named(all).map((name) => `GET ${name}`));
});

test("a change of this run is seen by the reads after it, also of what it does not name", async () => {
  const [project, first, second] = await makeShop(numbered(2));
  if (!project || !first || !second) throw new Error("two branches were to be made");
  const run = newRun();
  await run.refresh(first);
  const changed = await run.update(project, { projectId: "shop", defaultBranch: second.id });
  await emulator.requests();
  const found = await run.refresh(second);
  expect(found?.outs["status"]).toMatchObject({ default: true });
  expect(changed.outs["status"]).toMatchObject({ defaultBranch: second.id });
  expect(await emulator.calls()).toEqual([`GET ${shop}/branches`]);
});

test("a branch whose time has come since it was listed is asked for", async () => {
  const ends = { parent: shop, branchId: "ends", ttl: "1h" };
  const [, first, second] = await makeShop([ends, { ...ends, branchId: "too" }]);
  if (!first || !second) throw new Error("two branches were to be made");
  await emulator.clock({ advance: "3590s" });
  const run = newRun();
  expect(await run.refresh(first)).toBeDefined();
  await emulator.clock({ advance: "20s" });
  // Any answer tells the time.
  await expect(run.refresh({ ...first, id: `${shop}/branches/none` })).resolves.toBeUndefined();
  expect(await run.refresh(second)).toBeUndefined();
});

test("several projects are listed, one is read", async () => {
  const [project] = await makeShop();
  if (!project) throw new Error("no project was made");
  const other = await newRun().create("Project", { projectId: "other" });
  await emulator.requests();
  await newRun().refresh(project);
  expect(await emulator.calls()).toEqual([`GET ${shop}`]);
  await refreshAll(newRun(), [project, other]);
  expect([...(await emulator.calls())].sort()).toEqual(["GET projects", `GET ${shop}`]);
});
