import type { Activities } from "../activity";
import type { View } from "../collection";
import type { Change, Data, Hosts } from "../data";
import { invalid, notFound, ServiceError } from "../errors";
import type { Credential } from "../identity";
import { flagAt, type JsonObject, numberAt, objectAt, textAt } from "../json";
import type { Stored } from "../stored";
import type { Workspace } from "../workspace";
import { Addresses, SHARED } from "./addresses";
import { Beginnings, holdsData, sourceOf } from "./beginnings";
import type { BranchData } from "./branch-data";
import type { Cluster } from "./cluster";
import { Compute } from "./compute";
import { changeDatabase, databaseName } from "./databases";
import { Doors } from "./doors";
import { type Ground, prepareGround } from "./ground";
import { DEFAULT_MAJOR, NotInstalled } from "./installation";
import { Lock } from "./lock";
import { availableSchemas, feedTables } from "./looks";
import { plainly } from "./plainly";
import { asServiceRefusal } from "./refusal";
import { NoSuchPoint } from "./restore";
import { changeRole } from "./roles";
import { branchOf, Syncs } from "./syncs";

/** How many addresses are tried for one endpoint. */
const PLACES = 4;

export interface PlaneOptions {
  readonly workspace: Workspace;
  readonly activities: Activities;
  /** The folder that keeps everything; undefined: one for this run. */
  readonly folder: string | undefined;
  readonly port: number;
  /** Files by the full names of the Delta tables that they stand for. */
  readonly deltaTables: Readonly<Record<string, string>>;
  /** All computes on one address. */
  readonly shared: boolean;
  /** Keeps the workspace as it is. */
  save(): void;
  now(): number;
  /** The machine's time at a time of the emulator's. */
  toMachine(instant: number): number;
  readCredential(password: string): Promise<Credential | undefined>;
  log(line: string): void;
}

/** Real Postgres behind the resources: what branches hold, and computes that answer. */
export class DataPlane implements Data {
  private readonly computes = new Map<string, Compute>();
  private readonly lock = new Lock();
  readonly syncs: Syncs;
  private readonly doors: Doors;
  private readonly beginnings: Beginnings;
  private isClosed = false;

  private constructor(
    private readonly options: PlaneOptions,
    private readonly ground: Ground,
    private readonly addresses: Addresses,
  ) {
    this.doors = new Doors({ ...options, ...ground, addresses });
    this.beginnings = new Beginnings({ ...options, ...ground });
    this.syncs = new Syncs({ ...options, perform: (branch, work) => this.perform(branch, work) });
  }

  /** Answers once what the workspace has can be connected to. */
  static async open(options: PlaneOptions): Promise<DataPlane> {
    const taken = options.workspace.all().map((stored) => textAt(stored.facts, "hosts.host") ?? "");
    const addresses = await Addresses.open(options.port, options.shared, taken);
    const plane = new DataPlane(options, await prepareGround(options.folder), addresses);
    try {
      await plane.complete();
      await plane.follow();
      await plane.syncs.complete();
      if (addresses.isShared) {
        options.log(`All endpoints answer on 127.0.0.1:${options.port}; the token tells which one is meant.`);
      }
      return plane;
    } catch (error) {
      await plane.close();
      throw new Error(plainly(error, plane.ground.folder));
    }
  }

  /** Path of the certificate that clients check the computes' certificates with. */
  get certificateFile(): string {
    return this.ground.authority.file;
  }

  /** Refuses settings in the body of a request that no server would start with. */
  async check(path: string, body: JsonObject): Promise<void> {
    const project = this.options.workspace.live(path.split("/").slice(0, 2).join("/"));
    const major = numberAt(project?.inputs ?? body, "spec.pg_version") ?? DEFAULT_MAJOR;
    // One that is not installed is refused with the project.
    await this.ground.check(body, major).catch((error: unknown) => {
      if (!(error instanceof NotInstalled)) throw error;
    });
  }

  nextHosts(): Hosts {
    return this.addresses.take();
  }

