/** Time, memory and state size against the number of resources, in tables and as plots beside bench/README.md. */
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../tools/places.mts";
import { Stack } from "../tools/sandbox.mts";
import { Lakebase } from "./lakebase.mts";
import { succeeded } from "./lifecycle.mts";
import { median, type Result, seconds } from "./measure.mts";
import { plot, type Series } from "./plot.mts";
import { components, many, type Program } from "./programs.mts";
import { watched } from "./provider-process.mts";
import { lines, markdown } from "./table.mts";

/** A growth counts as linear when the last resources cost no more than this much above the first ones. */
const slack = 1.25;
const mostAboveComponents = 1.5;
/** That often is an apply without a change measured. */
const times = 3;

interface Shape {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly program: (size: number) => Program;
  readonly resources: (size: number) => number;
}

const shapes: readonly Shape[] = [
  {
    name: "1 project, n branches, n endpoints",
    // A project has at most 500 branches, and one of them comes with it.
    sizes: [62, 125, 250, 499],
    program: (size) => many(1, size, true),
    resources: (size) => 1 + 2 * size,
  },
  {
    name: "n projects of 10 branches",
    sizes: [12, 25, 50, 100],
    program: (size) => many(size, 10, false),
    resources: (size) => size * 11,
  },
];

/**
 * With a state in a file the engine writes all of it before and after each resource, which grows with the square of their
 * number whatever they are. What grows with ours shows without that; `withCheckpoints` says what it takes.
 */
const withoutCheckpoints = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

interface Point {
  readonly resources: number;
  readonly createSeconds: number;
  readonly componentsCreateSeconds: number;
  readonly applySeconds: number;
  readonly refreshSeconds: number;
  readonly refreshRequests: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly stateKiB: number;
  readonly componentsSeconds: number;
}

export async function scales(): Promise<string> {
  await using lakebase = await Lakebase.start("--no-postgres");
  const measured: { readonly name: string; readonly points: readonly Point[] }[] = [];
  for (const shape of shapes) {
    const points: Point[] = [];
    for (const size of shape.sizes) {
      points.push(await point(lakebase, shape.program(size), shape.resources(size)));
      console.error(`${shape.name}: ${JSON.stringify(points.at(-1))}`);
    }
    measured.push({ name: shape.name, points });
  }
  const drawn = (of: (one: Point) => number): Series[] =>
    measured.map(({ name, points }) => ({ name, points: points.map((one) => [one.resources, of(one)]) }));
  for (const { file, unit, of } of [
    { file: "scale-create.svg", unit: "create, s", of: (one: Point) => one.createSeconds },
    { file: "scale-apply.svg", unit: "apply without a change, s", of: (one: Point) => one.applySeconds },
    { file: "scale-memory.svg", unit: "provider's memory, MiB", of: (one: Point) => one.peakMiB },
    { file: "scale-state.svg", unit: "state, KiB", of: (one: Point) => one.stateKiB },
  ]) {
    writeFileSync(join(checkout, "bench", file), plot(unit, "resources", drawn(of)));
  }
  const told = measured.map(({ name, points }) => `### ${name}\n\n${table(points)}\n\n${markdown(judged(points))}`);
  return [
    ...told,
    `### With a state that is written at each step\n\n${markdown([await withCheckpoints(lakebase)])}`,
  ].join("\n\n");
}

async function withCheckpoints(lakebase: Lakebase): Promise<Result> {
  const resources = 1 + 2 * 250;
  await lakebase.reset();
  const [ours = Number.NaN, others = Number.NaN] = await creates(
    [many(1, 250, true), components(resources)],
    lakebase.env,
  );
  return {
    what: `create, ${resources} resources`,
    measured: seconds(ours),
    beside: `as many components ${seconds(others)}`,
    ratio: ours / others,
    target: "",
    isMet: true,
  };
}

async function creates(programs: readonly Program[], env: Lakebase["env"]): Promise<number[]> {
  const taken: number[] = [];
  for (const program of programs) {
    await using stack = await Stack.create({ program: program(0), env });
    const created = await stack.up();
    succeeded(created);
    taken.push(created.seconds);
  }
  return taken;
}

