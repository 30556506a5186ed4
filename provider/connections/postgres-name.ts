/** Names in Postgres, which differ from those of the service: a database `app-db` there may be `app` here. */
import type { Client } from "../api/client";
import { ConfigurationError } from "../api/errors";
import { valueAt } from "../schema/unknown";
import { missing } from "./missing";

/** What has a name in Postgres, and where the service says it. */
export const named = {
  database: { collection: "databases", field: "postgres_database" },
  role: { collection: "roles", field: "postgres_role" },
} as const;

export type Named = keyof typeof named;

/** A name in Postgres as it stands; the service is asked for that of a full name, `projects/…/databases/DATABASE`. */
export async function postgresName(kind: Named, given: string, client: () => Promise<Client>): Promise<string> {
  const { collection, field } = named[kind];
  if (given === "" || given.includes("\0")) {
    throw new ConfigurationError(
      `${kind} ${given === "" ? "is empty" : "has a zero byte"}; give the name of a ${kind} in Postgres, or its full name`,
    );
  }
  if (!new RegExp(`^projects/[^/]+/branches/[^/]+/${collection}/[^/]+$`).test(given)) return given;
  const name = valueAt(await (await client()).get(given).catch(missing(given)), ["status", field]);
  if (typeof name === "string") return name;
  throw new ConfigurationError(`${given} has no name in Postgres; give that name itself`);
}
