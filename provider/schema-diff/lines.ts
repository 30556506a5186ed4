/** Two texts of several lines → what was taken out and put in, with some lines around it. */

export type Sign = "+" | "-" | "~" | " ";

export interface Line {
  readonly sign: Sign;
  readonly text: string;
}

/** Lines around a change that are shown. */
const context = 2;
/** Beyond this many pairs of lines, what is between the first and the last change is all taken out and put in. */
const mostPairs = 1_000_000;

export function lineDifference(from: readonly string[], to: readonly string[]): readonly Line[] {
  let start = 0;
  while (start < Math.min(from.length, to.length) && from[start] === to[start]) start++;
  let end = 0;
  while (end < Math.min(from.length, to.length) - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  return excerpt([
    ...signed(" ", from.slice(0, start)),
    ...between(from.slice(start, from.length - end), to.slice(start, to.length - end)),
    ...signed(" ", from.slice(from.length - end)),
  ]);
}

export function signed(sign: Sign, lines: readonly string[]): readonly Line[] {
  return lines.map((text) => ({ sign, text }));
}

/** The longest common part stays. */
function between(from: readonly string[], to: readonly string[]): readonly Line[] {
  if (from.length * to.length > mostPairs) return [...signed("-", from), ...signed("+", to)];
  const common = lengths(from, to);
  const found: Line[] = [];
  let [one, other] = [0, 0];
  while (one < from.length || other < to.length) {
    const [before, after] = [from[one], to[other]];
    if (before !== undefined && before === after) {
      found.push({ sign: " ", text: before });
      one++;
      other++;
    } else if (before !== undefined && common(one + 1, other) >= common(one, other + 1)) {
      found.push({ sign: "-", text: before });
      one++;
    } else {
      if (after !== undefined) found.push({ sign: "+", text: after });
      other++;
    }
  }
  return found;
}

/** How many lines the two have in common from there on. Past the end of either it is less than none. */
function lengths(from: readonly string[], to: readonly string[]): (one: number, other: number) => number {
  const width = to.length + 1;
  const table = new Uint32Array((from.length + 1) * width);
  for (let one = from.length - 1; one >= 0; one--) {
    for (let other = to.length - 1; other >= 0; other--) {
      const at = one * width + other;
      table[at] =
        from[one] === to[other]
          ? (table[at + width + 1] ?? 0) + 1
          : Math.max(table[at + width] ?? 0, table[at + 1] ?? 0);
    }
  }
  return (one, other) => (one > from.length || other > to.length ? -1 : (table[one * width + other] ?? 0));
}

/** Stretches of what stays become one line, unless they are one. */
function excerpt(lines: readonly Line[]): readonly Line[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ sign }) => sign !== " "),
  );
  return lines.flatMap((line, index) => {
    const [before, after] = [near[index - 1] ?? true, near[index + 1] ?? true];
    if (near[index] || (before && after)) return [line];
    return before ? [{ sign: " ", text: "…" } as const] : [];
  });
}
