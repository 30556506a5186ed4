/**
 * A comparison → Markdown for one comment on a pull request. All that comes from a database stands in one block of code
 * whose fence is longer than any in it: no mention, picture, link or HTML of a name is more than text there.
 */
import { type Comparison, counted, differs, short } from "./comparison";
import type { Sign } from "./lines";
import { type Outlined, outline } from "./outline";
import { spaced } from "./text";
import { visible } from "./visible";

/** GitHub takes 65,536 characters. Bytes are never fewer, and whoever posts it may add a line. */
const mostBytes = 60_000;
const longestLine = 1_000;
/** More lines than this are folded. */
const mostUnfolded = 60;

/** GitHub paints lines of a diff by their first character. */
const signs: Readonly<Record<Sign, string>> = { "+": "+", "-": "-", "~": "!", " ": " " };

interface Printed {
  readonly text: string;
  readonly isHead: boolean;
}

export function asMarkdown(comparison: Comparison): string {
  const { branch, base, databases } = comparison;
  const title = [marker(comparison), `### Schema of \`${short(branch)}\` against \`${short(base)}\``];
  if (!differs(comparison)) return `${[...title, "", "No difference."].join("\n")}\n`;
  const printed = databases.flatMap(({ database, changes }, index) => {
    const head = `@@ ${visible(database)}: ${counted(changes) || "no difference"} @@`;
    const space = index === 0 ? [] : [{ text: "", isHead: false }];
    return [...space, { text: shortened(head), isHead: false }, ...spaced(changes.map(outline)).map(print)];
  });
  const shown = printed.slice(0, fitting(printed));
  const left = printed.slice(shown.length);
  const block = fenced(shown.map(({ text }) => text));
  const folded = ["<details>", `<summary>${shown.length} lines</summary>`, "", ...block, "", "</details>"];
  return `${[...title, "", ...(shown.length > mostUnfolded ? folded : block), ...rest(left, comparison)].join("\n")}\n`;
}

/** The first line, by which a pipeline finds its comment. It stays the same for the same two branches. */
function marker({ branch, base }: Comparison): string {
  return `<!-- pulumi-lakebase schema-diff ${branch} ${base} -->`;
}

function print({ sign, text, isHead }: Outlined): Printed {
  return { text: shortened(`${signs[sign]} ${text}`.trimEnd()), isHead };
}

function shortened(line: string): string {
  const characters = [...line];
  if (characters.length <= longestLine) return line;
  return `${characters.slice(0, longestLine).join("")} … ${characters.length - longestLine} more characters`;
}

/** How many of the first lines a comment holds. */
function fitting(lines: readonly Printed[]): number {
  let bytes = 0;
  const over = lines.findIndex(({ text }) => {
    bytes += Buffer.byteLength(text) + 1;
    return bytes > mostBytes;
  });
  return over < 0 ? lines.length : over;
}

function fenced(lines: readonly string[]): readonly string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}diff`, ...lines, fence];
}

function rest(left: readonly Printed[], { branch, base }: Comparison): readonly string[] {
  if (left.length === 0) return [];
  const things = left.filter(({ isHead }) => isHead).length;
  const lines = `${left.length} more ${left.length === 1 ? "line" : "lines"}`;
  const what = things > 0 ? `${lines}, with ${things} more of what differs,` : lines;
  const command = `npx pulumi-lakebase schema-diff ${short(branch)} ${short(base)}`;
  return ["", `${what} ${left.length === 1 ? "does" : "do"} not fit into a comment; \`${command}\` shows all.`];
}
