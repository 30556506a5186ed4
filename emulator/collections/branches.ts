import type { Collection, Context, CreateRequest, Creation, View } from "../collection";
import { alreadyExists, badRequest, invalid, managedByParent, notFound, quotaExceeded } from "../errors";
import { checkFuture, EXPIRATION, EXPIRATION_FIELDS, expiresAt, readExpiry, withExpiry } from "../expiry";
import { at, flagAt, type JsonObject, objectAt, set, textAt, unset } from "../json";
import type { MaskRules } from "../masks";
import { branchUid } from "../names";
import { body, flag, message, text } from "../shape";
import { contentsAt, SOURCE_FIELDS, SOURCE_POINT, sourcePoint } from "../source-point";
import { newStored, type Stored } from "../stored";
import { formatInstant } from "../values";
import { copiedContents } from "./contents";
import { newEndpoint } from "./endpoints";

const BRANCHES_PER_PROJECT = 500;
const UNARCHIVED_BRANCHES = 10;
const ROOT_BRANCHES = 3;
/** Documented; single workspaces enforce less and do not tell. */
const LONGEST_LIFE = 30 * 86_400_000;
const input = body({
  spec: message(
    { ...SOURCE_FIELDS, source_snapshot: text(), is_protected: flag, ...EXPIRATION_FIELDS },
    { expiration: EXPIRATION, ...SOURCE_POINT },
  ),
});

/** The members of the expiration are refused (databricks/cli 501eaf79, 0150cc96). */
const mask: MaskRules = {
  paths: ["spec", "spec.is_protected", "spec.expiration"],
  groups: { "spec.expiration": EXPIRATION },
  tolerated: [],
  resets: [],
  starSkips: [],
};

export const branches: Collection = {
  type: "Branch",
  segment: "branches",
  parent: "Project",
  idField: "branch_id",
  missing: "branch id not found",
  replaces: "given",
  body: input,
  mask,
  create,
  update,
  remove,
  expiresAt,
  keeps: (existing, descendant) => descendant.parent === existing.name && isMadeWithBranch(descendant),
  render,
};

function create(request: CreateRequest, context: Context): Creation {
  const project = request.parent;
  if (project === undefined) throw notFound("project id not found");
  // A soft-deleted branch gives its id back, an assumption: only projects are known to hold theirs.
  if (request.taken !== undefined && request.taken.deleted === null) throw duplicate(request.id, context);
  const spec = objectAt(request.body, "spec");
  if (EXPIRATION.every((member) => spec[member] === undefined)) {
    throw invalid("Expiration must be specified when creating a branch");
  }
  const { facts, contents } = origin(spec, project, context);
  checkCounts(project, context);
  const branch = newBranch(project, request.id, spec, facts, context);
  const endpoint = newEndpoint(
    project,
    branch,
    "primary",
    { endpoint_type: "ENDPOINT_TYPE_READ_WRITE" },
    context,
    context.doneAt,
  );
  return { resource: branch, along: [endpoint, ...copiedContents(branch, contents, context)] };
}

interface Origin {
  readonly facts: JsonObject;
  readonly contents: readonly Stored[];
}

function origin(spec: JsonObject, project: Stored, context: Context): Origin {
  const snapshotName = textAt(spec, "source_snapshot") ?? "";
  if (snapshotName !== "") return restored(spec, snapshotName, project, context);
  const source = findSource(spec, project, context);
  return { facts: sourcePoint(spec, source, project, context), contents: contentsAt(spec, source, context) };
}

/** A branch from a snapshot has no source that reads would show: it is a root. */
function restored(spec: JsonObject, snapshotName: string, project: Stored, context: Context): Origin {
  const beside = Object.keys(SOURCE_FIELDS).find((field) => at(spec, field) !== undefined);
  // Documented (databricks-sdk for Python 0.162, BranchSpec), and so is the project; the texts are assumptions.
  if (beside !== undefined) throw invalid(`Field 'spec.${beside}' must be empty when 'spec.source_snapshot' is set`);
  if (snapshotName.startsWith("projects/") && !snapshotName.startsWith(`${project.name}/`)) {
    throw invalid("source_snapshot field must point to the snapshot from the same Project");
  }
  const snapshot = context.find(snapshotName);
  if (snapshot?.type !== "Snapshot" || snapshot.parent !== project.name) throw notFound("snapshot id not found");
  const roots = context.children(project.name, "Branch").filter((branch) => !isChild(branch));
  if (context.settings.limits && roots.length >= ROOT_BRANCHES) {
    throw quotaExceeded(`A project has at most ${ROOT_BRANCHES} root branches`);
  }
  const facts = { source_snapshot: snapshot.name, restored_from: snapshot.facts };
  return { facts, contents: context.contents(snapshot.name, context.now) };
}

/** All others are roots: the project's first branch, and those that were restored from snapshots. */
export function isChild(branch: Stored): boolean {
  return branch.facts["source_branch"] !== undefined;
}

/** What comes with a branch: its compute, and the roles and databases that it starts with. */
export function isMadeWithBranch(below: Stored): boolean {
  const isPrimary = textAt(below.inputs, "spec.endpoint_type") === "ENDPOINT_TYPE_READ_WRITE";
  return isPrimary || below.facts["implicit"] === true;
}

