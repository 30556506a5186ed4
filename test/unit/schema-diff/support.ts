/** Descriptions for tests, some of them with names that somebody means harm with. */
import fc from "fast-check";
import { partKinds, type Row, type Thing, thingKinds } from "../../../provider/schema-diff/description";

export function thing(more: Partial<Thing>): Thing {
  return { kind: "table", name: "public.orders", facts: {}, parts: [], ...more };
}

/** Texts that end blocks, name people, load pictures, paint terminals and turn directions. */
export const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        "```",
        "````````",
        "~~~",
        "`",
        "|",
        "@octocat",
        "<!--",
        "-->",
        "</details>",
        "<img src=x onerror=alert(1)>",
        "![a](https://example.com/a.png)",
        "[a](javascript:x)",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\t",
        "    ",
        "\\",
        "\0",
        "\u001b[31m",
        "\u202e",
        "\u2028",
        "#1",
        "a",
        " ",
        "$$",
        "@@",
      ),
      { maxLength: 12 },
    )
    .map((pieces) => pieces.join("")),
);

const facts = fc
  .dictionary(fc.constantFrom("type", "default", "definition", "comment", "labels", "not null"), hostile, {
    maxKeys: 3,
  })
  .map((found) => ({ ...found }));

const names = fc.oneof(fc.constantFrom("a", "b"), hostile);

const things = fc.record({
  kind: fc.constantFrom(...thingKinds),
  name: names,
  owner: fc.constantFrom(null, "ann", "ci"),
  facts,
});
const parts = fc.record({ part: fc.constantFrom(...partKinds), partName: names, position: fc.nat(3), facts });

/** Things are there once, and so are their parts. */
export const rows: fc.Arbitrary<readonly Row[]> = fc
  .uniqueArray(
    fc.tuple(things, fc.uniqueArray(parts, { maxLength: 3, selector: ({ part, partName }) => `${part} ${partName}` })),
    { maxLength: 4, selector: ([{ kind, name }]) => `${kind} ${name}` },
  )
  .map((all) =>
    all.flatMap(([one, own]): Row[] => [
      { ...one, part: null, partName: null, grantee: null, position: 0 },
      ...own.map((part) => ({ ...one, grantee: null, ...part })),
    ]),
  );
