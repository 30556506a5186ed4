import { type ClientBase, escapeIdentifier } from "pg";
import type { View } from "../collection";
import type { Change } from "../data";
import { badRequest } from "../errors";
import { at, flagAt, type JsonObject, objectAt, textAt } from "../json";
import { type Cluster, MAINTENANCE, SUPERUSER } from "./cluster";
import { checkName } from "./identifier";
import { OWNERS } from "./origin";
import { inTransaction } from "./transaction";

/** Those of the emulator's own. What begins with `pg_`, Postgres refuses by itself. */
const RESERVED: readonly string[] = [SUPERUSER, OWNERS];
/** How long a deletion waits for somebody else's transaction. */
const PATIENCE = "5s";

/** What a change of a Role means. */
export async function changeRole(cluster: Cluster, change: Change, view: Pick<View, "find">): Promise<JsonObject> {
  const { verb, stored, query } = change;
  const spec = objectAt(stored.inputs, "spec");
  if (verb !== "delete") await putRole(cluster, spec);
  else {
    const heir = query["reassign_owned_to"] ?? "";
    await dropRole(cluster, roleName(spec), heir === "" ? undefined : roleNamed(heir, view));
  }
  return {};
}

/** The Postgres role of the Role of that name, `projects/…/roles/…`. */
export function roleNamed(name: string, view: Pick<View, "find">): string {
  return roleName(objectAt(view.find(name)?.inputs, "spec"));
}

/** The Postgres role of a Role's spec. */
function roleName(spec: JsonObject): string {
  const name = checkName("role", textAt(spec, "postgres_role") ?? "");
  if (RESERVED.includes(name)) throw badRequest(`role name "${name}" is reserved`);
  return name;
}

/** Makes the role as its spec says, also of one that is there: made in SQL, or with its branch. */
function putRole(cluster: Cluster, spec: JsonObject): Promise<void> {
  const name = roleName(spec);
  const role = escapeIdentifier(name);
  return cluster.query((client) =>
    inTransaction(client, async () => {
      const verb = (await hasRole(client, name)) ? "alter" : "create";
      await client.query(`${verb} role ${role} with ${options(spec)}`);
      const isOwner = membershipOf(spec).includes("DATABRICKS_SUPERUSER");
      await client.query(isOwner ? `grant ${OWNERS} to ${role}` : `revoke ${OWNERS} from ${role}`);
    }),
  );
}

/**
 * Removes a role. What it owns goes to its heir before, in one transaction a database. Without an heir Postgres refuses to
 * drop a role that owns something or was granted something; what the service does then is not known.
 */
async function dropRole(cluster: Cluster, name: string, heir: string | undefined): Promise<void> {
  const role = escapeIdentifier(name);
  if (heir === name) throw badRequest(`role "${name}" cannot be given its own objects when it is dropped`);
  await cluster.query(async (client) => {
    if (!(await hasRole(client, name))) return;
    await client.query(`set lock_timeout = '${PATIENCE}'`);
    const databases = await databasesWith(client, name);
    if (heir === undefined && databases.length > 0) {
      await client.query(`drop role ${role}`);
      return;
    }
    // Asked first, as nothing has been given away yet.
    if (heir !== undefined && !(await hasRole(client, heir))) throw badRequest(`role "${heir}" does not exist`);
    // A session that goes on could make something of its own meanwhile.
    await client.query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1", [name]);
    if (heir !== undefined) await giveAway(cluster, new Set([...databases, MAINTENANCE]), role, escapeIdentifier(heir));
    await client.query(`drop role ${role}`);
  });
}

/** Each database has its own transaction. All are tried before the first of them counts, so that a refusal changes nothing. */
async function giveAway(cluster: Cluster, databases: Iterable<string>, role: string, heir: string): Promise<void> {
  for (const end of ["rollback", "commit"]) {
    for (const database of databases) {
      await cluster.query(
        async (client) => {
          await client.query("begin");
          await client.query(`set local lock_timeout = '${PATIENCE}'`);
          await client.query(`reassign owned by ${role} to ${heir}`);
          // By now these are grants only.
          await client.query(`drop owned by ${role}`);
          await client.query(end);
        },
        { database },
      );
    }
  }
}

/** Databases in which something depends on the role, or which do themselves; those that let nobody in come first. */
async function databasesWith(client: ClientBase, name: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ datname: string }>(
    `select d.datname from pg_database d
     where exists (
       select from pg_shdepend s join pg_roles r on s.refclassid = 'pg_authid'::regclass and s.refobjid = r.oid
       where r.rolname = $1
         and (s.dbid = d.oid or s.dbid = 0 and d.datname = $2))
     order by d.datallowconn, d.datname`,
    [name, MAINTENANCE],
  );
  return rows.map(({ datname }) => datname);
}

async function hasRole(client: ClientBase, name: string): Promise<boolean> {
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [name]);
  return rowCount === 1;
}

function options(spec: JsonObject): string {
  const attributes = ["createdb", "createrole", "bypassrls"].map((attribute) =>
    flagAt(spec, `attributes.${attribute}`) ? attribute : `no${attribute}`,
  );
  return [textAt(spec, "auth_method") === "NO_LOGIN" ? "nologin" : "login", ...attributes].join(" ");
}

function membershipOf(spec: JsonObject): readonly unknown[] {
  const membership = at(spec, "membership_roles");
  return Array.isArray(membership) ? membership : [];
}
