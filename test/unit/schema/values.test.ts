import fc from "fast-check";
import type { z } from "zod";
import {
  duration,
  id,
  lsn,
  only,
  readable,
  reference,
  seconds,
  shapeOf,
  timestamp,
  utc,
} from "../../../provider/schema/values";
import { resources } from "../support/resources";

/** The canonical value, or what is wrong with it. */
function read(schema: z.ZodType, value: unknown): unknown {
  const { success, data, error } = schema.safeParse(value);
  return success ? { value: data } : error.issues.map((issue) => issue.message).join(" | ");
}

const value = (canonical: unknown) => ({ value: canonical });

describe("a duration", () => {
  const schema = duration({ least: 60, most: 7 * 86400 });
  const unreadable = 'is not a duration; write "300s", "5m", "12h" or "7d", 1m to 7d';
  const rows: readonly { name: string; given: unknown; want: unknown }[] = [
    { name: "is taken in seconds", given: "300s", want: value("300s") },
    { name: "is taken in minutes", given: "5m", want: value("300s") },
    { name: "is taken in hours", given: "12h", want: value("43200s") },
    { name: "is taken in days", given: "7d", want: value("604800s") },
    { name: "is taken in several units", given: "1d12h30m15s", want: value("131415s") },
    { name: "is taken with a fraction of a second", given: "60.5s", want: value("60.5s") },
    { name: "is taken without a fraction that says nothing", given: "60.000s", want: value("60s") },
    { name: "is taken with spaces around it", given: " 5m ", want: value("300s") },
    { name: "may be the least", given: "60s", want: value("60s") },
    { name: "may not be less", given: "59.9s", want: "is shorter than the service allows; write 1m to 7d" },
    { name: "may not be more", given: "604801s", want: "is longer than the service allows; write 1m to 7d" },
    { name: "needs a unit", given: "300", want: unreadable },
    { name: "needs a number", given: "s", want: unreadable },
    { name: "needs something", given: "", want: unreadable },
    { name: "has its units in order", given: "5m1h", want: unreadable },
    { name: "has no other units", given: "1w", want: unreadable },
    { name: "is not negative", given: "-5m", want: unreadable },
    { name: "has no fraction of a minute", given: "1.5m", want: unreadable },
    { name: "is a text", given: 300, want: 'must be a duration such as "300s", "12h" or "7d", 1m to 7d' },
    { name: "is not beyond all numbers", given: "99999999999999999999d", want: unreadable },
  ];
  test.each(rows)("$name", ({ given, want }) => {
    expect(read(schema, given)).toEqual(want);
  });

  test("without a limit says so", () => {
    expect(read(duration(), "0s")).toBe("is shorter than the service allows; write at least 1s");
  });

  test("that is written out reads back", () => {
    fc.assert(
      fc.property(fc.nat(), (total) => {
        expect(seconds(readable(total))).toBe(total);
      }),
    );
  });

  test("is the sum of its units", () => {
    const parts = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(100));
    fc.assert(
      fc.property(parts, ([d, h, m, s]) => {
        expect(seconds(`${d}d${h}h${m}m${s}s`)).toBe(d * 86400 + h * 3600 + m * 60 + s);
      }),
    );
  });

  test("is canonical once and for all", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60_000, max: 600_000_000 }), (thousandths) => {
        const once = schema.parse(`${thousandths / 1000}s`);
        expect(schema.parse(once)).toBe(once);
      }),
    );
  });
});

describe("a number of seconds is read as", () => {
  const rows = [
    { total: 604_800, want: "7d" },
    { total: 43_200, want: "12h" },
    { total: 300, want: "5m" },
    { total: 90, want: "90s" },
    { total: 0, want: "0s" },
  ];
  test.each(rows)("$want", ({ total, want }) => {
    expect(readable(total)).toBe(want);
  });
});

