/** One environment of a table: a branch and what the table puts on it. */
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../connections/connection";
import {
  type Environment as Declared,
  databasesIn,
  postgresDatabaseOf,
  postgresRoleOf,
  roleIdOf,
  rolesIn,
} from "../environments/environment";
import { heirsFirst } from "../environments/heirs";
import { replicaPrefix } from "../environments/shape";
import type { EnvironmentArgs, EnvironmentTable } from "../environments/table";
import type { ConnectionArgs, Endpoint } from "../functions/connection";
import type { ClassOf } from "../pulumi/resource";
import type { branch, database, project, role } from "../resources";
import { readWriteEndpointId, rootBranchId } from "../rules/limits";
import { ReadReplicas } from "./read-replicas";
import { build, type InnerOf, lastWord, maker, type Transform } from "./transform";

export type Project = InstanceType<ClassOf<typeof project>>;
type Branch = InstanceType<ClassOf<typeof branch>>;
type Role = InstanceType<ClassOf<typeof role>>;
type Database = InstanceType<ClassOf<typeof database>>;

/** What one environment of a table has become. */
export interface Environment {
  /** The branch. */
  readonly branch: Branch;
  /** Its read-write compute `primary`. */
  readonly endpoint: Endpoint;
  /** Its read replicas, if the table gives it any. */
  readonly replicas: ReadReplicas | undefined;
  /** The roles that the table gives it, by key. */
  readonly roles: Readonly<Record<string, Role>>;
  /** The databases that the table gives it, by key. */
  readonly databases: Readonly<Record<string, Database>>;
  /** As that of its endpoint, known once its migrations have run. `database` and `role` may also be keys of the table. */
  connection(args?: ConnectionArgs): pulumi.Output<Connection>;
}

export interface Made extends Environment {
  /** What a branch that is made from this one is to have too. */
  readonly contents: readonly pulumi.Resource[];
}

export interface Context {
  /** Of the component. */
  readonly name: string;
  readonly table: EnvironmentTable;
  readonly transform: Transform | undefined;
  readonly project: Project;
  readonly parent: pulumi.Resource;
  /** Those that are there already, all that this one is made from among them. */
  readonly made: ReadonlyMap<string, Made>;
}

/** What all resources of a table are told alike. */
export function toldAlike({ adopt, deleteOnRelease }: EnvironmentTable) {
  return { ...(adopt !== undefined && { adopt }), ...(deleteOnRelease !== undefined && { deleteOnRelease }) };
}

/** The engine keeps it. A branch's own protection comes too late for the databases and roles in it, which are deleted first. */
export function kept(isKept: boolean | undefined): pulumi.CustomResourceOptions {
  return isKept === true ? { protect: true } : {};
}

export function makeEnvironment(context: Context, declared: Declared): Made {
  const { table, parent } = context;
  const { key, migrations } = declared;
  const name = `${context.name}-${key}`;
  const transform: Transform = (given) => {
    const inner = { ...given, environment: key };
    return context.transform?.(inner) ?? inner;
  };
  const make = maker(transform);
  const its = branchOf(context, declared, transform, name);
  const branch = build(its);
  const shared = { ...toldAlike(table), parent: branch };
  const options = { parent, ...fateIn(branch, its) };

  const endpoint = make(
    "Endpoint",
    name,
    { ...declared.compute, ...shared, endpointId: readWriteEndpointId, endpointType: "ENDPOINT_TYPE_READ_WRITE" },
    options,
  );
  const { count, compute } = declared.replicas;
  const ofReplica: Transform = (inner) => transform({ ...inner, options: { ...options, ...inner.options } });
  const replicas =
    count === 0
      ? undefined
      : new ReadReplicas(
          `${name}-${replicaPrefix}`,
          { ...compute, ...shared, count, prefix: replicaPrefix, transform: ofReplica },
          { parent },
        );

  const contents = new Contents(table, declared, branch);
  for (const [role, its] of heirsFirst(declared.roles)) {
    const { reassignOwnedTo: heir, ...own } = its;
    contents.roles[role] = make(
      "Role",
      `${name}-${role}`,
      {
        ...own,
        ...shared,
        postgresRole: postgresRoleOf(role, its),
        ...(heir !== undefined && { reassignOwnedTo: contents.role(heir) }),
      },
      options,
    );
  }
  for (const [database, its] of Object.entries(declared.databases)) {
    contents.databases[database] = make(
      "Database",
      `${name}-${database}`,
      { ...its, ...shared, postgresDatabase: postgresDatabaseOf(database, its), role: contents.role(its.role) },
      options,
    );
  }
  const { roles, databases } = contents;
  const inside = [...Object.values(roles), ...Object.values(databases)];
  // Migrations grant rights to roles. With a ledger in the database, a branch knows what ran in its source.
  const script =
    migrations &&
    make(
      "SqlScript",
      name,
      { endpoint, ...contents.inPostgres(migrations), folder: migrations.folder, ledger: "migrations" },
      { parent, dependsOn: inside },
    );
  return {
    branch,
    endpoint,
    replicas,
    roles,
    databases,
    contents: [...inside, ...(script ? [script] : [])],
    connection(args = {}) {
      const connection = endpoint.connection({ ...args, ...contents.inPostgres(args) });
      return script ? pulumi.all([connection, script.id]).apply(([there]) => there) : connection;
    },
  };
}

