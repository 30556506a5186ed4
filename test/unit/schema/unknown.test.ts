import { runtime } from "@pulumi/pulumi";
import fc from "fast-check";
import { deleteAt, hasUnknown, separate, setAt, unknownValue, valueAt } from "../../../provider/schema/unknown";

test("an unknown value is Pulumi's", () => {
  expect(unknownValue).toBe(runtime.unknownValue);
});

/** Names as arguments have them. */
const key = fc.stringMatching(/^[a-z][a-zA-Z]{0,11}$/);
const path = fc.array(key, { minLength: 1, maxLength: 5 });

describe("taking unknown parts out", () => {
  const rows: readonly { name: string; value: unknown; want: unknown }[] = [
    { name: "leaves a known value", value: { a: { b: 1 } }, want: { known: { a: { b: 1 } }, unknown: [] } },
    { name: "leaves null", value: { a: null }, want: { known: { a: null }, unknown: [] } },
    { name: "takes a whole value", value: unknownValue, want: { known: undefined, unknown: [[]] } },
    {
      name: "takes a nested one and keeps its neighbours",
      value: { a: { b: unknownValue, c: 2 }, d: 3 },
      want: { known: { a: { c: 2 }, d: 3 }, unknown: [["a", "b"]] },
    },
    {
      name: "leaves an empty object",
      value: { a: { b: unknownValue } },
      want: { known: { a: {} }, unknown: [["a", "b"]] },
    },
    {
      name: "takes a list with an unknown element as a whole",
      value: { a: [1, { b: unknownValue }] },
      want: { known: {}, unknown: [["a"]] },
    },
    { name: "leaves a known list", value: { a: [1, 2] }, want: { known: { a: [1, 2] }, unknown: [] } },
  ];
  test.each(rows)("$name", ({ value, want }) => {
    expect(separate(value)).toEqual(want);
  });

  test("changes nothing where everything is known", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(separate(value)).toEqual({ known: value, unknown: [] });
      }),
    );
  });

  test("finds one wherever it stands", () => {
    fc.assert(
      fc.property(path, fc.dictionary(fc.string(), fc.jsonValue()), (at, value) => {
        const target = { ...value };
        setAt(target, at, unknownValue);
        expect(hasUnknown(target)).toBe(true);
      }),
    );
  });
});

describe("a path", () => {
  test("is read through objects only", () => {
    expect(valueAt({ a: { b: 1 } }, ["a", "b"])).toBe(1);
    expect(valueAt({ a: "text" }, ["a", "length"])).toBeUndefined();
    expect(valueAt({ a: [1] }, ["a", "0"])).toBeUndefined();
  });

  test("does not lead to what every object inherits", () => {
    expect(valueAt({}, ["constructor"])).toBeUndefined();
    expect(valueAt({}, ["__proto__", "toString"])).toBeUndefined();
  });

  test("is made when it is set", () => {
    const target: Record<string, unknown> = { a: "in the way" };
    setAt(target, ["a", "b"], 1);
    expect(target).toEqual({ a: { b: 1 } });
  });

  test("is deleted with the objects that it leaves empty", () => {
    const target = { a: { b: { c: 1 } }, d: { e: 1, f: 2 } };
    deleteAt(target, ["a", "b", "c"]);
    deleteAt(target, ["d", "e"]);
    deleteAt(target, ["g", "h"]);
    expect(target).toEqual({ d: { f: 2 } });
  });

  test("holds what was set there", () => {
    fc.assert(
      fc.property(path, fc.jsonValue(), (at, value) => {
        const target: Record<string, unknown> = {};
        setAt(target, at, value);
        expect(valueAt(target, at)).toEqual(value);
      }),
    );
  });
});
