/** Random stacks under random faults, from seeds: a failing one is run again with `npm run soak -- --seed N`. */
import { openPlace } from "../support/storm/place";
import { runSeed } from "../support/storm/seed";

let place: Awaited<ReturnType<typeof openPlace>>;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());

const seeds = Array.from(
  { length: Number(process.env["STORM_SEEDS"] ?? 40) },
  (_, index) => index + Number(process.env["STORM_FROM"] ?? 1),
);

test.each(seeds)("seed %i ends as declared, or in a clear error that leaves the state true", async (seed) => {
  const { problem, trace } = await runSeed(place, seed);
  if (problem !== undefined) throw new Error(`seed ${seed}: ${problem}\n${trace.join("\n")}`);
});
