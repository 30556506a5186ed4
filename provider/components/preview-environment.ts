/** A database for a pull request. */
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../connections/connection";
import { mistakeIn, previewBranchId } from "../environments/branch-id";
import type { Endpoint } from "../functions/connection";
import { getCurrentUserOutput } from "../functions/current-user";
import type { Args, ClassOf, NamedResource } from "../pulumi/resource";
import type * as resources from "../resources";
import { readWriteEndpointId } from "../rules/limits";
import type { SqlScript } from "./sql-script";
import { type Make, maker, type Transform } from "./transform";

type Branch = InstanceType<ClassOf<typeof resources.branch>>;
type Role = InstanceType<ClassOf<typeof resources.role>>;
type Database = InstanceType<ClassOf<typeof resources.database>>;

/** SQL as a text, or as a folder with `.sql` files. */
export interface PreviewSql {
  /** The SQL. Several statements are one transaction. Not together with `folder`. */
  readonly sql?: pulumi.Input<string> | undefined;
  /** A folder with `.sql` files, from the program's directory, run in the order of their names. Not together with `sql`. */
  readonly folder?: pulumi.Input<string> | undefined;
}

export interface PreviewEnvironmentArgs {
  /** The project: a `Project`, or its full name `projects/PROJECT`. */
  readonly parent: pulumi.Input<string> | NamedResource;
  /** The git ref that it is for, such as `feature/login`, as git has it: the branch's id is made of it safely. Either this or `pullRequest` is given. A change makes another branch. */
  readonly ref?: string | undefined;
  /** The number of the pull request that it is for. Either this or `ref` is given. A change makes another branch. */
  readonly pullRequest?: number | undefined;
  /** The repository, where several have previews in one project. A change makes another branch. */
  readonly repository?: string | undefined;
  /** The commit that is deployed: another one renews `ttl`. */
  readonly commit?: pulumi.Input<string> | undefined;
  /** What the ids of all previews begin with: up to 30 lower-case letters, digits or hyphens. Default `preview`. A change makes another branch. */
  readonly prefix?: string | undefined;
  /** The service deletes the preview this long after its last renewal: by another `commit`, or an `up` that finds less than half of it left. Default `7d`. */
  readonly ttl?: pulumi.Input<string> | undefined;
  /** The branch that it is made from: a `Branch`, or its full name. Default: the project's default branch. A change makes another branch. */
  readonly sourceBranch?: pulumi.Input<string> | NamedResource | undefined;
  /** What the branch's read-write compute `primary` is to be. Default: what the project says. */
  readonly compute?: Omit<Args<typeof resources.endpoint>, "parent" | "endpointId" | "endpointType"> | undefined;
  /** Who the application signs in as: a role's name in Postgres, or what a `Role` takes beside its branch. Default: the identity that Pulumi runs as. */
  readonly role?: string | Omit<Args<typeof resources.role>, "parent"> | undefined;
  /**
   * The database: its name in Postgres, or what a `Database` takes beside its branch. Where no owner is given, the identity
   * that Pulumi runs as owns it, and so may run the SQL. Default: `databricks_postgres`.
   */
  readonly database?: string | PreviewDatabaseArgs | undefined;
  /** SQL that makes the data of the source fit for a preview. It runs first. */
  readonly anonymize?: PreviewSql | undefined;
  /**
   * A folder with `.sql` files, run after `anonymize` in the order of their names. What is noted in the ledger `migrations`
   * of the source's database has run already, see `ledger` of `SqlScript`.
   */
  readonly migrations?: pulumi.Input<string> | undefined;
  /** SQL that adds rows. It runs last. */
  readonly seed?: PreviewSql | undefined;
  /** Any text: another one makes the preview anew from its source. */
  readonly reset?: string | undefined;
  /** Whether the branch is deleted for good. Default `true`; `false`: the service keeps it for some days. */
  readonly purgeOnDelete?: boolean | undefined;
  /** Called for each resource inside before it is made; what it returns is made. */
  readonly transform?: Transform | undefined;
}

/** What a `Database` takes beside its branch. */
export type PreviewDatabaseArgs = Omit<Args<typeof resources.database>, "parent" | "role"> & {
  /** The owner. Default: the identity that Pulumi runs as. */
  readonly role?: Args<typeof resources.database>["role"] | undefined;
};

/**
 * A database for a pull request: a branch with the rows of its source, a compute, and what SQL makes of it. It expires by
 * itself unless a push renews it.
 *
 * ```ts
 * const preview = new lakebase.PreviewEnvironment("preview", {
 *   parent: "projects/shop",
 *   pullRequest: 12,
 *   commit: process.env.GITHUB_SHA,
 *   database: "orders",
 *   anonymize: { sql: "update customers set email = id || '@example.com'" },
 *   migrations: "migrations",
 *   seed: { folder: "seed" },
 * });
 * export const uri = preview.connection.uri;
 * ```
 *
 * The branch's id is `PREFIX-SLUG-HASH`, such as `preview-pr-12-1f0c2a9b7d4e`, and follows from the arguments alone: a
 * stack whose state was lost finds its branch again, and goes on with it. What has run there is noted in the database, so
 * that it does not run again; of a script or file that has changed, all runs again.
 *
 * Deleting it deletes the branch, in one request, with all that is in it. Two of them must not be for the same `ref` or
 * `pullRequest` of one project, unless `repository` or `prefix` tells them apart.
 */
