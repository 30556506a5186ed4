/** An expiry that is put off: what an argument's duration makes of the service's time. */
import fc from "fast-check";
import { DeclaredStack } from "../../../provider/pulumi/stack";
import { withMoment } from "../../../provider/schema/sliding";
import { unknownValue } from "../../../provider/schema/unknown";
import { checked, complaint, failures, judges } from "../support/checking";
import { args, branch, endpoint, type Values } from "../support/resources";

const now = Date.parse("2026-03-01T12:00:00Z");
const days = (count: number) => new Date(now + count * 86_400_000).toISOString().replace(".000", "");
const week = { slidingTtl: "7d", renewOn: "abc" };

function moment(news: Values, olds?: Values, at: number | undefined = now): unknown {
  return withMoment(branch, olds, args(branch, news), at)["expireTime"];
}

test.each<{ name: string; news: Values; olds?: Values; at?: number; want: unknown }>([
  { name: "none without a duration", news: { ttl: "7d" }, want: undefined },
  { name: "a duration from now", news: week, want: days(7) },
  { name: "a whole second", news: week, at: now + 999, want: days(7) },
  { name: "kept while more than half remains", news: week, olds: { ...week, expireTime: days(6) }, want: days(6) },
  { name: "kept while just half remains", news: week, olds: { ...week, expireTime: days(3.5) }, want: days(3.5) },
  {
    name: "renewed a moment later",
    news: week,
    olds: { ...week, expireTime: days(3.5) },
    at: now + 1000,
    want: new Date(now + 7 * 86_400_000 + 1000).toISOString().replace(".000", ""),
  },
  { name: "renewed when it is over", news: week, olds: { ...week, expireTime: days(-1) }, want: days(7) },
  {
    name: "kept when it is over and to be forgotten",
    news: { ...week, onExpiry: "forget" },
    olds: { ...week, expireTime: days(-1) },
    want: days(-1),
  },
  {
    name: "renewed though it is to be forgotten, by a new text",
    news: { ...week, renewOn: "def", onExpiry: "forget" },
    olds: { ...week, expireTime: days(-1) },
    want: days(7),
  },
  {
    name: "renewed by a new text",
    news: { ...week, renewOn: "def" },
    olds: { ...week, expireTime: days(6) },
    want: days(7),
  },
  {
    name: "renewed by a text that is gone",
    news: { slidingTtl: "7d" },
    olds: { ...week, expireTime: days(6) },
    want: days(7),
  },
  {
    name: "renewed by another duration",
    news: { ...week, slidingTtl: "6d" },
    olds: { ...week, expireTime: days(6.5) },
    want: days(6),
  },
  {
    name: "kept in another spelling of the duration",
    news: { ...week, slidingTtl: "168h" },
    olds: { ...week, expireTime: days(6) },
    want: days(6),
  },
  {
    name: "kept where somebody put it off further",
    news: week,
    olds: { ...week, expireTime: days(20) },
    want: days(20),
  },
  { name: "renewed where somebody took it away", news: week, olds: { ...week, noExpiry: true }, want: days(7) },
  { name: "renewed when it did not slide before", news: week, olds: { expireTime: days(6) }, want: days(7) },
  { name: "not known while the text is not", news: { ...week, renewOn: unknownValue }, want: unknownValue },
  { name: "not known while the duration is not", news: { slidingTtl: unknownValue }, want: unknownValue },
  { name: "not known without a clock", news: week, at: Number.NaN, want: unknownValue },
  { name: "what the program says, where it says both", news: { ...week, expireTime: days(2) }, want: days(2) },
])("the moment is $name", ({ news, olds, at, want }) => {
  const clock = Number.isNaN(at) ? undefined : (at ?? now);
  expect(withMoment(branch, olds && args(branch, olds), args(branch, news), clock)["expireTime"]).toBe(want);
});