async function point(lakebase: Lakebase, program: Program, resources: number): Promise<Point> {
  await lakebase.reset();
  const env = { ...lakebase.env, ...withoutCheckpoints };
  await using stack = await Stack.create({ program: program(0), env });
  const { step: created, usage } = await watched(stack, stack.start("up"));
  succeeded(created);
  await lakebase.requests();
  const refreshed = await stack.refresh("--expect-no-changes");
  succeeded(refreshed);
  const refreshRequests = await lakebase.requests();
  await using beside = await Stack.create({ program: components(resources)(0), env });
  const besideCreated = await beside.up();
  succeeded(besideCreated);
  const applied: number[] = [];
  const idle: number[] = [];
  for (let time = 0; time < times; time++) {
    applied.push(await unchanged(stack));
    idle.push(await unchanged(beside));
  }
  return {
    resources,
    createSeconds: created.seconds,
    componentsCreateSeconds: besideCreated.seconds,
    applySeconds: median(applied),
    refreshSeconds: refreshed.seconds,
    refreshRequests,
    ...usage,
    stateKiB: statSync(stack.stateFile()).size / 1024,
    componentsSeconds: median(idle),
  };
}

async function unchanged(stack: Stack): Promise<number> {
  const step = await stack.up("--expect-no-changes");
  succeeded(step);
  return step.seconds;
}

function table(points: readonly Point[]): string {
  const heads = [
    "Resources",
    "Create",
    "components",
    "No change",
    "components",
    "Refresh",
    "requests",
    "CPU",
    "Memory",
    "State",
  ];
  return lines([
    heads,
    ...points.map((one) => [
      `${one.resources}`,
      seconds(one.createSeconds),
      seconds(one.componentsCreateSeconds),
      seconds(one.applySeconds),
      seconds(one.componentsSeconds),
      seconds(one.refreshSeconds),
      `${one.refreshRequests}`,
      seconds(one.cpuSeconds),
      `${Math.round(one.peakMiB)} MiB`,
      `${Math.round(one.stateKiB)} KiB`,
    ]),
  ]);
}

function judged(points: readonly Point[]): Result[] {
  const last = points.at(-1);
  if (last === undefined) return [];
  const growth = (what: string, of: (one: Point) => number): Result => {
    const [early, late] = slopes(points, of);
    return {
      what: `growth of ${what}, a resource more`,
      measured: late.toPrecision(2),
      beside: `at first ${early.toPrecision(2)}`,
      ratio: late / early,
      target: "no worse than linear",
      isMet: late <= slack * early,
    };
  };
  return [
    {
      what: `no change, ${last.resources} resources`,
      measured: seconds(last.applySeconds),
      beside: `as many components ${seconds(last.componentsSeconds)}`,
      ratio: last.applySeconds / last.componentsSeconds,
      target: `under ${mostAboveComponents}`,
      isMet: last.applySeconds < mostAboveComponents * last.componentsSeconds,
    },
    growth("the time of a create, s", (one) => one.createSeconds),
    growth("the provider's processor time, s", (one) => one.cpuSeconds),
    memory(points[0] ?? last, last),
    growth("the state, KiB", (one) => one.stateKiB),
  ];
}

/** Most of it is there with the first resource, and its peaks go in the steps of V8's collector, so that slopes say nothing. */
function memory(first: Point, last: Point): Result {
  const resources = last.resources / first.resources;
  return {
    what: "growth of the provider's memory",
    measured: `${Math.round(first.peakMiB)} to ${Math.round(last.peakMiB)} MiB`,
    beside: `${resources.toFixed(1)} times the resources`,
    ratio: last.peakMiB / first.peakMiB,
    target: "no worse than linear",
    isMet: last.peakMiB / first.peakMiB <= resources,
  };
}

/** What a resource more costs between the first two sizes, and between the last two. */
function slopes(points: readonly Point[], of: (one: Point) => number): readonly [number, number] {
  const between = (left: Point | undefined, right: Point | undefined) =>
    left && right ? (of(right) - of(left)) / (right.resources - left.resources) : Number.NaN;
  return [between(points[0], points[1]), between(points.at(-2), points.at(-1))];
}
