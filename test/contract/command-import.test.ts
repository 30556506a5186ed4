/** `pulumi-lakebase import` over real HTTP: what it reads, writes and says. What Pulumi makes of it is in test/e2e. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, ended } from "../support/command";
import { type Client, READ_ONLY, startClient } from "./emulator-client";

const shop = "projects/shop";
const dev = `${shop}/branches/dev`;

let client: Client;
let folder = "";
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "import-"));
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: { display_name: "Corner shop" } });
  const never = { no_expiry: true };
  await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: never });
  await client.ok("POST", `${shop}/branches?branch_id=a-fix`, { spec: { ...never, source_branch: dev } });
  await client.control("DELETE", "requests");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function importing(...args: readonly string[]): Promise<Ended> {
  const { status, out, err } = await ended(["import", "--out", folder, ...args], {
    environment: { DATABRICKS_HOST: client.emulator.url, DATABRICKS_TOKEN: client.emulator.token },
  });
  return {
    status,
    out: out.replaceAll(folder, "FOLDER").replace(/ +#/g, "  #"),
    err: err.replaceAll(folder, "FOLDER"),
  };
}

function written(name: "import.json" | "index.ts"): string {
  return readFileSync(join(folder, name), "utf8");
}

function entries(): readonly { readonly type: string; readonly name: string; readonly id: string }[] {
  return JSON.parse(written("import.json")).resources;
}

function names(type: string): readonly string[] {
  return entries()
    .filter((entry) => entry.type.endsWith(`:${type}`))
    .map(({ name }) => name);
}

async function requests(): Promise<readonly { readonly method: string; readonly path: string }[]> {
  return (await client.control("GET", "requests")).requests;
}

test("writes two files, says what to do with them in three lines, and only reads", async () => {
  expect(await importing("shop")).toEqual({
    status: 0,
    out:
      "pulumi import --file FOLDER/import.json --generate-code=false  # 13 into the state of the stack\n" +
      "pulumi preview --expect-no-changes  # with FOLDER/index.ts as the program\n" +
      "pulumi up  # the state learns what depends on what, for a destroy\n",
    err: "",
  });
  expect(new Set((await requests()).map(({ method }) => method))).toEqual(new Set(["GET"]));
});

test("sources come before branches that are made from them, whatever the order of the list", async () => {
  await importing("shop");
  expect(names("Branch")).toEqual(["shop-production", "shop-dev", "shop-a-fix"]);
  expect(written("index.ts")).toContain("  sourceBranch: shopDev,\n");
});

test("of the branches only those that are asked for", async () => {
  expect(await importing("shop", "--branch", "production", "--branch", "a-fix")).toMatchObject({ status: 0, err: "" });
  expect(names("Project")).toEqual(["shop"]);
  expect(names("Branch")).toEqual(["shop-production", "shop-a-fix"]);
  expect(names("Endpoint")).toEqual(["shop-production-primary", "shop-a-fix-primary"]);
  expect(written("index.ts")).toContain(`  sourceBranch: "${dev}",\n`);
  expect((await requests()).filter(({ path }) => path.includes(`${dev}/`))).toEqual([]);
});

test("several projects into a folder that is made for it, with a prefix", async () => {
  await client.ok("POST", "projects?project_id=store", { spec: {} });
  const { status, out } = await importing(
    "shop",
    "projects/store",
    "shop",
    "--prefix",
    "team-",
    "--out",
    join(folder, "it's new"),
  );
  expect(status).toBe(0);
  expect(out).toContain("--file 'FOLDER/it'\\''s new/import.json' --");
  const { resources } = JSON.parse(readFileSync(join(folder, "it's new", "import.json"), "utf8"));
  const projects = resources.filter(({ id }: { id: string }) => id.split("/").length === 2);
  expect(projects.map(({ name }: { name: string }) => name)).toEqual(["team-shop", "team-store"]);
});

test("does not overwrite, nor ask the service anything before it has said so", async () => {
  writeFileSync(join(folder, "index.ts"), "// mine\n");
  expect(await importing("shop")).toEqual({
    status: 1,
    out: "",
    err: "pulumi-lakebase: FOLDER/index.ts exists already; overwrite it with --force, or choose another folder with --out\n",
  });
  expect(readdirSync(folder)).toEqual(["index.ts"]);
  expect(written("index.ts")).toBe("// mine\n");
  expect(await requests()).toEqual([]);
  expect(await importing("shop", "--force")).toMatchObject({ status: 0 });
  expect(written("index.ts")).toContain("new lakebase.Project");
});

interface Refused {
  readonly name: string;
  readonly args: readonly string[];
  readonly status: number;
  readonly err: RegExp;
}

const refused: readonly Refused[] = [
  {
    name: "a project that is not there",
    args: ["store"],
    status: 1,
    err: /^pulumi-lakebase: projects\/store does not exist; check the name, and that the workspace is the right one\n$/,
  },
  {
    name: "a branch that no project has",
    args: ["shop", "--branch", "dev", "--branch", "qa"],
    status: 1,
    err: /^pulumi-lakebase: none of these projects has a branch qa; 'pulumi-lakebase tree' shows what they have\n$/,
  },
  {
    name: "a catalog that is not there",
    args: ["--catalog", "orders"],
    status: 1,
    err: /^pulumi-lakebase: catalogs\/orders does not exist; /,
  },
  { name: "nothing to import", args: [], status: 2, err: /name a PROJECT/ },
  { name: "a branch of no project", args: ["--branch", "dev"], status: 2, err: /--branch needs a PROJECT/ },
  { name: "a branch as a project", args: ["shop/dev"], status: 2, err: /with --branch/ },
  {
    name: "a synced table by half its name",
    args: ["--synced-table", "prices"],
    status: 2,
    err: /CATALOG\.SCHEMA\.TABLE/,
  },
  { name: "a prefix that is none", args: ["shop", "--prefix", "a b"], status: 2, err: /hyphens/ },
];

test.each(refused)("refuses $name, and writes nothing", async ({ args, status, err }) => {
  const ended = await importing(...args);
  expect(ended).toMatchObject({ status, out: "" });
  expect(ended.err).toMatch(err);
  expect(readdirSync(folder)).toEqual([]);
});

test("a deleted project is not there", async () => {
  await client.ok("DELETE", shop);
  expect(await importing("shop")).toMatchObject({ status: 1, err: expect.stringContaining(`${shop} does not exist`) });
});

describe("what cannot be read", () => {
  test("is left out and said, where it may not be", async () => {
    await client.control("POST", "faults", { path: `${dev}/roles$`, status: 403 });
    const { status, err } = await importing("shop");
    expect({ status, lines: err.trimEnd().split("\n") }).toEqual({
      status: 0,
      lines: [
        expect.stringMatching(new RegExp(`^${dev}/roles cannot be read and is left out: GET ${dev}/roles: .*403`)),
      ],
    });
    expect(names("Role")).toEqual(["shop-production-emulator", "shop-a-fix-emulator"]);
    // Its owner is named, then, and not declared.
    expect(written("index.ts")).toContain(`  role: "${dev}/roles/emulator",\n`);
  });

  test("is left out where a workspace does not offer it", async () => {
    await client.control("POST", "faults", { path: `${shop}/snapshots$`, status: 404 });
    expect(await importing("shop")).toMatchObject({ status: 0, err: "" });
  });

  test("ends the command when it is the sign-in that is refused", async () => {
    await client.control("POST", "faults", { path: `${dev}/roles$`, status: 401 });
    expect(await importing("shop")).toMatchObject({ status: 1, err: expect.stringContaining("explain-auth") });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("what somebody has to know is said on the error stream", () => {
  test("a compute that the provider's own limit refuses", async () => {
    const wide = { endpoint_type: READ_ONLY, autoscaling_limit_min_cu: 2, autoscaling_limit_max_cu: 16 };
    await client.ok("POST", `${dev}/endpoints?endpoint_id=wide`, { spec: wide });
    const { status, err } = await importing("shop");
    expect(status).toBe(0);
    expect(err).toMatch(
      new RegExp(
        `^${dev}/endpoints/wide: the next preview will refuse it, since .*lakebase:autoscalingSpreadLimit.*\n$`,
      ),
    );
  });

  test("an argument of a synced table that the service never shows", async () => {
    const prices = "synced_tables?synced_table_id=main.public.prices";
    await client.ok("POST", prices, {
      spec: {
        source_table_full_name: "main.sales.prices",
        branch: `${shop}/branches/production`,
        postgres_database: "databricks_postgres",
        primary_key_columns: ["id"],
      },
    });
    const { status, err } = await importing("--synced-table", "main.public.prices");
    expect({ status, err }).toEqual({
      status: 0,
      err: "synced_tables/main.public.prices: the service does not show its sourceTableFullName; write it into the program, which has it empty\n",
    });
    const told = await importing(
      "--out",
      join(folder, "told"),
      "--synced-table",
      "main.public.prices=main.sales.prices",
    );
    expect(told).toMatchObject({ status: 0, err: "" });
    expect(readFileSync(join(folder, "told/index.ts"), "utf8")).toContain('sourceTableFullName: "main.sales.prices"');
  });
});
