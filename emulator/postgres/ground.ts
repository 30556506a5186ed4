import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "../json";
import { findAccount } from "./account";
import { Authority } from "./authority";
import { checkSettings } from "./check-settings";
import { findCache, makeRunFolder, makeSocketFolder, openDataFolder } from "./folders";
import { DEFAULT_MAJOR, findInstallation, NotInstalled } from "./installation";
import { plainly } from "./plainly";
import { Storage } from "./storage";

/** What the data plane stands on: Postgres itself, and places for everything. */
export interface Ground {
  /** Of the data. */
  readonly folder: string;
  readonly storage: Storage;
  readonly authority: Authority;
  /** Refuses settings in the body of a request that no server would start with. */
  check(body: JsonObject, major: number): Promise<void>;
  /** Stops all servers, and removes what is not to be kept. */
  leave(): Promise<void>;
}

/** Finds or makes all of it. `kept` is the folder that keeps the data; without one it goes with this run. */
export async function prepareGround(kept: string | undefined): Promise<Ground> {
  const account = await findAccount();
  const run = await makeRunFolder(account);
  const steps: (() => Promise<void>)[] = [() => rm(run, { recursive: true, force: true, maxRetries: 3 })];
  async function leave(): Promise<void> {
    for (const step of steps.toReversed()) await step();
  }
  const folder = kept ?? run;
  try {
    const cache = await findCache(account, run);
    await findInstallation(DEFAULT_MAJOR, cache);
    await openDataFolder(folder, account);
    const sockets = await makeSocketFolder(run, account);
    const durable = kept !== undefined;
    const storage = new Storage({ folder: join(folder, "postgres"), cache, sockets, account, durable });
    await storage.load();
    steps.push(() => storage.close());
    const authority = await Authority.open(join(folder, "authority"));
    const check = async (body: JsonObject, major: number) =>
      checkSettings(body, await findInstallation(major, cache), account);
    return { folder, storage, authority, check, leave };
  } catch (error) {
    await leave();
    throw error instanceof NotInstalled ? error : new Error(plainly(error, folder));
  }
}
