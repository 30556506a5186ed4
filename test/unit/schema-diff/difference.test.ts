import fc from "fast-check";
import { type Description, described, type Row, type Thing } from "../../../provider/schema-diff/description";
import { difference } from "../../../provider/schema-diff/difference";
import { rows, thing } from "./support";

const id = { kind: "column", name: "id", facts: { type: "integer" } } as const;
const note = { kind: "column", name: "note", facts: { type: "text" } } as const;

test.each<{ readonly name: string; readonly from?: Thing; readonly to?: Thing; readonly want: unknown }>([
  {
    name: "what is new is told with all that is said of it",
    to: thing({ facts: { persistence: "unlogged" }, parts: [id] }),
    want: [
      {
        action: "added",
        kind: "table",
        name: "public.orders",
        facts: [{ fact: "persistence", to: "unlogged" }],
        parts: [{ action: "added", kind: "column", name: "id", facts: [{ fact: "type", to: "integer" }] }],
      },
    ],
  },
  {
    name: "so is what is gone",
    from: thing({ parts: [id] }),
    want: [
      expect.objectContaining({
        action: "removed",
        parts: [{ action: "removed", kind: "column", name: "id", facts: [{ fact: "type", from: "integer" }] }],
      }),
    ],
  },
  {
    name: "of what changed, only what did, and what is gone first",
    from: thing({ facts: { comment: "a", "row security": "enabled" }, parts: [id, note] }),
    to: thing({
      facts: { comment: "b", "row security": "enabled" },
      parts: [{ ...id, facts: { type: "bigint", default: "0" } }],
    }),
    want: [
      {
        action: "changed",
        kind: "table",
        name: "public.orders",
        facts: [{ fact: "comment", from: "a", to: "b" }],
        parts: [
          { action: "removed", kind: "column", name: "note", facts: [{ fact: "type", from: "text" }] },
          {
            action: "changed",
            kind: "column",
            name: "id",
            facts: [
              { fact: "type", from: "integer", to: "bigint" },
              { fact: "default", to: "0" },
            ],
          },
        ],
      },
    ],
  },
  {
    name: "columns in another order are no difference",
    from: thing({ parts: [id, note] }),
    to: thing({ parts: [note, id] }),
    want: [],
  },
  { name: "another owner is none", from: thing({ owner: "ann" }), to: thing({ owner: "ci" }), want: [] },
  {
    name: "nor is a grant to who owns it on the other side",
    from: thing({ owner: "ann", parts: [grant("ci", "SELECT")] }),
    to: thing({ owner: "ci", parts: [grant("ann", "INSERT")] }),
    want: [],
  },
  {
    name: "a grant to anybody else is",
    from: thing({ owner: "ann" }),
    to: thing({ owner: "ci", parts: [grant("bob", "SELECT")] }),
    want: [
      expect.objectContaining({ parts: [expect.objectContaining({ kind: "grant", name: "bob", action: "added" })] }),
    ],
  },
  {
    name: "a view in place of a table is two",
    from: thing({}),
    to: thing({ kind: "view" }),
    want: [
      expect.objectContaining({ action: "removed", kind: "table" }),
      expect.objectContaining({ action: "added", kind: "view" }),
    ],
  },
])("$name", ({ from, to, want }) => {
  expect(difference(from && [from], to && [to])).toEqual(want);
});

function grant(grantee: string, privileges: string) {
  return { kind: "grant", name: grantee, grantee, facts: { privileges } } as const;
}

test("owners are told when they are asked for", () => {
  const [change] = difference([thing({ owner: "ann" })], [thing({ owner: "ci" })], { owners: true });
  expect(change?.facts).toEqual([{ fact: "owner", from: "ann", to: "ci" }]);
});

test("the order of rows is of no matter", () => {
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.nat()), (all, keys) => {
      const shuffled = all
        .map((row) => ({ row, key: keys.next().value }))
        .sort((one, other) => one.key - other.key)
        .map(({ row }) => row);
      expect(described(shuffled)).toEqual(described(all));
    }),
  );
});

test("nothing differs from itself, and the way back has the same, turned round", () => {
  fc.assert(
    fc.property(rows, rows, (one, other) => {
      const [from, to] = [described(one), described(other)];
      expect(difference(from, from)).toEqual([]);
      expect(summary(to, from)).toEqual(summary(from, to).map(turned).sort());
    }),
  );
});

/** `added table public.a`, and for parts the same below. */
function summary(from: Description, to: Description): readonly string[] {
  return difference(from, to)
    .flatMap(({ parts, ...change }) => [
      change,
      ...parts.map((part) => ({ ...part, name: `${change.kind} ${change.name} ${part.name}` })),
    ])
    .flatMap(({ action, kind, name, facts }) => [
      `${action} ${kind} ${name}`,
      ...facts.map(
        ({ fact, from: before, to: after }) =>
          `${action} ${kind} ${name} ${fact} ${[before, after].filter(Boolean).length}`,
      ),
    ])
    .sort();
}

function turned(line: string): string {
  return line.replace(/^added|^removed/, (action) => (action === "added" ? "removed" : "added"));
}

test("a part whose thing is not there is left out", () => {
  const row: Row = {
    kind: "table",
    name: "a",
    owner: null,
    part: "column",
    partName: "id",
    grantee: null,
    position: 1,
    facts: {},
  };
  expect(described([row])).toEqual([]);
});
