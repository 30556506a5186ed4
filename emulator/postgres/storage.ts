import { createHash } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "./account";
import { type Base, Bases } from "./bases";
import { BranchData, type Origin, readOrigin, type Surroundings } from "./branch-data";
import { Cluster, type ClusterOptions } from "./cluster";
import { findInstallation } from "./installation";
import { findTemplate, makeOrigin } from "./origin";
import { isEarlier, NoSuchPoint, type Point, passPoint, replay, replaying } from "./restore";

export interface StorageOptions {
  readonly folder: string;
  /** Programs and fresh clusters, from one run to the next. */
  readonly cache: string;
  /** A folder with a short path, as sockets need. */
  readonly sockets: string;
  readonly account: Account | undefined;
  readonly durable: boolean;
}

/** Bases of new projects of one owner are alike; they are made when they are needed, and stay. */
const ORIGIN = "origin-";

/** The data of all branches: `branches/`, and the clusters that they started from, `bases/`. */
export class Storage implements Surroundings {
  private readonly known = new Map<string, BranchData>();
  private readonly origins = new Map<string, Promise<Base>>();
  private readonly bases: Bases;
  private lastNumber = 0;

  constructor(private readonly options: StorageOptions) {
    this.bases = new Bases(join(options.folder, "bases"), options.account, (id) => id.startsWith(ORIGIN));
  }

  get account(): Account | undefined {
    return this.options.account;
  }

  branch(uid: string): BranchData | undefined {
    return this.known.get(uid);
  }

  all(): readonly BranchData[] {
    return [...this.known.values()];
  }

  /** Reads what is there. What a kill left half made goes. */
  async load(): Promise<void> {
    for (const folder of [this.options.folder, this.branches]) await mkdir(folder, { recursive: true });
    for (const uid of await readdir(this.branches)) {
      const origin = await readOrigin(join(this.branches, uid));
      if (origin !== undefined) this.known.set(uid, this.newBranch(uid, origin));
      else await rm(join(this.branches, uid), { recursive: true, force: true });
    }
    await this.bases.load(this.all().map((branch) => branch.origin.base));
  }

  /** The root branch of a new project. Nothing is copied for it until somebody needs it. */
  async addRoot(uid: string, major: number, owner: string, at: number): Promise<void> {
    const { version } = await findInstallation(major, this.options.cache);
    const key = createHash("sha256").update(owner).digest("hex").slice(0, 8);
    await this.add(uid, { base: `${ORIGIN}${version}-${key}`, source: "", at, major, owner });
  }

  /** A branch from another, as of `now` (of the machine) or of a point in its history; answers the position. */
  async fork(uid: string, source: BranchData, point: Point | undefined, now: number): Promise<string> {
    const base = point === undefined ? await this.copy(uid, source) : await this.restore(uid, source, point, now);
    try {
      const at = point !== undefined && "time" in point ? point.time : now;
      await this.add(uid, { ...source.origin, base: base.id, source: source.uid, at });
      return base.lsn;
    } finally {
      await this.bases.release(base.id);
    }
  }

  /** Stops its servers for good and takes its data away. */
  async remove(uid: string): Promise<void> {
    const branch = this.known.get(uid);
    if (branch === undefined) return;
    this.known.delete(uid);
    await branch.retire();
    await rm(join(this.branches, uid), { recursive: true, force: true, maxRetries: 3 });
    await this.bases.release(branch.origin.base);
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((branch) => branch.retire()));
  }

  async base(origin: Origin): Promise<Base> {
    if (!origin.base.startsWith(ORIGIN) || this.bases.has(origin.base)) return this.bases.find(origin.base);
    const making = this.origins.get(origin.base) ?? this.makeOrigin(origin);
    this.origins.set(origin.base, making);
    return making.finally(() => this.origins.delete(origin.base));
  }

  async open(major: number, folder: string, fixed: ClusterOptions["fixed"]): Promise<Cluster> {
    const { account, sockets, durable, cache } = this.options;
    const installation = await findInstallation(major, cache);
    this.lastNumber = (this.lastNumber % 60_000) + 1;
    return new Cluster({ installation, account, folder, sockets, number: this.lastNumber, durable, fixed });
  }

  private get branches(): string {
    return join(this.options.folder, "branches");
  }

  private newBranch(uid: string, origin: Origin): BranchData {
    return new BranchData(uid, join(this.branches, uid), origin, this);
  }

  private async add(uid: string, origin: Origin): Promise<void> {
    const branch = this.newBranch(uid, origin);
    await branch.save();
    this.bases.hold(origin.base);
    this.known.set(uid, branch);
  }

  /** Held by the caller, as is what `restore` answers. */
  private copy(uid: string, source: BranchData): Promise<Base> {
    return this.holding(source.origin, async (reference) => {
      if (source.hasStarted) return this.bases.make(uid, (data) => source.copyTo(data, reference));
      this.bases.hold(reference.id);
      return reference;
    });
  }

  private restore(uid: string, source: BranchData, point: Point, now: number): Promise<Base> {
    return this.holding(source.origin, async (base) => {
      // Before a branch was made, its history is that of its source.
      if (isEarlier(point, source.origin.at, base.lsn)) {
        const earlier = this.known.get(source.origin.source);
        if (earlier === undefined) throw new NoSuchPoint("the branch's history does not go back that far");
        return this.restore(uid, earlier, point, now);
      }
      if (!source.hasStarted) return this.copy(uid, source);
      // A client's clock may be a little ahead.
      const passed = "time" in point ? { time: Math.min(point.time, now) } : point;
      return source.primary.use(async (live) => {
        await passPoint(live, passed);
        const settings = replaying({ archive: source.archive, live }, passed);
        return this.bases.make(uid, async (data) =>
          replay(base.data, await this.open(source.origin.major, data, () => settings), this.account),
        );
      });
    });
  }

  /** With the base of a branch, which stays while `work` needs it, whatever becomes of the branch. */
  private async holding<T>(origin: Origin, work: (base: Base) => Promise<T>): Promise<T> {
    this.bases.hold(origin.base);
    try {
      return await work(await this.base(origin));
    } finally {
      await this.bases.release(origin.base);
    }
  }

  private async makeOrigin({ base, major, owner }: Origin): Promise<Base> {
    const { account, cache } = this.options;
    const template = await findTemplate(await findInstallation(major, cache), account, cache);
    // Its log ends here: nobody goes back to a moment before the project was.
    const fixed = () => ({ archive_mode: "off" });
    return this.bases.make(base, async (data) =>
      makeOrigin(template, owner, account, await this.open(major, data, fixed)),
    );
  }
}
