import { join } from "node:path";
import { Client } from "pg";
import { type Account, writeFor } from "./account";
import { Guarded } from "./guarded";
import type { Installation } from "./installation";
import { configuration, type PgSettings } from "./pg-settings";
import { outlast } from "./predecessor";

export const SUPERUSER = "postgres";
/** Users have no business in it. */
export const MAINTENANCE = "postgres";
/** Nobody's database: connecting to it says whether a password is right, see `passwordIsRight`. */
export const PASSWORD_CHECK = "lakebase_password_check";

/** The proxy in front has checked who comes; only the folder's owner reaches the socket. */
export const ACCESS = `local ${PASSWORD_CHECK} all password\nlocal all all trust\nlocal replication all trust\n`;

const READY = /database system is ready to accept/;
const KEPT_LINES = 20;
/** Milliseconds without a word after which a start has failed: while it recovers, Postgres reports every 10 s. */
const SILENCE = 60_000;

/** Whatever users have set for their sessions and databases, the emulator's own go as it needs, and call nothing of theirs. */
const OWN_SESSION = [
  "statement_timeout=0",
  "lock_timeout=0",
  "idle_session_timeout=0",
  "idle_in_transaction_session_timeout=0",
  "synchronous_commit=on",
  "default_transaction_read_only=off",
  "search_path=pg_catalog",
  "timezone=UTC",
  "role=none",
]
  .map((setting) => `-c ${setting}`)
  .join(" ");

/** Who does something where; the superuser in the maintenance database unless it is said otherwise. */
export interface Place {
  readonly user?: string;
  readonly database?: string;
}

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
  /** Settings that nobody may override, asked for at each start. */
  fixed(): PgSettings | Promise<PgSettings>;
}

/** One server process over one data folder. The caller takes care that it is not started and stopped at once. */
export class Cluster {
  private server: Guarded | undefined;
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
    const { installation, account, folder, durable } = this.options;
    await writeFor(account, join(folder, "postgresql.conf"), configuration(settings, durable));
    await outlast(folder);
    const reserved = Object.entries(await this.reserved()).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    this.lines = [];
    const server = new Guarded(installation.postgres, ["-D", folder, ...reserved], account);
    this.server = server;
    void server.ended.then(() => {
      if (this.server === server) this.server = undefined;
    });
    try {
      await this.ready(server);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Sessions are ended, everything is written. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await server?.stop();
  }

  /** The session is over when `work` is. */
  async query<T>(work: (client: Client) => Promise<T>, place: Place = {}): Promise<T> {
    const { sockets: host, number: port } = this.options;
    const { user = SUPERUSER, database = MAINTENANCE } = place;
    const client = new Client({ host, port, user, database, options: OWN_SESSION });
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

  private async reserved(): Promise<PgSettings> {
    const { sockets, number, fixed } = this.options;
    return {
      listen_addresses: "",
      unix_socket_directories: sockets,
      unix_socket_permissions: "0700",
      port: String(number),
      logging_collector: "off",
      log_destination: "stderr",
      log_line_prefix: "",
      log_min_messages: "warning",
      lc_messages: "C",
      dynamic_shared_memory_type: "mmap",
      ...(await fixed()),
    };
  }

  private ready(server: Guarded): Promise<void> {
    return new Promise((resolve, reject) => {
      const silence = setTimeout(() => reject(new Error("it does not say that it is ready")), SILENCE);
      server.lines.on("line", (line) => {
        silence.refresh();
        this.lines.push(line);
        if (this.lines.length > KEPT_LINES) this.lines.shift();
        if (!READY.test(line)) return;
        clearTimeout(silence);
        resolve();
      });
      void server.ended.then(() => {
        clearTimeout(silence);
        reject(new Error(this.lastWords()));
      });
    });
  }

  /** What the server said of its end, without the log's own words. */
  private lastWords(): string {
    const last = this.lines.findLastIndex((line) => /^(FATAL|PANIC|ERROR):/.test(line));
    // "The configuration file contains errors" comes after the one that it means.
    const said = this.lines.at(this.lines[last]?.includes("contains errors") ? last - 1 : last);
    return said?.replace(/^\w+:\s*/, "") ?? "the server ended without a word";
  }
}
