/** What the reference says of an argument, from its declaration and its comment. */
import { z } from "zod";
import type { AnyDefinition } from "../../../provider/schema/definition";
import { define } from "../../../provider/schema/definition";
import { marks } from "../../../provider/schema/marks";
import { duration, flag, kindOf, listOf, message, only, reference, text, texts } from "../../../provider/schema/values";
import { words } from "../../../provider/schema/words";
import { type Argument, argumentsOf } from "../../../tools/docs/arguments.mts";
import type { WordsOf } from "../../../tools/docs/kinds.mts";
import { explained } from "../../../tools/docs/resources.mts";

const wordsOf: WordsOf = (schema) => ({ ...words.get(schema), refersTo: kindOf(schema) });

/** The rows of a resource that has these arguments beside those of every resource. */
function rows(args: z.ZodRawShape, comments: Readonly<Record<string, string>>): readonly Argument[] {
  const made = define({ type: "Shop", collection: "shops", id: "shopId", args, status: {} });
  const definition = made as unknown as AnyDefinition;
  const common = Object.keys(definition.args).filter((key) => !(key in args));
  const all = new Map(Object.entries({ ...Object.fromEntries(common.map((key) => [key, "Common."])), ...comments }));
  return argumentsOf({ definition, comments: all, wordsOf }).slice(0, -common.length);
}

function row(schema: z.ZodType, comment: string): Argument | undefined {
  return rows({ shopId: schema }, { shopId: comment })[0];
}

describe("the type of an argument", () => {
  const cases: readonly { name: string; schema: z.ZodType; kind: string; limits?: string }[] = [
    { name: "a text", schema: text(), kind: "text" },
    { name: "a text that is not empty", schema: text().min(1), kind: "text", limits: "not empty" },
    { name: "a text of some length", schema: text().min(2).max(9), kind: "text", limits: "2 to 9 characters" },
    { name: "a whole number", schema: z.int(), kind: "number" },
    { name: "a number with a least", schema: z.int().min(1), kind: "number", limits: "at least 1" },
    { name: "a number with a most", schema: z.number().max(5), kind: "number", limits: "at most 5" },
    { name: "a choice", schema: z.enum(["A", "B", "C"]), kind: "`A`, `B` or `C`" },
    { name: "a switch without an off", schema: only("leave it out"), kind: "`true`" },
    { name: "a map", schema: z.record(z.string(), z.string()), kind: "map of texts" },
    {
      name: "a map made into a list",
      schema: z.record(z.string(), z.string()).transform(() => []),
      kind: "map of texts",
    },
    { name: "a list of texts", schema: texts(), kind: "list of texts" },
    { name: "a list of choices", schema: z.array(z.enum(["A"])), kind: "list of `A`" },
    {
      name: "a list of messages, sorted",
      schema: listOf({}).transform((all) => all.toSorted()),
      kind: "list of objects",
    },
    { name: "a union", schema: z.union([z.number(), z.string()]), kind: "number or text" },
    { name: "a duration", schema: duration({ least: 60, most: 3600 }), kind: "duration", limits: "1m to 1h" },
    { name: "a duration of any length", schema: duration(), kind: "duration" },
    { name: "a reference", schema: reference("Branch"), kind: "[`Branch`](branch.md) or its name" },
    { name: "a list of references", schema: z.array(reference("Role")), kind: "list of [`Role`](role.md) or its name" },
  ];
  test.each(cases)("$name", ({ schema, kind, limits = "" }) => {
    expect(row(schema, "What it is.")).toMatchObject({ kind, limits, required: true });
    expect(row(schema.optional(), "What it is.")).toMatchObject({ kind, limits, required: false });
  });
});

describe("the default and the meaning", () => {
  const cases: readonly {
    name: string;
    schema: () => z.ZodType;
    comment: string;
    want: Partial<Argument>;
  }[] = [
    {
      name: "come from the mark and the comment, each to its column",
      schema: () => flag().optional().register(marks, { resetTo: false }),
      comment: "Whether it is open. Default `false`.",
      want: { default: "`false`", meaning: "Whether it is open." },
    },
    {
      name: "show lengths of time as people write them",
      schema: () => duration({ least: 60, most: 604_800 }).optional().register(marks, { resetTo: "86400s" }),
      comment: "How long it is open: 60 s to 7 d. Default 24 h.",
      want: { default: "`1d`", meaning: "How long it is open." },
    },
    {
      name: "come from the comment where the mark is a function",
      schema: () =>
        text()
          .optional()
          .register(marks, { resetTo: () => "x" }),
      comment: "Its sign. Default: the street's.",
      want: { default: "the street's", meaning: "Its sign." },
    },
    {
      name: "keep a sentence that says more than the default",
      schema: () => flag().optional().register(marks, { resetTo: false }),
      comment: "Whether it is open. Default `false`: nobody gets in.",
      want: { default: "`false`", meaning: "Whether it is open. Default `false`: nobody gets in." },
    },
    {
      name: "find the default among the values",
      schema: () => z.enum(["wait", "go"]).optional(),
      comment: "What to do: `wait` (default) or `go`.",
      want: { default: "`wait`", meaning: "What to do: `wait` (default) or `go`." },
    },
    {
      name: "call nothing none",
      schema: () => texts().optional().register(marks, { resetTo: [] }),
      comment: "Its goods. Default: none.",
      want: { default: "none", meaning: "Its goods." },
    },
  ];
  test.each(cases)("$name", ({ schema, comment, want }) => {
    expect(row(schema(), comment)).toMatchObject(want);
  });
});

