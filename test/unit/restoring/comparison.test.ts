import { compared, type TableRows } from "../../../provider/restoring/comparison";

function table(name: string, rows: number, database = "shop"): TableRows {
  const [schema = "", last = ""] = name.split(".");
  return { database, schema, table: last, rows };
}

const cases = [
  { name: "nothing", restored: [], source: [], want: [] },
  {
    name: "a table with fewer, as many and more rows",
    restored: [table("public.a", 1), table("public.b", 2), table("public.c", 3)],
    source: [table("public.c", 1), table("public.b", 2), table("public.a", 3)],
    want: [
      { database: "shop", schema: "public", table: "a", rows: 1, sourceRows: 3, difference: -2 },
      { database: "shop", schema: "public", table: "b", rows: 2, sourceRows: 2, difference: 0 },
      { database: "shop", schema: "public", table: "c", rows: 3, sourceRows: 1, difference: 2 },
    ],
  },
  {
    name: "a table that was dropped since, and one that was made",
    restored: [table("public.old", 0)],
    source: [table("public.new", 7)],
    want: [
      { database: "shop", schema: "public", table: "new", sourceRows: 7 },
      { database: "shop", schema: "public", table: "old", rows: 0 },
    ],
  },
  {
    name: "names that look alike when they are put together",
    restored: [table("a.b", 1, "x"), table("b.c", 2, "x.a")],
    source: [table("b.b", 3, "x.a"), table("a.b", 4, "x")],
    want: [
      { database: "x", schema: "a", table: "b", rows: 1, sourceRows: 4, difference: -3 },
      { database: "x.a", schema: "b", table: "b", sourceRows: 3 },
      { database: "x.a", schema: "b", table: "c", rows: 2 },
    ],
  },
];

test.each(cases)("of $name", ({ restored, source, want }) => {
  expect(compared(restored, source)).toEqual(want);
});
