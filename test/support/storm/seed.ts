/** One seed of the storm: a stack that changes while faults strike, and what has to be true all the time. */
import type { Agent } from "undici";
import { Author } from "./author";
import { Engine } from "./engine";
import { mayGo, namesOf, type Program } from "./program";
import { Random } from "./random";
import { advise, whatIsWrongWith } from "./reader";
import { Simulation } from "./simulation";
import { comesByItself, identities, Truth } from "./truth";
import { Storm } from "./weather";

export interface Place {
  readonly url: string;
  readonly token: string;
  readonly agent: Agent;
  /** The emulator asks it for the time. */
  readonly clock: { now: () => number };
}

export interface Verdict {
  readonly seed: number;
  /** What is wrong; nothing when all is well. */
  readonly problem: string | undefined;
  readonly trace: readonly string[];
  readonly requests: number;
  readonly faults: number;
  /** Runs that ended well, with an error, and killed. */
  readonly ends: Readonly<Record<"well" | "error" | "killed", number>>;
}

class Problem extends Error {}

export async function runSeed(place: Place, seed: number, without: ReadonlySet<number> = new Set()): Promise<Verdict> {
  const play = new Play(place, seed, without);
  const problem = await play.run().then(
    () => undefined,
    (failure: unknown) => (failure instanceof Problem ? failure.message : `the storm itself failed: ${told(failure)}`),
  );
  const { simulation, storm, ends } = play;
  return { seed, problem, trace: simulation.trace, requests: simulation.requests, faults: storm.count, ends };
}

function told(failure: unknown): string {
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}

class Play {
  readonly chance: Random;
  readonly storm: Storm;
  readonly simulation: Simulation;
  readonly engine: Engine;
  readonly truth: Truth;
  readonly ends = { well: 0, error: 0, killed: 0 };
  readonly #everDeclared = new Set<string>();
  /** Who each object is, as last seen. */
  #known: ReadonlyMap<string, string> = new Map();

  constructor(
    readonly place: Place,
    seed: number,
    without: ReadonlySet<number>,
  ) {
    const { url, token, agent, clock } = place;
    this.chance = new Random(seed);
    this.storm = new Storm(url, new Random(seed + 0x5eed), without);
    this.simulation = new Simulation(agent, new Random(seed + 0x71e), this.storm);
    this.truth = new Truth(url, token);
    clock.now = () => this.simulation.now();
    this.engine = new Engine({
      host: url,
      token,
      means: { clock: this.simulation, dispatcher: this.simulation.dispatcher },
      note: (line) => this.simulation.note(line),
    });
  }

  async run(): Promise<void> {
    await this.#control("POST", "reset");
    const author = new Author(this.chance);
    let before: Program = [];
    let program = author.first();
    const steps = 2 + this.chance.below(3);
    for (let n = 0; n < steps; n++) {
      await this.#manners();
      this.#tell(`step ${n + 1}`, program);
      await this.#stormy(before, program);
      program = await this.#converge(before, program);
      before = program;
      program = author.next(program);
    }
    await this.#end(before);
  }

