import fc from "fast-check";
import { described } from "../../../provider/schema-diff/description";
import { type Change, difference } from "../../../provider/schema-diff/difference";
import { asMarkdown } from "../../../provider/schema-diff/markdown";
import { hostile, rows, thing } from "./support";

const branches = { branch: "projects/shop/branches/dev", base: "projects/shop/branches/production" };
const top = [
  "<!-- pulumi-lakebase schema-diff projects/shop/branches/dev projects/shop/branches/production -->",
  "### Schema of `shop/dev` against `shop/production`",
  "",
];

function markdown(changes: readonly Change[], database = "app"): string {
  return asMarkdown({ ...branches, databases: [{ database, changes }] });
}

/** Reads as CommonMark does: what stands outside of the one block of code, and what in it. */
function read(text: string): { readonly outside: readonly string[]; readonly inside: readonly string[] } {
  const lines = text.split(/\r\n|\r|\n/);
  const start = lines.findIndex((line) => /^ {0,3}(`{3,}|~{3,})/.test(line));
  if (start < 0) return { outside: lines, inside: [] };
  const [ticks = ""] = /^`*/.exec(lines[start] ?? "") ?? [];
  const ends = (line: string) => new RegExp(`^ {0,3}\`{${ticks.length},}[ \\t]*$`).test(line);
  const end = lines.findIndex((line, index) => index > start && ends(line));
  return {
    outside: [...lines.slice(0, start), "…", ...lines.slice(end + 1)],
    inside: lines.slice(start + 1, end),
  };
}

test("a heading, and a block of code that GitHub paints", () => {
  const changes = difference(
    [thing({ facts: { comment: "a" } }), thing({ name: "public.gone" })],
    [thing({ facts: { comment: "b" } }), thing({ name: "public.more" })],
  );
  expect(markdown(changes).split("\n")).toEqual([
    ...top,
    "```diff",
    "@@ app: 1 added, 1 changed, 1 removed @@",
    "- table public.gone",
    "! table public.orders: comment a → b",
    "+ table public.more",
    "```",
    "",
  ]);
});

test("nothing is said in two words", () => {
  expect(markdown([]).split("\n")).toEqual([...top, "No difference.", ""]);
});

test("the fence is longer than any in it", () => {
  const { inside } = read(markdown(difference([], [thing({ name: "a\n`````\n@octocat" })])));
  expect(inside).toEqual(["@@ app: 1 added @@", "+ table a\\n`````\\n@octocat"]);
});

test("all that comes from a database is in the one block of code, whatever it is", () => {
  fc.assert(
    fc.property(rows, rows, hostile, (one, other, database) => {
      const changes = difference(described(one), described(other));
      const text = markdown(changes, database);
      const { outside } = read(text);
      if (changes.length === 0) return expect(outside).toEqual([...top, "No difference.", ""]);
      const folded = ["<details>", expect.stringMatching(/^<summary>\d+ lines<\/summary>$/), "", "…", "", "</details>"];
      expect([
        [...top, "…", ""],
        [...top, ...folded, ""],
      ]).toContainEqual(outside);
      return expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 300 },
  );
});

test("long ones are folded", () => {
  const many = Array.from({ length: 70 }, (_, index) => thing({ name: `public.t${index}` }));
  expect(read(markdown(difference([], many))).outside).toEqual([
    ...top,
    "<details>",
    "<summary>71 lines</summary>",
    "",
    "…",
    "",
    "</details>",
    "",
  ]);
});

test.each([
  ["letters", "x"],
  ["what takes four bytes", "🐘"],
])("what does not fit into a comment is counted: %s", (_, letter) => {
  const many = Array.from({ length: 1_000 }, (_one, index) => thing({ name: `public.t${index}${letter.repeat(100)}` }));
  const text = markdown(difference([], many));
  const { outside, inside } = read(text);
  const left = 1_001 - inside.length;
  expect(Buffer.byteLength(text)).toBeLessThan(62_000);
  expect(Buffer.byteLength(text)).toBeGreaterThan(58_000);
  expect(outside.at(-2)).toBe(
    `${left} more lines, with ${left} more of what differs, do not fit into a comment; \`npx pulumi-lakebase schema-diff shop/dev shop/production\` shows all.`,
  );
});

test("a line that is very long is cut, and so is one definition of very many", () => {
  const definition = `begin\n${"x".repeat(5_000)}\n${"more\n".repeat(20_000)}end`;
  const { outside, inside } = read(markdown(difference([], [thing({ kind: "function", facts: { definition } })])));
  expect(inside.find((line) => line.includes("xxx"))).toMatch(/^\+ {5}x+ … 4006 more characters$/);
  expect(outside.at(-2)).toMatch(/^\d+ more lines do not fit into a comment; /);
});
