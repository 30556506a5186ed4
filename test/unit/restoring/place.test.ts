import fc from "fast-check";
import { type Point, restoredBranchId } from "../../../provider/restoring/place";
import { resourceId } from "../../../provider/rules/limits";

const shop = "projects/shop/branches";
const longest = "a".repeat(63);

interface Case {
  readonly name: string;
  readonly source: string;
  readonly point: Point;
  readonly want: string | RegExp;
}

const cases: readonly Case[] = [
  {
    name: "a moment",
    source: `${shop}/production`,
    point: { time: "2026-12-01T10:00:00Z" },
    want: "production-at-20261201t100000z",
  },
  {
    name: "the same moment elsewhere on earth",
    source: `${shop}/production`,
    point: { time: "2026-12-01t12:00:00.000+02:00" },
    want: "production-at-20261201t100000z",
  },
  {
    name: "a part of a second",
    source: `${shop}/production`,
    point: { time: "2026-12-01T10:00:00.250Z" },
    want: "production-at-20261201t100000-25z",
  },
  { name: "a position", source: `${shop}/dev`, point: { lsn: "0/1A2B3C4" }, want: "dev-at-0-1a2b3c4" },
  { name: "the same position", source: `${shop}/dev`, point: { lsn: "00/01a2b3c4" }, want: "dev-at-0-1a2b3c4" },
  {
    name: "a source whose name leaves no room",
    source: `${shop}/${longest}`,
    point: { lsn: "0/1A2B3C4" },
    want: /^a{41}-at-0-1a2b3c4-[0-9a-f]{8}$/,
  },
  { name: "what is no point", source: `${shop}/dev`, point: { time: "yesterday" }, want: /^dev-at-[0-9a-f]{8}$/ },
];

test.each(cases)("of $name", ({ source, point, want }) => {
  const id = restoredBranchId(source, point);
  if (typeof want === "string") expect(id).toBe(want);
  else expect(id).toMatch(want);
});

const moments = fc
  .date({ min: new Date("1970-01-01T00:00:00Z"), max: new Date("9999-12-30T00:00:00Z"), noInvalidDate: true })
  .map((date): Point => ({ time: date.toISOString() }));
const positions = fc
  .tuple(fc.nat(0xffffffff), fc.nat(0xffffffff))
  .map(([high, low]): Point => ({ lsn: `${high.toString(16)}/${low.toString(16)}` }));
const ids = fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
const points = fc.oneof(moments, positions);

test("is an id that the service takes, whatever is given", () => {
  const anything = fc.string().map((text): Point => ({ time: text }));
  fc.assert(
    fc.property(fc.oneof(ids, fc.string({ unit: "binary" })), fc.oneof(points, anything), (source, point) => {
      expect(restoredBranchId(source, point)).toMatch(resourceId.pattern);
    }),
  );
});

test("differs where the source or the point does", () => {
  fc.assert(
    fc.property(ids, points, ids, points, (one, at, other, then) => {
      fc.pre(one !== other || JSON.stringify(at) !== JSON.stringify(then));
      expect(restoredBranchId(one, at)).not.toBe(restoredBranchId(other, then));
    }),
  );
});
