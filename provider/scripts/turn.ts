/** One run of a ledger at a time: two that find a script unnoted at the same moment would both run it. */
import type { ClientBase } from "pg";
import { OwnRefusal } from "./refusal";
import type { Patience } from "./session";

/** Between two times that it is asked for, in milliseconds: at first, and at last. */
const [shortest, longest] = [200, 5000];

/** The longest that a run waits for another one, in milliseconds: migrations of large tables take their time. */
const hour = 3_600_000;

/**
 * Waits until no other run has the ledger, and has it until the session ends: it is the session's and not a transaction's,
 * since each script is a transaction of its own. It is asked for again and again, because a session that Postgres lets wait
 * has a snapshot, and `create index concurrently` of the run that is waited for would wait for that in turn: a deadlock.
 */
export async function awaitTurn(
  session: ClientBase,
  ledger: string,
  { clock, limitMs = hour }: Patience,
): Promise<void> {
  const deadline = clock.now() + Math.min(hour, limitMs);
  for (let n = 0; !(await isTaken(session, ledger)); n++) {
    const delay = Math.min(longest, shortest * 2 ** n);
    if (clock.now() + delay > deadline) {
      const waited = limitMs < hour ? `${limitMs / 1000} s` : "an hour";
      throw new OwnRefusal(
        `another run has had it for ${waited}; let that one end, or end its session, and run 'pulumi up' again`,
      );
    }
    await clock.sleep(delay);
  }
}

async function isTaken(session: ClientBase, ledger: string): Promise<boolean> {
  const { rows } = await session.query<{ taken: boolean }>(
    "select pg_try_advisory_lock(hashtextextended($1, 0)) as taken",
    [`pulumi_lakebase ${ledger}`],
  );
  return rows[0]?.taken === true;
}
