import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "./account";
import { type Copy, makeFolder } from "./backup";
import { BranchData, type Origin, readOrigin, type Surroundings } from "./branch-data";
import { Cluster, type PgSettings } from "./cluster";
import { findInstallation } from "./installation";
import { Lock } from "./lock";
import { findTemplate, makeOrigin } from "./origin";
import { NoSuchPoint, type Point, passPoint, replay, replaying } from "./restore";

export interface StorageOptions {
  readonly folder: string;
  /** Programs and fresh clusters, from one run to the next. */
  readonly cache: string;
  /** A folder with a short path, as sockets need. */
  readonly sockets: string;
  readonly account: Account | undefined;
  readonly durable: boolean;
}

interface Base extends Copy {
  readonly id: string;
}

/** Bases of new projects are made when they are needed; they are alike, and stay. */
const ORIGIN = "origin-";
const UNFINISHED = ".new";

/** The data of all branches: `branches/`, and the clusters that they started from, `bases/`. */
export class Storage implements Surroundings {
  private readonly known = new Map<string, BranchData>();
  private readonly origins = new Map<string, Promise<void>>();
  /** Bases of branches that are being made. */
  private readonly making = new Set<string>();
  private readonly removal = new Lock();
  private lastNumber = 0;

  constructor(private readonly options: StorageOptions) {}

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
    for (const folder of [this.options.folder, this.branches, this.bases]) await mkdir(folder, { recursive: true });
    for (const uid of await readdir(this.branches)) {
      const origin = await readOrigin(join(this.branches, uid));
      if (origin !== undefined) this.known.set(uid, this.newBranch(uid, origin));
      else await rm(join(this.branches, uid), { recursive: true, force: true });
    }
    await this.removeBases();
  }

  /** The root branch of a new project. Nothing is copied for it until somebody needs it. */
  async addRoot(uid: string, major: number, owner: string): Promise<void> {
    const { version } = await findInstallation(major, this.options.cache);
    const key = createHash("sha256").update(owner).digest("hex").slice(0, 8);
    await this.add(uid, { base: `${ORIGIN}${version}-${key}`, source: "", at: 0, major, owner });
  }

  /** A branch from another, as of `now` (of the machine) or of a point in its history; answers the position. */
  async fork(uid: string, source: BranchData, point: Point | undefined, now: number): Promise<string> {
    this.making.add(uid);
    try {
      const base = point === undefined ? await this.copy(uid, source) : await this.restore(uid, source, point, now);
      const at = point !== undefined && "time" in point ? point.time : now;
      await this.add(uid, { ...source.origin, base: base.id, source: source.uid, at });
      return base.lsn;
    } finally {
      this.making.delete(uid);
      await this.removeBases();
    }
  }

  /** Stops its servers and takes away what nobody else started from. */
  async remove(uid: string): Promise<void> {
    const branch = this.known.get(uid);
    this.known.delete(uid);
    await branch?.stop();
    await rm(join(this.branches, uid), { recursive: true, force: true, maxRetries: 3 });
    await this.removeBases();
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((branch) => branch.stop()));
  }

  async base(origin: Origin): Promise<string> {
    const folder = join(this.bases, origin.base);
    if (!existsSync(folder)) {
      const making = this.origins.get(origin.base) ?? this.makeOrigin(origin);
      this.origins.set(origin.base, making);
      await making.finally(() => this.origins.delete(origin.base));
    }
    return join(folder, "data");
  }

  async open(major: number, folder: string, fixed: PgSettings): Promise<Cluster> {
    const { account, sockets, durable, cache } = this.options;
    const installation = await findInstallation(major, cache);
    this.lastNumber = (this.lastNumber % 60_000) + 1;
    return new Cluster({ installation, account, folder, sockets, number: this.lastNumber, durable, fixed });
  }

  private get branches(): string {
    return join(this.options.folder, "branches");
  }

  private get bases(): string {
    return join(this.options.folder, "bases");
  }

  private newBranch(uid: string, origin: Origin): BranchData {
    return new BranchData(uid, join(this.branches, uid), origin, this);
  }

  private async add(uid: string, origin: Origin): Promise<void> {
    const branch = this.newBranch(uid, origin);
    await branch.save();
    this.known.set(uid, branch);
  }

  private async copy(uid: string, source: BranchData): Promise<Base> {
    if (!source.hasStarted) return this.share(source.origin);
    const reference = { data: await this.base(source.origin), since: (await this.share(source.origin)).since };
    return this.makeBase(uid, (data) => source.copyTo(data, reference));
  }

  private async share(origin: Origin): Promise<Base> {
    await this.base(origin);
    // Written by `makeBase`.
    const copy: Copy = JSON.parse(await readFile(join(this.bases, origin.base, "base.json"), "utf8"));
    return { id: origin.base, ...copy };
  }

  private async restore(uid: string, source: BranchData, point: Point, now: number): Promise<Base> {
    // Before a branch was made, its history is that of its source.
    if (await this.isBefore(point, source.origin)) {
      const earlier = this.known.get(source.origin.source);
      if (earlier === undefined) throw new NoSuchPoint("the branch's history does not go back that far");
      return this.restore(uid, earlier, point, now);
    }
    if (!source.hasStarted) return this.share(source.origin);
    // A client's clock may be a little ahead.
    const passed = "time" in point ? { time: Math.min(point.time, now) } : point;
    return source.primary.use(async (live) => {
      await passPoint(live, passed);
      const base = await this.base(source.origin);
      return this.makeBase(uid, async (data) => {
        const log = { archive: source.archive, live };
        return replay(base, await this.open(source.origin.major, data, replaying(log, passed)), this.account);
      });
    });
  }

  private async isBefore(point: Point, origin: Origin): Promise<boolean> {
    if ("time" in point) return point.time < origin.at;
    return position(point.lsn) < position((await this.share(origin)).lsn);
  }

  private async makeOrigin({ base, major, owner }: Origin): Promise<void> {
    const { account, cache } = this.options;
    const template = await findTemplate(await findInstallation(major, cache), account, cache);
    // Its log ends here: nobody goes back to a moment before the project was.
    const fixed = { archive_mode: "off" };
    await this.makeBase(base, async (data) =>
      makeOrigin(template, owner, account, await this.open(major, data, fixed)),
    );
  }

  /** Made beside its place and renamed, so that what is there is whole. */
  private async makeBase(id: string, fill: (data: string) => Promise<Copy>): Promise<Base> {
    const unfinished = join(this.bases, `${id}${UNFINISHED}`);
    await rm(unfinished, { recursive: true, force: true });
    await makeFolder(unfinished, this.account);
    const copy = await fill(join(unfinished, "data"));
    await writeFile(join(unfinished, "base.json"), JSON.stringify(copy));
    await rename(unfinished, join(this.bases, id));
    return { id, ...copy };
  }

  /** Those that no branch started from. */
  private removeBases(): Promise<void> {
    return this.removal.run(async () => {
      const used = new Set(this.all().map((branch) => branch.origin.base));
      for (const entry of await readdir(this.bases)) {
        const id = entry.endsWith(UNFINISHED) ? entry.slice(0, -UNFINISHED.length) : entry;
        const inUse = entry === id && (used.has(id) || id.startsWith(ORIGIN));
        if (inUse || this.making.has(id) || this.origins.has(id)) continue;
        await rm(join(this.bases, entry), { recursive: true, force: true, maxRetries: 3 });
      }
    });
  }
}

/** `X/HEX` as a number that can be compared. */
function position(lsn: string): bigint {
  const [high = "0", low = "0"] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
