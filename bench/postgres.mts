/** What stands behind the emulator's endpoints, and a preview on it. */
import { forks } from "./fork.mts";
import { Lakebase } from "./lakebase.mts";
import { previews } from "./preview.mts";
import { throughput } from "./proxy.mts";
import { markdown } from "./table.mts";
import { wakes } from "./wake.mts";

export async function postgres(): Promise<string> {
  await using lakebase = await Lakebase.start();
  await lakebase.makeProject();
  return markdown([
    await wakes(lakebase),
    ...(await throughput(lakebase)),
    ...(await forks(lakebase)),
    await previews(lakebase),
  ]);
}
