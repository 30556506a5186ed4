import fc from "fast-check";
import { lineDifference } from "../../../provider/schema-diff/lines";

function shown(from: string, to: string): string {
  return lineDifference(from.split(" "), to.split(" "))
    .map(({ sign, text }) => `${sign.trim()}${text}`)
    .join(" ");
}

test.each([
  ["nothing where nothing changed", "a b c", "a b c", "…"],
  ["a line that changed, and two on either side", "a b c d e f g", "a b c X e f g", "a b c -d +X e f g"],
  ["far ones as one", "a b c d e f g h i", "a b c d X f g h i", "… c d -e +X f g …"],
  ["a line put in", "a b", "a X b", "a +X b"],
  ["a line taken out at the end", "a b", "a", "a -b"],
  ["two places with what lies between", "a b c d e f g h", "X b c d e f g Y", "-a +X b c … f g -h +Y"],
])("%s", (_, from, to, want) => {
  expect(shown(from, to)).toBe(want);
});

test("what stays, is put in and taken out are the two texts", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
  fc.assert(
    fc.property(text, text, (from, to) => {
      const lines = lineDifference(from, to);
      const taken = lines.filter(({ sign }) => sign === "-").length;
      const put = lines.filter(({ sign }) => sign === "+").length;
      expect(put - taken).toBe(to.length - from.length);
      expect(put + taken === 0).toBe(from.join() === to.join());
      if (lines.every(({ text: line }) => line !== "…")) {
        expect(lines.filter(({ sign }) => sign !== "+").map((line) => line.text)).toEqual(from);
        expect(lines.filter(({ sign }) => sign !== "-").map((line) => line.text)).toEqual(to);
      }
    }),
  );
});

test("very long texts that have little in common are shown as a whole", () => {
  const long = (letter: string) => Array.from({ length: 2_000 }, (_, index) => `${letter}${index}`);
  expect(lineDifference(long("a"), long("b"))).toHaveLength(4_000);
});
