/** A local Lakebase as a process of its own, what it has been asked, and sessions with its computes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { checkout } from "../tools/places.mts";

const user = "emulator@example.com";
const project = "projects/bench";

export type Json = Readonly<Record<string, unknown>>;

export class Lakebase implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #url: string;
  readonly #token: string;
  readonly ca: string;

  private constructor(child: ChildProcess, [url = "", token = "", ca = ""]: readonly string[]) {
    this.#child = child;
    this.#url = url;
    this.#token = token;
    this.ca = ca;
  }

  /** Needs `npm run build`. */
  static async start(...args: readonly string[]): Promise<Lakebase> {
    const { DATABRICKS_HOST: _host, ...env } = process.env;
    const script = join(checkout, "dist/emulator/main.js");
    const child = spawn(process.execPath, [script, "--port", "0", ...args], {
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [printed] = await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => {
        throw new Error("the emulator did not start");
      }),
    ]);
    const values = String(printed).trim().split("\n");
    return new Lakebase(
      child,
      values.map((line) => line.slice(line.indexOf("=") + 1)),
    );
  }

  /** For programs that reach it, and start as they do elsewhere: the tests' cache of compiled modules is not used. */
  get env(): Readonly<Record<string, string>> {
    return {
      DATABRICKS_HOST: this.#url,
      DATABRICKS_TOKEN: this.#token,
      PGSSLROOTCERT: this.ca,
      NODE_DISABLE_COMPILE_CACHE: "1",
    };
  }

  static endpoint(branch = "production"): string {
    return `${project}/branches/${branch}/endpoints/primary`;
  }

  async call(method: string, path: string, body?: Json): Promise<Json> {
    return this.#send(method, `/api/2.0/postgres/${path}`, body);
  }

  /** How many requests there were since this was last asked. */
  async requests(): Promise<number> {
    const { requests } = (await this.#send("GET", "/_emulator/requests")) as { requests: readonly unknown[] };
    await this.#send("DELETE", "/_emulator/requests");
    return requests.length;
  }

  /** Changes how it behaves, as `{ operationTime: "3s" }`. */
  async set(settings: Json): Promise<void> {
    await this.#send("PATCH", "/_emulator/settings", settings);
  }

  /** Each request takes so much longer. */
  async slow(latencyMs: number): Promise<void> {
    await this.#send("DELETE", "/_emulator/faults");
    if (latencyMs > 0) await this.#send("POST", "/_emulator/faults", { path: ".", latencyMs, times: 1_000_000 });
  }

  /** Back to an empty workspace. */
  async reset(): Promise<void> {
    await this.#send("POST", "/_emulator/reset");
  }

  /** The project that the sessions are in. */
  async makeProject(): Promise<void> {
    await this.call("POST", "projects?project_id=bench", { spec: {} });
  }

  async fork(branch: string): Promise<void> {
    await this.call("POST", `${project}/branches?branch_id=${branch}`, { spec: { no_expiry: true } });
  }

  async drop(branch: string): Promise<void> {
    await this.call("DELETE", `${project}/branches/${branch}?purge=true`);
  }

  async suspend(branch?: string): Promise<void> {
    await this.#send("POST", "/_emulator/computes", { endpoint: Lakebase.endpoint(branch), action: "suspend" });
  }

  /** What a client needs to connect. */
  async target(branch?: string): Promise<{ host: string; user: string; database: string; password: string }> {
    const endpoint = Lakebase.endpoint(branch);
    const { status } = (await this.call("GET", endpoint)) as { status: { hosts: { host: string } } };
    const { token } = (await this.call("POST", "credentials", { endpoint })) as { token: string };
    return { host: status.hosts.host, user, database: "databricks_postgres", password: token };
  }

  async connect(branch?: string): Promise<Client> {
    const client = new Client({ ...(await this.target(branch)), ssl: { ca: readFileSync(this.ca, "utf8") } });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await once(this.#child, "exit");
  }

  async #send(method: string, path: string, body?: Json): Promise<Json> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }
}
