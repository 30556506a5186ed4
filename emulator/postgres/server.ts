import type { Cluster } from "./cluster";
import { Lock } from "./lock";
import type { PgSettings } from "./pg-settings";

/** A server that runs while somebody uses it, and on until it is told to stop. */
export class Server {
  /** What it starts with the next time. */
  settings: PgSettings = {};
  private readonly lock = new Lock();
  private cluster: Cluster | undefined;
  private users = 0;
  /** What the emulator itself does with it: this is not broken off. */
  private readonly works = new Set<Promise<unknown>>();
  private isRetired = false;

  /** `make` answers the cluster, its folder made; called when it is needed for the first time. */
  constructor(private readonly make: () => Promise<Cluster>) {}

  get isRunning(): boolean {
    return this.cluster?.isRunning === true;
  }

  get isUsed(): boolean {
    return this.users > 0;
  }

  get socket(): string | undefined {
    return this.isRunning ? this.cluster?.socket : undefined;
  }

  /** Starts it when it sleeps. Each is followed by one `release`, unless it fails. */
  acquire(): Promise<Cluster> {
    return this.enter(() => {});
  }

  release(): void {
    this.users -= 1;
  }

  async use<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cluster = await this.enter(() => this.works.add(promise));
    try {
      return await work(cluster);
    } finally {
      this.works.delete(promise);
      resolve();
      this.release();
    }
  }

  /** Ends its sessions. Whoever comes next starts it again. */
  stop(): Promise<void> {
    return this.lock.run(async () => {
      await Promise.allSettled(this.works);
      await this.cluster?.stop();
    });
  }

  /** Stops it for good: what it would start over is going away. */
  retire(): Promise<void> {
    this.isRetired = true;
    return this.stop();
  }

  /** Unless somebody came while this waited for its turn. */
  stopUnused(): Promise<void> {
    return this.lock.run(async () => (this.isUsed ? undefined : this.cluster?.stop()));
  }

  /** `entered` is called before anything else may stop it. */
  private async enter(entered: () => void): Promise<Cluster> {
    this.users += 1;
    try {
      return await this.lock.run(async () => {
        const cluster = await this.started();
        entered();
        return cluster;
      });
    } catch (error) {
      this.users -= 1;
      throw error;
    }
  }

  private async started(): Promise<Cluster> {
    if (this.isRetired) throw new Error("it does not exist any more");
    this.cluster ??= await this.make();
    if (!this.cluster.isRunning) await this.cluster.start(this.settings);
    return this.cluster;
  }
}
