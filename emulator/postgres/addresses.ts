import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { Hosts } from "../data";

/** 127.16.0.0 to 127.239.255.255: clear of what programs and name servers use at both ends of the loopback network. */
const FIRST = 16 << 16;
const END = 240 << 16;
/** Addresses that an endpoint has, so that neighbours never share one. */
const STEP = 4;

/** What all computes answer on where there is no more. */
export const SHARED = "127.0.0.1";

/** Loopback addresses for computes; one of its own for each host, where the system has as many. */
export class Addresses {
  private constructor(
    private next: number,
    readonly isShared: boolean,
  ) {}

  /**
   * Looks for a stretch of addresses on which `port` is free. `taken` are those that endpoints have already. Only Linux
   * answers on the whole loopback network; elsewhere all computes share 127.0.0.1, and the token tells which is meant.
   */
  static async open(port: number, shared: boolean, taken: readonly string[]): Promise<Addresses> {
    if (shared) return Addresses.openShared(port);
    const used = taken.map(toNumber).filter((address) => address >= FIRST);
    const places = [...(used.length > 0 ? [Math.max(...used) + STEP] : []), somewhere(), somewhere(), somewhere()];
    for (const place of places) {
      const problem = await tryListening(toAddress(place), port);
      if (problem === undefined) return new Addresses(place, false);
      if (problem === "EADDRNOTAVAIL") return Addresses.openShared(port);
      if (problem === "EACCES")
        throw new Error(`port ${port} may not be used by this user; choose one above 1023 with --pg-port`);
    }
    throw new Error(
      `port ${port} is in use on all addresses of this machine, by another Postgres perhaps; choose another with --pg-port`,
    );
  }

  private static async openShared(port: number): Promise<Addresses> {
    if ((await tryListening(SHARED, port)) === undefined) return new Addresses(0, true);
    throw new Error(`port ${port} is in use on ${SHARED}, by another Postgres perhaps; choose another with --pg-port`);
  }

  take(): Hosts {
    // One address cannot tell a group's readers from its writer.
    if (this.isShared) return { host: SHARED, pooled: SHARED };
    const place = this.next;
    this.next = place + STEP < END ? place + STEP : FIRST;
    return { host: toAddress(place), pooled: toAddress(place + 1), reader: toAddress(place + 2) };
  }
}

function somewhere(): number {
  return FIRST + randomInt((END - FIRST) / STEP) * STEP;
}

function toAddress(place: number): string {
  return `127.${place >> 16}.${(place >> 8) & 255}.${place & 255}`;
}

function toNumber(address: string): number {
  const [, second = 0, third = 0, fourth = 0] = address.split(".").map(Number);
  return (second << 16) + (third << 8) + fourth;
}

/** The code of the error, or undefined when it can be listened on. */
async function tryListening(address: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, address);
    await once(server, "listening");
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  } finally {
    if (server.listening) {
      server.close();
      await once(server, "close");
    }
  }
}
