/** Runs scripts on a compute, one after the other. */
import type { ClientBase } from "pg";
import type { Client } from "../api/client";
import { postgresName } from "../connections/postgres-name";
import { notedIn, noteIn, withNote } from "./ledger";
import { codeOf, isDenied, isThere, OwnRefusal, refusal } from "./refusal";
import { fingerprint, type Script } from "./script";
import { asAtFirst, type OpenSession, type Patience, type Place, usualPatience, withSession } from "./session";
import { awaitTurn } from "./turn";

export interface ScriptToRun extends Script {
  /** It has run already, and is only to be noted. */
  readonly ran?: boolean;
}

export interface PlaceOfScripts extends Place {
  /** Name of the role in Postgres, or its full name, that scripts run as. Absent: who signs in, which is who the requests run as. */
  readonly role?: string | undefined;
}

const made = "another script made it on this branch, or somebody by hand; a fresh branch has what its source has";

/**
 * Each as a whole or not at all, in a session as it was at first; `done` is called after each. With a ledger, what is noted
 * there has run already, and what runs is noted. Who signs in keeps the ledger: it is one and the same for all roles.
 */
export function runScripts(
  client: Client,
  { role: given, ...place }: PlaceOfScripts,
  scripts: readonly ScriptToRun[],
  done: (script: Script) => void,
  ledger?: string,
  patience: Patience = usualPatience,
): Promise<void> {
  const use = async ({ session, user, database }: OpenSession) => {
    const role = given === undefined ? undefined : await postgresName("role", given, async () => client);
    const explained = (what: string, text: string, wayOut: string) => (failure: unknown) => {
      const next = isDenied(failure) ? `; ${wayOut}` : isThere(failure) ? `; ${made}` : "";
      throw new Error(`${what} on ${place.endpoint}, database ${database}: ${refusal(failure, text)}${next}`);
    };
    const ran =
      ledger === undefined
        ? undefined
        : await readLedger(session, ledger, patience).catch(
            explained(`the ledger ${ledger}`, "", `${user}, who signs in, keeps it: grant that the right`),
          );
    const asRole = `it runs as ${role ?? user}: grant that the right, or write role: one that has it`;
    for (const script of scripts) {
      const { name, text } = script;
      const isNoted = ran?.get(name) === fingerprint(text);
      const task = script.ran ? note(session, ledger, script) : runOne(session, role, ledger, script);
      if (!isNoted) await task().catch(explained(name, text, asRole));
      done(script);
    }
  };
  return withSession(client, place, use, patience);
}

/** What has run by it, once no other run has it. */
async function readLedger(
  session: ClientBase,
  ledger: string,
  patience: Patience,
): Promise<ReadonlyMap<string, string>> {
  await awaitTurn(session, ledger, patience);
  return notedIn(session, ledger);
}

function note(session: ClientBase, ledger = "", script: Script) {
  return async () => {
    await session.query(asAtFirst);
    await session.query(noteIn(session, ledger, script));
  };
}

/** What a script did until there stays. */
const commits = /\b(commit|end)\b/i;

/** The same with a statement after it: the `end` of a case in a single statement commits nothing. */
const goesOn = new RegExp(`${commits.source}[^;]*;\\s*\\S`, "i");

/** Several statements in one query are one transaction. */
function runOne(session: ClientBase, role: string | undefined, ledger: string | undefined, script: Script) {
  return async () => {
    await session.query(asAtFirst);
    if (role !== undefined) await become(session, role);
    if (ledger === undefined) return runWhole(session, script.text);
    return runWhole(session, withNote(session, ledger, script)).catch(async (failure: unknown) => {
      if (codeOf(failure) !== "25001") throw failure;
      if (goesOn.test(script.text)) {
        const wayOut = "put the statement that cannot run in a transaction in a file of its own";
        throw new OwnRefusal(`${refusal(failure, script.text)}; ${wayOut}; what it committed before stays`);
      }
      // What refuses to be part of a transaction stands alone in its file, and has not run yet.
      await session.query("rollback");
      await runWhole(session, script.text);
      await note(session, ledger, script)();
    });
  };
}

async function become(session: ClientBase, role: string): Promise<void> {
  await session.query(`set role ${session.escapeIdentifier(role)}`).catch((failure: unknown) => {
    const said = `set role ${role}: ${refusal(failure, "")}`;
    throw new OwnRefusal(`${said}; grant the role to the identity that Pulumi runs as`);
  });
}

/** A transaction that a script leaves open would end with the session, and take along what counts as run, and the note. */
async function runWhole(session: ClientBase, text: string): Promise<void> {
  await session.query(text);
  if (session.getTransactionStatus() === "I") return;
  await session.query("rollback");
  const stays = commits.test(text) ? "; what it committed before that stays, so take that out" : "";
  throw new OwnRefusal(`leaves a transaction open; write commit at its end, or leave begin out${stays}`);
}
