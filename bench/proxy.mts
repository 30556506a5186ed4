/**
 * What the way through the emulator costs, beside a direct connection with TLS to a server of the same settings: for a
 * client program in Node, as applications are, and for pgbench where it is installed.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DirectServer } from "./direct.mts";
import type { Lakebase } from "./lakebase.mts";
import { median, type Result } from "./measure.mts";

const rounds = 7;
const sessions = 8;
const target = 0.8;

type Place = NodeJS.ProcessEnv;

export async function throughput(lakebase: Lakebase): Promise<readonly Result[]> {
  const { host, user, database, password } = await lakebase.target();
  const through = {
    PGHOST: host,
    PGPORT: "5432",
    PGUSER: user,
    PGDATABASE: database,
    PGPASSWORD: password,
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: lakebase.ca,
  };
  await using server = await DirectServer.start();
  const direct = server.env;
  const results = [await compare(`A program with ${sessions} sessions, 50 rows a query`, through, direct, program)];
  if (spawnSync("pgbench", ["--version"]).status !== 0) return results;
  for (const place of [through, direct]) await output("pgbench", ["--initialize", "--quiet", "--scale=5"], place);
  const bench =
    (...args: readonly string[]) =>
    (place: Place) =>
      pgbench(place, ...args);
  results.push(await compare(`pgbench, ${sessions} sessions, transactions like TPC-B`, through, direct, bench()));
  results.push(
    await compare(`pgbench, ${sessions} sessions, selects of one row`, through, direct, bench("--select-only")),
  );
  return results;
}

/** By turns, so that whatever else the machine does falls on both. */
async function compare(
  what: string,
  through: Place,
  direct: Place,
  rate: (place: Place) => Promise<number>,
): Promise<Result> {
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const ours = await rate(through);
    ratios.push(ours / (await rate(direct)));
    rates.push(ours);
  }
  const ratio = median(ratios);
  return {
    what,
    measured: `${Math.round(median(rates))}/s`,
    beside: `a direct connection ${Math.round(median(rates) / ratio)}/s`,
    ratio,
    target: `at least ${target}`,
    isMet: ratio >= target,
  };
}

async function program(place: Place): Promise<number> {
  return Number(await output(process.execPath, [join(import.meta.dirname, "load.mts"), String(sessions)], place));
}

async function pgbench(place: Place, ...args: readonly string[]): Promise<number> {
  const said = await output("pgbench", ["--no-vacuum", `--client=${sessions}`, "--jobs=2", "--time=3", ...args], place);
  return Number(/tps = ([\d.]+)/.exec(said)?.[1]);
}

async function output(program: string, args: readonly string[], place: Place): Promise<string> {
  const child = spawn(program, args, { env: { ...process.env, ...place }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let complained = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complained += chunk;
  });
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${complained}`);
  return said;
}