describe("a change", () => {
  const cases: readonly { name: string; schema: () => z.ZodType; change: string }[] = [
    { name: "is made in place", schema: () => text(), change: "in place" },
    { name: "replaces", schema: () => text().register(marks, { immutable: true }), change: "replaces" },
    {
      name: "replaces what its name is made of, too",
      schema: () => text().register(marks, { immutable: true, place: "local" }),
      change: "replaces",
    },
    { name: "is refused", schema: () => text().register(marks, { createOnly: "too late" }), change: "refused" },
    { name: "stays with us", schema: () => flag().register(marks, { onDelete: "purge" }), change: "no request" },
    {
      name: "of a message is that of all in it",
      schema: () => message({ shop: text() }).optional().register(marks, { createOnly: "too late" }),
      change: "refused",
    },
  ];
  test.each(cases)("$name", ({ schema, change }) => {
    const made = rows({ shopId: schema() }, { shopId: "It.", "shopId.shop": "It." });
    expect(made).toMatchObject([{ change }]);
  });
});

test("members of a group say so, and what the service never shows too", () => {
  const made = rows(
    {
      shopId: text(),
      until: text().optional().register(marks, { oneof: "end" }),
      never: only("no").optional().register(marks, { oneof: "end", assumed: true }),
      secret: text().optional().register(marks, { notShown: true }),
    },
    { shopId: "Id.", until: "Its end. Not together with `never`.", never: "`true`: none.", secret: "A secret." },
  );
  expect(made.map(({ meaning }) => meaning)).toEqual([
    "Id.",
    "Its end. Not together with `never`.",
    "`true`: none. Not together with `until`.",
    "A secret. The service never shows it.",
  ]);
  expect(made[2]?.default).toBe("`true`");
});

test("what is in a message or a list has its own rows", () => {
  const made = rows(
    { shopId: message({ shelf: listOf({ size: z.int().optional() }) }) },
    { shopId: "It.", "shopId.shelf": "Shelves.", "shopId.shelf.size": "Size. Default 3." },
  );
  expect(made[0]?.fields[0]?.fields).toMatchObject([
    { path: ["shopId", "shelf", "size"], kind: "number", default: "3", meaning: "Size.", change: "in place" },
  ]);
});

describe("a declaration that does not say enough, or says two things, is refused in words", () => {
  const cases: readonly { name: string; make: () => unknown; want: string }[] = [
    {
      name: "no comment",
      make: () => row(text(), ""),
      want: "Shop has no comment on shopId; say above it what it means",
    },
    {
      name: "no comment in a message",
      make: () => rows({ shopId: message({ shelf: text() }) }, { shopId: "It." }),
      want: "Shop has no comment on shopId.shelf; say above it what it means",
    },
    {
      name: "another default",
      make: () => row(flag().optional().register(marks, { resetTo: false }), "Open. Default `true`."),
      want: "Shop.shopId says in its comment that its default is `true`, and is set back to `false`",
    },
    {
      name: "another range",
      make: () => row(duration({ least: 60, most: 3600 }), "How long, 60 s to 2 h."),
      want: "Shop.shopId says in its comment, 60 s to 2 h, and takes 1m to 1h",
    },
    {
      name: "no example",
      make: () => explained("Shop", "shop.ts", { text: "A shop.", examples: [] }),
      want: "Shop has no example (shop.ts); write a program as @example in the comment above it",
    },
    {
      name: "nothing at all",
      make: () => explained("Shop", "shop.ts", { text: "", examples: ["new Shop()"] }),
      want: "Shop has no comment (shop.ts); say above it what it is",
    },
  ];
  test.each(cases)("$name", ({ make, want }) => {
    expect(make).toThrow(want);
  });
});
