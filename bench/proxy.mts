/**
 * What the way through the emulator costs, beside a session with the same server over its own socket: a client program
 * in Node, as applications are, and pgbench where it is installed.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Lakebase } from "./lakebase.mts";
import { median, type Result } from "./measure.mts";

const rounds = 5;
const clients = 8;
const target = 0.8;

type Place = NodeJS.ProcessEnv;

export async function throughput(lakebase: Lakebase): Promise<readonly Result[]> {
  const { host, user, database, password } = await lakebase.target();
  const shared = { PGUSER: user, PGDATABASE: database, BENCH_CLIENTS: String(clients) };
  const through = {
    ...shared,
    PGHOST: host,
    PGPASSWORD: password,
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: lakebase.ca,
  };
  const direct = { ...shared, ...socketOf(lakebase) };
  const results = [await compare("Queries of a program with 8 sessions", through, direct, program)];
  if (spawnSync("pgbench", ["--version"]).status !== 0) return results;
  await output("pgbench", ["--initialize", "--quiet", "--scale=5"], direct);
  const bench =
    (...args: readonly string[]) =>
    (place: Place) =>
      pgbench(place, ...args);
  results.push(await compare("pgbench, TPC-B, 8 sessions", through, direct, bench()));
  results.push(await compare("pgbench, one-row selects, 8 sessions", through, direct, bench("--select-only")));
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
    beside: `the server's own socket, without TLS ${Math.round(median(rates) / ratio)}/s`,
    ratio,
    target: `at least ${target}`,
    isMet: ratio >= target,
  };
}

async function program(place: Place): Promise<number> {
  return Number(await output(process.execPath, [join(import.meta.dirname, "load.mts")], place));
}

async function pgbench(place: Place, ...args: readonly string[]): Promise<number> {
  const said = await output("pgbench", ["--no-vacuum", `--client=${clients}`, "--jobs=2", "--time=3", ...args], place);
  return Number(/tps = ([\d.]+)/.exec(said)?.[1]);
}

async function output(program: string, args: readonly string[], place: Place): Promise<string> {
  const child = spawn(program, args, { env: { ...process.env, ...place }, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
  return said;
}

/** The one server that runs, by its socket in the folder of the emulator's run. */
function socketOf(lakebase: Lakebase): Place {
  const folder = join(lakebase.ca, "../../s");
  const name = readdirSync(folder).find((entry) => /^\.s\.PGSQL\.\d+$/.test(entry));
  return { PGHOST: folder, PGPORT: name?.split(".").at(-1) };
}
