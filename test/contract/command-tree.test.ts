/** `pulumi-lakebase tree` over real HTTP, drawn at a fixed moment. */
import { type Ended, ended } from "../support/command";
import { type Client, READ_ONLY, startClient } from "./emulator-client";

const NOW = "2030-01-01T12:00:00Z";
const shop = "projects/shop";

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.control("POST", "clock", { now: NOW });
});

async function tree(args: readonly string[] = [], { width = 100, colours = false } = {}): Promise<Ended> {
  const { status, out, err } = await ended(["tree", ...args], {
    environment: { DATABRICKS_HOST: client.emulator.url, DATABRICKS_TOKEN: client.emulator.token },
    width,
    colours,
    now: () => Date.parse(NOW),
  });
  return { status, out: plain(out), err };
}

/** Uids are chance: all are as long as the longest. */
function plain(text: string): string {
  return text.replace(/ep-[a-z]+-[a-z]+-[a-z0-9]{8}/g, "ep-some-word-12345678");
}

async function fill(): Promise<void> {
  await client.ok("POST", "projects?project_id=shop", { spec: { display_name: "Corner shop" } });
  await client.ok("PATCH", `${shop}/branches/production?update_mask=spec.is_protected`, {
    spec: { is_protected: true },
  });
  await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
  const pr = { ttl: "604800s", source_branch: `${shop}/branches/dev` };
  await client.ok("POST", `${shop}/branches?branch_id=pr-1042`, { spec: pr });
  await client.ok("POST", `${shop}/branches?branch_id=staging`, { spec: { no_expiry: true } });
  const reader = { endpoint_type: READ_ONLY, autoscaling_limit_min_cu: 0.5, autoscaling_limit_max_cu: 4 };
  await client.ok("POST", `${shop}/branches/dev/endpoints?endpoint_id=reader`, { spec: reader });
  const off = `${shop}/branches/staging/endpoints/primary`;
  await client.ok("PATCH", `${off}?update_mask=spec.disabled`, { spec: { disabled: true } });
  for (const name of ["reporting", "ann", "bob"]) {
    const spec = { postgres_role: `${name}@example.com`, identity_type: "USER" };
    await client.ok("POST", `${shop}/branches/production/roles?role_id=${name}-user`, { spec });
  }
  const orders = { postgres_database: "orders", role: `${shop}/branches/production/roles/ann-user` };
  await client.ok("POST", `${shop}/branches/production/databases?database_id=orders`, { spec: orders });
  const source = { source_branch: `${shop}/branches/production` };
  await client.ok("POST", `${shop}/snapshots?snapshot_id=before-sale`, { spec: { ...source, no_expiry: true } });
  await client.ok("POST", `${shop}/snapshots?snapshot_id=weekly`, { spec: { ...source, ttl: "1209600s" } });
}

/** One of each, deleted half a day ago. */
async function remove(): Promise<void> {
  await client.ok("POST", "projects?project_id=gone", {});
  await client.ok("DELETE", "projects/gone");
  await client.ok("POST", `${shop}/branches?branch_id=old`, { spec: { no_expiry: true } });
  await client.ok("DELETE", `${shop}/branches/old`);
}

test("shows projects, branches, endpoints, roles, databases and snapshots", async () => {
  await fill();
  const { status, out, err } = await tree();
  expect({ status, err }).toEqual({ status: 0, err: "" });
  expect(`\n${out}`).toMatchInlineSnapshot(`
"
shop  "Corner shop", Postgres 17, history 7d
├─ production  root             READY  default, protected
│  ├─ primary    read-write  1 CU      ACTIVE
│  │             ep-some-word-12345678.database.local-emulator.cloud.databricks.com
│  ├─ roles      emulator@example.com, reporting@example.com, ann@example.com, bob@example.com
│  └─ databases  databricks_postgres (of emulator), orders (of ann-user)
├─ dev         from production  READY
│  ├─ primary    read-write  1 CU      ACTIVE
│  │             ep-some-word-12345678.database.local-emulator.cloud.databricks.com
│  ├─ reader     read-only   0.5–4 CU  ACTIVE
│  │             ep-some-word-12345678.database.local-emulator.cloud.databricks.com
│  ├─ roles      emulator@example.com
│  └─ databases  databricks_postgres (of emulator)
├─ pr-1042     from dev         READY  expires 2030-01-08 12:00Z (in 7d)
│  ├─ primary    read-write  1 CU      ACTIVE
│  │             ep-some-word-12345678.database.local-emulator.cloud.databricks.com
│  ├─ roles      emulator@example.com
│  └─ databases  databricks_postgres (of emulator)
├─ staging     from production  READY
│  ├─ primary    read-write  1 CU      disabled
│  │             ep-some-word-12345678.database.local-emulator.cloud.databricks.com
│  ├─ roles      emulator@example.com
│  └─ databases  databricks_postgres (of emulator)
└─ snapshots
   ├─ before-sale  of production  never expires
   └─ weekly       of production  expires 2030-01-15 12:00Z (in 14d)
"
`);
});

