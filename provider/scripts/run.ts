/** Runs scripts on a compute, one after the other. */
import type { ClientBase } from "pg";
import type { Client } from "../api/client";
import { notedIn, noteIn, withNote } from "./ledger";
import { codeOf, isDenied, refusal } from "./refusal";
import { fingerprint, type Script } from "./script";
import { type Place, withSession } from "./session";

export interface ScriptToRun extends Script {
  /** It has run already, and is only to be noted. */
  readonly ran?: boolean;
}

/**
 * Each as a whole or not at all; `done` is called after each. With a ledger, what is noted there has run already, and what
 * runs is noted.
 */
export function runScripts(
  client: Client,
  place: Place,
  scripts: readonly ScriptToRun[],
  done: (script: Script) => void,
  ledger?: string,
): Promise<void> {
  return withSession(client, place, async ({ session, user, database }) => {
    const explained = (what: string, text: string) => (failure: unknown) => {
      const said = refusal(failure, text);
      const wayOut = isDenied(failure)
        ? `; it runs as ${user}: grant that the right, or write role: one that has it`
        : "";
      throw new Error(`${what} on ${place.endpoint}, database ${database}: ${said}${wayOut}`);
    };
    const ran = ledger === undefined ? undefined : await notedIn(session, ledger).catch(explained("the ledger", ""));
    for (const script of scripts) {
      const isNoted = ran?.get(script.name) === fingerprint(script.text);
      const task = script.ran ? note(session, ledger, script) : runOne(session, ledger, script);
      if (!isNoted) await task().catch(explained(script.name, script.text));
      done(script);
    }
  });
}

function note(session: ClientBase, ledger = "", script: Script) {
  return () => session.query(noteIn(session, ledger, script));
}

/** Several statements in one query are one transaction. */
function runOne(session: ClientBase, ledger: string | undefined, script: Script) {
  return async () => {
    if (ledger === undefined) return session.query(script.text);
    return session.query(withNote(session, ledger, script)).catch(async (failure: unknown) => {
      // What refuses to be part of a transaction stands alone in its file, and has not run yet.
      if (codeOf(failure) !== "25001") throw failure;
      await session.query(script.text);
      return session.query(noteIn(session, ledger, script));
    });
  };
}
