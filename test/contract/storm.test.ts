/** Random stacks under random faults, from seeds: a failing one is run again with `npm run soak -- --seed N`. */
import { openPlace } from "../support/storm/place";
import { runSeed } from "../support/storm/seed";

jest.setTimeout(60_000);

let place: Awaited<ReturnType<typeof openPlace>>;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

test.each(seeds)("seed %i ends as declared, or in a clear error that leaves the state true", async (seed) => {
  expect((await runSeed(place, seed)).problem).toBeUndefined();
});
