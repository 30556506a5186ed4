import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Activities } from "../activity";
import type { View } from "../collection";
import type { Data, Hosts } from "../data";
import { invalid, ServiceError } from "../errors";
import type { Credential } from "../identity";
import { type JsonObject, numberAt, textAt } from "../json";
import type { Stored } from "../stored";
import { parseInstant } from "../values";
import type { Workspace } from "../workspace";
import { findAccount } from "./account";
import { Addresses } from "./addresses";
import { Authority } from "./authority";
import { checkSettings } from "./check-settings";
import { Compute, type Kind } from "./computes";
import { type Door, type Login, Refusal, type Target, wrongPassword } from "./door";
import { claim, findCache, makeDataFolder, makeRunFolder, makeSocketFolder } from "./folders";
import { DEFAULT_MAJOR, findInstallation, NotInstalled } from "./installation";
import { Lock } from "./lock";
import { type Listener, listen } from "./proxy";
import { NoSuchPoint, type Point } from "./restore";
import { checkNativeLogin, checkPassword, checkToken, isToken, type SessionSettings } from "./sign-in";
import { Storage } from "./storage";

export interface PlaneOptions {
  readonly workspace: Workspace;
  readonly activities: Activities;
  /** The folder that keeps everything; undefined: one for this run. */
  readonly folder: string | undefined;
  readonly port: number;
  now(): number;
  /** The machine's time at a time of the emulator's. */
  toMachine(instant: number): number;
  readCredential(password: string): Promise<Credential | undefined>;
  log(line: string): void;
}

/** Real Postgres behind the resources: what branches hold, and computes that answer. */
export class DataPlane implements Data {
  private readonly computes = new Map<string, Compute>();
  private readonly listeners = new Map<string, Listener>();
  private readonly lock = new Lock();

  private constructor(
    private readonly options: PlaneOptions,
    private readonly storage: Storage,
    private readonly addresses: Addresses,
    private readonly authority: Authority,
    /** Refuses settings in the body of a request that no server would start with. */
    readonly check: (body: JsonObject) => Promise<void>,
    private readonly giveBack: () => Promise<void>,
  ) {}

  /** Finds Postgres and a place for everything; answers once what the workspace has can be connected to. */
  static async open(options: PlaneOptions): Promise<DataPlane> {
    const account = await findAccount();
    const taken = options.workspace.all().map((stored) => textAt(stored.facts, "hosts.host") ?? "");
    const addresses = await Addresses.open(options.port, taken);
    const run = await makeRunFolder(account);
    const undo: (() => Promise<void>)[] = [() => rm(run, { recursive: true, force: true, maxRetries: 3 })];
    const giveBack = async () => {
      for (const step of undo) await step();
    };
    try {
      const cache = await findCache(account, run);
      const installation = await findInstallation(DEFAULT_MAJOR, cache);
      const folder = options.folder ?? run;
      await makeDataFolder(folder, account);
      if (options.folder !== undefined) undo.push(await claim(folder));
      const sockets = await makeSocketFolder(run, account);
      const durable = options.folder !== undefined;
      const storage = new Storage({ folder: join(folder, "postgres"), cache, sockets, account, durable });
      await storage.load();
      const authority = await Authority.open(join(folder, "authority"));
      const plane = new DataPlane(
        options,
        storage,
        addresses,
        authority,
        (body) => checkSettings(body, installation, account),
        giveBack,
      );
      await plane.complete();
      await plane.follow();
      return plane;
    } catch (error) {
      await giveBack();
      throw error;
    }
  }

  /** Path of the certificate that clients check the computes' certificates with. */
  get certificateFile(): string {
    return this.authority.file;
  }

  nextHosts(): Hosts {
    return this.addresses.take();
  }

