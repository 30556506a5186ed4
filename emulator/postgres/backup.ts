import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Account, give, writeFor } from "./account";
import type { Cluster } from "./cluster";
import { copyInto } from "./copy";
import { mirror, type Reference } from "./mirror";

/** Contents that belong to a running server; the folders it wants to find. */
const EMPTIED = [
  "pg_wal",
  "pg_replslot",
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
];
const LEFT_OUT = ["postmaster.pid", "postmaster.opts", "backup_label.old", "tablespace_map.old"];
const RUNNING = [...LEFT_OUT, ...EMPTIED];
const SEGMENT = /^[0-9A-F]{24}$/;

/** A folder of Postgres's own, which takes none that others may enter. */
export async function makeFolder(path: string, account: Account | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await give(path, account);
}

/** A copy of a cluster that no server runs over. */
export async function copyAtRest(from: string, to: string, account: Account | undefined): Promise<void> {
  await makeFolder(to, account);
  await copyInto(to, await entriesOf(from, LEFT_OUT), account);
}

/** A copy of a cluster, the position that it stands at, and when it was begun. */
export interface Copy {
  readonly lsn: string;
  readonly since: number;
}

/**
 * A copy of a cluster in use, by Postgres's own protocol for that: its sessions go on, and the copy's first start replays
 * the log up to the end of the copying. With a reference, a copy to keep: no server may run over it.
 */
export async function copyInUse(
  cluster: Cluster,
  archive: string,
  to: string,
  account: Account | undefined,
  reference?: Reference,
): Promise<Copy> {
  return cluster.query(async (client) => {
    await client.query("select pg_backup_start('copy', true)");
    const since = Date.now();
    await makeFolder(to, account);
    if (reference === undefined) await copyInto(to, await entriesOf(cluster.folder, RUNNING), account);
    else await mirror(cluster.folder, to, new Set(RUNNING), reference, account);
    for (const emptied of [...EMPTIED, "pg_wal/archive_status"]) await makeFolder(join(to, emptied), account);
    const { rows } = await client.query<{ lsn: string; labelfile: string; last: string }>(
      "select lsn, labelfile, pg_walfile_name(lsn) as last from pg_backup_stop(false)",
    );
    const ended = rows[0];
    const first = /START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)/.exec(ended?.labelfile ?? "")?.[1];
    if (ended === undefined || first === undefined) throw new Error("Postgres ended a backup without its label");
    // A segment may move to the archive meanwhile, so that is looked at after the server's own folder.
    for (const place of [join(cluster.folder, "pg_wal"), archive]) {
      const segments = (await readdir(place)).filter((name) => isNeeded(name, first, ended.last));
      await copyInto(
        join(to, "pg_wal"),
        segments.map((name) => join(place, name)),
        account,
      );
    }
    await writeFor(account, join(to, "backup_label"), ended.labelfile);
    return { lsn: ended.lsn, since };
  });
}

function isNeeded(name: string, first: string, last: string): boolean {
  return name.endsWith(".history") || (SEGMENT.test(name) && first <= name && name <= last);
}

async function entriesOf(folder: string, without: readonly string[]): Promise<readonly string[]> {
  return (await readdir(folder)).filter((entry) => !without.includes(entry)).map((entry) => join(folder, entry));
}
