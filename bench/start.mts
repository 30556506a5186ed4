/** From the start of Pulumi's dynamic host to its first answered check: a provider that does nothing, and this one. */
import { DynamicHost } from "../tools/dynamic-host.mts";
import { median, milliseconds, timed } from "./measure.mts";
import { markdown } from "./table.mts";

const times = 9;
const most = 150;

const empty = "exports.handler=()=>({check:async(o,n)=>({inputs:n,failures:[]})})";
const own = 'exports.handler=()=>require("pulumi-lakebase/runtime").handler("Project","shop")';

/** Never asked: a check sends nothing. */
const env = { DATABRICKS_HOST: "http://127.0.0.1:9", DATABRICKS_TOKEN: "dapi-not-a-secret" };

export async function starts(): Promise<string> {
  const taken = { empty: [] as number[], own: [] as number[] };
  for (let time = 0; time < times; time++) {
    taken.empty.push(await firstCheck(empty));
    taken.own.push(await firstCheck(own));
  }
  const [floor, ours] = [median(taken.empty), median(taken.own)];
  return markdown([
    {
      what: "From the host's start to its first answered check",
      measured: milliseconds(ours),
      beside: `an empty dynamic provider ${milliseconds(floor)}`,
      ratio: ours / floor,
      target: `under ${most} ms more`,
      isMet: ours - floor < most,
    },
  ]);
}

async function firstCheck(provider: string): Promise<number> {
  const host = new DynamicHost();
  await host.prepare();
  try {
    const { ms } = await timed(async () => {
      await host.start(env);
      await host.configure({});
      const { failures } = await host.check({}, { __provider: provider, projectId: "shop" });
      if (failures.length > 0) throw new Error(JSON.stringify(failures));
    });
    return ms;
  } finally {
    await host.close();
  }
}
