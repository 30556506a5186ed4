import type { Collection, Context, CreateRequest, Creation } from "../collection";
import { alreadyExists, badRequest, invalid, notFound, quotaExceeded, required } from "../errors";
import { checkFuture, EXPIRATION, EXPIRATION_FIELDS, expiresAt, readExpiry, withExpiry } from "../expiry";
import { at, type JsonObject, objectAt, textAt } from "../json";
import { body, message } from "../shape";
import { contentsAt, exactPoint, SOURCE_FIELDS, SOURCE_POINT } from "../source-point";
import { type Making, newStored, type Stored } from "../stored";
import { isChild } from "./branches";
import { copiedContents } from "./contents";

/** Of those that people take; those of a schedule do not count (product documentation, 2026-09). */
const MANUAL_SNAPSHOTS = 10;

const input = body({
  spec: message({ ...SOURCE_FIELDS, ...EXPIRATION_FIELDS }, { ...SOURCE_POINT, expiration: EXPIRATION }),
});

/** What a branch held at one moment. Its roles and databases are below it, where no route leads. */
export const snapshots: Collection = {
  type: "Snapshot",
  segment: "snapshots",
  parent: "Project",
  idField: "snapshot_id",
  without: ["parent", "update_time"],
  missing: "snapshot id not found",
  body: input,
  create,
  remove: () => "remove",
  expiresAt,
  render,
};

function create({ parent: project, id, body: sent, taken }: CreateRequest, context: Context): Creation {
  if (project === undefined) throw notFound("project id not found");
  const spec = objectAt(sent, "spec");
  const name = textAt(spec, "source_branch") ?? "";
  if (name === "") throw required("snapshot.spec.source_branch");
  if (name.startsWith("projects/") && !name.startsWith(`${project.name}/`)) {
    throw invalid("source_branch field must point to the branch from the same Project");
  }
  const branch = context.find(name);
  if (branch?.type !== "Branch" || branch.parent !== project.name) throw notFound("branch id not found");
  demandRoot(branch);
  // In the style of projects and catalogs; what the service says is unknown.
  if (taken !== undefined) throw alreadyExists("snapshot with such id already exists");
  const manual = context.children(project.name, "Snapshot").filter(({ facts }) => facts["scheduled"] !== true);
  if (manual.length >= MANUAL_SNAPSHOTS) {
    throw quotaExceeded(`A project has at most ${MANUAL_SNAPSHOTS} manual snapshots`);
  }
  const expiry = readExpiry({ spec }, context.now);
  if (expiry !== undefined) checkFuture(expiry, context.now);
  const point = exactPoint(spec, branch, project, context);
  const snapshot = newSnapshot(branch, id, withExpiry({ spec }, expiry), point, context);
  return {
    resource: { ...snapshot, submitted: { spec } },
    along: copiedContents(snapshot, contentsAt(spec, branch, context), context),
  };
}

/** A snapshot of a branch; its facts say which point of that it holds. */
export function newSnapshot(branch: Stored, id: string, inputs: JsonObject, facts: JsonObject, made: Making): Stored {
  const name = `${branch.parent}/snapshots/${id}`;
  return newStored({ type: "Snapshot", name, id, parent: branch.parent, inputs, facts }, made);
}

/** databricks/cli testserver, 2026-09: schedules of other branches are refused with it. Of snapshots it is an assumption. */
export function demandRoot(branch: Stored): void {
  if (isChild(branch)) throw badRequest("not allowed to snapshot non-root branch");
}

function render({ inputs, facts }: Stored): JsonObject {
  const expireTime = at(inputs, "spec.expire_time");
  return {
    status: {
      source_branch: facts["source_branch"],
      expire_time: expireTime,
      // That one without an expiration never expires is an assumption.
      no_expiry: expireTime === undefined ? true : undefined,
      full_size_bytes: facts["full_size_bytes"] ?? 0,
      diff_size_bytes: facts["diff_size_bytes"],
    },
  };
}
