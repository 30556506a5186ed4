/** Names in Postgres, which differ from those of the service: a database `app-db` there may be `app` here. */
import type { Client } from "../api/client";
import { ConfigurationError } from "../api/errors";
import { database, role } from "../resources";
import type { AnyDefinition } from "../schema/definition";
import { isNameOf } from "../schema/name";
import { asArguments } from "../schema/service";
import { missing } from "./missing";

/** What has a name in Postgres, and the argument that says it. */
export const named = {
  database: { definition: database as unknown as AnyDefinition, argument: "postgresDatabase" },
  role: { definition: role as unknown as AnyDefinition, argument: "postgresRole" },
} as const;

export type Named = keyof typeof named;

/** A name in Postgres as it stands; the service is asked for that of a full name, `projects/…/databases/DATABASE`. */
export async function postgresName(kind: Named, given: string, client: () => Promise<Client>): Promise<string> {
  const { definition, argument } = named[kind];
  if (given === "" || given.includes("\0")) {
    throw new ConfigurationError(
      `${kind} ${given === "" ? "is empty" : "has a zero byte"}; give the name of a ${kind} in Postgres, or its full name`,
    );
  }
  if (!isNameOf(definition, given)) return given;
  const { [argument]: name } = asArguments(definition, await (await client()).get(given).catch(missing(given)));
  if (typeof name === "string") return name;
  throw new ConfigurationError(`${given} has no name in Postgres; give that name itself`);
}
