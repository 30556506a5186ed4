/**
 * Time and the network of a storm: one thing happens at a time, a request that arrives or a wait that ends, and chance
 * says which. So a seed always gives the same run, and waiting takes no time.
 */
import { setImmediate as turn } from "node:timers/promises";
import type { Agent, Dispatcher } from "undici";
import type { Clock } from "../../../provider/api/retry";
import type { Random } from "./random";

/** A request that the provider has sent and that has not arrived yet. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: string;
}

interface Held extends Request {
  /** Lets it through; done when its answer has been read, or has failed to come. */
  readonly send: () => Promise<string>;
  /** Lets it through, though nobody waits for the answer any more. */
  readonly orphan: () => Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** What happens to a request on its way. */
export interface Weather {
  /** Before it arrives; answers what it meets. */
  strike(request: Request, now: number): Promise<string | undefined>;
  /** When its answer is there, a status or that there is none. */
  passed(request: Request, answer: string, now: number): void;
}

/** How a run ended: by itself, or killed. */
export type Ended<Result> = { readonly result: Result } | "killed";

export class Simulation implements Clock {
  readonly dispatcher: Dispatcher;
  readonly trace: string[] = [];
  requests = 0;
  #now = Date.UTC(2026, 0, 5);
  #sleepers: Sleeper[] = [];
  #held: Held[] = [];

  constructor(
    agent: Agent,
    readonly chance: Random,
    readonly weather: Weather,
  ) {
    this.dispatcher = agent.compose((dispatch) => (options, handler) => {
      this.#held.push(held(dispatch, options, handler));
      return true;
    });
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ at: this.#now + ms, wake }));
  }

  random(): number {
    return this.chance.next();
  }

  /** Time in which nothing happens. */
  pass(ms: number): void {
    this.#now += ms;
  }

  note(line: string): void {
    this.trace.push(`${((this.#now - Date.UTC(2026, 0, 5)) / 1000).toFixed(1).padStart(7)} s  ${line}`);
  }

  /** Runs a task to its end, or until so many requests have arrived; then what is on its way may still arrive. */
  async run<Result>(task: () => Promise<Result>, killAfter = Number.POSITIVE_INFINITY): Promise<Ended<Result>> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    const outcome = task();
    outcome.then(over, over);
    let left = killAfter;
    for (let idle = 0; ; ) {
      await quiet();
      if (isOver) return { result: await outcome };
      if (left === 0) {
        await this.#kill();
        return "killed";
      }
      const isRequest = this.#held.length > 0 && (this.#sleepers.length === 0 || this.chance.chance(0.85));
      if (isRequest) {
        left -= 1;
        await this.#arrive();
      } else if (this.#sleepers.length > 0) this.#wake();
      else if (++idle > 1_000) throw new Error("the run waits for something that will not happen");
      else continue;
      idle = 0;
    }
  }

  async #arrive(): Promise<void> {
    const request = this.#take();
    this.#now += 5 + this.chance.below(60);
    const struck = await this.weather.strike(request, this.#now);
    this.requests += 1;
    const answer = await request.send();
    this.weather.passed(request, answer, this.#now);
    this.note(`${shown(request)} → ${answer}${struck === undefined ? "" : ` [${struck}]`}`);
  }

  #wake(): void {
    const next = this.#sleepers.reduce((first, other) => (other.at < first.at ? other : first));
    this.#sleepers = this.#sleepers.filter((other) => other !== next);
    this.#now = Math.max(this.#now, next.at);
    next.wake();
  }

  async #kill(): Promise<void> {
    this.#sleepers = [];
    while (this.#held.length > 0) {
      const request = this.#take();
      const arrives = this.chance.chance(0.5);
      if (arrives) await request.orphan();
      this.note(`${shown(request)} → ${arrives ? "arrives, nobody hears the answer" : "never arrives"} [killed]`);
    }
  }

  #take(): Held {
    const request = this.chance.pick(this.#held);
    this.#held = this.#held.filter((other) => other !== request);
    return request;
  }
}

function shown({ method, path, query }: Request): string {
  return `${method} ${path.replace("/api/2.0/postgres/", "")}${query === "" ? "" : `?${query}`}`;
}

function held(
  dispatch: Dispatcher["dispatch"],
  options: Dispatcher.DispatchOptions,
  handler: Dispatcher.DispatchHandler,
): Held {
  const [path = "", query = ""] = options.path.split("?");
  return {
    method: options.method,
    path,
    query,
    send: () => new Promise((done) => dispatch(options, watched(handler, done))),
    orphan: () =>
      new Promise((done) =>
        dispatch(
          options,
          watched({}, () => done()),
        ),
      ),
  };
}

/** A handler that also tells when an answer is there as a whole, or will not come. */
function watched(handler: Dispatcher.DispatchHandler, done: (answer: string) => void): Dispatcher.DispatchHandler {
  let answer = "";
  return {
    onRequestStart: (...args) => handler.onRequestStart?.(...args),
    onResponseStart: (...args) => {
      answer = String(args[1]);
      handler.onResponseStart?.(...args);
    },
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => {
      handler.onResponseEnd?.(...args);
      done(answer);
    },
    onResponseError: (...args) => {
      handler.onResponseError?.(...args);
      done("no answer");
    },
  };
}

/** Until all that can go on has come to its next request or wait. */
async function quiet(): Promise<void> {
  await turn();
  await turn();
}
