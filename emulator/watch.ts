import type { Entry, Journal } from "./journal";
import type { JsonObject } from "./json";

/** Several changes within this time are told as one. */
const PAUSE = 100;
/** How often to look for what no request has changed: time alone ends operations, branches and sleep. */
const TICK = 1_000;
const TICKS_PER_HEARTBEAT = 15;
/** What a console shows of the journal. */
const SHOWN_ENTRIES = 200;
/** Messages that wait for a reader who does not read; then it is let go, and may connect again. */
const LARGEST_QUEUE = 2_000;

type Watcher = ReadableStreamDefaultController<Uint8Array>;

/** Tells those who watch, as server-sent events, what the workspace is and what is asked of it. */
export class Watch {
  private readonly watchers = new Set<Watcher>();
  private readonly news = new Map<number, Entry>();
  private lastState = "";
  private ticks = 0;
  private ticker: NodeJS.Timeout | undefined;
  private pause: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;

  /** `state` is what a `state` event holds; `now` in it changes always, so it is no news by itself. */
  constructor(
    private readonly journal: Journal,
    private readonly state: () => JsonObject,
  ) {}

  /** A stream that begins with the state and the last requests. */
  open(): ReadableStream<Uint8Array> {
    let mine: Watcher;
    return new ReadableStream({
      start: (watcher) => {
        mine = watcher;
        if (this.watchers.size === 0) this.begin();
        this.watchers.add(watcher);
        this.tell([watcher], event("state", this.state()));
        for (const entry of this.journal.after(0).slice(-SHOWN_ENTRIES)) this.tell([watcher], request(entry));
      },
      cancel: () => this.leave(mine),
    });
  }

  /** Something may have changed. */
  nudge(): void {
    if (this.watchers.size === 0) return;
    this.pause ??= setTimeout(() => this.flush(), PAUSE).unref();
  }

  close(): void {
    for (const watcher of [...this.watchers]) {
      watcher.close();
      this.leave(watcher);
    }
  }

  private begin(): void {
    this.lastState = comparable(this.state());
    this.ticker = setInterval(() => this.tick(), TICK).unref();
    this.unsubscribe = this.journal.subscribe((entry) => {
      this.news.set(entry.n, entry);
      this.nudge();
    });
  }

  private leave(watcher: Watcher): void {
    this.watchers.delete(watcher);
    if (this.watchers.size > 0) return;
    clearInterval(this.ticker);
    clearTimeout(this.pause);
    this.pause = undefined;
    this.unsubscribe?.();
    this.news.clear();
  }

  private tick(): void {
    this.ticks += 1;
    // A comment: it keeps a connection from being taken for dead.
    if (this.ticks % TICKS_PER_HEARTBEAT === 0) this.tell(this.watchers, ":\n\n");
    this.nudge();
  }

  private flush(): void {
    this.pause = undefined;
    const entries = [...this.news.values()].slice(-SHOWN_ENTRIES);
    this.news.clear();
    for (const entry of entries) this.tell(this.watchers, request(entry));
    const state = this.state();
    const compared = comparable(state);
    if (compared === this.lastState) return;
    this.lastState = compared;
    this.tell(this.watchers, event("state", state));
  }

  private tell(watchers: Iterable<Watcher>, message: string): void {
    const bytes = new TextEncoder().encode(message);
    for (const watcher of [...watchers]) {
      watcher.enqueue(bytes);
      if ((watcher.desiredSize ?? 0) > -LARGEST_QUEUE) continue;
      watcher.close();
      this.leave(watcher);
    }
  }
}

function comparable({ now: _now, ...state }: JsonObject): string {
  return JSON.stringify(state);
}

function request({ body: _body, ...entry }: Entry): string {
  return event("request", entry);
}

/** One line of JSON: no line break in a value can end a message. */
function event(name: string, data: JsonObject): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
