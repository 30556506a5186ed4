/** When to ask again how far something is: learned from how long the same took before, and never long after its end. */

/** Ages in milliseconds: it still ran at `after`, and was over at `by`. */
export interface Span {
  readonly after: number;
  readonly by: number;
}

/** What ends before this costs one poll, so nothing is polled earlier. */
const first = 300;
const shortest = 150;
/** No end stays unnoticed for longer. */
const longest = 5_000;

/**
 * The age to poll at next, after the poll at the age `polled` (0: none yet) found it running.
 *
 * With a `known` span the first poll is where the end is expected, and the second where it was certain; a wide span is
 * halved by the first; after that the waits grow with how late it is. Without one, they grow by a tenth of the age; or,
 * for a `follower`, who hears when the one that it follows has ended, with the age.
 */
export function nextPoll(polled: number, known: Span | undefined, follower: boolean): number {
  if (known !== undefined) {
    const expected = Math.max(first, isWide(known) ? (known.after + known.by) / 2 : known.by);
    const target = [expected, known.by].find((age) => age > polled);
    // In equal steps, of which the last is the target.
    if (target !== undefined) return Math.ceil(polled + (target - polled) / Math.ceil((target - polled) / longest));
    // It is late: by little most of the time, since ages are measured with the latency of requests.
    return Math.ceil(polled + Math.min(longest, shortest + polled - known.by));
  }
  if (polled < first) return first;
  return Math.ceil(polled + Math.min(longest, follower ? polled : shortest + polled / 10));
}

/**
 * What is known after one more has ended, which took as `seen` says, and whose polls relied on what was known when it
 * began.
 *
 * When no poll of it has come too early, how much earlier it ended is not known. So the next first poll is earlier, and
 * ever more so until one comes too early: this is how they follow a service that has become faster.
 */
export function learned(known: Span | undefined, relied: Span | undefined, seen: Span): Span {
  if (relied !== undefined && seen.after <= relied.after) {
    return { after: Math.max(seen.after, seen.by - 2 * (relied.by - relied.after)), by: seen.by };
  }
  if (known === undefined) return seen;
  const both = { after: Math.max(known.after, seen.after), by: Math.min(known.by, seen.by) };
  return both.after < both.by ? both : seen;
}

function isWide({ after, by }: Span): boolean {
  return by - after > by / 10;
}

interface Kind {
  known: Span | undefined;
  /** The one that polls closely while nothing is known; the others of its kind follow it. */
  scout: Watch | undefined;
  /** Over when the first of the kind has ended. */
  readonly news: { readonly promise: Promise<void>; resolve(): void };
}

/** What this process has learned of each kind of wait. */
export class Polls {
  readonly #kinds = new Map<string, Kind>();

  /** Begins to wait for something of this kind, e.g. `POST projects/branches`. */
  watch(name: string): Watch {
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      kind = { known: undefined, scout: undefined, news: Promise.withResolvers() };
      this.#kinds.set(name, kind);
    }
    return new Watch(kind);
  }
}

/** One wait. */
export class Watch {
  readonly #kind: Kind;
  /** The age at which it is known to have run, and that of the last answer. */
  #after = 0;
  #polled = 0;
  readonly #relied: Span | undefined;

  constructor(kind: Kind) {
    this.#kind = kind;
    this.#relied = kind.known;
  }

  /** The age to poll at next. Whoever asks while nobody polls closely is the one who does from now on. */
  due(): number {
    this.#kind.scout ??= this;
    return nextPoll(this.#polled, this.#kind.known, this.#kind.scout !== this);
  }

  /** Over when another has taught how long this may take: the age to poll at next is another then. */
  get news(): Promise<void> | undefined {
    return this.#kind.known === undefined ? this.#kind.news.promise : undefined;
  }

  /** The poll that was sent at the age `sent` and answered at the age `answered` found it running. */
  running(sent: number, answered: number): void {
    this.#after = sent;
    this.#polled = answered;
  }

  /** The poll that was sent at this age found it over. */
  ended(sent: number): void {
    const seen = { after: this.#after, by: Math.max(sent, 1) };
    // Those that ran side by side relied on the same: that all of their polls were late says no more than one does.
    this.#kind.known = learned(this.#kind.known, this.#relied, seen);
    this.#kind.news.resolve();
  }

  /** To be called at the end, whatever it was: the next of its kind is the scout. */
  close(): void {
    if (this.#kind.scout === this) this.#kind.scout = undefined;
  }
}
