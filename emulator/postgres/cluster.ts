import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Duplex } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import { type Account, writeFor } from "./account";
import type { Installation } from "./installation";

/** Postgres settings by name. */
export type PgSettings = Readonly<Record<string, string>>;

export const SUPERUSER = "postgres";
/** Nobody's database: connecting to it says whether a password is right, see `passwordIsRight`. */
const PASSWORD_CHECK = "lakebase_password_check";

/** The proxy in front has checked who comes; only the folder's owner reaches the socket. */
export const ACCESS = `local ${PASSWORD_CHECK} all scram-sha-256\nlocal all all trust\nlocal replication all trust\n`;

/** How a server is asked to stop. While it recovers from a crash it does not hear the first; the next start recovers. */
const ENDINGS = ["SIGINT", "SIGQUIT", "SIGKILL"] as const;
/** Milliseconds that it has after each. */
const PATIENCE = 5_000;

/**
 * Runs Postgres and leaves a guard beside it that ends it when our end of the pipe closes, which the kernel does however
 * this process ends. The guard is nobody's child, so that Postgres does not take it for one of its own.
 */
const GUARDED = `( {
  read -r _
  for signal in INT QUIT KILL; do
    kill -$signal $$ || exit
    for tenth in $(seq 50); do kill -0 $$ || exit; sleep 0.1; done
  done
} <&3 2>/dev/null & )
exec "$@" 3<&- 4>&-`;

const READY = /database system is ready to accept/;
const KEPT_LINES = 20;

export interface ClusterOptions {
  readonly installation: Installation;
  readonly account: Account | undefined;
  /** The data folder, made by initdb. */
  readonly folder: string;
  /** Where its socket goes, and the number that tells it from others there. */
  readonly sockets: string;
  readonly number: number;
  /** Survive a power cut, not only the end of a process. */
  readonly durable: boolean;
  /** Settings that nobody may override. */
  readonly fixed: PgSettings;
}

/** One server process over one data folder. The caller takes care that it is not started and stopped at once. */
export class Cluster {
  private server: ChildProcess | undefined;
  private lines: string[] = [];

  constructor(private readonly options: ClusterOptions) {}

  get isRunning(): boolean {
    return this.server !== undefined;
  }

  get socket(): string {
    return join(this.options.sockets, `.s.PGSQL.${this.options.number}`);
  }

  get folder(): string {
    return this.options.folder;
  }

  /** For a server that follows this one. */
  get connectionInfo(): string {
    return `host=${this.options.sockets} port=${this.options.number} user=${SUPERUSER}`;
  }

  /** Resolves once it takes connections. */
  async start(settings: PgSettings): Promise<void> {
    const { installation, account, folder } = this.options;
    await this.configure(settings);
    this.lines = [];
    const server = spawn(
      "/bin/sh",
      ["-c", GUARDED, "sh", installation.postgres, "-D", folder, ...this.reserved()],
      // A session of its own: Ctrl-C in a terminal is for the emulator, which stops its servers in order.
      {
        ...account,
        cwd: "/",
        detached: true,
        stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
        env: serverEnvironment(),
      },
    );
    this.server = server;
    await this.ready(server);
    server.once("exit", () => {
      if (this.server === server) this.release(server);
    });
  }

  /** Sessions are ended, everything is written; the guard is gone too. */
  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    const ended = hasEnded(server) ? Promise.resolve() : once(server, "exit");
    for (const signal of ENDINGS) {
      server.kill(signal);
      if (await isWithin(ended, PATIENCE)) break;
    }
    await ended;
    await closeGuard(server);
  }

  /** As the superuser; the session is over when `work` is. */
  async query<T>(work: (client: Client) => Promise<T>, database = "postgres"): Promise<T> {
    const client = new Client({ host: this.options.sockets, port: this.options.number, user: SUPERUSER, database });
    client.on("error", () => {});
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Asks the server: a session in a database that is not there fails for the password first. */
  async passwordIsRight(user: string, password: string): Promise<boolean> {
    const { sockets: host, number: port } = this.options;
    const client = new Client({ host, port, user, password, database: PASSWORD_CHECK });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch (error) {
      return error instanceof Error && "code" in error && error.code === "3D000";
    }
  }

  private configure(settings: PgSettings): Promise<void> {
    const { account, folder, durable } = this.options;
    const lines = Object.entries({ ...defaults(durable), ...settings }).map(
      ([name, value]) => `${name} = ${quote(value)}`,
    );
    return writeFor(account, join(folder, "postgresql.conf"), `${lines.join("\n")}\n`);
  }

  private reserved(): readonly string[] {
    const { sockets, number, fixed } = this.options;
    const reserved: PgSettings = {
      listen_addresses: "",
      unix_socket_directories: sockets,
      unix_socket_permissions: "0700",
      port: String(number),
      logging_collector: "off",
      log_destination: "stderr",
      log_line_prefix: "",
      lc_messages: "C",
      dynamic_shared_memory_type: "mmap",
      ...fixed,
    };
    return Object.entries(reserved).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  }

  private async ready(server: ChildProcess): Promise<void> {
    const log = server.stderr;
    if (log === null) throw new Error("a server's log is always a pipe");
    const lines = createInterface({ input: log });
    await new Promise<void>((resolve, reject) => {
      lines.on("line", (line) => {
        this.lines.push(line);
        if (this.lines.length > KEPT_LINES) this.lines.shift();
        if (READY.test(line)) resolve();
      });
      server.once("error", reject);
      // The guard holds the log open a little longer, so the end of the process counts, not that of its output.
      server.once("exit", () => reject(new Error(this.lastWords())));
    }).catch((error: unknown) => {
      if (this.server === server) this.release(server);
      throw error;
    });
  }

  private release(server: ChildProcess): void {
    this.server = undefined;
    void closeGuard(server);
  }

  /** What the server said of its end, without the log's own words. */
  private lastWords(): string {
    const last = this.lines.findLastIndex((line) => /^(FATAL|PANIC|ERROR):/.test(line));
    // "The configuration file contains errors" comes after the one that it means.
    const said = this.lines.at(this.lines[last]?.includes("contains errors") ? last - 1 : last);
    return said?.replace(/^\w+:\s*/, "") ?? "the server ended without a word";
  }
}

/** Resolves when it is gone: until then it holds its end of a pipe. */
async function closeGuard(server: ChildProcess): Promise<void> {
  const [, , , line, breath] = server.stdio;
  if (!(line instanceof Duplex && breath instanceof Duplex)) return;
  const gone = once(breath, "close");
  breath.resume();
  line.destroy();
  await gone;
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}

async function isWithin(event: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const over = new AbortController();
  const late = setTimeout(milliseconds, false, { signal: over.signal }).catch(() => false);
  const isInTime = await Promise.race([event.then(() => true), late]);
  over.abort();
  return isInTime;
}

function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" };
}

/** Small and quick to start; `pgSettings` may say otherwise. */
function defaults(durable: boolean): PgSettings {
  return {
    // Above the figure of any compute size that the product documents (0.5 CU 104 … 3 CU 629 connections).
    max_connections: "1000",
    shared_buffers: "64MB",
    jit: "off",
    huge_pages: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    fsync: durable ? "on" : "off",
    full_page_writes: durable ? "on" : "off",
  };
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
