/** What is in names and definitions, made harmless: nothing moves a terminal's cursor or turns the direction of a text. */

/** Control characters, formats such as marks of direction, separators of lines, and halves of characters. But no tab. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The lines of a text. */
export function visibleLines(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.replace(hidden, (one) => (one === "\t" ? one : `\\u{${one.codePointAt(0)?.toString(16)}}`)));
}

/** One line, whatever it was. */
export function visible(text: string): string {
  return visibleLines(text).join("\\n");
}
