import { isObject, type Json, type JsonObject } from "./json";

/** One request as a test wants to see it: never headers, never a secret. */
export interface Entry {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Json;
  /** 0 while it is being answered, and for good when the connection was dropped. */
  status: number;
}

const KEPT_ENTRIES = 100_000;
const REDACTED = "[redacted]";
const SECRET_KEY = /token|secret|password|assertion/i;
/** Has "token" in its name and none in it. */
const HARMLESS_KEYS = new Set(["page_token", "subject_token_type"]);

/** The requests in order of arrival. Numbers go on after a clear, so that "after n" stays meaningful. */
export class Journal {
  private entries: Entry[] = [];
  private last = 0;

  record(method: string, path: string, query: Readonly<Record<string, string>>, body: Json): Entry {
    this.last += 1;
    const entry: Entry = { n: this.last, method, path, query: redactQuery(query), body: redact(body), status: 0 };
    this.entries.push(entry);
    if (this.entries.length > KEPT_ENTRIES) this.entries.shift();
    return entry;
  }

  after(n: number): readonly Entry[] {
    return this.entries.filter((entry) => entry.n > n);
  }

  clear(): void {
    this.entries = [];
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

function redactQuery(query: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(query).map(([key, value]) => [key, isSecret(key) ? REDACTED : value]));
}

function isSecret(key: string): boolean {
  return SECRET_KEY.test(key) && !HARMLESS_KEYS.has(key);
}
