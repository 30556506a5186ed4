import { join } from "node:path";
import { type Account, writeFor } from "./account";
import { type Copy, copyAtRest } from "./backup";
import type { Cluster } from "./cluster";
import type { PgSettings } from "./pg-settings";

/** A moment of the machine's clock, or a position in the log. */
export type Point = { readonly time: number } | { readonly lsn: string };

/** A point that a branch's history does not have. */
export class NoSuchPoint extends Error {}

/** Whether a point lies before a branch that was made at that time, at that position. */
export function isEarlier(point: Point, at: number, lsn: string): boolean {
  return "time" in point ? point.time < at : position(point.lsn) < position(lsn);
}

/** `X/HEX` as a number that can be compared. */
function position(lsn: string): bigint {
  const [high = "0", low = "0"] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** Where the log of the history is: complete segments, and the cluster that still writes the last one. */
export interface Log {
  readonly archive: string;
  readonly live: Cluster;
}

/** Sees to it that the history has a commit after the point, since Postgres wants to pass it; refuses what lies ahead. */
export async function passPoint(live: Cluster, point: Point): Promise<void> {
  await live.query(async (client) => {
    await client.query("select pg_logical_emit_message(true, 'lakebase', 'passed')");
    if ("lsn" in point) {
      const { rows } = await client.query<{ ahead: boolean }>(
        "select $1::pg_lsn > pg_current_wal_flush_lsn() as ahead",
        [point.lsn],
      );
      if (rows[0]?.ahead !== false) throw new NoSuchPoint("the branch's log does not reach that position");
    }
  });
}

/** What a server is started with to replay the log up to the point, by Postgres's own recovery, and to go on from there. */
export function replaying(log: Log, point: Point): PgSettings {
  const fetch = [log.archive, join(log.live.folder, "pg_wal")].map((place) => `cp ${quoted(place)}/%f %p 2>/dev/null`);
  return {
    archive_mode: "off",
    hot_standby: "off",
    restore_command: fetch.join(" || "),
    recovery_target_action: "promote",
    recovery_target_timeline: "current",
    ...("lsn" in point ? { recovery_target_lsn: point.lsn } : { recovery_target_time: timestamp(point.time) }),
  };
}

/**
 * Up to the end of that millisecond, since clients cut "now" down to one while commits have microseconds. With an offset:
 * zone names, "Z" among them, are not known yet when Postgres reads its settings.
 */
function timestamp(time: number): string {
  return new Date(time).toISOString().replace("Z", "999+00");
}

/** Replays a copy of `base`; answers the position it ends at. `cluster` was opened with `replaying`. */
export async function replay(base: string, cluster: Cluster, account: Account | undefined): Promise<Copy> {
  await copyAtRest(base, cluster.folder, account);
  await writeFor(account, join(cluster.folder, "recovery.signal"), "");
  try {
    await cluster.start({});
  } catch (error) {
    if (error instanceof Error && error.message.includes("before consistent recovery point")) {
      throw new NoSuchPoint("the branch's history does not go back that far");
    }
    throw error;
  }
  let lsn: string;
  try {
    lsn = await cluster.query(async (client) => {
      const { rows } = await client.query<{ lsn: string }>("select pg_current_wal_flush_lsn()::text as lsn");
      return rows[0]?.lsn ?? "0/0";
    });
  } finally {
    await cluster.stop();
  }
  return { lsn, since: Date.now() };
}

/** For the shell that Postgres starts, with its own placeholders kept out of the path. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`).replaceAll("%", "%%")}'`;
}
