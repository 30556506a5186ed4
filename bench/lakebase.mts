/** A local Lakebase with one project, as a process of its own, and sessions with its computes. */
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
  static async start(): Promise<Lakebase> {
    const { DATABRICKS_HOST: _host, ...env } = process.env;
    const script = join(checkout, "dist/emulator/main.js");
    const child = spawn(process.execPath, [script, "--port", "0"], { env, stdio: ["ignore", "pipe", "inherit"] });
    const [printed] = await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => {
        throw new Error("the emulator did not start");
      }),
    ]);
    const values = String(printed).trim().split("\n");
    const lakebase = new Lakebase(
      child,
      values.map((line) => line.slice(line.indexOf("=") + 1)),
    );
    await lakebase.call("POST", "projects?project_id=bench", { spec: {} });
    return lakebase;
  }

  /** For programs that reach it. */
  get env(): Readonly<Record<string, string>> {
    return { DATABRICKS_HOST: this.#url, DATABRICKS_TOKEN: this.#token, PGSSLROOTCERT: this.ca };
  }

  static endpoint(branch = "production"): string {
    return `${project}/branches/${branch}/endpoints/primary`;
  }

  async call(method: string, path: string, body?: Json): Promise<Json> {
    return this.#send(method, `/api/2.0/postgres/${path}`, body);
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