describe("a timestamp", () => {
  const example = 'write an RFC 3339 timestamp such as "2026-12-31T12:00:00Z"';
  const unreadable = `is not a timestamp; ${example}`;
  const rows: readonly { name: string; given: unknown; want: unknown }[] = [
    { name: "is taken in UTC", given: "2026-12-31T12:00:00Z", want: value("2026-12-31T12:00:00Z") },
    { name: "is taken with an offset", given: "2026-12-31T12:00:00+05:30", want: value("2026-12-31T06:30:00Z") },
    { name: "is taken across a year", given: "2026-12-31T23:00:00-02:00", want: value("2027-01-01T01:00:00Z") },
    { name: "is taken in small letters", given: "2026-12-31t12:00:00z", want: value("2026-12-31T12:00:00Z") },
    { name: "is taken with a space", given: "2026-12-31 12:00:00Z", want: value("2026-12-31T12:00:00Z") },
    {
      name: "keeps its fraction to the nanosecond",
      given: "2026-12-31T12:00:00.123456789Z",
      want: value("2026-12-31T12:00:00.123456789Z"),
    },
    {
      name: "loses a fraction that says nothing",
      given: "2026-12-31T12:00:00.5000Z",
      want: value("2026-12-31T12:00:00.5Z"),
    },
    { name: "may be a leap day", given: "2028-02-29T00:00:00Z", want: value("2028-02-29T00:00:00Z") },
    { name: "may not be a leap day of another year", given: "2026-02-29T00:00:00Z", want: unreadable },
    { name: "may not be 31 February", given: "2026-02-31T00:00:00Z", want: unreadable },
    { name: "may not be 31 February with an offset", given: "2026-02-31T00:00:00+01:00", want: unreadable },
    { name: "may not be in month 13", given: "2026-13-01T00:00:00Z", want: unreadable },
    { name: "may not be at 24 o'clock", given: "2026-12-31T24:00:00Z", want: unreadable },
    { name: "may not be in second 60", given: "2026-12-31T23:59:60Z", want: unreadable },
    { name: "may not have an offset of 24 hours", given: "2026-12-31T12:00:00+24:00", want: unreadable },
    { name: "may not have an offset of 60 minutes", given: "2026-12-31T12:00:00+01:60", want: unreadable },
    { name: "needs a zone", given: "2026-12-31T12:00:00", want: unreadable },
    { name: "needs seconds", given: "2026-12-31T12:00Z", want: unreadable },
    { name: "needs a time", given: "2026-12-31", want: unreadable },
    { name: "may not leave the years that have four digits", given: "9999-12-31T23:59:59-01:00", want: unreadable },
    { name: "may not lie before them", given: "0000-01-01T00:00:00+01:00", want: unreadable },
    { name: "is a text", given: 1_798_718_400, want: `must be a text; ${example}` },
  ];
  test.each(rows)("$name", ({ given, want }) => {
    expect(read(timestamp(), given)).toEqual(want);
  });

  test("is the same moment whatever its offset", () => {
    const moment = fc.date({
      min: new Date("1000-01-01T00:00:00Z"),
      max: new Date("9000-01-01T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, fc.integer({ min: -23 * 60, max: 23 * 60 }), (date, offset) => {
        const written = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = `${offset < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
        expect(utc(`${written}${zone}`)).toBe(utc(date.toISOString()));
        expect(new Date(utc(`${written}${zone}`) ?? "")).toEqual(date);
      }),
    );
  });
});

describe("a log sequence number", () => {
  const unreadable = 'is not a log sequence number; write it as Postgres does, "0/1A2B3C4"';
  const rows: readonly { name: string; given: unknown; want: unknown }[] = [
    { name: "is taken as Postgres writes it", given: "0/1A2B3C4", want: value("0/1A2B3C4") },
    { name: "is taken in small letters", given: "0/1a2b3c4", want: value("0/1A2B3C4") },
    { name: "is taken with zeros in front", given: "00000000/01A2B3C4", want: value("0/1A2B3C4") },
    { name: "may be the first", given: "0/0", want: value("0/0") },
    { name: "may be the last", given: "FFFFFFFF/FFFFFFFF", want: value("FFFFFFFF/FFFFFFFF") },
    { name: "has two parts", given: "1A2B3C4", want: unreadable },
    { name: "has hexadecimal digits", given: "0/XYZ", want: unreadable },
    { name: "has eight of them at most", given: "0/123456789", want: unreadable },
    { name: "is a text", given: 5, want: 'must be a log sequence number such as "0/1A2B3C4"' },
  ];
  test.each(rows)("$name", ({ given, want }) => {
    expect(read(lsn(), given)).toEqual(want);
  });

  test("is canonical once and for all", () => {
    const half = fc.nat(0xffffffff).map((number) => number.toString(16).padStart(8, "0"));
    fc.assert(
      fc.property(half, half, (high, low) => {
        const once = lsn().parse(`${high}/${low}`);
        expect(lsn().parse(once)).toBe(once);
        expect(once.split("/").map((part) => Number.parseInt(part, 16))).toEqual(
          [high, low].map((part) => Number.parseInt(part, 16)),
        );
      }),
    );
  });
});

describe("an id", () => {
  const schema = id({ least: 3, most: 63, pattern: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/ });
  const refused =
    "is not an id that the service takes; write 3 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last";
  const rows: readonly { name: string; given: unknown; want: unknown }[] = [
    { name: "has letters, digits and hyphens", given: "a-1", want: value("a-1") },
    { name: "may have 63", given: "a".repeat(63), want: value("a".repeat(63)) },
    { name: "may not have 64", given: "a".repeat(64), want: refused },
    { name: "may not have 2", given: "rw", want: refused },
    { name: "may not be empty", given: "", want: refused },
    { name: "begins with a letter", given: "1ab", want: refused },
    { name: "does not end with a hyphen", given: "ab-", want: refused },
    { name: "has no capitals", given: "Abc", want: refused },
    { name: "has no underscore", given: "a_b", want: refused },
    { name: "has no line break at its end", given: "abc\n", want: refused },
    {
      name: "is a text",
      given: 123,
      want: "must be an id; write 3 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last",
    },
  ];
  test.each(rows)("$name", ({ given, want }) => {
    expect(read(schema, given)).toEqual(want);
  });
});

test("a refusal names an endpoint with its article", () => {
  const { error } = reference("Endpoint").safeParse("primary");
  expect(error?.issues[0]?.message).toMatch(/^is not the full name of an Endpoint;/);
});

describe("a reference", () => {
  const shape = "projects/PROJECT/branches/BRANCH";
  const wrong = `is not the full name of a Branch; give the resource itself or ${shape}`;
  const uid = `looks like a uid, which the service does not take here; give the Branch or its full name, ${shape}`;
  const rows: readonly { name: string; given: unknown; want: unknown }[] = [
    { name: "is a full name", given: "projects/p/branches/b", want: value("projects/p/branches/b") },
    {
      name: "may name what looks like a uid at its place",
      given: "projects/p/branches/br-quiet-leaf-1a2b3c4d",
      want: value("projects/p/branches/br-quiet-leaf-1a2b3c4d"),
    },
    { name: "is not a branch's uid", given: "br-quiet-leaf-1a2b3c4d", want: uid },
    { name: "is not an endpoint's uid", given: "ep-quiet-leaf-1a2b3c4d", want: uid },
    { name: "is not an id", given: "dev", want: wrong },
    { name: "is not the name of a project", given: "projects/p", want: wrong },
    { name: "is not the name of an endpoint", given: "projects/p/branches/b/endpoints/primary", want: wrong },
    { name: "has no slash at its end", given: "projects/p/branches/b/", want: wrong },
    { name: "has no slash at its start", given: "/projects/p/branches/b", want: wrong },
    { name: "has ids that the service takes", given: "projects/P/branches/b", want: wrong },
    { name: "is not empty", given: "", want: wrong },
    { name: "is a text", given: {}, want: `must be a Branch or its full name, ${shape}` },
  ];
  test.each(rows)("$name", ({ given, want }) => {
    expect(read(reference("Branch"), given)).toEqual(want);
  });
});

test("each kind has its full name, in which words in capitals stand for ids", () => {
  const dev = "projects/PROJECT/branches/BRANCH";
  expect(Object.fromEntries(resources.map(({ type }) => [type, shapeOf(type)]))).toEqual({
    Project: "projects/PROJECT",
    Branch: dev,
    Endpoint: `${dev}/endpoints/ENDPOINT`,
    Role: `${dev}/roles/ROLE`,
    Database: `${dev}/databases/DATABASE`,
    DataApi: `${dev}/databases/DATABASE/data-api`,
    CdfConfig: `${dev}/databases/DATABASE/cdf-configs/CDF_CONFIG`,
    SnapshotSchedule: `${dev}/snapshot-schedule`,
    Snapshot: "projects/PROJECT/snapshots/SNAPSHOT",
    Catalog: "catalogs/CATALOG",
    SyncedTable: "synced_tables/SYNCED_TABLE",
    ProjectPermissions: "projects/PROJECT/permissions",
  });
  expect(() => shapeOf("Table")).toThrow("there is no resource Table");
});

test("what can only be true is nothing else", () => {
  expect(read(only("leave it out"), true)).toEqual(value(true));
  expect(read(only("leave it out"), false)).toBe("can only be true; leave it out");
  expect(read(only("leave it out"), "true")).toBe("can only be true; leave it out");
});