test("shows what is deleted with --deleted alone, and when its id is free", async () => {
  await client.control("POST", "clock", { now: "2030-01-01T00:00:00Z" });
  await fill();
  await remove();
  await client.control("POST", "clock", { now: NOW });
  expect((await tree()).out).not.toMatch(/old|gone|deleted/);
  const { out } = await tree(["--deleted"]);
  expect(
    out
      .split("\n")
      .filter((line) => /old|gone|deleted|purged/.test(line))
      .join("\n"),
  ).toMatchInlineSnapshot(`
"├─ old         from production  DELETED  deleted 2030-01-01 00:00Z (11h ago),
│              purged 2030-01-08 00:00Z (in 6d)
gone  Postgres 17, history 7d, deleted 2030-01-01 00:00Z (11h ago), purged 2030-01-08 00:00Z (in 6d)"
`);
  expect((await tree(["gone", "--deleted"])).out).toMatch(/^gone /);
});

test.each([60, 80, 100])("stays within %i columns", async (width) => {
  await fill();
  await remove();
  const { out } = await tree(["--deleted"], { width });
  const lines = out.trimEnd().split("\n");
  // A host is not broken.
  expect(lines.filter((line) => line.length > width && !/^[│ ]+ep-\S+$/.test(line))).toEqual([]);
});

test("has colours where they are wanted, and the same text", async () => {
  await fill();
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
  const [plainly, coloured] = [(await tree()).out, (await tree([], { colours: true })).out];
  expect(plainly).not.toMatch(escapes);
  expect(coloured).toMatch(escapes);
  expect(coloured.replace(escapes, "")).toBe(plainly);
});

test("--json is what the service says, with what is below it", async () => {
  await fill();
  const [project] = JSON.parse((await tree(["shop", "--json"])).out);
  const { branches, ...own } = project;
  expect(own).toMatchObject({ name: shop, status: { display_name: "Corner shop", pg_version: 17 } });
  expect(branches.map(({ name }: { name: string }) => name)).toEqual(
    ["production", "dev", "pr-1042", "staging"].map((id) => `${shop}/branches/${id}`),
  );
  expect(branches[1].endpoints.map((endpoint: { status: object }) => endpoint.status)).toEqual([
    expect.objectContaining({ endpoint_type: "ENDPOINT_TYPE_READ_WRITE" }),
    expect.objectContaining({ endpoint_type: "ENDPOINT_TYPE_READ_ONLY", autoscaling_limit_max_cu: 4 }),
  ]);
  expect(branches[0].databases).toHaveLength(2);
});

test("shows those projects that are named, in that order", async () => {
  for (const id of ["one", "two", "three"]) await client.ok("POST", `projects?project_id=${id}`, {});
  const { out } = await tree(["three", "projects/one"]);
  expect(out.match(/^\w+/gm)).toEqual(["three", "one"]);
});

test("a workspace without projects says so", async () => {
  expect(await tree()).toEqual({ status: 0, out: "The workspace has no projects.\n", err: "" });
  expect((await tree(["--json"])).out).toBe("[]\n");
});

test.each(["branches", "endpoints", "roles", "databases", "snapshots"])(
  "says when %s may not be listed",
  async (kind) => {
    await client.ok("POST", "projects?project_id=shop", {});
    await client.control("POST", "faults", { method: "GET", path: `${kind}$`, status: 403, times: 1 });
    const { status, out } = await tree();
    expect({ status, out }).toEqual({
      status: 0,
      out: expect.stringContaining(`─ ${kind}: no permission to list them\n`),
    });
  },
);

test("leaves out what the workspace does not have yet", async () => {
  await client.ok("POST", "projects?project_id=shop", {});
  const missing = {
    status: 404,
    body: { error_code: "ENDPOINT_NOT_FOUND", message: "No API found for 'GET /postgres/x'" },
  };
  await client.control("POST", "faults", { ...missing, method: "GET", path: "snapshots$", times: 1 });
  const [project] = JSON.parse((await tree(["--json"])).out);
  expect(project).not.toHaveProperty("snapshots");
  expect(project).toHaveProperty("branches");
});
