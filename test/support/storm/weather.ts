/** Faults at random: which request meets which, injected just before it arrives. */
import type { Random } from "./random";
import type { Request, Weather } from "./simulation";

type Fault = Readonly<Record<string, unknown>>;

/** How long after a change a read may not know of it. */
const staleFor = 3_000;

const refusals: readonly Fault[] = [
  { status: 429 },
  { status: 429, retryAfter: 2 },
  { status: 500 },
  { status: 502, body: "<html><body>Bad gateway</body></html>" },
  { status: 503 },
  { status: 503, retryAfter: 1 },
  { status: 504 },
  { drop: "before" },
  { drop: "after" },
];

/** These a change alone can meet. */
const mishaps: readonly Fault[] = [
  { status: 500, effect: true },
  { status: 502, effect: true },
  { status: 504, effect: true },
  { status: 409 },
  { status: 409, body: { error_code: "ABORTED", message: "Endpoint reconciliation still in progress" } },
  { operation: "fail" },
  { operation: "fail", effect: false },
  { operation: "hang" },
];

export class Storm implements Weather {
  /** About which share of requests meet a fault. */
  force = 0;
  /** How many faults there were. */
  count = 0;
  /** When what was changed last, by name. */
  readonly #changed = new Map<string, number>();
  /** What the request has met that is on its way. */
  #fault: Fault | undefined;

  constructor(
    readonly url: string,
    readonly chance: Random,
    /** Faults by their number that are left out, to find those that matter. */
    readonly without: ReadonlySet<number> = new Set(),
  ) {}

  async strike(request: Request, now: number): Promise<string | undefined> {
    const fault =
      this.force > 0 && this.chance.chance(this.force * weight(request)) ? this.#choose(request, now) : undefined;
    this.#fault = undefined;
    if (fault === undefined) return undefined;
    const number = this.count++;
    if (this.without.has(number)) return undefined;
    this.#fault = fault;
    const text = JSON.stringify(fault);
    const response = await fetch(`${this.url}/_emulator/faults`, {
      method: "POST",
      body: text,
      headers: { "content-type": "application/json" },
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`the fault ${text} is refused: ${answer}`);
    return `fault ${number}: ${text}`;
  }

  passed(request: Request, answer: string, now: number): void {
    const { effect, drop } = this.#fault ?? {};
    const hasChanged = effect ?? (answer.startsWith("2") || drop === "after");
    if (request.method !== "GET" && hasChanged) this.#changed.set(nameIn(request), now);
  }

  #choose({ method, path }: Request, now: number): Fault {
    if (method !== "GET") {
      const isOfService = path.startsWith("/api/2.0/postgres/");
      const mishap = this.chance.chance(0.5) ? this.chance.pick(mishaps) : this.chance.pick(refusals);
      return isOfService || mishap["operation"] === undefined ? mishap : { status: 500 };
    }
    const isResource = path.startsWith("/api/2.0/postgres/") && !path.includes("/operations/");
    const name = path.replace("/api/2.0/postgres/", "");
    const isFresh = [...this.#changed].some(([other, at]) => now - at < staleFor && isSeenIn(name, other));
    return isResource && isFresh && this.chance.chance(0.6) ? { stale: true } : this.chance.pick(refusals);
  }
}

/** Of many polls one would nearly always be struck, and of few changes none. */
function weight({ method, path }: Request): number {
  return method !== "GET" ? 2 : path.includes("/operations/") ? 0.3 : 1;
}

/** Whether a read of `name` shows a change of `other`: that very object, or the list that it is in. */
function isSeenIn(name: string, other: string): boolean {
  const isList = name.split("/").length % 2 === 1;
  return other === name || (isList && other.replace(/\/[^/]*$/, "") === name);
}

/** What a change is of. */
function nameIn({ path, query }: Request): string {
  const id = [...new URLSearchParams(query)].find(([key]) => key.endsWith("_id"))?.[1];
  const name = path.replace("/api/2.0/postgres/", "");
  return id === undefined ? name : `${name}/${id}`;
}
