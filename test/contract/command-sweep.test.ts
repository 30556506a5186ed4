/** `pulumi-lakebase sweep` over real HTTP, beside a `pulumi` that answers from files. What the real one says is in test/e2e. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, ended } from "../support/command";
import { type Client, startClient } from "./emulator-client";

const shop = "projects/shop";
const start = "2030-01-01T12:00:00Z";

let client: Client;
let folder = "";
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sweep-"));
  await client.control("POST", "reset");
  await client.control("POST", "clock", { now: start });
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function branches(specs: Readonly<Record<string, object>>): Promise<void> {
  for (const [id, spec] of Object.entries(specs)) {
    await client.ok("POST", `${shop}/branches?branch_id=${id}`, { spec: { no_expiry: true, ...spec } });
  }
}

const from = (id: string) => ({ source_branch: `${shop}/branches/${id}` });

/** Old ones that nobody has but for what is said, then a young one, two days and two hours after the first. */
async function previews(): Promise<void> {
  await branches({ "preview-1": {}, "preview-2": {}, "preview-2-copy": from("preview-2"), "preview-3": {}, dev: {} });
  await branches({ "dev-copy": from("preview-3") });
  await client.control("POST", "clock", { advance: "180000s" });
  await branches({ "preview-4": {} });
  await client.control("DELETE", "requests");
}

/** A Pulumi project with these stacks, each with a state that has these branches. */
function project(name: string, stacks: Readonly<Record<string, readonly string[]>>): string {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, "stacks.json"), JSON.stringify(Object.keys(stacks).map((stack) => ({ name: stack }))));
  for (const [stack, ids] of Object.entries(stacks)) writeFileSync(join(place, `${stack}.json`), state(ids));
  return place;
}

function state(ids: readonly string[]): string {
  return JSON.stringify({ version: 3, deployment: { resources: ids.map((id) => ({ id: `${shop}/branches/${id}` })) } });
}

/** As Pulumi's own errors are: on the error stream, after a word. */
const pulumi = `#!/bin/sh
case "$1 $2" in
"stack ls") answer=stacks.json ;;
"stack export") answer="$4.json" ;;
esac
[ -f "$answer" ] || { echo "warning: something else" >&2; echo "error: no $answer here" >&2; exit 255; }
cat "$answer"
`;

async function sweep(args: readonly string[], { withPulumi = true } = {}): Promise<Ended> {
  const programs = join(folder, "bin");
  mkdirSync(programs, { recursive: true });
  if (withPulumi) writeFileSync(join(programs, "pulumi"), pulumi, { mode: 0o755 });
  const { status, out, err } = await ended(["sweep", ...args], {
    environment: {
      DATABRICKS_HOST: client.emulator.url,
      DATABRICKS_TOKEN: client.emulator.token,
      PATH: withPulumi ? `${programs}:${process.env["PATH"]}` : programs,
    },
    width: 200,
  });
  return { status, out, err: err.replaceAll(folder, "FOLDER") };
}

async function calls(): Promise<readonly string[]> {
  const { requests } = await client.control("GET", "requests");
  return requests.map(({ method, path, query }: { method: string; path: string; query: Record<string, string> }) =>
    [method, path.replace("/api/2.0/postgres/", ""), query["purge"] ? "purge" : ""].join(" ").trim(),
  );
}

async function ids(): Promise<readonly string[]> {
  const { branches: listed } = await client.ok("GET", `${shop}/branches`);
  return listed.map(({ name }: { name: string }) => name.split("/").at(-1)).sort();
}

test("shows what would go and why the others stay, and only reads", async () => {
  await previews();
  const web = project("web", { dev: ["preview-1"], "preview-9": [] });
  const api = project("api", { prod: ["production"] });
  const { status, out, err } = await sweep(["shop", "--prefix", "preview", "--project-dir", web, "--project-dir", api]);
  expect({ status, err }).toEqual({
    status: 0,
    err: "Nothing is deleted yet: --delete deletes 2 branches.\n",
  });
  expect(`\n${out.replaceAll(folder, "FOLDER")}`).toMatchInlineSnapshot(`
"
shop
├─ preview-2-copy  goes   made 2030-01-01 12:00Z (2d ago), and no stack has it
├─ preview-2       goes   made 2030-01-01 12:00Z (2d ago), and no stack has it
├─ preview-1       stays  the state of stack dev in FOLDER/web has it
├─ preview-4       stays  made 2030-01-03 14:00Z (now), which is not 1d ago
└─ preview-3       stays  dev-copy was made from it, and stays
"
`);
  expect((await calls()).filter((call) => !call.startsWith("GET"))).toEqual([]);
});

test("deletes them, children first, each looked at again before that", async () => {
  await previews();
  const web = project("web", { dev: ["preview-1"] });
  const { status, out, err } = await sweep(["shop", "--prefix", "preview", "--project-dir", web, "--delete", "--json"]);
  expect({ status, err }).toEqual({ status: 0, err: "" });
  const outcomes = JSON.parse(out).map(({ name, outcome }: { name: string; outcome: string }) => `${name} ${outcome}`);
  expect(outcomes).toEqual(
    ["preview-2-copy deleted", "preview-2 deleted", "preview-1 stays", "preview-4 stays", "preview-3 stays"].map(
      (text) => `${shop}/branches/${text}`,
    ),
  );
  expect(await ids()).toEqual(["dev", "dev-copy", "preview-1", "preview-3", "preview-4", "production"]);
  const sent = (await calls()).filter((call) => !call.includes("/operations/"));
  expect(sent.slice(0, 6)).toEqual([
    `GET ${shop}`,
    `GET ${shop}/branches`,
    `GET ${shop}/branches`,
    `DELETE ${shop}/branches/preview-2-copy`,
    `GET ${shop}/branches`,
    `DELETE ${shop}/branches/preview-2`,
  ]);
});

