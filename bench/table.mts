/** Tables as bench/README.md has them. */
import type { Result } from "./measure.mts";

export function markdown(rows: readonly Result[]): string {
  const cells = rows.map(({ what, measured, beside, ratio, target, isMet }) => [
    what,
    measured,
    beside,
    ratio.toFixed(2),
    target === "" ? "" : `${target}: ${isMet ? "met" : "missed"}`,
  ]);
  return lines([["What", "Measured", "Beside", "Ratio", "Target"], ...cells]);
}

/** The first row is the head. */
export function lines([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
