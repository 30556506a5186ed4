/** A comparison → text for a terminal. */
import { styleText } from "node:util";
import { type Comparison, counted, short } from "./comparison";
import type { Sign } from "./lines";
import { type Outlined, outline } from "./outline";
import { visible } from "./visible";

const colour = { "+": "green", "-": "red", "~": "yellow", " ": "dim" } as const satisfies Record<Sign, string>;

export function asText(comparison: Comparison, colours: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours && text !== "" ? styleText(style, text, { validateStream: false }) : text;
  const line = ({ sign, text, isHead }: Outlined) =>
    paint(isHead ? ["bold", colour[sign]] : colour[sign], `${sign} ${text}`.trimEnd());
  const { branch, base, databases } = comparison;
  const sections = databases.map(({ database, changes }) => {
    const title = `${paint("bold", visible(database))}: ${counted(changes) || "no difference"}`;
    return changes.length === 0 ? title : `${title}\n\n${spaced(changes.map(outline)).map(line).join("\n")}`;
  });
  return `${[`${paint("bold", short(branch))} against ${paint("bold", short(base))}`, ...sections].join("\n\n")}\n`;
}

const empty: Outlined = { sign: " ", text: "", isHead: false };

/** A thing of several lines stands by itself. */
export function spaced(things: readonly (readonly Outlined[])[]): readonly Outlined[] {
  return things.flatMap((thing, index) => {
    const before = things[index - 1];
    return before !== undefined && before.length + thing.length > 2 ? [empty, ...thing] : thing;
  });
}
