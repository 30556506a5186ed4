/** A branch as it was. */
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../connections/connection";
import { call, whenThere } from "../functions/call";
import type { ConnectionArgs, Endpoint } from "../functions/connection";
import type { Args, ClassOf, NamedResource } from "../pulumi/resource";
import type { branch } from "../resources/branch";
import type { endpoint } from "../resources/endpoint";
import type { TableComparison } from "../restoring/comparison";
import { projectOf, restoredBranchId } from "../restoring/place";
import { readWriteEndpointId } from "../rules/limits";
import { maker, type Transform } from "./transform";

type Branch = InstanceType<ClassOf<typeof branch>>;
type Derived = "parent" | "branchId" | "sourceBranch" | "sourceBranchTime" | "sourceBranchLsn" | "sourceSnapshot";

export interface CompareArgs {
  /** Names in Postgres of the databases whose tables are counted. Default: all that the identity may connect to. */
  readonly databases?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** File with the root certificates that the servers' certificates are checked with. Default: `PGSSLROOTCERT`, or those that Node has. */
  readonly sslrootcert?: pulumi.Input<string> | undefined;
}

/** What a `Branch` takes beside what says where it comes from, and: */
export type PointInTimeRestoreArgs = Omit<Args<typeof branch>, Derived> & {
  /** The branch as it was: a `Branch`, or its full name. It may be a child of another one, and must not be one that expires. A change makes another branch. */
  readonly source: pulumi.Input<string> | NamedResource;
  /** The moment (RFC 3339), within the history that the project keeps. Not together with `lsn`. A change makes another branch. */
  readonly time?: pulumi.Input<string> | undefined;
  /** The position in the source's log, such as `"0/1A2B3C4"`. Not together with `time`. A change makes another branch. */
  readonly lsn?: pulumi.Input<string> | undefined;
  /** The last part of the new branch's name. Default: made of the source and the point, as `production-at-20261201t100000z`. */
  readonly branchId?: pulumi.Input<string> | undefined;
  /** What the branch's read-write compute `primary` is to be. Default: what the project says. */
  readonly compute?: Omit<Args<typeof endpoint>, "parent" | "endpointId" | "endpointType"> | undefined;
  /** Whether the rows of all tables are counted here and on the source, with every `pulumi up`. Default `true`. */
  readonly compare?: boolean | CompareArgs | undefined;
  /** Called for each resource inside before it is made; what it returns is made. */
  readonly transform?: Transform | undefined;
};

/**
 * A branch as it was at a moment or a position of its log: a new branch with a compute, beside the source, which stays as
 * it is.
 *
 * ```ts
 * const before = new lakebase.PointInTimeRestore("before-the-accident", {
 *   source: "projects/shop/branches/production",
 *   time: "2026-12-01T10:00:00Z",
 *   ttl: "7d",
 * });
 * export const { uri } = before.connection();
 * export const lost = before.compare.apply((tables) => tables?.filter(({ difference }) => difference !== 0));
 * ```
 *
 * `compare` wakes both computes and reads every table of the branch and of its source whole, with each `pulumi up` and not
 * in previews: that costs their time, and on large tables minutes. It needs the package `pg`, and an identity that may
 * read the tables. `compare: { databases: ["orders"] }` counts less, `compare: false` nothing.
 *
 * The service says in its own words that a moment is ahead, or before the history that the project keeps. Another moment
 * or source is another branch, and the one that is there is deleted, which needs `allowReplace: true`.
 */
export class PointInTimeRestore extends pulumi.ComponentResource {
  /** The branch as it was. */
  readonly branch: Branch;
  /** Its read-write compute. */
  readonly endpoint: Endpoint;
  /**
   * For each table that the branch or its source has: `database`, `schema`, `table`, its `rows` here, `sourceRows` there as
   * it is now, and `difference`, how many there are more here. A count is absent where there is no such table. Not known in
   * previews; absent with `compare: false`, and when the branch has expired.
   */
  readonly compare: pulumi.Output<readonly TableComparison[] | undefined>;

