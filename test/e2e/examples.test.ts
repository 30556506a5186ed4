/**
 * The examples as a newcomer has them, on real Postgres: every `sh` block of each README is run here as it is written, in
 * its order, and what a `text` block shows is printed by the block before it. After each of them stands what is then true.
 * `pulumi` asks nothing here, where a person would say yes, and previews in the first block of a README alone: each takes
 * seconds. What examples/README.md says comes first is README.md's own, which readme.test.ts runs.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Client } from "pg";
import { poolOptions } from "../../provider/connections";
import { checkout } from "../../tools/places.mts";
import { useEmulator } from "../support/emulator";
import { blocksOf, shell } from "../support/markdown";
import { useStacks } from "../support/stack";
import { expectCompiles, typesAreChecked } from "../support/types";

const emulator = useEmulator({ postgres: true });
const newStack = useStacks();
const env = () => ({
  ...emulator.env,
  ...typesAreChecked,
  PGSSLROOTCERT: emulator.ca,
  PULUMI_SKIP_CONFIRMATIONS: "true",
});
const read = (...path: readonly string[]) => readFileSync(join(checkout, "examples", ...path), "utf8");
const json = (...path: readonly string[]) => JSON.parse(read(...path));

/** First column of each row, on a branch's `primary` unless another compute is named. */
async function rows(place: string, sql: string, database = "databricks_postgres"): Promise<readonly unknown[]> {
  const [project, branch, endpoint = "primary"] = place.split("/");
  const name = `projects/${project}/branches/${branch}/endpoints/${endpoint}`;
  const client = new Client(await poolOptions(name, { env: env(), database }));
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows.map(([first]) => first);
  } finally {
    await client.end();
  }
}

async function nothingIsLeft(): Promise<void> {
  expect((await emulator.outside("GET", "projects"))["projects"] ?? []).toEqual([]);
}

const orders = ["A kettle", "Two cups", "A teapot"];
const customers = "select name from customers order by id";

/** What is true after each block of an example's README. */
const examples: Readonly<Record<string, readonly (() => Promise<void>)[]>> = {
  environments: [
    async () => {
      for (const branch of ["production", "production/reader-1", "staging", "dev"]) {
        expect(await rows(`environments/${branch}`, "select item from orders order by id")).toEqual([
          "A kettle",
          "Two cups",
        ]);
      }
      const owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'scratch'";
      expect(await rows("environments/dev", owner, "scratch")).toEqual(["owner"]);
      expect(await rows("environments/staging", owner)).toEqual([]);
    },
    async () => {
      expect(await rows("environments/dev", "select item from orders")).toEqual(["Two cups"]);
      expect(await rows("environments/staging", "select count(*)::int from orders")).toEqual([2]);
    },
    nothingIsLeft,
  ],
  "point-in-time-restore": [
    async () => expect(await rows("point-in-time-restore/production", "select item from orders")).toEqual(["Two cups"]),
    async () => expect(await rows("point-in-time-restore/production", "select item from orders")).toEqual(["Two cups"]),
    async () =>
      expect(await rows("point-in-time-restore/production", "select item from orders order by id")).toEqual(orders),
    nothingIsLeft,
  ],
  "preview-per-pull-request": [
    async () => expect(await rows("preview-per-pull-request/production", customers)).toEqual(["Ada King", "Max Born"]),
    async () => expect(await rows("preview-per-pull-request/production", customers)).toEqual(["Ada King", "Max Born"]),
    async () => {
      const columns = "select column_name from information_schema.columns where table_name = 'customers' order by 1";
      expect(await rows("preview-per-pull-request/production", columns)).toEqual(["email", "id", "name"]);
    },
    nothingIsLeft,
  ],
  quickstart: [
    async () => expect(await rows("my-quickstart/dev", "select current_user")).toEqual(["emulator@example.com"]),
    async () => expect(await rows("my-quickstart/feature", "select current_user")).toEqual(["emulator@example.com"]),
    nothingIsLeft,
  ],
  "read-replicas": [
    async () => {
      expect(await rows("read-replicas/production", "select count(*)::int from orders")).toEqual([4]);
      expect(await rows("read-replicas/production/reader-2", "select pg_is_in_recovery()")).toEqual([true]);
    },
    async () => {
      expect(await rows("read-replicas/production", "select count(*)::int from orders")).toEqual([5]);
      expect(await rows("read-replicas/production/reader-3", "select pg_is_in_recovery()")).toEqual([true]);
    },
    nothingIsLeft,
  ],
  "synced-table": [
    nothingIsLeft,
    async () => expect(await rows("synced-table/production", "select count(*)::int from items", "shop")).toEqual([3]),
    async () => expect(await rows("synced-table/production", "select count(*)::int from items", "shop")).toEqual([4]),
    nothingIsLeft,
  ],
};

