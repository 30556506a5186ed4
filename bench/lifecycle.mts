/** 21 resources from nothing to nothing: requests and seconds, beside what Pulumi itself takes and beside the peers. */
import { Stack, type Step } from "../tools/sandbox.mts";
import { Lakebase } from "./lakebase.mts";
import { median, type Result, seconds } from "./measure.mts";
import { type Phase, type Phases, peers, phases, titles } from "./peers.mts";
import { lifecycle, nothing, type Program, trivial } from "./programs.mts";
import { watched } from "./provider-process.mts";
import { lines, markdown } from "./table.mts";

const rounds = 3;
const wanted: Phases<number> = { create: 21, preview: 0, apply: 0, refresh: 12, oneField: 1, destroy: 21 };
const withReadWrite: Phases<number> = { ...wanted, destroy: 11 };
const withDeletedWith: Phases<number> = { ...wanted, destroy: 1 };

/** Above a program with one trivial dynamic resource, in seconds. */
const mostAbove = 0.3;
const mostCpu = 1;

interface Course {
  readonly seconds: Phases<number>;
  readonly requests: Phases<number>;
  readonly cpuSeconds: number;
}

export async function lifecycles(): Promise<string> {
  await using lakebase = await Lakebase.start("--no-postgres");
  const readOnly = lifecycle("READ_ONLY");
  const runs: Record<"empty" | "floor" | "ours", Course[]> = { empty: [], floor: [], ours: [] };
  for (let round = 0; round < rounds; round++) {
    runs.empty.push(await course(lakebase, nothing));
    runs.floor.push(await course(lakebase, trivial));
    runs.ours.push(await course(lakebase, readOnly));
  }
  const [empty, floor, ours] = [middle(runs.empty), middle(runs.floor), middle(runs.ours)];
  const readWrite = await course(lakebase, lifecycle("READ_WRITE"));
  const together = await course(lakebase, lifecycle("READ_ONLY", "{ deletedWith: parent }"));
  const results: Result[] = [
    ...phases.map((phase) => above(titles[phase], ours.seconds[phase], floor.seconds[phase])),
    {
      what: "processor time of the provider's process, create",
      measured: seconds(ours.cpuSeconds),
      beside: `the trivial one's ${seconds(floor.cpuSeconds)}`,
      ratio: ours.cpuSeconds / floor.cpuSeconds,
      target: `under ${seconds(mostCpu)}`,
      isMet: ours.cpuSeconds < mostCpu,
    },
    ...[
      counted("read-only endpoints", ours.requests, wanted),
      counted("read-write endpoints", readWrite.requests, withReadWrite),
      counted("deletedWith the project", together.requests, withDeletedWith),
      await brief(lakebase),
    ],
  ];
  return [
    "### Requests: 1 project, 10 branches, 10 read-only endpoints\n",
    byPhase([["this provider", ours.requests], ...peers.map(({ name, requests }) => [name, requests] as const)]),
    "\n### Seconds, no latency\n",
    byPhase([
      ["an empty Pulumi program", empty.seconds],
      ["one trivial dynamic resource", floor.seconds],
      ["this provider", ours.seconds],
      ...peers.map(({ name, seconds: taken }) => [name, taken] as const),
    ]),
    "\n### Against the targets\n",
    markdown(results),
    "\n### Operations of 3 s, 50 ms of latency\n",
    markdown(await slow(lakebase, floor.seconds.create)),
    `\nPeers: ${peers.map(({ name, slowCreate }) => `${name} ${slowCreate} s`).join("; ")}.`,
  ].join("\n");
}

async function course(lakebase: Lakebase, program: Program): Promise<Course> {
  await lakebase.reset();
  await using stack = await Stack.create({ program: program(0), env: lakebase.env });
  const taken: Partial<Record<Phase, number>> = {};
  const asked: Partial<Record<Phase, number>> = {};
  const note = async (phase: Phase, step: Step) => {
    succeeded(step);
    taken[phase] = step.seconds;
    asked[phase] = await lakebase.requests();
  };
  const { step, usage } = await watched(stack, stack.start("up"));
  await note("create", step);
  await note("preview", await stack.preview("--expect-no-changes"));
  await note("apply", await stack.up("--expect-no-changes"));
  await note("refresh", await stack.refresh("--expect-no-changes"));
  stack.write("index.js", program(1));
  await note("oneField", await stack.up());
  await note("destroy", await stack.destroy());
  // Each phase has been noted above.
  return { seconds: taken as Phases<number>, requests: asked as Phases<number>, cpuSeconds: usage.cpuSeconds };
}

