/** Replacement that keeps data safe, and deletion in the right order. */
import { useEmulator } from "../support/emulator.ts";
import { errors, expectDone, names, shop } from "../support/shop.ts";
import { type Stack, useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

async function stackOf(program: string, config = {}): Promise<Stack> {
  return newStack({ program: shop + program, env: emulator.env, config });
}

describe("replacement", () => {
  const replica = (id: string) => `
    new lakebase.Endpoint("replica", {
      parent: "projects/shop/branches/production", endpointId: "${id}", endpointType: "ENDPOINT_TYPE_READ_ONLY",
    });
  `;

  test("an endpoint under another id is made before the old one goes", async () => {
    const stack = await stackOf(replica("replica-a"));
    await expectDone(stack.up());
    await emulator.requests();
    stack.write("index.js", shop + replica("replica-b"));
    await expectDone(stack.up());
    expect(await emulator.calls()).toEqual([
      "POST projects/shop/branches/production/endpoints",
      "DELETE projects/shop/branches/production/endpoints/replica-a",
    ]);
  });

  const dev = (source: string, allow: boolean) => `
    const stage = new lakebase.Branch("stage", { parent: shop, branchId: "stage" });
    const dev = new lakebase.Branch("dev", {
      parent: shop, branchId: "dev", sourceBranch: ${source}, allowReplace: ${allow},
    });
    new lakebase.Branch("feature", { parent: shop, branchId: "feature", sourceBranch: dev });
  `;

  test("a branch with data is replaced only when the program allows it, its children and old self first", async () => {
    const stack = await stackOf(dev('"projects/shop/branches/production"', false));
    await expectDone(stack.up());
    await emulator.requests();

    stack.write("index.js", shop + dev("stage", false));
    const refused = await stack.preview();
    expect(refused.status).not.toBe(0);
    expect(errors(refused)).toMatch(
      /sourceBranch cannot change in place: Branch projects\/shop\/branches\/dev would be replaced and lose its databases.*branches made from it go too.*allowReplace: true/,
    );
    expect(await emulator.calls()).toEqual([]);

    stack.write("index.js", shop + dev("stage", true));
    await expectDone(stack.up());
    expect(await emulator.calls()).toEqual([
      "DELETE projects/shop/branches/feature",
      "DELETE projects/shop/branches/dev",
      "POST projects/shop/branches",
      "POST projects/shop/branches",
    ]);
    expect(await emulator.outside("GET", "projects/shop/branches/dev")).toMatchObject({
      status: { source_branch: "projects/shop/branches/stage" },
    });
  });

  test("declaring what the service already has is no replacement, anything else is refused before it starts", async () => {
    const stack = await newStack({ env: emulator.env, program: shop });
    await expectDone(stack.up());
    const version = (pgVersion: number) => shop.replace('"shop" }', `"shop", pgVersion: ${pgVersion} }`);
    stack.write("index.js", version(17));
    await expectDone(stack.up());
    stack.write("index.js", version(16));
    const refused = await stack.preview();
    expect(refused.status).not.toBe(0);
    expect(errors(refused)).toMatch(/pgVersion cannot change in place/);
  });

  test("a project cannot take the place of its own tombstone", async () => {
    const version = (pgVersion: number, more = "") =>
      shop.replace('"shop" }', `"shop", pgVersion: ${pgVersion}, allowReplace: true${more} }`);
    const stack = await newStack({ env: emulator.env, program: version(16) });
    await expectDone(stack.up());
    stack.write("index.js", version(17));
    expect(errors(await stack.preview())).toMatch(/keeps its id until it is purged.*purgeOnDelete: true first/);
    stack.write("index.js", version(16, ", purgeOnDelete: true"));
    await emulator.requests();
    await expectDone(stack.up());
    expect(await emulator.calls()).toEqual([]);
    stack.write("index.js", version(17, ", purgeOnDelete: true"));
    await expectDone(stack.up());
    expect(await emulator.calls()).toEqual(["DELETE projects/shop", "POST projects"]);
    expect(await emulator.outside("GET", "projects/shop")).toMatchObject({ status: { pg_version: 17 } });
  });
});

describe("one object under two names", () => {
  const dev = (name: string) => `
    const component = new (require("@pulumi/pulumi").ComponentResource)("my:Component", "team");
    const dev = new lakebase.Branch("${name}", { parent: shop, branchId: "dev" });
    new lakebase.Endpoint("${name}", { parent: dev, endpointId: "replica", endpointType: "ENDPOINT_TYPE_READ_ONLY" });
  `;
  const moved = dev("dev").replace(/\}\);/g, "}, { parent: component });");

  const changes = [
    { name: "a renamed resource without an alias", after: dev("renamed"), args: [] },
    { name: "a resource moved into a component without an alias", after: moved, args: [] },
    {
      name: "a replacement by force",
      after: dev("dev"),
      args: ["--replace", "**Branch::dev", "--replace", "**Endpoint::dev"],
    },
  ];

  test.each(changes)("$name loses nothing", async ({ after, args }) => {
    const stack = await stackOf(dev("dev"));
    await expectDone(stack.up());
    const before = await emulator.outside("GET", "projects/shop/branches/dev");
    await emulator.requests();
    stack.write("index.js", shop + after);
    const { status, diagnostics } = await stack.up(...args);
    expect(status).toBe(0);
    expect(diagnostics.map(({ message }) => message).join("\n")).toMatch(
      /is not deleted: another resource of this run has just taken it over/,
    );
    expect(await emulator.calls()).not.toContainEqual(expect.stringMatching(/^(DELETE|PATCH)/));
    expect(await emulator.outside("GET", "projects/shop/branches/dev")).toEqual(before);
    await expectDone(stack.up("--expect-no-changes"));
    await expectDone(stack.destroy());
    expect(await emulator.outside("GET", "projects")).toEqual({});
  });

  test("what another stack declares otherwise is not taken over", async () => {
    const stack = await stackOf("");
    await expectDone(stack.up());
    const second = await newStack({
      program: shop.replace('"shop" }', '"shop", displayName: "Mine" }'),
      env: emulator.env,
    });
    const refused = await second.up();
    expect(refused.status).not.toBe(0);
    expect(errors(refused)).toMatch(
      /projects\/shop exists since .* it is not as declared; to take it over write adopt: true, where the program has renamed or moved its resource give it aliases/,
    );
  });
});

