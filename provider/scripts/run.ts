/** Runs scripts on a compute, one after the other. */
import type { Client } from "../api/client";
import { isDenied, refusal } from "./refusal";
import type { Script } from "./script";
import { type Place, withSession } from "./session";

/** Each as a whole or not at all; `done` is called after each. */
export function runScripts(
  client: Client,
  place: Place,
  scripts: readonly Script[],
  done: (script: Script) => void,
): Promise<void> {
  return withSession(client, place, async ({ session, user, database }) => {
    for (const script of scripts) {
      // Several statements in one query are one transaction.
      await session.query(script.text).catch((failure: unknown) => {
        const said = refusal(failure, script.text);
        throw new Error(`${script.name} on ${place.endpoint}, database ${database}: ${said}${wayOut(failure, user)}`);
      });
      done(script);
    }
  });
}

/** Who runs it is easily taken for who owns the database. */
function wayOut(failure: unknown, user: string): string {
  return isDenied(failure) ? `; it runs as ${user}: grant that the right, or write role: one that has it` : "";
}
