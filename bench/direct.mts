/** The same Postgres with the same settings and TLS and nothing before it: what the emulator is compared with. */
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const load = createRequire(import.meta.url);
// From the build, since Node does not run these sources as they are.
const built = <Module,>(name: string): Module => load(`../dist/emulator/postgres/${name}.js`);
const { findAccount, writeFor } = built<typeof import("../emulator/postgres/account.ts")>("account");
const { Authority } = built<typeof import("../emulator/postgres/authority.ts")>("authority");
const { copyAtRest, makeFolder } = built<typeof import("../emulator/postgres/backup.ts")>("backup");
const { Cluster } = built<typeof import("../emulator/postgres/cluster.ts")>("cluster");
const { findCache } = built<typeof import("../emulator/postgres/folders.ts")>("folders");
const { findInstallation } = built<typeof import("../emulator/postgres/installation.ts")>("installation");
const { findTemplate } = built<typeof import("../emulator/postgres/origin.ts")>("origin");

export class DirectServer implements AsyncDisposable {
  readonly #stop: () => Promise<void>;
  /** What a client is told in its environment. */
  readonly env: NodeJS.ProcessEnv;

  private constructor(stop: () => Promise<void>, env: NodeJS.ProcessEnv) {
    this.#stop = stop;
    this.env = env;
  }

  static async start(): Promise<DirectServer> {
    const account = await findAccount();
    const folder = mkdtempSync(join(tmpdir(), "lakebase-bench-"));
    chmodSync(folder, 0o711);
    const cache = await findCache(account, folder);
    const installation = await findInstallation(17, cache);
    const data = join(folder, "data");
    await makeFolder(join(folder, "wal"), account);
    await copyAtRest(await findTemplate(installation, account, cache), data, account);
    const authority = await Authority.open(join(folder, "authority"));
    const { key, cert } = authority.issue(["127.0.0.1", "localhost"]);
    await writeFor(account, join(data, "server.key"), key);
    await writeFor(account, join(data, "server.crt"), cert);
    await writeFor(account, join(data, "pg_hba.conf"), "local all all trust\nhostssl all all 127.0.0.1/32 trust\n");
    const port = await freePort();
    const fixed = {
      listen_addresses: "127.0.0.1",
      ssl: "on",
      ssl_key_file: "server.key",
      ssl_cert_file: "server.crt",
      // As the emulator's servers have it.
      archive_mode: "on",
      archive_command: "ln -f %p ../wal/%f",
      wal_recycle: "off",
      wal_init_zero: "off",
    };
    const options = {
      installation,
      account,
      folder: data,
      sockets: data,
      number: port,
      durable: false,
      fixed: () => fixed,
    };
    const cluster = new Cluster(options);
    await cluster.start({});
    const stop = async () => {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    return new DirectServer(stop, {
      PGHOST: "127.0.0.1",
      PGPORT: String(port),
      PGUSER: "postgres",
      PGDATABASE: "postgres",
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: authority.file,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stop();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server always has an AddressInfo once it listens.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
