/** One session in a database of a compute, signed in with a token that is made for it. */
import type { ClientBase } from "pg";
import type { Client } from "../api/client";
import { ConfigurationError } from "../api/errors";
import { type Clock, systemClock } from "../api/retry";
import { credentialRequest, mint } from "../connections/credential";
import { postgresName } from "../connections/postgres-name";
import { certificates, hostFor, userFor } from "../connections/reach";
import { connectWithRetry, wakePatienceMs } from "../connections/wake";
import { postgresPort } from "../rules/limits";
import { refusal } from "./refusal";

export interface Place {
  /** Full name of the endpoint. */
  readonly endpoint: string;
  /** Name of the database in Postgres, or its full name. */
  readonly database: string;
  /** File with the root certificates that the server's is checked with. */
  readonly sslrootcert: string | undefined;
}

/** What waits go by: a compute that wakes, another run of a ledger. */
export interface Patience {
  readonly clock: Clock;
  /** The most that each may take, in milliseconds, where that is less than usual. */
  readonly limitMs?: number | undefined;
}

export const usualPatience: Patience = { clock: systemClock };

export interface OpenSession {
  readonly session: ClientBase;
  /** Name in Postgres of who signed in. */
  readonly user: string;
  /** Name in Postgres of the database. */
  readonly database: string;
}

/** Role and settings of a session as they were when it was opened. `reset all` leaves out who it is. */
export const ownSettings = "reset session authorization; reset role; reset all";

/** Nothing in it that a script before may have left there. */
export const asAtFirst = `${ownSettings}; discard temp`;

/** Opens it, waking the compute, and ends it after `use`. What Postgres said against signing in is the error's cause. */
export async function withSession<Result>(
  client: Client,
  { endpoint, sslrootcert, ...place }: Place,
  use: (open: OpenSession) => Promise<Result>,
  { clock, limitMs = wakePatienceMs }: Patience = usualPatience,
): Promise<Result> {
  const pg = await loadPg();
  const there = async () => client;
  const [host, user, database, ca, { token }] = await Promise.all([
    hostFor(endpoint, {}, there),
    userFor(undefined, there),
    postgresName("database", place.database, there),
    certificates(sslrootcert),
    mint(client, credentialRequest(endpoint, {})),
  ]);
  const ssl = { rejectUnauthorized: true, ...(ca !== undefined && { ca }) };
  const pool = {
    async connect() {
      const connecting = new pg.Client({ host, port: postgresPort, user, password: token, database, ssl });
      // A session that ends by itself is told by the query that it ended.
      connecting.on("error", () => {});
      await connecting.connect();
      return connecting;
    },
  };
  const session = await connectWithRetry(pool, { patienceMs: Math.min(wakePatienceMs, limitMs) }, clock).catch(
    (cause: unknown) => {
      const said = refusal(cause, "");
      throw new Error(`no connection to database ${database} on ${endpoint} as ${user}: ${said}`, { cause });
    },
  );
  try {
    return await use({ session, user, database });
  } finally {
    await session.end().catch(() => {});
  }
}

/** Only what runs SQL needs it. */
async function loadPg(): Promise<typeof import("pg")> {
  const pg = await import("pg").catch(() => {
    throw new ConfigurationError("running SQL needs the package pg, which is not installed; run 'npm install pg'");
  });
  // Of 8.21.0 (its lib/client.js, 2026-11): without it a script has run before it can be told that it left a transaction open.
  if ("getTransactionStatus" in pg.Client.prototype) return pg;
  throw new ConfigurationError(
    "running SQL needs the package pg 8.21 or newer, and an older one is installed; run 'npm install pg@8'",
  );
}
