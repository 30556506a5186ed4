/** The emulator as a process of its own, started from the installed package as `npx lakebase-emulator` does. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { unmarked } from "./interruption.mts";

/** A request as the emulator's journal has it, its path below `/api/2.0/postgres/`. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly status: number;
}

interface Printed {
  readonly host?: string;
  readonly token?: string;
  readonly certificate?: string;
}

const ready = /^DATABRICKS_HOST=(?<host>\S+)\nDATABRICKS_TOKEN=(?<token>\S+)\nPGSSLROOTCERT=(?<certificate>.+)\n/m;

type Json = Readonly<Record<string, unknown>>;

export class EmulatorProcess implements AsyncDisposable {
  readonly host: string;
  readonly token: string;
  /** Path of what its computes' certificates are checked with. */
  readonly certificate: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, { host = "", token = "", certificate = "" }: Printed) {
    this.#child = child;
    this.host = host;
    this.token = token;
    this.certificate = certificate;
  }

  /** From a node_modules folder that has the package. */
  static async start(modules: string): Promise<EmulatorProcess> {
    // It would refuse to run beside a workspace's host.
    const foreign = /^DATABRICKS_/;
    const env = Object.fromEntries(Object.entries(unmarked(process.env)).filter(([name]) => !foreign.test(name)));
    const script = join(modules, ".bin/lakebase-emulator");
    const child = spawn(process.execPath, [script, "--port", "0"], {
      env,
      // A session of its own: Ctrl-C in a terminal is for the demo, which then ends it in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    let printed = "";
    for await (const chunk of child.stdout) {
      printed += String(chunk);
      const { groups } = ready.exec(printed) ?? {};
      if (groups !== undefined) return new EmulatorProcess(child, groups);
    }
    throw new Error(`the emulator did not start: ${said.trim() || "it said nothing"}`);
  }

  /** What a shell would export to reach it. */
  get env(): { readonly DATABRICKS_HOST: string; readonly DATABRICKS_TOKEN: string } {
    return { DATABRICKS_HOST: this.host, DATABRICKS_TOKEN: this.token };
  }

  /** The requests since the last call of this, in order. */
  async requests(): Promise<readonly Request[]> {
    const { requests } = (await this.#send("GET", "/_emulator/requests")) as { readonly requests: readonly Request[] };
    await this.#send("DELETE", "/_emulator/requests");
    return requests.map((request) => ({ ...request, path: request.path.replace("/api/2.0/postgres/", "") }));
  }

  /** A request past Pulumi, as somebody else would send it. */
  call(method: string, path: string, body?: Json): Promise<Json> {
    return this.#send(method, `/api/2.0/postgres/${path}`, body);
  }

  /** Whom its token signs in, which is also the role at Postgres. */
  async user(): Promise<string> {
    return String((await this.#send("GET", "/api/2.0/preview/scim/v2/Me"))["userName"]);
  }

  /** Returns when its servers have ended and their folders are gone. */
  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill();
      await once(this.#child, "exit");
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #send(method: string, path: string, body?: Json): Promise<Json> {
    const response = await fetch(`${this.host}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} at the emulator: ${response.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }
}