/** Its branch, with the transform's word on it. */
function branchOf(
  { table, project, parent, made }: Context,
  declared: Declared,
  transform: Transform,
  name: string,
): InnerOf<"Branch"> {
  const { key, said, sources, isProtected, deletionProtection } = declared;
  const source = sources[0] === undefined ? undefined : made.get(sources[0]);
  const args = {
    ...branchArgs(said),
    ...toldAlike(table),
    parent: project,
    branchId: key,
    ...(source && { sourceBranch: source.branch }),
    ...(isProtected && { isProtected }),
    ...(deletionProtection !== undefined && { deletionProtection }),
  };
  const options = { parent, ...(source && { dependsOn: [...source.contents] }), ...kept(deletionProtection) };
  return lastWord(transform, { type: "Branch", name, args, options });
}

/** What of an environment its branch takes as it is. */
function branchArgs(said: EnvironmentArgs) {
  const { preset, sourceEnvironment, compute, replicas, roles, databases, migrations, ...own } = said;
  return own;
}

/** What is in a branch shares its fate, whether the table decided that or a transform. */
function fateIn(branch: Branch, { args, options }: InnerOf<"Branch">): pulumi.CustomResourceOptions {
  const { protect, retainOnDelete } = options;
  return {
    ...(surelyGoes(args, options) && { deletedWith: branch }),
    ...kept(protect === true || args.deletionProtection === true),
    ...(retainOnDelete === true && { retainOnDelete }),
  };
}

/**
 * Whether a delete of the branch surely takes along what is in it. The engine forgets that before the branch's delete is
 * answered: of a branch that the service or this program keeps, it would go on living where nobody knows of it. One that
 * was there before (`adopt`, also with `deleteOnRelease`) may be protected or have branches of others, and is kept then.
 */
function surelyGoes(args: InnerOf<"Branch">["args"], options: pulumi.CustomResourceOptions): boolean {
  const { branchId, isProtected, deletionProtection, adopt } = args;
  const { protect, retainOnDelete, id } = options;
  const keeps = [isProtected, deletionProtection, adopt, protect, retainOnDelete, id];
  // What is known only later may be a yes.
  return branchId !== rootBranchId && keeps.every((one) => one === undefined || one === false);
}

/** Roles and databases of an environment by the table's keys: its own, and those that its branch has from its source. */
class Contents {
  // Without what objects have, such as `constructor`, which may be a key of what came with the branch.
  readonly roles: Record<string, Role> = Object.create(null);
  readonly databases: Record<string, Database> = Object.create(null);
  readonly #roles: ReturnType<typeof rolesIn>;
  readonly #databases: ReturnType<typeof databasesIn>;
  readonly #branch: Branch;

  constructor(table: EnvironmentTable, { key, sources }: Declared, branch: Branch) {
    this.#roles = rolesIn(table, [key, ...sources]);
    this.#databases = databasesIn(table, [key, ...sources]);
    this.#branch = branch;
  }

  /** The role itself, or the full name of one that came with the branch. */
  role(key: string): Role | pulumi.Output<string> {
    const its = this.#roles.get(key) ?? {};
    return this.roles[key] ?? pulumi.interpolate`${this.#branch.name}/roles/${roleIdOf(key, its)}`;
  }

  /** What Postgres is told. A text that is no key of the table is a name already. */
  inPostgres({ role, database }: Pick<ConnectionArgs, "role" | "database">) {
    const ofRole = typeof role === "string" ? this.#roles.get(role) : undefined;
    const ofDatabase = typeof database === "string" ? this.#databases.get(database) : undefined;
    return {
      role: typeof role === "string" && ofRole ? (this.roles[role] ?? postgresRoleOf(role, ofRole)) : role,
      database:
        typeof database === "string" && ofDatabase
          ? (this.databases[database] ?? postgresDatabaseOf(database, ofDatabase))
          : database,
    };
  }
}