  /** How the service behaves during a step. */
  async #manners(): Promise<void> {
    const operationTime = this.chance.pick(["0s", "0s", "1s", "5s", "30s"]);
    const reconcileTime = this.chance.pick(["0s", "2s", "10s"]);
    await this.#control("PATCH", "settings", {
      operationTime,
      reconcileTime,
      ghostEndpoints: this.chance.chance(0.5),
      duplicateBranch: this.chance.pick(["real", "fake"]),
    });
  }

  /** Some runs with faults, of which one may reach what is declared. */
  async #stormy(before: Program, program: Program): Promise<void> {
    const runs = 1 + this.chance.below(3);
    for (let n = 0; n < runs; n++) {
      this.storm.force = this.chance.pick([0.05, 0.1, 0.2, 0.4]);
      const killAfter = this.chance.chance(0.3) ? 1 + this.chance.below(40) : undefined;
      if (this.chance.chance(0.25)) await this.#once("refresh", before, program, killAfter);
      else if ((await this.#once("up", before, program, killAfter)) === "well" && this.chance.chance(0.6)) break;
      // Who tries again at once meets what has just happened.
      if (this.chance.chance(0.5)) this.simulation.pass(this.chance.below(120) * 1000);
    }
  }

  /** Without faults: at most a refresh and two runs lead to what is declared. Answers the program, changed as errors advised. */
  async #converge(before: Program, wanted: Program): Promise<Program> {
    this.storm.force = 0;
    let program = wanted;
    // Whatever is still being carried out comes to its end.
    this.simulation.pass(60_000);
    if (this.chance.chance(0.5)) await this.#once("refresh", before, program);
    for (let n = 0, advised = 0; ; n++) {
      const errors: string[] = [];
      const end = await this.#once("up", before, program, undefined, errors);
      if (end === "well") break;
      const better = advise(program, errors, this.engine.state);
      if (better !== undefined && ++advised < 10) {
        program = better;
        n--;
        this.simulation.pass(60_000);
      } else if (n > 0) throw new Problem(`without faults, run ${n + 1} still ends with: ${errors.join(" | ")}`);
    }
    const again: string[] = [];
    const count = this.simulation.trace.length;
    await this.#once("up", before, program, undefined, again);
    const changes = this.simulation.trace.slice(count).filter((line) => / (POST|PATCH|PUT|DELETE) /.test(line));
    if (again.length > 0 || changes.length > 0) {
      throw new Problem(`a run of an unchanged program is to change nothing: ${[...again, ...changes].join(" | ")}`);
    }
    return program;
  }

  async #end(program: Program): Promise<void> {
    this.#tell("destroy", []);
    this.storm.force = this.chance.pick([0, 0.1, 0.3]);
    const first = await this.#once(
      "destroy",
      program,
      [],
      this.chance.chance(0.3) ? 1 + this.chance.below(20) : undefined,
    );
    this.storm.force = 0;
    this.simulation.pass(60_000);
    if (first === "well") return;
    for (let n = 0; n < 2; n++) {
      if ((await this.#once("destroy", program, [])) === "well") return;
    }
    throw new Problem("the stack cannot be destroyed");
  }

  async #once(
    verb: "up" | "refresh" | "destroy",
    before: Program,
    program: Program,
    killAfter?: number,
    errors: string[] = [],
  ): Promise<"well" | "error" | "killed"> {
    this.simulation.note(`── ${verb}${this.storm.force > 0 ? `, ${this.storm.force * 100} % faults` : ""}`);
    for (const name of namesOf(program).values()) this.#everDeclared.add(name);
    const run = {
      up: () => this.engine.up(program),
      refresh: () => this.engine.refresh(),
      destroy: () => this.engine.destroy(),
    };
    const ended = await this.simulation.run(run[verb], killAfter);
    await this.#control("DELETE", "faults");
    if (ended !== "killed") errors.push(...ended.result);
    const end = ended === "killed" ? "killed" : errors.length > 0 ? "error" : "well";
    this.ends[end] += 1;
    this.simulation.note(`── ${verb} ended: ${end}`);
    for (const message of errors) {
      const what = whatIsWrongWith(message);
      if (what !== undefined) throw new Problem(`an error ${what}: ${message}`);
    }
    await this.#nothingLost(before, program, verb === "destroy");
    await this.#stateIsTrue(program);
    if (end === "well" && verb !== "refresh") {
      const differences = await this.truth.differences(program, this.#everDeclared);
      if (differences.length > 0)
        throw new Problem(`${verb} ended without an error, and yet ${differences.join("; ")}`);
    }
    return end;
  }

  /** Nothing has gone, or been made anew, that the change of the program does not say so of. */
  async #nothingLost(before: Program, program: Program, isEnd: boolean): Promise<void> {
    const now = identities(await this.truth.world());
    const goes = isEnd ? () => true : mayGo(before, program);
    for (const [name, identity] of this.#known) {
      if (!goes(name) && now.get(name) !== identity) {
        throw new Problem(`${name} is lost: it was ${identity}, and now ${now.get(name) ?? "it is not there"}`);
      }
    }
    this.#known = now;
  }

  /** All that this stack has made is in its state, or is what the next run is to make. */
  async #stateIsTrue(program: Program): Promise<void> {
    const world = await this.truth.world();
    const ghosts = await this.truth.ghosts(world);
    const known = new Set([...this.engine.state.map(({ id }) => id), ...namesOf(program).values()]);
    for (const name of world.keys()) {
      const isOurs = this.#everDeclared.has(name) && !comesByItself(name) && !ghosts.has(name);
      if (isOurs && !known.has(name)) throw new Problem(`${name} is an orphan: neither declared nor in the state`);
    }
  }

  #tell(what: string, program: Program): void {
    this.simulation.note(`════ ${what}`);
    for (const { type, key, args, aliases } of program) {
      this.simulation.note(`     ${type} ${key} ${JSON.stringify(args)}${aliases ? ` aliases ${aliases}` : ""}`);
    }
  }

  async #control(method: string, path: string, body?: unknown): Promise<void> {
    const response = await fetch(`${this.place.url}/_emulator/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  }
}
