import { type Activities, isAsleep } from "../activity";
import { hasReaders, hostsOf, isReadWrite } from "../collections/endpoints";
import { flagAt, objectAt } from "../json";
import type { Stored } from "../stored";
import type { BranchData } from "./branch-data";
import type { Cluster } from "./cluster";
import type { PgSettings } from "./pg-settings";
import type { Server } from "./server";

/** What stands behind one host. */
export type Kind = "primary" | "replica";

export interface Entered {
  readonly cluster: Cluster;
  leave(): void;
}

/** The servers of one endpoint: the branch's own, or a replica that follows it, or both for a group with readers. */
export class Compute {
  private settings = "";

  constructor(
    public endpoint: Stored,
    readonly branch: BranchData,
    private readonly activities: Activities,
    private readonly now: () => number,
  ) {}

  get kind(): Kind {
    return isReadWrite(this.endpoint) ? "primary" : "replica";
  }

  /** Each address with what is behind it. */
  get hosts(): ReadonlyMap<string, Kind> {
    const { host, pooled, reader } = hostsOf(this.endpoint);
    const hosts = new Map<string, Kind>();
    if (this.kind === "primary" && hasReaders(this.endpoint)) hosts.set(reader, "replica");
    return hosts.set(host, this.kind).set(pooled, this.kind);
  }

  get isDisabled(): boolean {
    return flagAt(this.endpoint.inputs, "spec.disabled");
  }

  server(kind: Kind): Server {
    return kind === "primary" ? this.branch.primary : this.branch.replica(this.endpoint.uid);
  }

  /** Takes over what was changed. New settings need a new start, and so end the sessions. */
  async apply(endpoint: Stored): Promise<void> {
    const kinds = this.kinds;
    this.endpoint = endpoint;
    const settings = pgSettings(endpoint);
    const changed = JSON.stringify(settings) !== this.settings;
    this.settings = JSON.stringify(settings);
    for (const server of this.servers) {
      server.settings = settings;
      // Also one that is just being started, with what was true before.
      if (changed || this.isDisabled) await server.stop();
    }
    if (changed && this.kind === "primary") await this.branch.stopReplicas();
    if (kinds.includes("replica") && !this.kinds.includes("replica")) await this.branch.removeReplica(endpoint.uid);
  }

  /** Starts the server for a session. `leave` is called once, at its end. */
  async enter(kind: Kind): Promise<Entered> {
    const server = this.server(kind);
    const cluster = await server.acquire();
    this.activities.connected(this.endpoint.uid, this.now());
    const leave = () => {
      server.release();
      this.activities.disconnected(this.endpoint.uid, this.now());
    };
    return { cluster, leave };
  }

  async wake(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.use(async () => {})));
    this.activities.wake(this.endpoint.uid, this.now());
  }

  async suspend(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
    this.activities.suspend(this.endpoint.uid, this.now());
  }

  /** Stops what has not been used for as long as the endpoint's timeout says. */
  async rest(): Promise<void> {
    if (!isAsleep(this.endpoint, this.activities.of(this.endpoint.uid), this.now())) return;
    await Promise.all(this.servers.filter((server) => server.isRunning).map((server) => server.stopUnused()));
  }

  /** Its replica's data goes with it; the branch's own stays with the branch. */
  async remove(): Promise<void> {
    await this.branch.removeReplica(this.endpoint.uid);
  }

  private get kinds(): readonly Kind[] {
    return [...new Set(this.hosts.values())];
  }

  private get servers(): readonly Server[] {
    return this.kinds.map((kind) => this.server(kind));
  }
}

function pgSettings(endpoint: Stored): PgSettings {
  const settings = objectAt(endpoint.inputs, "spec.settings.pg_settings");
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
}
