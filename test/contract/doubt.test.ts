/** What nobody can be sure of after a fault, each as a storm has found it: what was done, what is there, whose it is. */
import { useEmulator } from "../support/emulator.ts";
import { type Kept, Run } from "../support/run.ts";

const emulator = useEmulator();
// A wait that has to run out takes a second, and a second look half of one.
jest.setTimeout(30_000);
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const impatient = { "lakebase:operationTimeout": "1s" };

beforeEach(async () => {
  await emulator.outside("POST", "projects?project_id=shop", { spec: {} });
  await emulator.requests();
});

interface Failure {
  readonly id: string;
  readonly properties: Record<string, unknown>;
}

/** The state after a create or an update that was begun and failed. */
async function left(type: string, trying: Promise<unknown>): Promise<Kept> {
  const failure = await trying.then(
    () => undefined,
    (error: unknown) => error as Failure,
  );
  if (failure?.properties === undefined) throw new Error(`it did not fail with an object: ${String(failure)}`);
  const { id, properties } = failure;
  return { type, id, inputs: properties, outs: properties };
}

describe("an argument that an update was to take away, when nobody knows whether it did", () => {
  const plain = { parent: production, postgresRole: "app" };
  const creator = { ...plain, attributes: { createdb: true } };

  async function mayCreate(): Promise<unknown> {
    return (await emulator.outside("GET", `${production}/roles/app`))["status"];
  }

  test("is taken away by the next one", async () => {
    const made = await new Run(emulator).create("Role", creator);
    await emulator.fault({ method: "PATCH", operation: "fail", effect: false, times: 1 });
    const unsure = await left("Role", new Run(emulator).update(made, plain));
    await new Run(emulator).update(unsure, plain);
    expect(await mayCreate()).toMatchObject({ attributes: { createdb: false } });
  });

  test("is taken away by the next one too where the create before it had failed already", async () => {
    await emulator.fault({ method: "POST", path: "roles$", operation: "hang", times: 1 });
    const begun = await left("Role", new Run(emulator, impatient).create("Role", creator));
    await emulator.fault({ method: "PATCH", operation: "fail", effect: false, times: 1 });
    const unsure = await left("Role", new Run(emulator).update(begun, plain));
    await new Run(emulator).update(unsure, plain);
    expect(await mayCreate()).toMatchObject({ attributes: { createdb: false } });
  });
});

describe("a role that a run made and did not live to hear of is its own and goes with it", () => {
  test.each([
    ["the branch that a project has from the first", production] as const,
    ["another branch", `${shop}/branches/dev`] as const,
  ])("on %s, made the moment before", async (_, parent) => {
    if (parent !== production)
      await emulator.outside("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    await emulator.outside("POST", `${parent}/roles?role_id=app`, { spec: { postgres_role: "app" } });
    const role = await new Run(emulator).create("Role", { parent, postgresRole: "app" });
    expect(role.outs["adopted"]).toBeUndefined();
    await new Run(emulator).delete(role);
    await expect(emulator.outside("GET", role.id)).rejects.toThrow("404");
  });
});

test("a branch that a read does not know of yet is not taken for gone", async () => {
  const made = await new Run(emulator).create("Branch", { parent: shop, branchId: "dev" });
  await emulator.fault({ method: "GET", path: "branches/dev$", stale: true, times: 1 });
  expect(await new Run(emulator).refresh(made)).toMatchObject({ id: made.id });
});

describe("a branch whose resource has another place in the program now", () => {
  const dev = { parent: shop, branchId: "dev", allowReplace: true };

  test.each([
    { change: "renamed", name: "renamed", want: "it is what 'renamed' of this program declares" },
    { change: "moved under another parent", name: "old", want: "another resource of this program has taken it over" },
  ])("and was $change is not deleted by the run after the one that took it over and died", async ({ name, want }) => {
    const old = await new Run(emulator).create("Branch", dev, "old");
    const other = await new Run(emulator).create("Branch", dev, name);
    const next = new Run(emulator);
    await next.update(other, dev);
    await next.delete(old);
    expect(next.warnings).toEqual([`${old.id} is not deleted: ${want}.`]);
    await expect(emulator.outside("GET", old.id)).resolves.toBeDefined();
  });

  test("is deleted with the resource that took it over", async () => {
    await new Run(emulator).create("Branch", dev, "dev");
    const moved = await new Run(emulator).create("Branch", dev, "dev");
    const next = new Run(emulator);
    await next.delete((await next.refresh(await next.update(moved, dev))) ?? moved);
    await expect(emulator.outside("GET", moved.id)).rejects.toThrow("404");
  });

  test("is deleted to be made anew, where the same change replaces it", async () => {
    const source = await new Run(emulator).create("Branch", { parent: shop, branchId: "source" }, "source");
    const old = await new Run(emulator).create("Branch", dev, "old");
    const renamed = await new Run(emulator).replace(old, { ...dev, sourceBranch: source.id }, "renamed");
    expect(renamed.outs["status"]).toMatchObject({ sourceBranch: source.id });
  });
});

describe("what has failed at the service says how to go on", () => {
  test.each([
    ["create", "run 'pulumi up' again, which goes on from what is there"],
    ["delete", "run the command again, which goes on from what is there"],
  ] as const)("a failed operation of a %s", async (verb, want) => {
    const branch = { parent: shop, branchId: "dev" };
    const making = () => new Run(emulator).create("Branch", branch);
    const made = verb === "delete" ? await making() : undefined;
    await emulator.fault({ method: verb === "create" ? "POST" : "DELETE", operation: "fail", times: 1 });
    const trying = made ? new Run(emulator).delete(made) : making();
    await expect(trying).rejects.toThrow(`because a fault was injected; ${want}`);
  });

  test("an update of what is not there any more", async () => {
    const role = { parent: production, postgresRole: "app" };
    const made = await new Run(emulator).create("Role", role);
    await emulator.outside("DELETE", made.id);
    await expect(new Run(emulator).update(made, { ...role, attributes: { createdb: true } })).rejects.toThrow(
      "where it was deleted outside of Pulumi, run 'pulumi refresh' and then 'pulumi up'; otherwise run 'pulumi up' again",
    );
  });
});