/** Operations that end within 300 ms: one poll more for each, at most. */
async function brief(lakebase: Lakebase): Promise<Result> {
  await lakebase.reset();
  await lakebase.set({ operationTime: "250ms", reconcileTime: "0s" });
  await using stack = await Stack.create({ program: lifecycle("READ_ONLY")(0), env: lakebase.env });
  succeeded(await stack.up());
  const requests = await lakebase.requests();
  return {
    what: "requests: create, operations of 250 ms",
    measured: `${requests}`,
    beside: "at once 21",
    ratio: requests / 21,
    target: "at most 42",
    isMet: requests <= 42,
  };
}

/** How long a create takes above the trivial program, beside the operations that have to follow one another. */
async function slow(lakebase: Lakebase, floor: number): Promise<Result[]> {
  const operation = 3;
  const latency = 0.05;
  // The request that starts an operation and the one that finds it done.
  const step = operation + 2 * latency;
  const results: Result[] = [];
  for (const { parallel, steps } of [
    { parallel: 32, steps: 3 },
    { parallel: 8, steps: 4 },
  ]) {
    await lakebase.reset();
    await lakebase.set({ operationTime: `${operation}s`, reconcileTime: "0s" });
    await lakebase.slow(latency * 1000);
    await using stack = await Stack.create({ program: lifecycle("READ_ONLY")(0), env: lakebase.env });
    const created = await stack.up("--parallel", String(parallel));
    succeeded(created);
    const path = steps * step;
    const taken = created.seconds - floor;
    results.push({
      what: `create, --parallel ${parallel}, ${await lakebase.requests()} requests`,
      measured: `${seconds(created.seconds)}, ${seconds(taken)} above the trivial one`,
      beside: `${steps} operations in a row ${seconds(path)}`,
      ratio: taken / path,
      target: "at most 1.15",
      isMet: taken <= 1.15 * path,
    });
  }
  await lakebase.slow(0);
  return results;
}

function above(what: string, ours: number, floor: number): Result {
  return {
    what: `seconds: ${what}`,
    measured: seconds(ours),
    beside: `the trivial one ${seconds(floor)}`,
    ratio: ours / floor,
    target: `at most ${seconds(mostAbove)} more`,
    isMet: ours - floor <= mostAbove,
  };
}

function counted(what: string, requests: Phases<number>, most: Phases<number>): Result {
  const list = (each: Phases<number>) => phases.map((phase) => each[phase]).join("/");
  const sum = (each: Phases<number>) => phases.reduce((total, phase) => total + each[phase], 0);
  return {
    what: `requests: ${what}`,
    measured: list(requests),
    beside: "",
    ratio: sum(requests) / sum(most),
    target: list(most),
    isMet: phases.every((phase) => requests[phase] <= most[phase]),
  };
}

function middle(courses: readonly Course[]): Course {
  const of = (value: (one: Course) => number) => median(courses.map(value));
  const each = (value: (one: Course, phase: Phase) => number) =>
    Object.fromEntries(phases.map((phase) => [phase, of((one) => value(one, phase))])) as Phases<number>;
  return {
    seconds: each((one, phase) => one.seconds[phase]),
    requests: each((one, phase) => one.requests[phase]),
    cpuSeconds: of((one) => one.cpuSeconds),
  };
}

function byPhase(rows: readonly (readonly [string, Phases<number | undefined>])[]): string {
  const shown = (value: number | undefined) =>
    value === undefined ? "-" : Number.isInteger(value) ? `${value}` : value.toFixed(1);
  return lines([
    ["", ...phases.map((phase) => titles[phase])],
    ...rows.map(([name, values]) => [name, ...phases.map((phase) => shown(values[phase]))]),
  ]);
}

export function succeeded({ status, stdout, stderr }: Step): void {
  if (status !== 0) throw new Error(stdout + stderr);
}