describe("deletion", () => {
  test("a branch that the service keeps is let go of with a word", async () => {
    const stack = await stackOf('new lakebase.Branch("dev", { parent: shop, branchId: "dev" });');
    await expectDone(stack.up());
    await emulator.outside("PATCH", "projects/shop?update_mask=spec.default_branch", {
      spec: { default_branch: "projects/shop/branches/dev" },
    });
    stack.write("index.js", shop);
    const { status, diagnostics } = await stack.up();
    expect(status).toBe(0);
    expect(diagnostics.map(({ message }) => message).join("\n")).toMatch(
      /projects\/shop\/branches\/dev stays until its parent goes/,
    );
  });

  test.each([
    { name: "plain names", parent: '"projects/shop"' },
    { name: "resources and plain names mixed", parent: "shop" },
  ])("$name order the deletion too: children before what they name", async ({ parent }) => {
    const stack = await stackOf(`
      new lakebase.Branch("dev", { parent: ${parent}, branchId: "dev" });
      new lakebase.Branch("feature", {
        parent: "projects/shop", branchId: "feature", sourceBranch: "projects/shop/branches/dev",
      });
      new lakebase.Endpoint("replica", {
        parent: "projects/shop/branches/feature", endpointId: "replica", endpointType: "ENDPOINT_TYPE_READ_ONLY",
      });
    `);
    await expectDone(stack.up());
    await emulator.requests();
    await expectDone(stack.destroy());
    expect(await emulator.calls()).toEqual([
      "DELETE projects/shop/branches/feature/endpoints/replica",
      "DELETE projects/shop/branches/feature",
      "DELETE projects/shop/branches/dev",
      "DELETE projects/shop",
    ]);
  });

  test("a synced table goes before the catalog that its name begins with, and both before their project", async () => {
    const stack = await stackOf(`
      const branch = "projects/shop/branches/production";
      new lakebase.Catalog("catalog", { catalogId: "cat", branch, postgresDatabase: "databricks_postgres" });
      new lakebase.SyncedTable("prices", {
        syncedTableId: "cat.public.prices", sourceTableFullName: "main.sales.prices", primaryKeyColumns: ["id"],
      });
    `);
    await expectDone(stack.up());
    await emulator.requests();
    await expectDone(stack.destroy());
    expect(await emulator.calls()).toEqual([
      "DELETE synced_tables/cat.public.prices",
      "GET synced_tables/cat.public.prices",
      "DELETE catalogs/cat",
      "DELETE projects/shop",
    ]);
  });

  test("a protected branch stops a destroy; the state stays true, and unprotect, up, destroy ends empty", async () => {
    const program = (isProtected: boolean) => `
      new lakebase.Branch("dev", { parent: shop, branchId: "dev" });
      new lakebase.Branch("main", { parent: shop, branchId: "production", isProtected: ${isProtected} });
      new lakebase.Branch("held", { parent: shop, branchId: "held", isProtected: ${!isProtected} });
    `;
    const stack = await stackOf(program(false));
    await expectDone(stack.up());
    const stopped = await stack.destroy();
    expect(stopped.status).not.toBe(0);
    expect(errors(stopped)).toMatch(
      /DELETE projects\/shop\/branches\/held: BAD_REQUEST \(400\): cannot delete protected branch.*set isProtected: false on it, run 'pulumi up', then delete again/,
    );
    expect(errors(stopped)).not.toMatch(/\bat .*\.js:\d+/);
    expect([...(await names(stack))].sort()).toEqual(expect.arrayContaining(["held", "shop"]));

    const unprotected = shop + program(false).replace("isProtected: true", "isProtected: false");
    stack.write("index.js", unprotected);
    await expectDone(stack.up());
    await expectDone(stack.destroy());
    expect(await names(stack)).toEqual([]);
    expect(await emulator.outside("GET", "projects")).toEqual({});
  });

  test("children that are not in the stack are listed", async () => {
    const stack = await stackOf('new lakebase.Branch("dev", { parent: shop, branchId: "dev" });');
    await expectDone(stack.up());
    await emulator.outside("POST", "projects/shop/branches?branch_id=theirs", {
      spec: { source_branch: "projects/shop/branches/dev", no_expiry: true },
    });
    const stopped = await stack.destroy();
    expect(stopped.status).not.toBe(0);
    expect(errors(stopped)).toMatch(/still has children \(projects\/shop\/branches\/theirs\); delete them first/);
  });

  test("what is gone already is no error, and a refresh drops it", async () => {
    const stack = await stackOf('new lakebase.Branch("dev", { parent: shop, branchId: "dev" });');
    await expectDone(stack.up());
    await emulator.outside("DELETE", "projects/shop/branches/dev");
    await expectDone(stack.refresh());
    expect(await names(stack)).toEqual(["shop"]);
    await emulator.outside("DELETE", "projects/shop");
    await expectDone(stack.destroy());
  });

  test("an address that is not Lakebase never makes resources look deleted", async () => {
    const stack = await stackOf("");
    await expectDone(stack.up());
    await emulator.fault({ method: "GET", path: "projects/shop", status: 404, body: "<html>nothing here</html>" });
    const refreshed = await stack.refresh();
    expect(refreshed.status).not.toBe(0);
    expect(await names(stack)).toEqual(["shop"]);
  });
});
