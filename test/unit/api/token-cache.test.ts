import { kept, type Token } from "../../../provider/api/token-cache";
import { CountedClock } from "../../support/clock.ts";

const minute = 60_000;

/** Tokens of an hour, numbered, or a failure. */
function issuer(clock: CountedClock) {
  const calls: { readonly succeed: () => void; readonly fail: () => void }[] = [];
  const get = kept(
    () =>
      new Promise<Token>((resolve, reject) => {
        const value = `t${calls.length + 1}`;
        calls.push({
          succeed: () => resolve({ value, lifetimeMs: 60 * minute }),
          fail: () => reject(new Error(`no ${value}`)),
        });
      }),
    clock,
  );
  return { get, calls };
}

/** Lets everything happen that waits for nothing outside. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function withFirst(clock: CountedClock) {
  const { get, calls } = issuer(clock);
  const first = get();
  calls[0]?.succeed();
  await first;
  return { get, calls };
}

test("one fetch serves all who wait for it", async () => {
  const { get, calls } = issuer(new CountedClock());
  const all = Promise.all([get(), get(), get()]);
  calls[0]?.succeed();
  expect(await all).toEqual(["t1", "t1", "t1"]);
  expect(calls).toHaveLength(1);
});

test("a fetch that fails is everybody's failure, and the next one is a new try", async () => {
  const { get, calls } = issuer(new CountedClock());
  const both = Promise.allSettled([get(), get()]);
  calls[0]?.fail();
  expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const again = get();
  calls[1]?.succeed();
  expect(await again).toBe("t2");
});

const ages = [
  { after: 39 * minute, fetches: 1, waits: false },
  { after: 41 * minute, fetches: 2, waits: false },
  { after: 59 * minute, fetches: 2, waits: false },
  { after: 60 * minute - 30_000, fetches: 2, waits: true },
  { after: 61 * minute, fetches: 2, waits: true },
];

test.each(ages)("$after ms old: $fetches fetches, and who asks waits: $waits", async ({ after, fetches, waits }) => {
  const clock = new CountedClock();
  const { get, calls } = await withFirst(clock);
  await clock.pass(after);
  const asked = get();
  calls[1]?.succeed();
  expect(await asked).toBe(waits ? "t2" : "t1");
  expect(calls).toHaveLength(fetches);
  await settle();
  expect(await get()).toBe(`t${fetches}`);
});

test("when a renewal beside the work fails, the token at hand is used and the next try is a minute later", async () => {
  const clock = new CountedClock();
  const { get, calls } = await withFirst(clock);
  await clock.pass(45 * minute);
  expect([await get(), await get()]).toEqual(["t1", "t1"]);
  calls[1]?.fail();
  await settle();
  await clock.pass(minute - 1);
  expect(await get()).toBe("t1");
  expect(calls).toHaveLength(2);
  await clock.pass(1);
  expect(await get()).toBe("t1");
  calls[2]?.succeed();
  await settle();
  expect(await get()).toBe("t3");
});
