/** How long a connection takes that wakes its compute, beside one that finds it awake. */
import type { Lakebase } from "./lakebase.mts";
import { median, milliseconds, type Result, timed } from "./measure.mts";

const times = 11;
const target = 300;

export async function wakes(lakebase: Lakebase): Promise<Result> {
  const asleep: number[] = [];
  const awake: number[] = [];
  for (let time = 0; time < times; time += 1) {
    await lakebase.suspend();
    asleep.push(await connected(lakebase));
    awake.push(await connected(lakebase));
  }
  const wake = median(asleep);
  return {
    what: "Connect to a sleeping compute",
    measured: milliseconds(wake),
    beside: `to one that is awake ${milliseconds(median(awake))}`,
    ratio: wake / median(awake),
    target: `under ${milliseconds(target)}`,
    isMet: wake < target,
  };
}

/** Of the connection alone: the token is there. */
async function connected(lakebase: Lakebase): Promise<number> {
  const { result, ms } = await timed(() => lakebase.connect());
  await result.end();
  return ms;
}
