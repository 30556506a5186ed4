/** The long storm, as `npm run soak` starts it. Of each failing seed it says which faults it takes, and of a single one what happened. */
import { openPlace } from "../support/storm/place";
import { runSeed, type Verdict } from "../support/storm/seed";

const from = Number(process.env["STORM_FROM"] ?? 1);
const count = Number(process.env["STORM_SEEDS"] ?? 1_000);
const isTold = process.env["STORM_TRACE"] !== undefined;

// A seed takes a quarter of a second, a failing one as many runs as it has faults.
jest.setTimeout(60_000 + count * 3_000);

let place: Awaited<ReturnType<typeof openPlace>>;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The seed with as few faults as it takes to fail. */
async function smallest(failing: Verdict): Promise<Verdict> {
  const without = new Set<number>();
  let found = failing;
  for (let fault = failing.faults - 1; fault >= 0; fault--) {
    const verdict = await runSeed(place, failing.seed, new Set([...without, fault]));
    if (verdict.problem === undefined) continue;
    without.add(fault);
    found = verdict;
  }
  return found;
}

async function weathered(seed: number): Promise<Verdict> {
  const verdict = await runSeed(place, seed);
  const told = verdict.problem === undefined ? verdict : await smallest(verdict);
  if (isTold) say(told.trace.join("\n"));
  if (told.problem !== undefined) {
    const faults = told.trace.flatMap((line) => /\[(fault .*)\]$/.exec(line)?.[1] ?? []);
    say(`seed ${seed}: ${told.problem}\n  It takes ${faults.join(", ") || "no fault"}. npm run soak -- --seed ${seed}`);
  }
  return verdict;
}

test(`seeds ${from} to ${from + count - 1}`, async () => {
  const start = performance.now();
  const verdicts: Verdict[] = [];
  for (let seed = from; seed < from + count; seed++) {
    verdicts.push(await weathered(seed));
    if (verdicts.length % 100 === 0) say(`${verdicts.length} of ${count} seeds`);
  }
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const took = (performance.now() - start) / 1000;
  const failed = verdicts.filter(({ problem }) => problem !== undefined);
  say(
    [
      `${count} seeds in ${took.toFixed(0)} s: ${sum(({ requests }) => requests)} requests, ${sum(({ faults }) => faults)} faults`,
      `${sum(({ ends }) => ends.well)} runs ended well, ${sum(({ ends }) => ends.error)} with an error, ${sum(({ ends }) => ends.killed)} killed`,
      `${failed.length} seeds failed`,
    ].join("; "),
  );
  expect(failed.map(({ seed }) => seed)).toEqual([]);
});
