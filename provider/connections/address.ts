/** A host's address, for programs on systems whose own resolver fails on the long names of computes, as on some of macOS. */
import * as dns from "node:dns/promises";
import { isIP } from "node:net";
import { ConfigurationError } from "../api/errors";

export interface Resolver {
  resolve4(host: string): Promise<string[]>;
  resolve6(host: string): Promise<string[]>;
  /** The system's own way, which knows its file of hosts too. */
  lookup(host: string): Promise<{ readonly address: string }>;
}

/** Asks the name servers that the system names, not through the system's resolver, and that one where they know nothing. */
export async function addressOf(host: string, resolver: Resolver = dns): Promise<string> {
  if (isIP(host) !== 0) return host;
  const found = await first(
    async () => (await resolver.resolve4(host))[0],
    async () => (await resolver.resolve6(host))[0],
    async () => (await resolver.lookup(host)).address,
  );
  if (found !== undefined) return found;
  throw new ConfigurationError(
    `${host} has no address that this machine's name servers know; check the network, or leave hostaddr out`,
  );
}

async function first(...ways: readonly (() => Promise<string | undefined>)[]): Promise<string | undefined> {
  for (const way of ways) {
    const found = await way().catch(() => undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}