  async make(created: readonly Stored[], view: View): Promise<JsonObject> {
    const holder = created.find(holdsData);
    try {
      const facts = holder === undefined ? {} : await this.beginnings.make(holder, view);
      await this.follow();
      return holder === created[0] ? facts : {};
    } catch (error) {
      // Whatever Postgres said of it: the project, or the source, went away meanwhile.
      const source = holder && sourceOf(holder);
      if (holder !== undefined && view.find(holder.parent) === undefined) throw notFound("project id not found");
      if (source !== undefined && view.find(source) === undefined) {
        throw notFound(source.includes("/snapshots/") ? "snapshot id not found" : "branch id not found");
      }
      throw this.asRefusal(error);
    }
  }

  async carryOut(change: Change, view: Pick<View, "find">): Promise<JsonObject> {
    const { type, parent } = change.stored;
    switch (type) {
      case "Role":
        return this.perform(parent, (cluster) => changeRole(cluster, change, view));
      case "Database":
        return this.perform(parent, (cluster) => changeDatabase(cluster, change, view));
      case "SyncedTable":
        // The table stays where a synced table is deleted, for its owner to drop (databricks-agent-skills, 2026-08).
        if (change.verb === "delete") return {};
        return this.perform(branchOf(change.stored), (cluster) => this.syncs.run(change.stored, cluster, true));
      case "DataApi":
        return this.look(change, view, (cluster, database) => availableSchemas(cluster, database));
      case "CdfConfig":
        return this.look(change, view, (cluster, database) =>
          feedTables(cluster, database, textAt(change.stored.inputs, "postgres_schema") ?? ""),
        );
      default:
        return {};
    }
  }

  /** What there is to know in a database for something that is set up on it. */
  private async look(
    { verb, stored }: Change,
    view: Pick<View, "find">,
    work: (cluster: Cluster, database: string) => Promise<JsonObject>,
  ): Promise<JsonObject> {
    const database = view.find(stored.parent);
    if (verb === "delete" || database === undefined) return {};
    return this.perform(database.parent, (cluster) => work(cluster, databaseName(objectAt(database.inputs, "spec"))));
  }

  /** Brings computes and data in line with the workspace. */
  follow(): Promise<void> {
    return this.lock.run(async () => {
      if (this.isClosed) return;
      const { workspace } = this.options;
      const endpoints = this.stored("Endpoint").filter((endpoint) => !endpoint.ghost && this.isLive(endpoint));
      const wanted = new Set(endpoints.map(({ uid }) => uid));
      for (const compute of this.computes.values()) if (!wanted.has(compute.endpoint.uid)) await this.drop(compute);
      // All of them, whatever becomes of one: nothing may go on when this is over.
      const served = await Promise.allSettled(endpoints.map((endpoint) => this.serve(endpoint)));
      for (const each of served) if (each.status === "rejected") throw each.reason;
      // Those that the service takes by itself.
      const taken = this.stored("Snapshot").filter(({ facts }) => flagAt(facts, "scheduled"));
      for (const snapshot of taken.filter((each) => this.isLive(each) && this.data(each) === undefined)) {
        await this.beginnings.makeLate(snapshot);
      }
      const holders = new Map(workspace.all().map((stored) => [stored.uid, stored.name]));
      const data = this.ground.storage.all();
      await this.removeData(data.filter(({ uid }) => !holders.has(uid)));
      const deleted = data.filter(({ uid }) => workspace.live(holders.get(uid) ?? "") === undefined);
      await Promise.all(deleted.map((branch) => branch.stop()));
    });
  }

  /** Puts computes to rest whose time has come. */
  async rest(): Promise<void> {
    await Promise.all([...this.computes.values()].map((compute) => compute.rest()));
  }

  compute(endpoint: Stored): Compute | undefined {
    return this.computes.get(endpoint.uid);
  }

  close(): Promise<void> {
    return this.lock.run(async () => {
      this.isClosed = true;
      await this.doors.close();
      await this.ground.leave();
    });
  }

