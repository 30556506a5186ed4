/** A real Postgres on a unix socket that trusts whoever reaches it. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findAccount } from "../../emulator/postgres/account";
import { copyAtRest } from "../../emulator/postgres/backup";
import { Cluster } from "../../emulator/postgres/cluster";
import { findCache } from "../../emulator/postgres/folders";
import { findInstallation } from "../../emulator/postgres/installation";
import { findTemplate } from "../../emulator/postgres/origin";

export interface PostgresServer {
  readonly socketPath: string;
  /** Ends its sessions with a message, then itself. */
  stop(): Promise<void>;
  /** Ends it if it still runs, and removes its files. */
  remove(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  const account = await findAccount();
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  chmodSync(folder, 0o711);
  const cache = await findCache(account, folder);
  const installation = await findInstallation(17, cache);
  const data = join(folder, "data");
  await copyAtRest(await findTemplate(installation, account, cache), data, account);
  const options = {
    installation,
    account,
    folder: data,
    sockets: data,
    number: 5432,
    durable: false,
    fixed: () => ({}),
  };
  const cluster = new Cluster(options);
  await cluster.start({});
  const stop = () => cluster.stop();
  const remove = async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { socketPath: cluster.socket, stop, remove };
}