  constructor(name: string, args: PointInTimeRestoreArgs, options?: pulumi.ComponentResourceOptions) {
    super("lakebase:index:PointInTimeRestore", name, {}, options);
    const { source: given, time, lsn, branchId, compute, compare = true, transform, ...own } = args;
    const source = pulumi.Resource.isInstance(given) ? given.name : given;
    const point = pointOf(name, time, lsn);
    const make = maker(transform);
    this.branch = make(
      "Branch",
      name,
      {
        ...own,
        parent: derived([source], projectOf),
        branchId: branchId ?? derived([source, point.at], (from, at) => restoredBranchId(from, point.as(at))),
        sourceBranch: source,
        ...(time !== undefined && { sourceBranchTime: time }),
        ...(lsn !== undefined && { sourceBranchLsn: lsn }),
      },
      { parent: this },
    );
    this.endpoint = make(
      "Endpoint",
      name,
      { ...compute, parent: this.branch, endpointId: readWriteEndpointId, endpointType: "ENDPOINT_TYPE_READ_WRITE" },
      { parent: this },
    );
    this.compare =
      compare === false ? pulumi.output(undefined) : comparison(this, source, compare === true ? {} : compare);
    this.registerOutputs({ branch: this.branch.name, endpoint: this.endpoint.name, compare: this.compare });
  }

  /** As that of its endpoint. */
  connection(args?: ConnectionArgs): pulumi.Output<Connection> {
    return this.endpoint.connection(args);
  }
}

type Comparison = pulumi.Output<readonly TableComparison[] | undefined>;

function comparison(
  { endpoint }: PointInTimeRestore,
  source: pulumi.Input<string>,
  { databases, sslrootcert }: CompareArgs,
): Comparison {
  // A preview looks, and wakes nobody. The SDK types what is not known as a thing of its own.
  if (pulumi.runtime.isDryRun()) return pulumi.output(pulumi.unknown) as unknown as Comparison;
  const scope = { parent: endpoint };
  const asked = {
    endpoint: endpoint.name,
    source: pulumi.interpolate`${source}/endpoints/${readWriteEndpointId}`,
    databases,
    sslrootcert,
  };
  return whenThere(asked, scope).apply((known) =>
    call("PointInTimeRestore", scope, async (session) => {
      const { compareRows }: typeof import("../restoring/row-counts") = require("../restoring/row-counts");
      return compareRows(await session.client(), {
        ...known,
        sslrootcert: known.sslrootcert ?? process.env["PGSSLROOTCERT"],
      });
    }),
  );
}

interface GivenPoint {
  readonly at: pulumi.Input<string>;
  readonly as: (at: string) => Parameters<typeof restoredBranchId>[1];
}

function pointOf(
  name: string,
  time: pulumi.Input<string> | undefined,
  lsn: pulumi.Input<string> | undefined,
): GivenPoint {
  if (time !== undefined && lsn === undefined) return { at: time, as: (at) => ({ time: at }) };
  if (lsn !== undefined && time === undefined) return { at: lsn, as: (at) => ({ lsn: at }) };
  const wrong = time === undefined ? "neither time nor lsn is given" : "time and lsn are both given";
  throw new pulumi.RunError(
    `PointInTimeRestore '${name}': ${wrong}; write one of them: a moment such as "2026-12-01T10:00:00Z", or a position in the log such as "0/1A2B3C4"`,
  );
}

/** A plain text where all that it is made of is plain: then it is known while the program runs. */
function derived(from: readonly pulumi.Input<string>[], make: (...from: readonly string[]) => string) {
  const plain = from.filter((one) => typeof one === "string");
  return plain.length === from.length ? make(...plain) : pulumi.all([...from]).apply((known) => make(...known));
}
