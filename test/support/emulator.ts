/** An emulator for a test file, in this process and over real HTTP, emptied before each test. */
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/server";

export interface JournalEntry {
  readonly method: string;
  /** Below `/api/2.0/postgres/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly status: number;
}

export class EmulatorUnderTest {
  #emulator: Emulator | undefined;
  readonly #others: EmulatorUnderTest[] = [];

  async start(options: EmulatorOptions = {}): Promise<void> {
    this.#emulator = await startEmulator({ log: () => {}, ...options });
  }

  async close(): Promise<void> {
    await Promise.all(this.#others.splice(0).map((other) => other.close()));
    await this.#emulator?.close();
  }

  /** A second workspace, which ends with this one. */
  async another(): Promise<EmulatorUnderTest> {
    const other = new EmulatorUnderTest();
    await other.start();
    this.#others.push(other);
    return other;
  }

  get #running(): Emulator {
    if (!this.#emulator) throw new Error("the emulator has not started");
    return this.#emulator;
  }

  get url(): string {
    return this.#running.url;
  }

  get token(): string {
    return this.#running.token;
  }

  /** File with the certificate that vouches for its computes; empty without Postgres. */
  get ca(): string {
    return this.#running.ca ?? "";
  }

  /** What a shell would export to reach it. */
  get env(): { readonly DATABRICKS_HOST: string; readonly DATABRICKS_TOKEN: string } {
    return { DATABRICKS_HOST: this.url, DATABRICKS_TOKEN: this.token };
  }

  /** The same for what connects to Postgres, too. */
  get postgresEnv(): Readonly<Record<string, string>> {
    return { ...this.env, PGSSLROOTCERT: this.#running.ca ?? "" };
  }

  /** The requests since the last call of this, in order. */
  async requests(): Promise<readonly JournalEntry[]> {
    const { requests } = (await this.#control("GET", "requests")) as { requests: JournalEntry[] };
    await this.#control("DELETE", "requests");
    return requests.map((entry) => ({ ...entry, path: entry.path.replace("/api/2.0/postgres/", "") }));
  }

  /** The same, short: `PATCH projects/p spec.display_name`. */
  async calls(): Promise<readonly string[]> {
    const requests = await this.requests();
    return requests.map(({ method, path, query }) => [method, path, query["update_mask"] ?? ""].join(" ").trim());
  }

  /** Waits until the service has got a request; fails when `until` ends first. */
  async seen(call: string, until: Promise<unknown>): Promise<void> {
    let ended = false;
    const end = () => {
      ended = true;
    };
    until.then(end, end);
    while (!ended) {
      const { requests } = (await this.#control("GET", "requests")) as { requests: JournalEntry[] };
      if (requests.some(({ method, path }) => `${method} ${path.replace("/api/2.0/postgres/", "")}` === call)) return;
    }
    throw new Error(`the command ended before ${call} was sent`);
  }

  async reset(): Promise<void> {
    await this.#control("POST", "reset");
  }

  async settings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#control("PATCH", "settings", settings);
  }

  async fault(fault: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#control("POST", "faults", fault);
  }

  async clock(change: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#control("POST", "clock", change);
  }

  /** Somebody else at the service, or with a path from the root at another API: not in the journal that the next `requests` gives. */
  async outside(
    method: string,
    path: string,
    body?: unknown,
    token: string = this.token,
  ): Promise<Record<string, unknown>> {
    const before = (await this.#control("GET", "requests")) as { requests: unknown[] };
    const response = await fetch(new URL(path, `${this.url}/api/2.0/postgres/`), {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    if (before.requests.length === 0) await this.#control("DELETE", "requests");
    return answer;
  }

  /** A token of a service principal. */
  async tokenOf(application: string): Promise<string> {
    const response = await fetch(`${this.url}/oidc/v1/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${application}:fake-secret`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope: "all-apis" }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  async #control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}/_emulator/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /_emulator/${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}

export function useEmulator(options: EmulatorOptions = {}): EmulatorUnderTest {
  const emulator = new EmulatorUnderTest();
  beforeAll(() => emulator.start(options));
  beforeEach(() => emulator.reset());
  afterAll(() => emulator.close());
  return emulator;
}
