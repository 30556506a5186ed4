/**
 * Reads that are answered from lists, for a refresh of many objects: one request shows a hundred of a collection, where a
 * read shows one. Whoever asks here is told what is listed, or nothing, and then a read of the object itself decides.
 */
import { isNotFound } from "./errors";
import { Pages } from "./pages";
import type { Clock } from "./retry";

type Json = Readonly<Record<string, unknown>>;

/** Asks for the page of a collection that a token stands for, the first one without. */
export type Turn = (collection: string, token: string | undefined) => Promise<Json>;

/**
 * How long a list counts, in milliseconds. A refresh that takes longer lists again, which costs little; what somebody
 * else changes meanwhile is seen no later than by a refresh that just takes that long.
 */
export const listLasts = 30_000;

export class Lists {
  readonly #turn: Turn;
  readonly #clock: Clock;
  readonly #listings = new Map<string, Listing>();
  /** The kinds of objects, e.g. `endpoints`, that could not be listed: they are read one by one for the rest of the run. */
  readonly #refused = new Set<string>();
  /** Changes that have not ended for sure, each as the scope that it may be seen in. */
  readonly #changes = new Set<{ readonly scope: string }>();

  constructor(turn: Turn, clock: Clock) {
    this.#turn = turn;
    this.#clock = clock;
  }

  /** The object, as listed; `undefined` when only a read can tell. */
  async find(name: string): Promise<Json | undefined> {
    const collection = name.slice(0, name.lastIndexOf("/"));
    if (this.#refused.has(kindOf(collection))) return undefined;
    for (const { scope } of this.#changes) if (isSeenIn(collection, scope)) return undefined;
    return this.#listing(collection, name).find(name);
  }

  /**
   * Lists from before a change of the object, or from its time, say nothing of what is there afterwards. One that failed
   * may go on at the service, so that it counts as going on.
   */
  async during<Result>(name: string, change: () => Promise<Result>): Promise<Result> {
    const scope = name.split("/").slice(0, 2).join("/");
    const own = { scope };
    this.#changes.add(own);
    for (const collection of this.#listings.keys()) {
      if (isSeenIn(collection, scope)) this.#listings.delete(collection);
    }
    const result = await change();
    this.#changes.delete(own);
    return result;
  }

  /** Who asks for an object again wants to know whether it has changed. */
  #listing(collection: string, name: string): Listing {
    const kept = this.#listings.get(collection);
    if (kept && !kept.asked.has(name) && this.#clock.now() - kept.since < listLasts) return kept;
    const listing = new Listing(
      new Pages(collection),
      (token) => this.#turn(collection, token),
      (failure) => {
        if (!isNotFound(failure)) this.#refused.add(kindOf(collection));
      },
      // A workspace has projects of others too, so that one alone is better read; what lies in a project is the program's.
      collection.includes("/") ? 0 : 1,
      this.#clock.now(),
    );
    this.#listings.set(collection, listing);
    return listing;
  }
}

/** One collection, page by page as far as somebody asks for what the pages so far do not have. */
class Listing {
  readonly asked = new Set<string>();
  readonly #found = new Map<string, Json>();
  #turned = 0;
  #token: string | undefined;
  #ended = false;
  #turning: Promise<void> | undefined;

  constructor(
    readonly pages: Pages,
    readonly turn: (token: string | undefined) => Promise<Json>,
    readonly failed: (failure: unknown) => void,
    readonly apart: number,
    readonly since: number,
  ) {}

  async find(name: string): Promise<Json | undefined> {
    this.asked.add(name);
    while (!this.#found.has(name) && this.#goesOn()) {
      this.#turning ??= this.#next();
      await this.#turning;
    }
    return this.#found.get(name);
  }

  /** Never more pages than reads: few objects of a long list cost at most twice what reads of them do. */
  #goesOn(): boolean {
    return !this.#ended && (this.#turning !== undefined || this.#turned < this.asked.size - this.apart);
  }

  async #next(): Promise<void> {
    this.#turned++;
    try {
      const page = await this.turn(this.#token);
      for (const item of this.pages.items(page)) this.#found.set(String(item["name"]), item);
      this.#token = this.pages.next(page);
      this.#ended = this.#token === undefined;
    } catch (failure) {
      this.#ended = true;
      this.failed(failure);
    } finally {
      this.#turning = undefined;
    }
  }
}

/** What a collection's objects are: the last part of its name. */
function kindOf(collection: string): string {
  return collection.slice(collection.lastIndexOf("/") + 1);
}

/**
 * Whether a change somewhere in a project, or of something that lies in none, may be seen in a collection: branches go
 * with their project and with each other's settings, so that all of one project count as one.
 */
function isSeenIn(collection: string, scope: string): boolean {
  const [root] = scope.split("/");
  return collection === root || collection.startsWith(`${scope}/`) || !collection.startsWith(`${root}/`);
}
