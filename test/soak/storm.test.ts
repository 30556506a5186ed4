/** The long storm: `npm run soak`. Says how far it is as it goes, and of a failing seed which faults it takes. */
import { openPlace } from "../support/storm/place";
import { runSeed, type Verdict } from "../support/storm/seed";

const from = Number(process.env["STORM_FROM"] ?? 1);
const count = Number(process.env["STORM_SEEDS"] ?? 1_000);
const isVerbose = process.env["STORM_TRACE"] !== undefined;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

test(`seeds ${from} to ${from + count - 1}`, async () => {
  const place = await openPlace();
  const start = performance.now();
  const verdicts: Verdict[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const verdict = await runSeed(place, seed);
    verdicts.push(verdict);
    if (verdict.problem !== undefined) say(`seed ${seed}: ${verdict.problem}`);
    if (isVerbose) say(verdict.trace.join("\n"));
    if (verdicts.length % 100 === 0) say(`${verdicts.length} of ${count} seeds`);
  }
  await place.close();
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const failed = verdicts.filter(({ problem }) => problem !== undefined);
  say(
    `${count} seeds in ${((performance.now() - start) / 1000).toFixed(0)} s: ${sum(({ requests }) => requests)} requests, ${sum(({ faults }) => faults)} faults; ${sum(({ ends }) => ends.well)} runs ended well, ${sum(({ ends }) => ends.error)} with an error, ${sum(({ ends }) => ends.killed)} killed; ${failed.length} seeds failed`,
  );
  expect(failed.map(({ seed }) => seed)).toEqual([]);
});