  /** What a kill kept from being made, or a run without Postgres: sources come before what was made from them. */
  private async complete(): Promise<void> {
    const { workspace } = this.options;
    const live = workspace.all().filter((stored) => this.isLive(stored));
    const view = { find: (name: string) => workspace.live(name) };
    const made = new Set<string>();
    for (const stored of [...live].sort((left, right) => left.sequence - right.sequence)) {
      if (holdsData(stored) && this.data(stored) === undefined) {
        made.add(stored.name);
        await this.beginnings.makeLate(stored);
      }
      if (stored.type === "Endpoint") this.settle(stored);
      // What came with its branch is in there.
      if (made.has(stored.parent) && stored.facts["implicit"] !== true) {
        await this.carryOut({ verb: "create", stored, before: undefined, query: {} }, view);
      }
    }
  }

  /** Hosts of its own for an endpoint that has none yet, or has those of the other way to tell endpoints apart. */
  private settle(endpoint: Stored): void {
    const host = textAt(endpoint.facts, "hosts.host");
    if (host === undefined || (host === SHARED) !== this.addresses.isShared) this.move(endpoint);
  }

  private move(endpoint: Stored): Stored {
    const moved = { ...endpoint, facts: { ...endpoint.facts, hosts: this.nextHosts() } };
    this.options.workspace.amend(moved);
    return moved;
  }

  private async serve(endpoint: Stored): Promise<void> {
    const known = this.computes.get(endpoint.uid);
    const branch = this.ground.storage.branch(this.options.workspace.live(endpoint.parent)?.uid ?? "");
    // A branch that is still being made follows when it is.
    if (branch === undefined) return;
    const { activities, now } = this.options;
    const compute = known ?? new Compute(endpoint, branch, activities, now);
    if (known === undefined || known.endpoint !== endpoint) await compute.apply(endpoint);
    this.computes.set(endpoint.uid, compute);
    await this.open(compute, PLACES);
  }

  /** Somebody else may listen on the very address: then it is another. */
  private async open(compute: Compute, tries: number): Promise<void> {
    try {
      await this.doors.open(compute);
    } catch (error) {
      await this.doors.shut(compute);
      if (tries === 1 || this.addresses.isShared || codeOf(error) !== "EADDRINUSE") throw error;
      await compute.apply(this.move(compute.endpoint));
      await this.open(compute, tries - 1);
    }
  }

  /** What is kept must not name it any more by then: after a kill it would come back empty. */
  private async removeData(gone: readonly BranchData[]): Promise<void> {
    if (gone.length > 0) this.options.save();
    for (const branch of gone) await this.ground.storage.remove(branch.uid);
  }

  private async drop(compute: Compute): Promise<void> {
    this.computes.delete(compute.endpoint.uid);
    await this.doors.shut(compute);
    await compute.remove();
  }

  /**
   * Does something in the data of a branch, one such thing after the other. Its server is started for that, also where its
   * compute sleeps or is disabled.
   */
  private async perform<T>(name: string, work: (cluster: Cluster, data: BranchData) => Promise<T>): Promise<T> {
    const { workspace, activities, now } = this.options;
    const uid = workspace.live(name)?.uid;
    const data = this.ground.storage.branch(uid ?? "");
    if (data === undefined) throw notFound("branch id not found");
    for (const { branch, kind, endpoint } of this.computes.values()) {
      if (branch === data && kind === "primary") activities.wake(endpoint.uid, now());
    }
    try {
      return await data.changes.run(() => data.primary.use((cluster) => work(cluster, data)));
    } catch (error) {
      // Whatever Postgres said of it.
      if (workspace.live(name)?.uid !== uid) throw notFound("branch id not found");
      throw asServiceRefusal(error) ?? this.asRefusal(error);
    }
  }

  private data({ uid }: Stored): BranchData | undefined {
    return this.ground.storage.branch(uid);
  }

  private stored(type: string): readonly Stored[] {
    return this.options.workspace.all().filter((stored) => stored.type === type);
  }

  private isLive(stored: Stored): boolean {
    return this.options.workspace.live(stored.name) !== undefined;
  }

  /** Of what can go wrong with data, a point that is not there and a Postgres that is not installed are the caller's. */
  private asRefusal(error: unknown): unknown {
    if (error instanceof NoSuchPoint || error instanceof NotInstalled) return invalid(error.message);
    if (error instanceof ServiceError) return error;
    return new ServiceError(500, "INTERNAL_ERROR", plainly(error, this.ground.folder));
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
