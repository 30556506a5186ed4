import type { Credential } from "../identity";
import type { Workspace } from "../workspace";
import type { Addresses } from "./addresses";
import type { Authority } from "./authority";
import type { Compute, Kind } from "./compute";
import { type Door, type Login, Refusal, type Target, wrongPassword } from "./door";
import { plainly } from "./plainly";
import { type Listener, listen } from "./proxy";
import { allowsPasswords, checkPassword, checkToken, isToken, passwordsAreOff } from "./sign-in";

export interface DoorsOptions {
  readonly workspace: Workspace;
  readonly addresses: Addresses;
  readonly authority: Authority;
  readonly port: number;
  /** Of the data, for messages. */
  readonly folder: string;
  readCredential(password: string): Promise<Credential | undefined>;
  log(line: string): void;
}

/** The doors of all computes: who listens where, and who is let in. */
export class Doors {
  private readonly listeners = new Map<string, Promise<Listener>>();
  /** The addresses of each. */
  private readonly places = new Map<Compute, readonly string[]>();

  constructor(private readonly options: DoorsOptions) {}

  /** Listens where the compute answers now, and nowhere else any more. */
  async open(compute: Compute): Promise<void> {
    const { hosts } = compute;
    const before = this.places.get(compute) ?? [];
    this.places.set(compute, [...hosts.keys()]);
    await this.leave(before.filter((address) => !hosts.has(address)));
    await Promise.all([...hosts].map(([address, kind]) => this.listenAt(address, compute, kind)));
  }

  async shut(compute: Compute): Promise<void> {
    const places = this.places.get(compute) ?? [];
    this.places.delete(compute);
    await this.leave(places);
  }

  async close(): Promise<void> {
    await Promise.all([...this.listeners.values()].map(async (listener) => (await listener).close()));
    this.listeners.clear();
  }

  private async leave(addresses: readonly string[]): Promise<void> {
    if (this.options.addresses.isShared) return;
    for (const address of addresses) {
      const listener = this.listeners.get(address);
      this.listeners.delete(address);
      // One that could not listen has said so to whoever opened it.
      await (await listener?.catch(() => undefined))?.close();
    }
  }

  private listenAt(address: string, compute: Compute, kind: Kind): Promise<Listener> {
    const known = this.listeners.get(address);
    if (known !== undefined) return known;
    const { addresses, authority, port, log } = this.options;
    const door = addresses.isShared ? this.sharedDoor() : this.doorOf(compute, kind);
    // Node clients that are given an address take the host for "localhost" when they check the certificate.
    const identity = authority.issue([address, "localhost"]);
    const opening = listen({ address, port, identity, door, log });
    this.listeners.set(address, opening);
    opening.catch(() => this.listeners.delete(address));
    return opening;
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
        const compute = [...this.places.keys()].find(({ endpoint }) => endpoint.name === credential?.endpoint);
        if (compute === undefined) throw wrongPassword(login.user);
        return this.admit(login, compute, compute.kind);
      },
      running: () => [...this.places.keys()].flatMap((compute) => socketsOf(compute, compute.kind)),
    };
  }

  private async admit(login: Login, compute: Compute, kind: Kind): Promise<Target> {
    const { workspace, folder, readCredential } = this.options;
    const { name, parent: branch, uid } = compute.endpoint;
    const project = workspace.live(workspace.live(branch)?.parent ?? "");
    if (workspace.live(name)?.uid !== uid || project === undefined) {
      throw new Refusal("08004", `'${name}' does not exist any more`);
    }
    const credential = await readCredential(login.password);
    // A password may look like a token by chance.
    const byToken = credential !== undefined || (isToken(login.password) && !allowsPasswords(project));
    if (!byToken && !allowsPasswords(project)) throw passwordsAreOff();
    const settings = byToken ? checkToken(login, branch, credential) : {};
    refuseDisabled(compute);
    const { cluster, leave } = await compute.enter(kind).catch((error: unknown) => {
      throw new Refusal("57P03", `the compute '${name}' could not start: ${plainly(error, folder)}`);
    });
    try {
      // It may have been disabled while its server started.
      refuseDisabled(compute);
      if (!byToken) await checkPassword(login, cluster);
    } catch (error) {
      leave();
      throw error;
    }
    return { socketPath: cluster.socket, user: login.user, settings, release: leave };
  }
}

/** The text is an invention; that a disabled compute does not wake is documented. */
function refuseDisabled({ isDisabled, endpoint }: Compute): void {
  if (!isDisabled) return;
  throw new Refusal("57P03", `the compute '${endpoint.name}' is disabled`, "Set disabled to false to connect.");
}

function socketsOf(compute: Compute, kind: Kind): readonly string[] {
  const { socket } = compute.server(kind);
  return socket === undefined ? [] : [socket];
}
