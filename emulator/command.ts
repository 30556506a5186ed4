import { Command, InvalidArgumentError } from "commander";
import { isLoopback } from "./guard";
import { type Emulator, type EmulatorOptions, startEmulator } from "./server";
import { isRequestLimit } from "./settings";
import { parseWait } from "./values";

/** The command line of `lakebase-emulator`. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  const command = new Command("lakebase-emulator")
    .description(
      "A local Databricks Lakebase, for trying things out and for tests: everything under /api/2.0/postgres, the " +
        "permissions of projects, and real Postgres behind the endpoints. Listens on loopback addresses only; nothing " +
        "leaves this machine.",
    )
    .option("--port <n>", "port to listen on; 0 picks a free one", readPort, 8787)
    .option("--data <dir>", "folder that keeps the state over restarts (default: none, all is removed at the end)")
    .option("--no-postgres", "the control plane alone: nothing answers at the hosts of endpoints")
    .option(
      "--pg-port <n>",
      "port that Postgres answers on, at an address of its own for each endpoint",
      readFixedPort,
      5432,
    )
    .option("--pg-shared", "all endpoints on 127.0.0.1, told apart by the token (the only way outside of Linux)")
    .option(
      "--delta-table <name=file>",
      "a .csv or .parquet file that stands for Delta table CATALOG.SCHEMA.TABLE; synced tables get their rows from there (may be repeated)",
      readDeltaTable,
    )
    .option(
      "--operation-time <duration>",
      "time until an operation is done, such as 500ms, 5s (default: 0s)",
      readDuration,
    )
    .option(
      "--reconcile-time <duration>",
      "time an endpoint stays busy after that (default: as --operation-time)",
      readDuration,
    )
    .option("--request-limit <n>", "API requests taken in a second; more are answered with 429", readRequestLimit)
    .option("--echo-spec", "return the submitted spec on reads, as the service did for a while")
    .option("--limits", "also enforce 3 root and 10 unarchived branches and 20 active computes a project")
    .option("--host-metadata", "answer /.well-known/databricks-config, which some SDKs want for OAuth")
    .addHelpText(
      "after",
      `
Once it is ready it prints lines for your shell, everything else goes to standard error:
  DATABRICKS_HOST=http://127.0.0.1:PORT
  DATABRICKS_TOKEN=dapi-emulator-not-a-secret
  PGSSLROOTCERT=FILE

A compute answers at its endpoint's hosts, to the token's user (emulator@example.com) with a password from
POST /api/2.0/postgres/credentials {"endpoint":"projects/…/endpoints/…"}, in the database databricks_postgres.

Its console is the page at /. Its own routes (no sign-in):
  GET    /_emulator/requests[?after=N]   the requests so far     DELETE forgets them
  POST   /_emulator/reset                back to an empty workspace
  PATCH  /_emulator/settings             {"operationTime":"2s","reconcileTime":"2s","echoSpec":true,…}
                                         lingerTime: how long a deleted synced table is still seen;
                                         requestLimit: how many requests a second, null for any number
  POST   /_emulator/clock                {"advance":"3600s"} or {"now":"…"}
  POST   /_emulator/computes             {"endpoint":"projects/…/endpoints/…","action":"wake"} or "suspend"
  POST   /_emulator/delta-tables         {"table":"main.shop.items","file":"items.csv"}; GET lists them
  POST   /_emulator/syncs                {"table":"synced_tables/main.shop.items"}: a synced table reads its file again
  GET    /_emulator/state                all that lives, as the console shows it
  GET    /_emulator/events               the same and the requests, as server-sent events
  POST   /_emulator/faults               {"method":"POST","path":"branches$","status":503,"retryAfter":1}
                                         or latencyMs, drop (before, after), operation (fail, hang), stale (a read
                                         answers as before the last change); effect: true with a status: the request
                                         did what it asks for, false with operation fail: it did not; times says how
                                         often`,
    )
    .allowExcessArguments(false);
  command.parse([...argv]);
  const { deltaTable: deltaTables = {}, ...options } = command.opts<Given>();
  await serve({ ...options, deltaTables });
}

/** The options are called as those of `startEmulator`, but for what is given one by one. */
type Given = Omit<EmulatorOptions, "deltaTables"> & { readonly deltaTable?: Readonly<Record<string, string>> };

async function serve(options: EmulatorOptions): Promise<void> {
  const foreign = foreignHost(process.env["DATABRICKS_HOST"]);
  if (foreign !== undefined) {
    fail(
      `DATABRICKS_HOST is set to ${foreign}, which is not this machine; unset it, so that nothing meant for the emulator reaches that workspace.`,
    );
    return;
  }
  try {
    const starting = startEmulator(options);
    closeOnSignal(starting);
    const emulator = await starting;
    const { url, token, ca } = emulator;
    const certificate = ca === undefined ? "" : `PGSSLROOTCERT=${quoted(ca)}\n`;
    process.stderr.write(`The console is the page at ${url}\n`);
    process.stdout.write(`DATABRICKS_HOST=${url}\nDATABRICKS_TOKEN=${token}\n${certificate}`);
  } catch (error) {
    fail(explain(error, options.port));
  }
}

/** Also while it starts, so that nothing of a half start is left. */
function closeOnSignal(starting: Promise<Emulator>): void {
  const close = () =>
    starting
      .then((emulator) => emulator.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void close());
}

function explain(error: unknown, port: number | undefined): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return `port ${port} is in use; choose another with --port, or --port 0 for a free one.`;
  if (code === "EACCES" && "port" in error) return `port ${port} may not be used by this user; choose one above 1023.`;
  return error.message;
}

function fail(sentence: string): void {
  process.stderr.write(`lakebase-emulator: ${sentence}\n`);
  process.exitCode = 1;
}

/** The host named by DATABRICKS_HOST unless it is this machine. */
function foreignHost(value: string | undefined): string | undefined {
  if (value === undefined || value === "") return undefined;
  const url = URL.parse(value.includes("://") ? value : `https://${value}`);
  const name = url?.hostname ?? value;
  return isLoopback(name) ? undefined : name;
}

function readPort(value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
}

/** Of one that the system picks nobody would hear: endpoints have hosts only. */
function readFixedPort(value: string): number {
  const port = readPort(value);
  if (port === 0) throw new InvalidArgumentError("A port for Postgres is a number from 1 to 65535.");
  return port;
}

/** As a shell reads it. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

function readDeltaTable(
  value: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, file] = /^([^=]+)=(.+)$/s.exec(value) ?? [];
  if (name === undefined || file === undefined) {
    throw new InvalidArgumentError("A Delta table is given as CATALOG.SCHEMA.TABLE=FILE.");
  }
  return { ...before, [name]: file };
}

function readRequestLimit(value: string): number {
  const limit = Number(value);
  if (!isRequestLimit(limit)) throw new InvalidArgumentError("A limit of requests is a whole number from 1.");
  return limit;
}

function readDuration(value: string): number {
  const milliseconds = parseWait(value);
  if (milliseconds === undefined) throw new InvalidArgumentError("A duration is written like 0s, 500ms, 5s or 2m.");
  return milliseconds;
}
