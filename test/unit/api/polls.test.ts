/** When operations are polled, on a clock that is moved by hand. */
import fc from "fast-check";
import { learned, nextPoll, Polls, type Span, type Watch } from "../../../provider/api/polls";

const hour = 3_600_000;
const durations = fc.integer({ min: 0, max: 3 * hour });
/** Up to here an end is noticed with one or two polls by who knows how long it takes. */
const short = fc.integer({ min: 0, max: 5000 });

interface Noticed {
  readonly polls: number;
  readonly at: number;
}

/** Polls something that takes so long until it is over. */
function wait(watch: Watch, duration: number): Noticed {
  for (let polls = 1; ; polls++) {
    const age = watch.due();
    if (age >= duration) {
      watch.ended(age);
      watch.close();
      return { polls, at: age };
    }
    watch.running(age, age);
  }
}

/** All of one kind at once, in virtual time. */
async function together(polls: Polls, taken: readonly number[]): Promise<readonly Noticed[]> {
  const running = taken.map((duration) => ({ watch: polls.watch("POST branches"), duration, polls: 0 }));
  const noticed: Noticed[] = [];
  let now = 0;
  while (running.length > 0) {
    const [one] = [...running].sort((a, b) => a.watch.due() - b.watch.due());
    if (one === undefined) break;
    now = Math.max(now, one.watch.due());
    one.polls++;
    if (now < one.duration) {
      one.watch.running(now, now);
      continue;
    }
    one.watch.ended(now);
    one.watch.close();
    running.splice(running.indexOf(one), 1);
    noticed.push({ polls: one.polls, at: now - one.duration });
  }
  return noticed;
}

test.each([
  { name: "nothing is known, at first", polled: 0, known: undefined, follower: false, want: 300 },
  { name: "nothing is known, at an age of 1 s", polled: 1000, known: undefined, follower: false, want: 1250 },
  { name: "nothing is known, at an age of 10 min", polled: 600_000, known: undefined, follower: false, want: 605_000 },
  { name: "another is polled more closely", polled: 1000, known: undefined, follower: true, want: 2000 },
  { name: "the end is known well", polled: 0, known: { after: 2900, by: 3000 }, follower: false, want: 3000 },
  { name: "the end is known roughly", polled: 0, known: { after: 2000, by: 3000 }, follower: false, want: 2500 },
  { name: "a rough guess came too early", polled: 2500, known: { after: 2000, by: 3000 }, follower: false, want: 3000 },
  {
    name: "it takes longer than the last",
    polled: 3000,
    known: { after: 2900, by: 3000 },
    follower: false,
    want: 3150,
  },
  {
    name: "it is a little late, and followed another",
    polled: 3100,
    known: { after: 2900, by: 3100 },
    follower: true,
    want: 3250,
  },
  { name: "it is later and later", polled: 6000, known: { after: 2900, by: 3100 }, follower: false, want: 9050 },
  { name: "it should be over at once", polled: 0, known: { after: 0, by: 40 }, follower: false, want: 300 },
  { name: "the end is minutes away", polled: 0, known: { after: 59_000, by: 60_000 }, follower: false, want: 5000 },
])("the next poll when $name", ({ polled, known, follower, want }) => {
  expect(nextPoll(polled, known, follower)).toBe(want);
});

const well = { after: 2900, by: 3100 };
const roughly = { after: 2700, by: 3100 };

test.each([
  { name: "the first", known: undefined, relied: undefined, seen: roughly, want: roughly },
  { name: "one that says more", known: roughly, relied: roughly, seen: well, want: well },
  { name: "a follower that says less", known: well, relied: undefined, seen: { after: 1200, by: 3200 }, want: well },
  {
    name: "one that took longer",
    known: well,
    relied: well,
    seen: { after: 3100, by: 3560 },
    want: { after: 3100, by: 3560 },
  },
  { name: "one whose first poll was late", known: well, relied: well, seen: { after: 0, by: 3100 }, want: roughly },
  {
    name: "the second whose first poll was late",
    known: roughly,
    relied: roughly,
    seen: { after: 0, by: 2900 },
    want: { after: 2100, by: 2900 },
  },
  { name: "one beside it, no more", known: roughly, relied: well, seen: { after: 0, by: 3100 }, want: roughly },
])("what is known after $name", ({ known, relied, seen, want }) => {
  expect(learned(known, relied, seen)).toEqual(want);
});

