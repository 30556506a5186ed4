import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { escapeIdentifier } from "pg";
import { type Account, give, writeFor } from "./account";
import { type Copy, copyAtRest } from "./backup";
import { ACCESS, type Cluster, SUPERUSER } from "./cluster";
import { makeOnce } from "./folders";
import type { Installation } from "./installation";
import { run } from "./run";

const DEFAULT_DATABASE = "databricks_postgres";
/** What the service calls DATABRICKS_SUPERUSER: no superuser, but all data. */
export const OWNERS = "databricks_superuser";

/** What every cluster starts from; kept for the next run, since initdb takes longer than all else together. */
export async function findTemplate(
  installation: Installation,
  account: Account | undefined,
  cache: string,
): Promise<string> {
  const recipe = createHash("sha256").update(ACCESS).update(RECIPE).digest("hex").slice(0, 8);
  const folder = join(cache, `cluster-${installation.version}-${recipe}`);
  if (!existsSync(folder)) await makeTemplate(installation, account, folder);
  return join(folder, "data");
}

/** Raised when clusters are to be made otherwise, so that those of before are not taken for them. */
const RECIPE = "2";

function makeTemplate(installation: Installation, account: Account | undefined, folder: string): Promise<void> {
  return makeOnce(folder, async (unfinished) => {
    await give(unfinished, account);
    const data = join(unfinished, "data");
    await run(installation.initdb, [`--pgdata=${data}`, ...initdbOptions(installation.major)], account);
    await writeFor(account, join(data, "pg_hba.conf"), ACCESS);
    await chmod(unfinished, 0o711);
  });
}

/** Small segments keep copies small, and what is archived close to what was written. */
function initdbOptions(major: number): readonly string[] {
  const locale =
    major >= 17
      ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
      : ["--locale-provider=icu", "--icu-locale=und"];
  return [
    `--username=${SUPERUSER}`,
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    ...locale,
    "--wal-segsize=1",
    "--no-sync",
    "--no-instructions",
    "--data-checksums",
  ];
}

/** Makes the cluster of a new project: its database, and the role of whoever made it. Answers its position. */
export async function makeOrigin(
  template: string,
  owner: string,
  account: Account | undefined,
  cluster: Cluster,
): Promise<Copy> {
  await copyAtRest(template, cluster.folder, account);
  await cluster.start({});
  let lsn: string;
  try {
    lsn = await cluster.query(async (client) => {
      const role = escapeIdentifier(owner);
      await client.query(`create role ${OWNERS} nologin`);
      await client.query(`grant pg_read_all_data, pg_write_all_data, pg_monitor, pg_signal_backend to ${OWNERS}`);
      await client.query(`create role ${role} login createdb createrole bypassrls in role ${OWNERS}`);
      await client.query(`create database ${DEFAULT_DATABASE} owner ${role}`);
      const { rows } = await client.query<{ lsn: string }>("select pg_current_wal_flush_lsn()::text as lsn");
      return rows[0]?.lsn ?? "0/0";
    });
  } finally {
    await cluster.stop();
  }
  return { lsn, since: Date.now() };
}