test("goes by exported states, or by prefix and age alone, without Pulumi", async () => {
  await previews();
  const file = join(folder, "dev.json");
  writeFileSync(file, state(["preview-1", "preview-2-copy"]));
  const without = { withPulumi: false };
  const args = ["shop", "--prefix", "preview", "--older-than", "1h30m", "--delete", "--purge"];
  expect(await sweep([...args, "--state", file], without)).toMatchObject({ status: 0, err: "" });
  expect(await calls()).not.toContainEqual(expect.stringContaining("DELETE"));
  expect(await sweep([...args, "--no-stacks"], without)).toMatchObject({ status: 0, err: "" });
  expect((await calls()).filter((call) => call.startsWith("DELETE"))).toEqual(
    ["preview-1", "preview-2-copy", "preview-2"].map((id) => `DELETE ${shop}/branches/${id} purge`),
  );
});

test("one folder may have no stack left, where another shows that the backend is the right one", async () => {
  await previews();
  const folders = ["--project-dir", project("preview", {}), "--project-dir", project("web", { dev: ["preview-1"] })];
  expect(await sweep(["shop", "--prefix", "preview-1", ...folders])).toMatchObject({ status: 0, err: "" });
});

test("a delete that fails is told, what depends on it stays, the others go, and the status is 1", async () => {
  await previews();
  await client.control("POST", "faults", { method: "DELETE", path: "preview-2-copy$", status: 403 });
  const { status, out, err } = await sweep(["shop", "--prefix", "preview", "--no-stacks", "--delete"]);
  expect({ status, err }).toEqual({
    status: 1,
    err: "pulumi-lakebase: 1 branch could not be deleted; it is said above why\n",
  });
  const told = out.replace(/\s*\n[│ ]+(?=DELETE)/, " ");
  expect(told).toMatch(/preview-1 +deleted/);
  expect(told).toMatch(
    /preview-2-copy +failed +DELETE projects\/shop\/branches\/preview-2-copy: .* deleting needs CAN MANAGE on the project\n/,
  );
  expect(told).toMatch(/preview-2 +stays +preview-2-copy was made from it, and is there/);
  expect(await ids()).toContain("preview-2");
});

const unknown = "it is not known what stacks own, and so nothing is deleted: ";
const wayOut =
  "; name other folders with --project-dir, exported states with --state, or go by prefix and age alone with --no-stacks\n";

interface Refused {
  readonly name: string;
  readonly args: () => readonly string[];
  readonly withPulumi?: boolean;
  readonly status?: number;
  readonly err: string;
}

const refused: readonly Refused[] = [
  {
    name: "without Pulumi",
    args: () => ["--project-dir", project("web", { dev: [] })],
    withPulumi: false,
    err: `${unknown}pulumi is not on PATH${wayOut}`,
  },
  {
    name: "in a folder that is none",
    args: () => ["--project-dir", join(folder, "nowhere")],
    err: `${unknown}FOLDER/nowhere is no folder${wayOut}`,
  },
  {
    name: "in a folder that Pulumi does not know",
    args: () => ["--project-dir", folder],
    err: `${unknown}'pulumi stack ls --json' in FOLDER: no stacks.json here${wayOut}`,
  },
  {
    name: "where there is no stack at all",
    args: () => ["--project-dir", project("web", {}), "--project-dir", project("app", {})],
    err: `${unknown}'pulumi stack ls' shows no stack in FOLDER/web and FOLDER/app${wayOut}`,
  },
  {
    name: "when one stack of several cannot be read",
    args: () => {
      const web = project("web", { dev: [], prod: [] });
      rmSync(join(web, "prod.json"));
      return ["--project-dir", web];
    },
    err: `${unknown}'pulumi stack export --stack prod' in FOLDER/web: no prod.json here${wayOut}`,
  },
  {
    name: "by a file that is no state",
    args: () => {
      writeFileSync(join(folder, "other.json"), "{}");
      return ["--state", join(folder, "other.json")];
    },
    err: `${unknown}FOLDER/other.json has no deployment, as 'pulumi stack export' writes it${wayOut}`,
  },
  {
    name: "with both stacks and none",
    args: () => ["--no-stacks", "--state", "dev.json"],
    status: 2,
    err: "option '--no-stacks' cannot be used with option '--state <file>'\n",
  },
];

test.each(refused)("deletes nothing $name", async ({ args, withPulumi = true, status = 1, err }) => {
  await previews();
  const ended = await sweep(["shop", "--prefix", "preview", "--delete", ...args()], { withPulumi });
  expect(ended).toEqual({ status, out: "", err: `pulumi-lakebase: ${err}` });
  expect(await calls()).toEqual([]);
});

test.each([
  { args: ["shop"], status: 2, err: "required option '--prefix <text>' not specified" },
  { args: ["shop", "--prefix", ""], status: 2, err: "Write what ids begin with, such as preview." },
  { args: ["shop/dev", "--prefix", "preview"], status: 2, err: "Name a project alone." },
  { args: ["shop", "--prefix", "preview", "--older-than", "soon"], status: 2, err: "Write a duration such as 12h" },
  { args: ["none", "--prefix", "preview", "--no-stacks"], status: 1, err: "projects/none does not exist" },
])("says what is wrong with $args", async ({ args, status, err }) => {
  expect(await sweep(args)).toEqual({ status, out: "", err: expect.stringContaining(err) });
});

test("says that nothing has the prefix", async () => {
  const { out } = await sweep(["shop", "--prefix", "preview", "--no-stacks"]);
  expect(out).toBe("shop  no branch has this prefix\n");
});
