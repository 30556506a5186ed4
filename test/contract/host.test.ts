/** The dynamic host as the engine uses it, over gRPC: the installed package, the real host process, the emulator. */
import { shell } from "../../provider/pulumi/shell";
import { unknownValue } from "../../provider/schema/unknown";
import { DynamicHost, initFailure } from "../../tools/dynamic-host.mts";
import { useEmulator } from "../support/emulator.ts";

const emulator = useEmulator();
const host = new DynamicHost();

jest.setTimeout(120_000);
beforeAll(async () => {
  await host.start({});
  await host.configure({
    "lakebase:host": emulator.url,
    "lakebase:token": emulator.token,
    "lakebase:operationTimeout": "1s",
    "other:secret": "canary-of-another-namespace",
  });
});
afterAll(() => host.close());

const of = (type: string, name: string) => ({ __provider: shell(type, name) });
const shop = { ...of("Project", "shop"), projectId: "shop", displayName: "Shop" };

test("a life: check, create, diff, update, read, delete", async () => {
  const { inputs, failures } = await host.check({}, shop);
  expect(failures).toEqual([]);
  expect(inputs).toEqual({ ...shop, name: "projects/shop" });

  const { id, outs } = await host.create(inputs);
  expect(id).toBe("projects/shop");
  expect(outs).toMatchObject({ ...inputs, uid: expect.any(String), status: { displayName: "Shop", pgVersion: 17 } });

  const news = { ...inputs, displayName: "Store" };
  expect(await host.diff(id, outs, inputs)).toEqual({ changes: false, replaces: [], deleteBeforeReplace: false });
  expect(await host.diff(id, outs, news)).toEqual({ changes: true, replaces: [], deleteBeforeReplace: false });
  const updated = await host.update(id, outs, news);
  expect(updated).toMatchObject({ displayName: "Store", status: { displayName: "Store" } });

  expect(await host.read(id, updated)).toEqual({ id, outs: updated, inputs: {} });
  await emulator.outside("PATCH", "projects/shop?update_mask=spec.display_name", { spec: { display_name: "Theirs" } });
  expect((await host.read(id, updated)).inputs).toEqual({ ...inputs, displayName: "Theirs" });

  await host.delete(id, updated);
  expect((await host.read(id, updated)).id).toBe("");
});

test("unknown values are kept, and names wait for them", async () => {
  const branch = { ...of("Branch", "later"), parent: unknownValue, branchId: "later", ttl: unknownValue };
  expect(await host.check({}, branch)).toEqual({ inputs: branch, failures: [] });
});

test("an error is one sentence without a stack", async () => {
  const wrong = { ...of("Branch", "wrong"), parent: "projects/none", branchId: "wrong", noExpiry: true };
  await expect(host.create(wrong)).rejects.toThrow(
    /POST projects\/none\/branches: NOT_FOUND \(404\): project id not found/,
  );
  await expect(host.delete("projects/shop", { ...shop })).resolves.toBeUndefined();
  await host.create({ ...shop, name: "projects/shop" });
  await emulator.outside("PATCH", "projects/shop/branches/production?update_mask=spec.is_protected", {
    spec: { is_protected: true },
  });
  await expect(host.delete("projects/shop", { ...shop })).rejects.toThrow(/projects\/shop has a protected branch/);
  expect(host.printed).not.toMatch(/\n\s+at /);
});

test("a failed wait hands the object over, with its provider, and the next update goes on", async () => {
  await emulator.fault({ method: "POST", path: "projects$", operation: "hang" });
  const inputs = { ...shop, name: "projects/shop" };
  const failure = initFailure(await host.create(inputs).catch((error: unknown) => error));
  expect(failure).toEqual({
    id: "projects/shop",
    properties: inputs,
    reasons: [expect.stringMatching(/waited 1 s for operation projects\/shop\/operations\//)],
  });
  const news = { ...inputs, displayName: "Store" };
  const healed = await host.update("projects/shop", failure?.properties ?? {}, news);
  expect(healed).toMatchObject({ displayName: "Store", status: { displayName: "Store" } });
});

const strangers = [
  {
    name: "somebody else's",
    as: "app",
    spec: { display_name: "Shop" },
    want: /exists since .* it belongs to app, and this run is emulator@example\.com;.*choose another projectId/,
  },
  { name: "of another version", spec: { pg_version: 16 }, want: /its pgVersion is not the declared one/ },
] as const;

test.each(strangers)("an object that is $name is not taken over", async ({ spec, want, ...who }) => {
  await emulator.outside(
    "POST",
    "projects?project_id=shop",
    { spec },
    "as" in who ? await emulator.tokenOf(who.as) : undefined,
  );
  await expect(host.create({ ...shop, pgVersion: 17, name: "projects/shop" })).rejects.toThrow(want);
  expect(await emulator.calls()).not.toContainEqual(expect.stringMatching(/PATCH|DELETE/));
});

test("a project is not replaced under its own id while its tombstone would hold it, however the change is declared", async () => {
  const { id, outs } = await host.create({ ...shop, name: "projects/shop" });
  const news = { ...shop, name: "projects/shop", pgVersion: 18, allowReplace: true };
  await expect(host.diff(id, outs, news)).rejects.toThrow(/keeps its id until it is purged.*purgeOnDelete: true first/);
  expect(await host.diff(id, { ...outs, purgeOnDelete: true }, { ...news, purgeOnDelete: true })).toMatchObject({
    replaces: ["pgVersion"],
    deleteBeforeReplace: true,
  });
});

const lookups = [
  { name: "an object that is not there", id: "projects/none", want: /^projects\/none does not exist; check the name/ },
  {
    name: "a name of another kind",
    id: "projects/shop/branches/production",
    want: /is not the full name of a Project/,
  },
  { name: "no name at all", id: "../../x?y", want: /"\.\.\/\.\.\/x\?y" is not the full name of a Project/ },
];

test.each(lookups)("looking up $name is told", async ({ id, want }) => {
  await host.create({ ...shop, name: "projects/shop" });
  await expect(host.read(id, of("Project", "it"))).rejects.toThrow(
    expect.objectContaining({ details: expect.stringMatching(want) }),
  );
});

test("an answer that is no operation leaves the object in doubt, and it is looked for", async () => {
  await emulator.fault({ method: "POST", path: "projects$", status: 200, body: {} });
  const failure = initFailure(await host.create({ ...shop, name: "projects/shop" }).catch((error: unknown) => error));
  expect(failure?.reasons).toEqual([
    expect.stringMatching(/POST projects: UNREADABLE \(200\): the answer is no operation/),
  ]);
});

test("an old resource whose text names a type of a newer version says so", async () => {
  await expect(host.read("x/y", of("Novelty", "n"))).rejects.toThrow(
    /this version of pulumi-lakebase has no resource Novelty; install the version that made it, or a newer one/,
  );
});

test("the host prints nothing of what it was configured with", () => {
  expect(host.printed).not.toMatch(/canary|dapi-/);
});
