import fc from "fast-check";
import { described } from "../../../provider/schema-diff/description";
import { type Change, difference } from "../../../provider/schema-diff/difference";
import { asText } from "../../../provider/schema-diff/text";
import { hostile, rows, thing } from "./support";

const branches = { branch: "projects/shop/branches/dev", base: "projects/shop/branches/production" };

function text(changes: readonly Change[], colours = false): string {
  return asText({ ...branches, databases: [{ database: "app", changes }] }, colours);
}

test("one database after the other, each with what is otherwise in it", () => {
  const databases = [
    { database: "app", changes: difference([], [thing({}), thing({ name: "public.more" })]) },
    { database: "stock", changes: [] },
  ];
  expect(asText({ ...branches, databases }, false)).toBe(
    "shop/dev against shop/production\n\napp: 2 added\n\n+ table public.orders\n+ table public.more\n\nstock: no difference\n",
  );
});

test.each([
  { from: { default: "0" }, to: { default: "1" }, want: ": default 0 → 1" },
  { from: { default: "0" }, to: {}, want: ": no longer default 0" },
  { from: {}, to: { default: "0" }, want: ": now default 0" },
  { from: {}, to: { "not null": "not null" }, want: ": now not null" },
  { from: { comment: "a" }, to: { type: "text" }, want: ': now text, no longer comment "a"' },
  {
    from: { default: "x".repeat(40) },
    to: { default: "y".repeat(40) },
    want: `\n~     default:\n-     ${"x".repeat(40)}\n+     ${"y".repeat(40)}`,
  },
])("a change is said in words: $want", ({ from, to, want }) => {
  const shown = text(difference([thing({ facts: from })], [thing({ facts: to })]));
  expect(shown.split("\n").slice(4).join("\n")).toBe(`~ table public.orders${want}\n`);
});

test("colours go by the first character", () => {
  const shown = text(difference([], [thing({ parts: [{ kind: "column", name: "id", facts: {} }] })]), true);
  expect(shown).toContain("\u001b[32m+     column id\u001b[39m");
});

test("nothing in a database reaches the terminal as more than text", () => {
  fc.assert(
    fc.property(rows, rows, hostile, (one, other, database) => {
      const changes = difference(described(one), described(other));
      const shown = asText({ ...branches, databases: [{ database, changes }] }, false);
      expect(shown).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
