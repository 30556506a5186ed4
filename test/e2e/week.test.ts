/** A week of a team with twelve pull requests, whose pipelines are those of examples/gitops, on a clock that moves. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EmulatorUnderTest } from "../support/emulator";
import { gitops } from "../support/pipelines.ts";
import { useStacks } from "../support/stack";
import { type Pipeline, Team } from "../support/team.ts";

const emulator = new EmulatorUnderTest();
const newStack = useStacks();
beforeAll(() => emulator.start({ postgres: true }));
afterAll(() => emulator.close());

interface PullRequest {
  readonly number: number;
  pushes: number;
  migrations: Record<string, string>;
}

const table = readFileSync(join(gitops, "environments.yaml"), "utf8");
const larger = table.replace("staging:\n    preset: small", "staging:\n    preset: standard");
const declared = ["dev", "production", "staging"];
/** Runners that work at the same time. */
const runners = 4;

test("everybody gets a database, and at the end there is what is declared, with every row of production", async () => {
  const stack = await newStack({ from: gitops, env: emulator.postgresEnv });
  const team = new Team(stack, emulator);
  let main: Record<string, string> = {};
  let sold = 0;

  // Each preview takes seconds; gitops.test.ts deploys with one.
  const unseen = { PULUMI_OPTION_SKIP_PREVIEW: "true" };
  const deploy = () => team.run(["npm run --silent deploy"], unseen, main);
  /** Production is in use all the time. */
  async function sell() {
    const number = ++sold;
    await team.sql("production", `insert into items (name, customer) values ('item ${number}', 'person ${number}')`);
  }
  const occasion = ({ number, pushes }: PullRequest) => ({ PULL_REQUEST: `${number}`, COMMIT: `${number}-${pushes}` });
  /** A pull request's pipeline has what main has, and its own on top. */
  const start = (one: PullRequest) => {
    one.pushes++;
    return team.start([...previewSteps], occasion(one), { ...main, ...one.migrations });
  };
  async function push(one: PullRequest) {
    one.pushes++;
    await team.run(previewSteps, occasion(one), { ...main, ...one.migrations });
  }
  async function close(one: PullRequest) {
    await team.run(["npm run --silent preview:down"], occasion(one), main);
  }
  async function merge(one: PullRequest) {
    main = { ...main, ...one.migrations };
    await Promise.all([close(one), deploy()]);
  }
  async function each(ones: readonly PullRequest[], work: (one: PullRequest) => Promise<unknown>) {
    const left = [...ones];
    const runner = async () => {
      for (let one = left.shift(); one; one = left.shift()) await work(one);
    };
    await Promise.all(Array.from({ length: runners }, runner));
  }
  /** The runner is lost when the service gets this request. */
  async function lose(begin: () => Pipeline, call: string) {
    await emulator.requests();
    const pipeline = begin();
    await emulator.seen(call, pipeline.done);
    await pipeline.kill();
    expect(await pipeline.done).not.toMatchObject({ status: 0 });
  }
  async function night() {
    await emulator.clock({ advance: "86400s" });
    await team.run(["npm run --silent drift", "npm run --silent sweep"], {}, main);
    await sell();
  }
  async function branchOf({ number }: PullRequest): Promise<string> {
    const found = (await team.branches()).find((id) => id.startsWith(`preview-shop-pr-${number}-`));
    if (found === undefined) throw new Error(`pull request ${number} has no branch`);
    return found;
  }
  const forget = (name: string) => rmSync(join(stack.root, `state/.pulumi/stacks/${name}.json`));

  // It begins in the past, so that what was made in it is as old for those who go by another clock.
  await emulator.clock({ now: new Date(Date.now() - 10 * 86_400_000).toISOString() });
  await deploy();
  await sell();

  // Monday: twelve pull requests are opened, and a runner is lost.
  const open = Array.from({ length: 12 }, (_, index): PullRequest => {
    const number = index + 1;
    const migrations = { [`migrations/${100 + number}-feature.sql`]: `create table feature_${number} (id int)` };
    return { number, pushes: 0, migrations };
  });
  const pull = (number: number): PullRequest => open[number - 1] ?? raise(`there is no pull request ${number}`);
  await lose(() => start(pull(5)), "POST projects/shop/branches");
  // The service is at work on some of them when it is asked for more.
  await emulator.fault({ method: "POST", path: "/projects/shop/branches$", status: 409, times: 3 });
  await Promise.all([each(open, push), sell(), sell()]);
  expect((await emulator.requests()).filter(({ status }) => status === 409)).toHaveLength(3);
  expect(await team.branches()).toHaveLength(declared.length + open.length);
  const sixth = await branchOf(pull(6));
  expect(
    await team.sql(sixth, "select distinct customer ~ '^customer [0-9]+$' or customer = 'Nobody' from items"),
  ).toEqual([true]);
  expect(
    await team.sql(sixth, "select to_regclass('feature_6') is not null and to_regclass('feature_5') is null"),
  ).toEqual([true]);
  await night();

  // Tuesday: two of them want the same table, the state of one is lost, and its runner that of another.
  pull(3).migrations["migrations/200-prices.sql"] = "create table prices (id int, amount numeric)";
  pull(4).migrations["migrations/200-prices.sql"] = "create table prices (id int, cents int)";
  pull(8).migrations["migrations/201-notes.sql"] = "create table notes (id int)";
  forget("shop-preview/pr-9");
  await lose(() => start(pull(10)), `PATCH projects/shop/branches/${await branchOf(pull(10))}`);
  await each([3, 4, 8, 9, 10].map(pull), push);
  expect(await branchOf(pull(6))).toBe(sixth);
  await night();

  // Wednesday: what is done is merged, and what does not fit any more begins anew from production as it is.
  main = { ...main, "environments.yaml": larger };
  const halfway = "PATCH projects/shop/branches/staging/endpoints/primary";
  await lose(() => team.start(["npm run --silent deploy"], unseen, main), halfway);
  await merge(pull(1));
  await merge(pull(2));
  await merge(pull(3));
  // The fourth learns that the third was first: its own table clashes with production's, and nothing else does.
  pull(4).migrations = {};
  await close(pull(4));
  await push(pull(4));
  pull(4).migrations = { "migrations/202-prices.sql": "create table prices (id int, cents int)" };
  await Promise.all([push(pull(4)), push(pull(7))]);
  expect(team.failures.splice(0)).toEqual([
    expect.stringMatching(/202-prices\.sql on .*: 42P07: relation … already exists/),
  ]);
  pull(4).migrations = { "migrations/202-prices.sql": "alter table prices add column cents int" };
  await push(pull(4));
  const fourth = await branchOf(pull(4));
  expect(
    await team.sql(fourth, "select amount::text || cents from prices union all select count(*)::text from feature_1"),
  ).toEqual(["0"]);
  await night();

  // Thursday and Friday: production's state is lost, some are pushed to, one loses its state and is closed, and one is forgotten.
  forget("shop-environments/production");
  await team.run(["npm run --silent recover"], unseen, main);
  await each([5, 6, 8].map(pull), push);
  forget("shop-preview/pr-11");
  await close(pull(11));
  await expect(branchOf(pull(11))).rejects.toThrow("no branch");
  await night();
  await merge(pull(4));
  await merge(pull(8));

  // A week later the forgotten one is gone, and those with a push since are not.
  await emulator.clock({ advance: "259200s" });
  await expect(branchOf(pull(12))).rejects.toThrow("no branch");
  expect(await branchOf(pull(6))).toBe(sixth);
  await each([5, 6, 7, 9, 10, 12].map(pull), close);
  await night();

  expect(team.failures).toEqual([]);
  expect(await team.branches()).toEqual(declared);
  expect(await emulator.outside("GET", "projects/shop/branches/staging/endpoints/primary")).toMatchObject({
    status: { autoscaling_limit_max_cu: 4 },
  });
  expect(await team.sql("production", "select count(*)::int from items")).toEqual([sold]);
  expect(
    await team.sql("production", "select count(distinct name)::int from items where customer like 'person %'"),
  ).toEqual([sold]);
  const merged = ["feature_1", "feature_2", "feature_3", "feature_8", "notes", "prices"];
  const there =
    "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1";
  expect(await team.sql("production", there)).toEqual([...merged.slice(0, 4), "items", ...merged.slice(4)]);
}, 900_000);

const previewSteps = ["npm run --silent preview:up"];

function raise(message: string): never {
  throw new Error(message);
}
