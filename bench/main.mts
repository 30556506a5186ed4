/** `npm run bench`: measures, and prints a table as bench/README.md has it. */
import { forks } from "./fork.mts";
import { Lakebase } from "./lakebase.mts";
import type { Result } from "./measure.mts";
import { previews } from "./preview.mts";
import { throughput } from "./proxy.mts";
import { wakes } from "./wake.mts";

await using lakebase = await Lakebase.start();
const results = [
  await wakes(lakebase),
  ...(await throughput(lakebase)),
  ...(await forks(lakebase)),
  await previews(lakebase),
];
console.log(table(results));

function table(rows: readonly Result[]): string {
  const cells = rows.map(({ what, measured, beside, ratio, target, isMet }) => [
    what,
    measured,
    beside,
    ratio.toFixed(2),
    target === "" ? "" : `${target}: ${isMet ? "met" : "missed"}`,
  ]);
  const lines = [["What", "Measured", "Beside", "Ratio", "Target"], ["---", "---", "---", "---", "---"], ...cells];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}
