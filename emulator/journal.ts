import type { Clock } from "./clock";
import { isObject, type Json, type JsonObject } from "./json";
import { formatInstant } from "./values";

type Query = Readonly<Record<string, string>>;

/** One request as a test wants to see it: never headers, never a secret. */
export interface Entry {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly query: Query;
  readonly body: Json;
  /** When it came, by the emulator's clock. */
  readonly time: string;
  /** What was injected, in words; absent where nothing was. */
  readonly fault: string | undefined;
  /** 0 while it is being answered, and for good when the connection was dropped. */
  status: number;
}

type Listener = (entry: Entry) => void;

const KEPT_ENTRIES = 100_000;
const REDACTED = "[redacted]";
const SECRET_KEY = /token|secret|password|assertion/i;
/** Has "token" in its name and none in it. */
const HARMLESS_KEYS = new Set(["page_token", "subject_token_type"]);

/** The requests in order of arrival. Numbers go on after a clear, so that "after n" stays meaningful. */
export class Journal {
  private entries: Entry[] = [];
  private last = 0;
  private forgotten = 0;
  private readonly listeners = new Set<Listener>();

  constructor(private readonly clock: Clock) {}

  record(method: string, path: string, query: Query, body: Json, fault?: string): Entry {
    this.last += 1;
    const time = formatInstant(this.clock.now());
    const kept = { query: redactQuery(query), body: redact(body) };
    const entry: Entry = { n: this.last, method, path, ...kept, time, fault, status: 0 };
    this.entries.push(entry);
    if (this.entries.length > KEPT_ENTRIES) this.entries.shift();
    this.tell(entry);
    return entry;
  }

  answered(entry: Entry, status: number): void {
    entry.status = status;
    this.tell(entry);
  }

  /** `listener` hears of each request when it comes and when it is answered, until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The number of the last request that was cleared away. */
  get clearedTo(): number {
    return this.forgotten;
  }

  after(n: number): readonly Entry[] {
    return this.entries.filter((entry) => entry.n > n);
  }

  clear(): void {
    this.entries = [];
    this.forgotten = this.last;
  }

  private tell(entry: Entry): void {
    for (const listener of this.listeners) listener(entry);
  }
}

/** Of a sign-in form only the names of its fields and its grant type are worth keeping. */
export function redactForm(form: URLSearchParams): JsonObject {
  return Object.fromEntries(
    [...form].map(([key, value]) => [key, key === "grant_type" || key === "scope" ? value : REDACTED]),
  );
}

function redact(value: Json): Json {
  if (Array.isArray(value)) return value.map(redact);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, isSecret(key) ? REDACTED : redact(inner ?? null)]),
  );
}

function redactQuery(query: Query): Query {
  return Object.fromEntries(Object.entries(query).map(([key, value]) => [key, isSecret(key) ? REDACTED : value]));
}

function isSecret(key: string): boolean {
  return SECRET_KEY.test(key) && !HARMLESS_KEYS.has(key);
}