  async make(created: readonly Stored[], view: View): Promise<JsonObject> {
    const branch = created.find((stored) => stored.type === "Branch");
    try {
      const facts = branch === undefined ? {} : await this.makeBranch(branch, view);
      await this.follow();
      return branch === created[0] ? facts : {};
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** Brings computes and data in line with the workspace. */
  follow(): Promise<void> {
    return this.lock.run(async () => {
      const { workspace } = this.options;
      const wanted = new Map(
        workspace
          .all()
          .filter((stored) => stored.type === "Endpoint" && !stored.ghost && workspace.live(stored.name) !== undefined)
          .map((endpoint) => [endpoint.uid, endpoint]),
      );
      await this.closeOthers(wanted);
      await Promise.all([...wanted.values()].map((endpoint) => this.serve(endpoint)));
      const branches = new Map(
        workspace
          .all()
          .filter((stored) => stored.type === "Branch")
          .map((branch) => [branch.uid, branch]),
      );
      for (const branch of this.storage.all()) {
        const stored = branches.get(branch.uid);
        if (stored === undefined) await this.storage.remove(branch.uid);
        else if (workspace.live(stored.name) === undefined) await branch.stop();
      }
    });
  }

  /** Puts computes to rest whose time has come. */
  async rest(): Promise<void> {
    await Promise.all([...this.computes.values()].map((compute) => compute.rest()));
  }

  compute(endpoint: Stored): Compute | undefined {
    return this.computes.get(endpoint.uid);
  }

  async close(): Promise<void> {
    await this.lock.run(async () => {
      await Promise.all([...this.listeners.values()].map((listener) => listener.close()));
      await this.storage.close();
      await this.giveBack();
    });
  }

  /** What a kill kept from being made, or a run without Postgres: sources come before what was made from them. */
  private async complete(): Promise<void> {
    const { workspace, now } = this.options;
    const live = workspace.all().filter((stored) => workspace.live(stored.name) !== undefined);
    for (const stored of [...live].sort((left, right) => left.sequence - right.sequence)) {
      if (stored.type === "Branch" && this.storage.branch(stored.uid) === undefined) {
        await this.makeBranch(stored, { now: now(), find: (name) => workspace.live(name) });
      }
      if (stored.type === "Endpoint" && stored.facts["hosts"] === undefined) {
        workspace.put({ ...stored, facts: { ...stored.facts, hosts: this.nextHosts() } });
      }
    }
  }

  private async makeBranch(branch: Stored, view: Pick<View, "find" | "now">): Promise<JsonObject> {
    const project = view.find(branch.parent);
    const sourceName = textAt(branch.facts, "source_branch");
    if (sourceName === undefined) {
      const major = numberAt(project?.inputs, "spec.pg_version") ?? DEFAULT_MAJOR;
      await this.storage.addRoot(branch.uid, major, textAt(project?.facts, "owner") ?? "");
      return {};
    }
    const source = this.storage.branch(view.find(sourceName)?.uid ?? "");
    if (source === undefined) throw new NoSuchPoint("the source branch has no data");
    const point = this.pointOf(branch.submitted);
    const lsn = await this.storage.fork(branch.uid, source, point, this.options.toMachine(view.now));
    return point !== undefined && "lsn" in point ? {} : { source_branch_lsn: lsn };
  }

  private pointOf(submitted: JsonObject): Point | undefined {
    const lsn = textAt(submitted, "spec.source_branch_lsn");
    if (lsn !== undefined) return { lsn };
    const time = parseInstant(textAt(submitted, "spec.source_branch_time") ?? "");
    return time === undefined ? undefined : { time: this.options.toMachine(time) };
  }

  private async closeOthers(wanted: ReadonlyMap<string, Stored>): Promise<void> {
    for (const [uid, compute] of this.computes) {
      if (wanted.has(uid)) continue;
      this.computes.delete(uid);
      for (const [host, kind] of compute.hosts) {
        const listener = this.listeners.get(`${uid} ${host}`);
        this.listeners.delete(`${uid} ${host}`);
        await listener?.close();
        if (kind === "replica") await compute.branch.removeReplica(uid);
      }
    }
  }

  private async serve(endpoint: Stored): Promise<void> {
    const known = this.computes.get(endpoint.uid);
    if (known !== undefined) {
      if (known.endpoint !== endpoint) await known.apply(endpoint);
    } else {
      const branch = this.storage.branch(this.options.workspace.live(endpoint.parent)?.uid ?? "");
      // A branch that is still being made follows when it is.
      if (branch === undefined) return;
      const compute = new Compute(endpoint, branch, this.options.activities, this.options.now);
      await compute.apply(endpoint);
      this.computes.set(endpoint.uid, compute);
    }
    await this.open(this.computes.get(endpoint.uid));
  }

  private async open(compute: Compute | undefined): Promise<void> {
    if (compute === undefined) return;
    const { uid } = compute.endpoint;
    const { port, log } = this.options;
    for (const [address, kind] of compute.hosts) {
      const key = this.addresses.isShared ? address : `${uid} ${address}`;
      if (this.listeners.has(key)) continue;
      const door = this.addresses.isShared ? this.sharedDoor() : this.doorOf(compute, kind);
      const identity = this.authority.issue([address]);
      this.listeners.set(key, await listen({ address, port, identity, door, log }));
    }
  }

  private doorOf(compute: Compute, kind: Kind): Door {
    return {
      admit: (login) => this.admit(login, compute, kind),
      running: () => socketsOf(compute, kind),
    };
  }

  /** Where all computes have one address, a token says which one is meant. */
  private sharedDoor(): Door {
    return {
      admit: async (login) => {
        const credential = await this.options.readCredential(login.password);
        const compute = [...this.computes.values()].find(({ endpoint }) => endpoint.name === credential?.endpoint);
        if (compute === undefined) throw wrongPassword(login.user);
        return this.admit(login, compute, [...compute.hosts.values()][0] ?? "primary");
      },
      running: () =>
        [...this.computes.values()].flatMap((compute) =>
          [...new Set(compute.hosts.values())].flatMap((kind) => socketsOf(compute, kind)),
        ),
    };
  }

  private async admit(login: Login, compute: Compute, kind: Kind): Promise<Target> {
    const { workspace, readCredential } = this.options;
    const endpoint = workspace.live(compute.endpoint.name);
    const project = workspace.live(workspace.live(compute.endpoint.parent)?.parent ?? "");
    if (endpoint?.uid !== compute.endpoint.uid || project === undefined) {
      throw new Refusal("08004", `'${compute.endpoint.name}' does not exist any more`);
    }
    const byToken = isToken(login.password);
    if (!byToken) checkNativeLogin(project);
    const settings: SessionSettings = byToken
      ? checkToken(login, endpoint.parent, await readCredential(login.password))
      : {};
    if (compute.isDisabled) {
      // The text is an invention; that a disabled compute does not wake is documented.
      throw new Refusal("57P03", `the compute '${endpoint.name}' is disabled`, "Set disabled to false to connect.");
    }
    const cluster = await compute.enter(kind).catch((error: unknown) => {
      throw new Refusal("57P03", `the compute '${endpoint.name}' could not start: ${messageOf(error)}`);
    });
    const release = () => compute.leave(kind);
    try {
      if (!byToken) await checkPassword(login, cluster);
    } catch (error) {
      release();
      throw error;
    }
    return { socketPath: cluster.socket, user: login.user, settings, release };
  }
}

function socketsOf(compute: Compute, kind: Kind): readonly string[] {
  const { socket } = compute.server(kind);
  return socket === undefined ? [] : [socket];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Of what can go wrong with data, a point that is not there and a Postgres that is not installed are the caller's. */
function asRefusal(error: unknown): unknown {
  if (error instanceof NoSuchPoint) return invalid(error.message);
  if (error instanceof NotInstalled) return invalid(error.message);
  if (error instanceof ServiceError) return error;
  return new ServiceError(500, "INTERNAL_ERROR", messageOf(error));
}