test("no end stays unnoticed for more than 5 s, whatever was learned", () => {
  const span = fc.tuple(durations, durations).map(([after, more]): Span => ({ after, by: after + more + 1 }));
  fc.assert(
    fc.property(durations, fc.option(span, { nil: undefined }), fc.boolean(), (polled, known, follower) => {
      const next = nextPoll(polled, known, follower);
      expect(next - polled).toBeGreaterThan(0);
      expect(next - polled).toBeLessThanOrEqual(5000);
    }),
  );
});

test("without knowledge, the end is noticed within a tenth and 150 ms, after polls that grow with the logarithm of the time", () => {
  fc.assert(
    fc.property(durations, (duration) => {
      const { polls, at } = wait(new Polls().watch("POST projects"), duration);
      expect(at - duration).toBeLessThanOrEqual(Math.max(300, Math.min(5000, 150 + duration / 10)));
      // Where the waits have grown to 5 s, they stay there: that is what an end that is noticed costs.
      expect(polls).toBeLessThanOrEqual(2 + 11 * Math.log1p(Math.min(duration, 50_000) / 1500) + duration / 5000);
    }),
    { numRuns: 300 },
  );
});

test("the same once more costs two polls at most, and is noticed no later", () => {
  fc.assert(
    fc.property(short, fc.integer({ min: 1, max: 12 }), (duration, times) => {
      const polls = new Polls();
      const before = wait(polls.watch("POST branches"), duration);
      for (let n = 0; n < times; n++) {
        const { polls: asked, at } = wait(polls.watch("POST branches"), duration);
        expect(asked).toBeLessThanOrEqual(2);
        expect(at).toBeLessThanOrEqual(before.at);
      }
    }),
  );
});

test("what ends within 300 ms costs one poll, whatever the others took", () => {
  fc.assert(
    fc.property(fc.array(short), fc.integer({ min: 0, max: 300 }), (others, duration) => {
      const polls = new Polls();
      for (const other of others) wait(polls.watch("POST branches"), other);
      expect(wait(polls.watch("POST branches"), duration).polls).toBe(1);
    }),
  );
});

test("a service that becomes faster is followed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 5000 }), fc.double({ min: 0.1, max: 0.9, noNaN: true }), (slow, part) => {
      const polls = new Polls();
      for (let n = 0; n < 5; n++) wait(polls.watch("POST branches"), slow);
      const fast = slow * part;
      let last = Number.POSITIVE_INFINITY;
      for (let n = 0; n < 12; n++) last = wait(polls.watch("POST branches"), fast).at;
      expect(last).toBeLessThanOrEqual(Math.max(300, fast * 1.25));
    }),
  );
});

test("of many that begin together one is polled closely, and the first end tells the others", async () => {
  const polls = new Polls();
  const noticed = await together(
    polls,
    Array.from({ length: 10 }, () => 3000),
  );
  const asked = noticed.map((each) => each.polls).sort((a, b) => a - b);
  expect(asked.slice(0, 9).every((count) => count <= 5)).toBe(true);
  expect(asked.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(60);
  expect(Math.max(...noticed.map(({ at }) => at))).toBeLessThanOrEqual(450);
});

test("of many that begin together none is noticed later than it took, or 5 s", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 20 }), async (taken) => {
      const noticed = await together(new Polls(), taken);
      for (const { at } of noticed) expect(at).toBeLessThanOrEqual(5000);
    }),
  );
});

test("others that wait hear of the first end, and when the one that is polled closely fails, another is", async () => {
  const polls = new Polls();
  const [scout, second, third] = [polls.watch("POST a"), polls.watch("POST a"), polls.watch("POST a")];
  for (const watch of [scout, second, third]) {
    expect(watch.due()).toBe(300);
    watch.running(1000, 1000);
  }
  expect([scout.due(), second.due(), third.due()]).toEqual([1250, 2000, 2000]);
  scout.close();
  expect([second.due(), third.due()]).toEqual([1250, 2000]);
  const { news } = third;
  second.ended(1250);
  await news;
  expect(third.due()).toBeLessThanOrEqual(1250);
  expect(third.news).toBeUndefined();
});