/** Pulumi indents what it shows of a resource. */
function flushLeft(text: string): string {
  return text.replace(/^ +/gm, "");
}

/** Those that are tested whole in a file of their own. */
const elsewhere: Readonly<Record<string, string>> = { gitops: "gitops.test.ts" };

const folders = readdirSync(join(checkout, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(Object.entries(examples))("%s is as its README says", async (name, truths) => {
  const stack = await newStack({ from: join(checkout, "examples", name), env: env() });
  const blocks = blocksOf(read(name, "README.md"));
  expect(blocks.filter(({ language }) => language !== "text").map(({ language }) => language)).toEqual(
    truths.map(() => "sh"),
  );
  const holds = truths.values();
  const skipping: NodeJS.ProcessEnv = {};
  let printed = "";
  for (const { language, text } of blocks) {
    if (language === "text") expect(flushLeft(printed)).toContain(flushLeft(text));
    if (language !== "sh") continue;
    const { status, stdout, stderr } = await shell(text, stack.project, { ...stack.env, ...skipping });
    expect({ text, status, stderr: status === 0 ? "" : stdout + stderr }).toEqual({ text, status: 0, stderr: "" });
    printed = stdout;
    skipping["PULUMI_OPTION_SKIP_PREVIEW"] = "true";
    await holds.next().value?.();
  }
});

test("they compile as they are, and one installation serves them all", async () => {
  const names = Object.keys(examples);
  const [manifest, ...manifests] = names.map((name) => json(name, "package.json"));
  for (const { dependencies, devDependencies } of manifests) {
    expect(manifest).toMatchObject({ dependencies, devDependencies });
  }
  const configs = names.map((name) => json(name, "tsconfig.json"));
  const { compilerOptions } = configs[0];
  expect(configs).toEqual(configs.map(({ files }) => ({ compilerOptions, files })));
  const files = configs.flatMap(({ files }, index) => files.map((file: string) => join(names[index] ?? "", file)));
  const stack = await newStack({ from: join(checkout, "examples"), manifest });
  stack.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
  await expectCompiles(stack.project);
});

describe.each(folders)("%s", (name) => {
  test("has a test, and its line in README.md", () => {
    expect([...Object.keys(examples), ...Object.keys(elsewhere)]).toContain(name);
    expect(existsSync(join(checkout, "test/e2e", elsewhere[name] ?? basename(__filename)))).toBe(true);
    expect(readFileSync(join(checkout, "README.md"), "utf8")).toContain(
      `| [\`${name}\`](examples/${name}/README.md) |`,
    );
  });

  test("asks for the version of this checkout, whatever is the newest", () => {
    const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
    expect(json(name, "package.json").dependencies["pulumi-lakebase"]).toBe(`^${version}`);
    expect(existsSync(join(checkout, "examples", name, "package-lock.json"))).toBe(false);
  });
});

test("what comes before each of them is what README.md says of the quickstart", () => {
  const commands = (path: string) =>
    blocksOf(readFileSync(join(checkout, path), "utf8"))
      .filter(({ language }) => language === "sh")
      .flatMap(({ text }) => text.trim().split("\n"));
  const [install, ofExample, enter, stack, ...more] = commands("examples/README.md");
  const tried = [install, ofExample?.replace("EXAMPLE", "quickstart"), stack];
  expect(commands("README.md")).toEqual(expect.arrayContaining(tried));
  expect([enter, more]).toEqual(["cd examples/EXAMPLE", []]);
});