export class PreviewEnvironment extends pulumi.ComponentResource {
  /** The branch. */
  readonly branch: Branch;
  /** Its read-write compute. */
  readonly endpoint: Endpoint;
  /** The role, where one is asked for. */
  readonly role: Role | undefined;
  /** The database, where one is asked for. */
  readonly database: Database | undefined;
  /** The last part of the branch's name. */
  readonly branchId: pulumi.Output<string>;
  /** When the service deletes it unless it is renewed (RFC 3339). */
  readonly expireTime: pulumi.Output<string | undefined>;
  /** Where and how to connect, without a password, once all SQL has run: see `connection()` of an `Endpoint`. */
  readonly connection: pulumi.Output<Connection>;

  constructor(name: string, args: PreviewEnvironmentArgs, options?: pulumi.ComponentResourceOptions) {
    super("lakebase:index:PreviewEnvironment", name, {}, options);
    const { parent, commit, ttl = "7d", sourceBranch, compute, purgeOnDelete = true, transform } = args;
    const { ref, pullRequest, repository, prefix = "preview", reset } = args;
    const preview = { ref, pullRequest, repository, prefix, reset };
    refuse(name, mistakeIn(preview));
    const make = maker(transform);
    this.branch = make(
      "Branch",
      name,
      {
        parent,
        branchId: previewBranchId(preview),
        sourceBranch,
        slidingTtl: ttl,
        renewOn: commit,
        purgeOnDelete,
        // A stack that has lost its state finds what it made: all of it may go, as it is made again.
        adopt: true,
        deleteOnRelease: true,
        allowReplace: true,
        onTombstone: purgeOnDelete ? "purge" : "undelete",
      },
      { parent: this },
    );
    // The service deletes what is in the branch with it, and no one else has the branch.
    const inside = { parent: this, deletedWith: this.branch };
    this.endpoint = make(
      "Endpoint",
      name,
      { ...compute, parent: this.branch, endpointId: readWriteEndpointId, endpointType: "ENDPOINT_TYPE_READ_WRITE" },
      inside,
    );
    this.role = args.role === undefined ? undefined : role(make, name, args.role, this.branch, inside);
    this.database = args.database === undefined ? undefined : database(make, name, args.database, this.branch, inside);
    const ran = scripts(make, name, args, this, inside);
    this.branchId = this.branch.branchId;
    this.expireTime = this.branch.expireTime;
    this.connection = pulumi
      .all(ran.map(({ id }) => id))
      .apply(() => this.endpoint.connection({ database: this.database, role: this.role }));
    this.registerOutputs({
      branchId: this.branchId,
      expireTime: this.expireTime,
      connection: this.connection,
    });
  }
}

type Inside = pulumi.CustomResourceOptions;

function role(
  make: Make,
  name: string,
  given: Exclude<PreviewEnvironmentArgs["role"], undefined>,
  parent: Branch,
  inside: Inside,
): Role {
  const own = typeof given === "string" ? { postgresRole: given } : given;
  return make("Role", name, { adopt: true, ...own, parent }, inside);
}

function database(
  make: Make,
  name: string,
  given: Exclude<PreviewEnvironmentArgs["database"], undefined>,
  parent: Branch,
  inside: Inside,
): Database {
  const { role: owner, ...own } = typeof given === "string" ? { postgresDatabase: given } : given;
  const args = { adopt: true, allowReplace: true, ...own, parent, role: owner ?? self(make, name, parent, inside) };
  return make("Database", name, args, inside);
}

/** The role of the identity that Pulumi runs as, which mostly comes with the branch. */
function self(make: Make, name: string, parent: Branch, inside: Inside): Role {
  const postgresRole = getCurrentUserOutput({ parent }).userName;
  const identityType = postgresRole.apply((user) => (user.includes("@") ? "USER" : "SERVICE_PRINCIPAL"));
  return make("Role", `${name}-owner`, { parent, postgresRole, identityType, adopt: true }, inside);
}

/** Each after the one before, and after the role, as SQL grants it something. */
function scripts(
  make: Make,
  name: string,
  { anonymize, migrations, seed }: PreviewEnvironmentArgs,
  { endpoint, database, role }: Pick<PreviewEnvironment, "endpoint" | "database" | "role">,
  inside: Inside,
): readonly SqlScript[] {
  const texts = { anonymize, migrations: migrations === undefined ? undefined : { folder: migrations }, seed };
  const made: SqlScript[] = [];
  for (const [ledger, text] of Object.entries(texts)) {
    if (text === undefined) continue;
    const dependsOn = [...made.slice(-1), ...(role ? [role] : [])];
    made.push(
      make("SqlScript", `${name}-${ledger}`, { ...text, endpoint, database, ledger }, { ...inside, dependsOn }),
    );
  }
  return made;
}

function refuse(name: string, mistake: string | undefined): void {
  if (mistake !== undefined) throw new pulumi.RunError(`PreviewEnvironment '${name}': ${mistake}`);
}
