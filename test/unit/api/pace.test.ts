/** What becomes of requests that a service limits, on a clock that is moved by hand. */
import fc from "fast-check";
import { Pace, type Sent } from "../../../provider/api/pace";
import { bucket, limiters, run } from "../support/limited.ts";

const limit = 15;
/** Milliseconds there, and as many back. */
const way = [20, 30] as const;

/** The same numbers from 0 up to 1 every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** How long so many take at best: who knows the limit and makes no mistake. */
function best(name: string, requests: number): number {
  return name === "a bucket of tokens" ? (requests - limit) / limit : Math.ceil(requests / limit) - 1;
}

describe.each(Object.entries(limiters))("at a limit of 15 a second by %s", (name, limiter) => {
  test.each([
    { requests: 200, inFlight: 8, retryAfterMs: 0 },
    { requests: 400, inFlight: 16, retryAfterMs: 0 },
    { requests: 800, inFlight: 32, retryAfterMs: 0 },
    { requests: 200, inFlight: 8, retryAfterMs: 1000 },
    { requests: 400, inFlight: 16, retryAfterMs: 1000 },
    { requests: 800, inFlight: 32, retryAfterMs: 1000 },
  ])(
    "$requests requests, $inFlight in flight, Retry-After $retryAfterMs ms: at most 5 % are refused, and they take at most 1.1 times the least",
    (given) => {
      const outcomes = Array.from({ length: 10 }, (_, seed) => {
        const random = numbers(seed + 1);
        const phase = 100 * seed;
        return run({ ...given, pace: new Pace(), limiter: limiter(limit, phase), way, random });
      });
      const mean = (value: (outcome: (typeof outcomes)[number]) => number) =>
        outcomes.reduce((sum, outcome) => sum + value(outcome), 0) / outcomes.length;
      expect(mean(({ refused }) => refused / given.requests)).toBeLessThanOrEqual(0.05);
      expect(mean(({ seconds }) => seconds / best(name, given.requests))).toBeLessThanOrEqual(1.1);
    },
  );
});

test("before a refusal nothing waits, however many there are", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 300 }), (gaps) => {
      const pace = new Pace();
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        expect(pace.wait(now)).toBe(0);
        pace.taken(pace.send(now), now + 30);
      }
    }),
  );
});

test("a Retry-After holds up all requests, for as long as it says, or a minute", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600_000 }), fc.integer({ min: 0, max: 600_000 }), (asked, later) => {
      const pace = new Pace();
      pace.refused(pace.send(0), 50, asked);
      expect(pace.wait(Math.min(later, Math.min(asked, 60_000) + 49))).toBeGreaterThan(0);
    }),
  );
});

test("a Retry-After of days holds up the others for a minute", () => {
  const pace = new Pace();
  pace.refused(pace.send(0), 0, 2 * 86_400_000);
  expect(pace.wait(0)).toBe(60_000);
  expect(pace.wait(60_000)).toBe(0);
});

test("a clock that is set back makes nobody wait for its former time", () => {
  const pace = new Pace();
  const hour = 3_600_000;
  for (let sent = 0; sent < 20; sent++) pace.taken(pace.send(hour + sent), hour + sent + 5);
  pace.refused(pace.send(hour + 20), hour + 20, 1000);
  expect(pace.wait(hour + 30)).toBeGreaterThan(0);
  expect(pace.wait(0)).toBe(0);
});

test("several refusals of one moment slow down as one does", () => {
  const [one, several] = [new Pace(), new Pace()].map((pace, which) => {
    const sent = Array.from({ length: 24 }, () => pace.send(0));
    for (const each of sent.slice(0, 12)) pace.taken(each, 40);
    for (const each of sent.slice(12, which === 0 ? 13 : 24)) pace.refused(each, 50);
    return sendAll(pace, 2000, 10_000);
  });
  expect(several).toBeGreaterThanOrEqual(12 * 7);
  expect(one).toBe(several);
});

test("one refusal alone leaves 8 requests a second, and within 20 s hundreds", () => {
  const pace = new Pace();
  pace.refused(pace.send(0), 50);
  expect(sendAll(pace, 1050, 2050)).toBe(8);
  sendAll(pace, 2050, 20_000);
  expect(sendAll(pace, 20_000, 21_000)).toBeGreaterThan(100);
});

test("a limit that is far lower is found, and nothing is sent in vain for long", () => {
  const outcome = run({
    pace: new Pace(),
    limiter: bucket(2, 2),
    requests: 100,
    inFlight: 8,
    way,
    random: numbers(1),
  });
  expect(outcome.refused).toBeLessThanOrEqual(25);
  expect(outcome.seconds).toBeLessThanOrEqual(1.5 * 49);
});

test("when a limit has gone, that is found out within half a minute", () => {
  const before = limiters["a look back over a second"]?.(limit, 0);
  const outcome = run({
    pace: new Pace(),
    limiter: (now) => now > 10_000 || before?.(now) === true,
    requests: 2000,
    inFlight: 16,
    way,
    random: numbers(1),
  });
  // 150 in the first 10 s; the rest at 15 a second would take two minutes more.
  expect(outcome.seconds).toBeLessThan(40);
});

test("no second has more requests than the pace allows, whatever comes when", () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 40 }), fc.array(fc.nat(300), { maxLength: 200 }), (taken, gaps) => {
      const pace = new Pace();
      const first: Sent[] = Array.from({ length: taken + 1 }, () => pace.send(0));
      for (const sent of first.slice(1)) pace.taken(sent, 50);
      for (const sent of first.slice(0, 1)) pace.refused(sent, 50);
      const times: number[] = [];
      let now = 50;
      for (const gap of gaps) {
        now += gap;
        now += pace.wait(now);
        // Later it tries more.
        if (now > 8000) break;
        times.push(now);
        pace.taken(pace.send(now), now + 50);
      }
      for (const start of times) {
        expect(times.filter((time) => time >= start && time < start + 1000).length).toBeLessThanOrEqual(taken);
      }
    }),
  );
});

/** Sends whenever it may, and all is taken; the number of requests. */
function sendAll(pace: Pace, from: number, to: number): number {
  let count = 0;
  for (let now = from; ; ) {
    now += pace.wait(now);
    if (now >= to || count > 10_000) return count;
    pace.taken(pace.send(now), now);
    now += 1;
    count++;
  }
}
