/** From a push to a database with seed rows that somebody is connected to, beside a run of Pulumi that has nothing to do. */
import { Stack } from "../tools/sandbox.mts";
import type { Lakebase } from "./lakebase.mts";
import { median, milliseconds, type Result, timed } from "./measure.mts";

const times = 5;
const target = 5_000;

/** Production has rows, which the preview has too, under other names. */
const rows = "create table items (id int primary key, name text, customer text);";
const sales =
  "insert into items select number, 'item ' || number, 'person ' || number from generate_series(1, 10000) number";

const program = (pullRequest: number) => `
  const lakebase = require("pulumi-lakebase");
  const preview = new lakebase.PreviewEnvironment("preview", {
    parent: "projects/bench",
    pullRequest: ${pullRequest},
    commit: "first",
    anonymize: { sql: "update items set customer = 'customer ' || id" },
    migrations: "migrations",
    seed: { sql: "insert into features values (1), (2), (3)" },
  });
  exports.branchId = preview.branchId;
`;

export async function previews(lakebase: Lakebase): Promise<Result> {
  const production = await lakebase.connect();
  await production.query(rows + sales);
  await production.end();
  const made: number[] = [];
  const idle: number[] = [];
  for (let time = 0; time < times; time += 1) {
    made.push(await pushed(lakebase, time + 1));
    idle.push(await empty());
  }
  const push = median(made);
  return {
    what: "A preview environment, from the push to its seed rows",
    measured: milliseconds(push),
    beside: `an empty program ${milliseconds(median(idle))}`,
    ratio: push / median(idle),
    target: `under ${milliseconds(target)}`,
    isMet: push < target,
  };
}

async function pushed(lakebase: Lakebase, pullRequest: number): Promise<number> {
  const files = { "migrations/001-features.sql": "create table features (id int primary key)" };
  await using stack = await Stack.create({ program: program(pullRequest), files, env: lakebase.env });
  const { ms } = await timed(async () => {
    await succeeded(stack.up());
    const { branchId } = await stack.outputs();
    const session = await lakebase.connect(String(branchId));
    const { rowCount } = await session.query("select from features");
    await session.end();
    if (rowCount !== 3) throw new Error(`the preview has ${rowCount} of 3 seed rows`);
  });
  await succeeded(stack.destroy());
  return ms;
}

async function empty(): Promise<number> {
  await using stack = await Stack.create({ program: "" });
  return (await timed(() => succeeded(stack.up()))).ms;
}

async function succeeded(step: ReturnType<Stack["up"]>): Promise<void> {
  const { status, stdout, stderr } = await step;
  if (status !== 0) throw new Error(stdout + stderr);
}