test("once renewed, it is kept until half of it has passed, and is never over", () => {
  const seconds = fc.integer({ min: 2, max: 30 * 86_400 });
  fc.assert(
    fc.property(seconds, fc.array(fc.integer({ min: 0, max: 40 * 86_400 }), { maxLength: 10 }), (ttl, steps) => {
      let olds: Values = {};
      let [at, renewed] = [now, now];
      for (const step of [0, ...steps]) {
        at += step * 1000;
        const news = { slidingTtl: `${ttl}s`, renewOn: "abc" };
        const expireTime = String(moment(news, olds["expireTime"] === undefined ? undefined : olds, at));
        if (expireTime !== olds["expireTime"]) {
          const isDue = olds["expireTime"] === undefined || at - renewed > (ttl * 1000) / 2;
          expect(isDue).toBe(true);
          renewed = at;
        }
        expect(Date.parse(expireTime) - at).toBeGreaterThanOrEqual((ttl * 1000) / 2);
        expect(Date.parse(expireTime) - at).toBeLessThanOrEqual(ttl * 1000);
        olds = args(branch, { ...news, expireTime });
      }
    }),
  );
});

test("it is an input of its own, beside what the program wrote", () => {
  const { inputs, failures: none } = checked(branch, args(branch, week), { now });
  expect(none).toEqual([]);
  expect(inputs).toEqual({ ...args(branch, week), expireTime: days(7), name: "projects/shop/branches/dev" });
});

test("a resource without such a duration is left as it is", () => {
  const news = args(endpoint, { suspendTimeoutDuration: "5m" });
  expect(withMoment(endpoint, undefined, news, now)).toBe(news);
});

describe("what it goes with", () => {
  const definition = branch;
  judges(
    [
      { name: "is nothing else", definition, args: week },
      {
        name: "is not a ttl",
        definition,
        args: { ...week, ttl: "7d" },
        want: "ttl does not go with slidingTtl: give only one of them",
      },
      {
        name: "is not a moment",
        definition,
        args: { ...week, expireTime: days(2) },
        want: "expireTime does not go with slidingTtl: give only one of them",
      },
      {
        name: "is not noExpiry",
        definition,
        args: { ...week, noExpiry: true },
        want: "noExpiry does not go with slidingTtl: give only one of them",
      },
      {
        name: "is not protection",
        definition,
        args: { ...week, isProtected: true },
        want: "slidingTtl does not go with isProtected: a protected branch cannot expire; write noExpiry: true, or isProtected: false",
      },
      {
        name: "is not the root",
        definition,
        args: { ...week, branchId: "production" },
        want: "slidingTtl does not apply to 'production', which cannot expire; leave it out",
      },
      {
        name: "has the limits of a ttl",
        definition,
        args: { slidingTtl: "31d" },
        want: "slidingTtl is longer than the service allows; write 1s to 30d",
      },
      { name: "may be as long as a ttl", definition, args: { slidingTtl: "30d" } },
      {
        name: "is what renewOn renews",
        definition,
        args: { renewOn: "abc" },
        want: "renewOn renews slidingTtl, which is not given; write slidingTtl, or leave renewOn out",
      },
      { name: "is judged once it is known", definition, args: { slidingTtl: unknownValue, isProtected: true } },
    ],
    { now },
  );

  test("is not a source of other branches", () => {
    const stack = new DeclaredStack();
    checked(branch, args(branch, { branchId: "main", ...week }), { stack, logicalName: "main", now });
    const child = { sourceBranch: "projects/shop/branches/main" };
    expect(complaint(branch, child, { stack, now })).toBe(
      "sourceBranch is Branch 'main', which expires, and a branch with an expiration cannot have children; take the slidingTtl from it or fork from another branch",
    );
  });
});

test("a moment that was refused beside the duration is refused again", () => {
  const both = { ...week, expireTime: days(2) };
  expect(failures(branch, both, { olds: args(branch, week), now })).toHaveLength(1);
});
