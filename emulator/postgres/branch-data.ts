import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isObject, numberAt, textAt } from "../json";
import { type Account, writeFor } from "./account";
import { type Copy, copyAtRest, copyInUse, makeFolder } from "./backup";
import type { Base } from "./bases";
import type { Cluster, ClusterOptions } from "./cluster";
import { Lock } from "./lock";
import type { Reference } from "./mirror";
import type { PgSettings } from "./pg-settings";
import { Server } from "./server";

/** What is known of a branch's data; `branch.json` in its folder. */
export interface Origin {
  /** The cluster it started from. Branches to which nothing was written since share one. */
  readonly base: string;
  /** Uid of the branch it was made from, empty for a root; and when, by the machine's clock. */
  readonly source: string;
  readonly at: number;
  readonly major: number;
  /** The role of whoever made the project. */
  readonly owner: string;
}

/** What branches get from the storage that they are in. */
export interface Surroundings {
  readonly account: Account | undefined;
  /** Made now if it is an origin that nobody needed before. */
  base(origin: Origin): Promise<Base>;
  open(major: number, folder: string, fixed: ClusterOptions["fixed"]): Promise<Cluster>;
}

/** One branch: a cluster of its own, made from its base when it is first needed, and the log of what was written to it. */
export class BranchData {
  readonly primary: Server;
  /** For what the service changes in it, one change after the other. */
  readonly changes = new Lock();
  private readonly replicas = new Map<string, Server>();
  private isRetired = false;

  constructor(
    readonly uid: string,
    readonly folder: string,
    readonly origin: Origin,
    private readonly around: Surroundings,
  ) {
    this.primary = new Server(() => this.openPrimary());
  }

  get archive(): string {
    return join(this.folder, "wal");
  }

  /** Whether it may hold anything that its base does not. */
  get hasStarted(): boolean {
    return existsSync(this.data);
  }

  /** A consistent copy of what the branch holds now, to keep. Sessions go on. */
  async copyTo(data: string, reference: Reference): Promise<Copy> {
    return this.primary.use((cluster) => copyInUse(cluster, this.archive, data, this.around.account, reference));
  }

  /** The server of a read-only endpoint: a standby that follows this branch's log. */
  replica(id: string): Server {
    const known = this.replicas.get(id);
    if (known !== undefined) return known;
    const made = new Server(() => this.openReplica(id));
    if (this.isRetired) void made.retire();
    this.replicas.set(id, made);
    return made;
  }

  async removeReplica(id: string): Promise<void> {
    const server = this.replicas.get(id);
    this.replicas.delete(id);
    await server?.retire();
    for (const path of [this.replicaFolder(id), `${this.replicaFolder(id)}.limits`]) {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /** Whoever comes next starts them again. */
  async stop(): Promise<void> {
    await this.stopReplicas();
    await this.primary.stop();
  }

  /** What a standby needs to have follows what its primary has, at its start. */
  async stopReplicas(): Promise<void> {
    await Promise.all([...this.replicas.values()].map((replica) => replica.stop()));
  }

  /** For good. */
  async retire(): Promise<void> {
    this.isRetired = true;
    await Promise.all([...this.replicas.values()].map((replica) => replica.retire()));
    await this.primary.retire();
  }

  async save(): Promise<void> {
    await makeFolder(this.folder, this.around.account);
    const file = join(this.folder, "branch.json");
    await writeFile(`${file}.new`, JSON.stringify(this.origin));
    await rename(`${file}.new`, file);
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  private replicaFolder(id: string): string {
    return join(this.folder, "replicas", id);
  }

  private async openPrimary(): Promise<Cluster> {
    const { account } = this.around;
    if (!this.hasStarted) {
      const unfinished = `${this.data}.new`;
      await rm(unfinished, { recursive: true, force: true });
      await makeFolder(this.archive, account);
      await copyAtRest((await this.around.base(this.origin)).data, unfinished, account);
      await rename(unfinished, this.data);
    }
    return this.around.open(this.origin.major, this.data, () => ARCHIVING);
  }

  private async openReplica(id: string): Promise<Cluster> {
    const { account } = this.around;
    const folder = this.replicaFolder(id);
    if (!existsSync(folder)) {
      const unfinished = `${folder}.new`;
      await rm(unfinished, { recursive: true, force: true });
      await makeFolder(join(this.folder, "replicas"), account);
      await this.primary.use((primary) => copyInUse(primary, this.archive, unfinished, account));
      await writeFor(account, join(unfinished, "standby.signal"), "");
      await rename(unfinished, folder);
    }
    return this.around.open(this.origin.major, folder, async () => ({
      ...FOLLOWING,
      ...(await this.primary.use((primary) => whatToFollow(primary, `${folder}.limits`))),
    }));
  }
}

/** A complete segment is kept under a second name and never written again, so archiving copies nothing. */
const ARCHIVING: PgSettings = {
  archive_mode: "on",
  archive_command: "ln -f %p ../wal/%f",
  wal_recycle: "off",
  wal_init_zero: "off",
  wal_level: "replica",
  max_wal_senders: "20",
};

/** While the primary sleeps, its folder is as good as its answers: the log is there. */
const FOLLOWING: PgSettings = {
  restore_command: "cp ../../wal/%f %p 2>/dev/null || cp ../../data/pg_wal/%f %p 2>/dev/null",
  wal_retrieve_retry_interval: "100ms",
  hot_standby: "on",
  hot_standby_feedback: "on",
  max_standby_streaming_delay: "-1",
  max_standby_archive_delay: "-1",
};

const LIMITS = [
  "max_connections",
  "max_worker_processes",
  "max_wal_senders",
  "max_prepared_transactions",
  "max_locks_per_transaction",
];

/**
 * Where to follow the primary, and what a standby needs at least as much of as its primary has, or had when it wrote what
 * the standby has not read yet: the most that there was, which `file` keeps.
 */
async function whatToFollow(primary: Cluster, file: string): Promise<PgSettings> {
  const { rows } = await primary.query((client) =>
    client.query<{ name: string; setting: string }>("select name, setting from pg_settings where name = any($1)", [
      LIMITS,
    ]),
  );
  const before: PgSettings = JSON.parse(await readFile(file, "utf8").catch(() => "{}"));
  const limits = Object.fromEntries(
    rows.map(({ name, setting }) => [name, String(Math.max(Number(setting), Number(before[name] ?? 0)))]),
  );
  await writeFile(file, JSON.stringify(limits));
  return { ...limits, primary_conninfo: primary.connectionInfo };
}

export async function readOrigin(folder: string): Promise<Origin | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, "branch.json"), "utf8"));
    if (!isObject(value)) return undefined;
    const base = textAt(value, "base");
    const source = textAt(value, "source");
    const at = numberAt(value, "at");
    const major = numberAt(value, "major");
    const owner = textAt(value, "owner");
    if (base === undefined || source === undefined || at === undefined) return undefined;
    return major === undefined || owner === undefined ? undefined : { base, source, at, major, owner };
  } catch {
    return undefined;
  }
}