/** A branch with its rules checked; `facts` say where it comes from, and are empty for the root. */
export function newBranch(project: Stored, id: string, spec: JsonObject, facts: JsonObject, context: Context): Stored {
  const settable = [...Object.keys(SOURCE_FIELDS), "source_snapshot"].reduce(unset, spec);
  const name = `${project.name}/branches/${id}`;
  const own = { type: "Branch", name, id, parent: project.name, uid: branchUid(), submitted: { spec }, facts };
  return settle(newStored({ ...own, inputs: {} }, context), { spec: settable }, project, context);
}

function update(existing: Stored, inputs: JsonObject, context: Context): Stored {
  const project = context.find(existing.parent);
  if (project === undefined) throw notFound("project id not found");
  return settle(existing, inputs, project, context);
}

/** Inputs in force: whichever member of the expiration was given, what is kept is the moment. */
function settle(branch: Stored, inputs: JsonObject, project: Stored, context: Context): Stored {
  const expiry = readExpiry(inputs, branch.createTime);
  const isProtected = flagAt(inputs, "spec.is_protected");
  if (expiry !== undefined) {
    if (expiry > context.now + LONGEST_LIFE) throw invalid("expiration time exceeds the maximum expiration time");
    checkFuture(expiry, context.now);
    // The three texts below are inventions; the rules are documented.
    if (branch.name === textAt(project.inputs, "spec.default_branch"))
      throw badRequest("Default branches cannot expire");
    if (isProtected) throw badRequest("Protected branches cannot expire");
    if (forks(branch, context).length > 0) {
      throw badRequest("Branches that have child branches cannot have an expiration date");
    }
  }
  if (isProtected && !flagAt(branch.inputs, "spec.is_protected")) checkProtection(branch, context);
  return { ...branch, inputs: withExpiry(set(inputs, "spec.is_protected", isProtected), expiry) };
}

function forks(branch: Stored, view: View): readonly Stored[] {
  return view.children(branch.parent, "Branch").filter((other) => other.facts["source_branch"] === branch.name);
}

/** Documented as one per project; the text is an invention. */
function checkProtection(branch: Stored, context: Context): void {
  const other = context
    .children(branch.parent, "Branch")
    .find((sibling) => sibling.name !== branch.name && flagAt(sibling.inputs, "spec.is_protected"));
  if (other !== undefined) throw quotaExceeded(`A project has at most one protected branch, here '${other.name}'`);
}

function checkCounts(project: Stored, context: Context): void {
  const count = context.children(project.name, "Branch").length;
  if (count >= BRANCHES_PER_PROJECT) throw quotaExceeded(`A project has at most ${BRANCHES_PER_PROJECT} branches`);
  if (context.settings.limits && count >= UNARCHIVED_BRANCHES) {
    throw quotaExceeded(`A project has at most ${UNARCHIVED_BRANCHES} unarchived branches`);
  }
}

function findSource(spec: JsonObject, project: Stored, context: Context): Stored {
  const name = textAt(spec, "source_branch") ?? textAt(project.inputs, "spec.default_branch") ?? "";
  // A uid in place of a name is merely not found.
  if (name.startsWith("projects/") && !name.startsWith(`${project.name}/`)) {
    throw invalid("source_branch field must point to the branch from the same Project");
  }
  const source = context.find(name);
  if (source === undefined || source.parent !== project.name) throw notFound("branch id not found");
  if (expiresAt(source) !== undefined) {
    throw badRequest("Branches with an expiration date cannot have child branches");
  }
  return source;
}

/** The service's own spelling (field reports of April to October 2026), or the testserver's. */
function duplicate(id: string, context: Context): Error {
  return context.settings.duplicateBranch === "real"
    ? badRequest(`branch already exists; branch_name:"${id}"`)
    : alreadyExists("branch with such id already exists");
}

function remove(existing: Stored, context: Context): "remove" | "ignore" {
  const project = context.find(existing.parent);
  const isDefault = textAt(project?.inputs, "spec.default_branch") === existing.name;
  if (isDefault || !isChild(existing)) {
    throw managedByParent(
      `Cannot delete root branch '${existing.name}'. Root branches cannot be deleted independently.`,
    );
  }
  if (flagAt(existing.inputs, "spec.is_protected")) throw badRequest("cannot delete protected branch");
  // The text is an invention; that such a branch is refused is documented.
  if (forks(existing, context).length > 0) throw badRequest("cannot delete branch that has child branches");
  // Accepted, and then nothing happens (probed 2026-10-02).
  return context.now < existing.readyAt ? "ignore" : "remove";
}

function render(stored: Stored, view: View): JsonObject {
  const project = view.find(stored.parent);
  const state = view.now < stored.readyAt ? "INIT" : "READY";
  const since = stored.deleted?.at ?? (view.now < stored.readyAt ? stored.createTime : stored.readyAt);
  return {
    status: {
      branch_id: stored.id,
      current_state: stored.deleted === null ? state : "DELETED",
      pending_state: stored.deleted === null && state === "INIT" ? "READY" : undefined,
      default: textAt(project?.inputs, "spec.default_branch") === stored.name,
      delete_time: stored.deleted === null ? undefined : formatInstant(stored.deleted.at),
      expire_time: at(stored.inputs, "spec.expire_time"),
      is_protected: flagAt(stored.inputs, "spec.is_protected"),
      purge_time: stored.deleted === null ? undefined : formatInstant(stored.deleted.purgeAt),
      source_branch: stored.facts["source_branch"],
      source_branch_lsn: stored.facts["source_branch_lsn"],
      source_branch_time: stored.facts["source_branch_time"],
      state_change_time: formatInstant(since),
    },
  };
}
