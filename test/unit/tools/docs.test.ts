/** The reference in docs/, and README's tables, are those of the declarations. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as resources from "../../../provider/resources";
import * as limits from "../../../provider/rules/limits";
import type { AnyDefinition } from "../../../provider/schema/definition";
import * as values from "../../../provider/schema/values";
import { words } from "../../../provider/schema/words";

import { madePages, makeReference } from "../../../tools/docs.mts";
import { checkout } from "../../../tools/places.mts";

// As the core takes them: their own types say more than it asks for.
const definitions = resources as unknown as Readonly<Record<string, AnyDefinition>>;
const { files } = makeReference({ resources: definitions, limits, words, values });

describe("npm run docs", () => {
  test.each([...files.keys()])("made %s as it is", (path) => {
    const file = join(checkout, path);
    expect(existsSync(file) ? readFileSync(file, "utf8") : "").toBe(files.get(path));
  });

  test("left no page of something that is not there any more", () => {
    expect(madePages().filter((path) => !files.has(path))).toEqual([]);
  });

  test("links to pages and headings that are there", () => {
    const broken = [...files].flatMap(([path, text]) =>
      [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([link, to = "", anchor]) => {
        const target = to === "" ? path : join(dirname(path), to);
        const linked = files.get(target) ?? (existsSync(join(checkout, target)) ? "" : undefined);
        const isThere = linked !== undefined && (anchor === undefined || anchors(linked).includes(anchor));
        return isThere ? [] : [`${path}: ${link}`];
      }),
    );
    expect(broken).toEqual([]);
  });
});

/** Headings as GitHub makes anchors of them. */
function anchors(markdown: string): readonly string[] {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
}
