/** Runs scripts on a compute, signed in with a token that lives as long as that takes. */
import type { ClientBase } from "pg";
import type { Client } from "../api/client";
import { ConfigurationError } from "../api/errors";
import { credentialRequest, mint } from "../connections/credential";
import { postgresName } from "../connections/postgres-name";
import { certificates, hostFor, userFor } from "../connections/reach";
import { connectWithRetry } from "../connections/wake";
import { postgresPort } from "../rules/limits";
import { refusal } from "./refusal";
import type { Script } from "./script";

export interface Place {
  /** Full name of the endpoint. */
  readonly endpoint: string;
  /** Name of the database in Postgres, or its full name. */
  readonly database: string;
  /** Name of the role in Postgres, or its full name, that it is run as. Absent: who signs in, which is who the requests run as. */
  readonly role: string | undefined;
  /** File with the root certificates that the server's is checked with. */
  readonly sslrootcert: string | undefined;
}

/** Runs one after the other, each as a whole or not at all, and calls `done` after each. */
export async function runScripts(
  client: Client,
  place: Place,
  scripts: readonly Script[],
  done: (script: Script) => void,
): Promise<void> {
  const { endpoint } = place;
  const pg = await loadPg();
  const there = async () => client;
  const [host, user, database, ca, { token }] = await Promise.all([
    hostFor(endpoint, {}, there),
    userFor(undefined, there),
    postgresName("database", place.database, there),
    certificates(place.sslrootcert),
    mint(client, credentialRequest(endpoint, {})),
  ]);
  const ssl = { rejectUnauthorized: true, ...(ca !== undefined && { ca }) };
  const session = await connectWithRetry({
    async connect() {
      const connecting = new pg.Client({ host, port: postgresPort, user, password: token, database, ssl });
      // A session that ends by itself is told by the query that it ended.
      connecting.on("error", () => {});
      await connecting.connect();
      return connecting;
    },
  }).catch((failure: unknown) => {
    throw new Error(`no connection to database ${database} on ${endpoint} as ${user}: ${refusal(failure, "")}`);
  });
  try {
    if (place.role !== undefined) await become(session, await postgresName("role", place.role, there));
    for (const script of scripts) {
      // Several statements in one query are one transaction.
      await session.query(script.text).catch((failure: unknown) => {
        const said = refusal(failure, script.text);
        throw new Error(`${script.name} on ${endpoint}, database ${database}: ${said}${wayOut(failure, user)}`);
      });
      done(script);
    }
  } finally {
    await session.end().catch(() => {});
  }
}

/** Insufficient privilege: who runs it is easily taken for who owns the database. */
function wayOut(failure: unknown, user: string): string {
  const code = typeof failure === "object" && failure !== null && "code" in failure ? failure.code : undefined;
  return code === "42501" ? `; it runs as ${user}: grant that the right, or write role: one that has it` : "";
}

async function become(session: ClientBase, role: string): Promise<void> {
  await session.query(`set role ${session.escapeIdentifier(role)}`).catch((failure: unknown) => {
    throw new Error(`set role ${role}: ${refusal(failure, "")}; grant the role to the identity that Pulumi runs as`);
  });
}

/** Only what runs SQL needs it. */
async function loadPg(): Promise<typeof import("pg")> {
  try {
    return await import("pg");
  } catch {
    throw new ConfigurationError("running SQL needs the package pg, which is not installed; run 'npm install pg'");
  }
}
