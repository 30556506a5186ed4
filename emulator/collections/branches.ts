import type { Collection, Context, CreateRequest, Creation, View } from "../collection";
import { alreadyExists, badRequest, internalError, invalid, managedByParent, notFound, quotaExceeded } from "../errors";
import { at, flagAt, type JsonObject, objectAt, textAt, unset } from "../json";
import type { MaskRules } from "../masks";
import { branchUid } from "../names";
import { body, duration, flag, instant, message, onlyTrue, pattern, text } from "../shape";
import type { Stored } from "../stored";
import { formatInstant, parseInstant, parseSeconds } from "../values";
import { copiedContents } from "./contents";
import { newEndpoint } from "./endpoints";

const BRANCHES_PER_PROJECT = 500;
const UNARCHIVED_BRANCHES = 10;
/** Documented; single workspaces enforce less and do not tell. */
const LONGEST_LIFE = 30 * 86_400_000;
/** A client's "now" may be a little ahead of ours. */
const CLOCK_SKEW = 1_000;

const EXPIRATION = ["ttl", "expire_time", "no_expiry"] as const;

const input = body({
  spec: message(
    {
      source_branch: text(),
      source_branch_lsn: pattern(/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/, 'a log sequence number such as "0/1494EA8"'),
      source_branch_time: instant,
      is_protected: flag,
      ttl: duration(0, Number.MAX_SAFE_INTEGER),
      expire_time: instant,
      no_expiry: onlyTrue(
        "Invalid 'no_expiry' value: must be true to disable expiration. Provide 'ttl' or 'expire_time' instead.",
      ),
    },
    // That a point in time is given once is an assumption; the expiration is documented as a oneof.
    { expiration: EXPIRATION, source_point: ["source_branch_lsn", "source_branch_time"] },
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
  const source = findSource(spec, project, context);
  checkCounts(project, context);
  const branch = newBranch(project, request.id, spec, sourcePoint(spec, source, project, context), context);
  const endpoint = newEndpoint(
    project,
    branch,
    "primary",
    { endpoint_type: "ENDPOINT_TYPE_READ_WRITE" },
    context,
    context.doneAt,
  );
  const moment = parseInstant(textAt(spec, "source_branch_time") ?? "") ?? context.now;
  const originals = context.contents(source.name, Math.max(moment, source.createTime));
  return { resource: branch, along: [endpoint, ...copiedContents(branch, originals, context)] };
}

/** What comes with a branch: its compute, and the roles and databases that it starts with. */
export function isMadeWithBranch(below: Stored): boolean {
  const isPrimary = textAt(below.inputs, "spec.endpoint_type") === "ENDPOINT_TYPE_READ_WRITE";
  return isPrimary || below.facts["implicit"] === true;
}

/** A branch with its rules checked; `facts` say where it comes from, and are empty for the root. */
export function newBranch(project: Stored, id: string, spec: JsonObject, facts: JsonObject, context: Context): Stored {
  const { source_branch: _branch, source_branch_lsn: _lsn, source_branch_time: _time, ...settable } = spec;
  const branch: Stored = {
    type: "Branch",
    name: `${project.name}/branches/${id}`,
    id,
    parent: project.name,
    uid: branchUid(),
    sequence: context.nextSequence(),
    createTime: context.now,
    updateTime: context.now,
    readyAt: context.doneAt,
    settledAt: context.doneAt,
    inputs: {},
    submitted: { spec },
    facts,
    deleted: null,
    ghost: false,
  };
  return settle(branch, { spec: settable }, project, context);
}

function update(existing: Stored, inputs: JsonObject, context: Context): Stored {
  const project = context.find(existing.parent);
  if (project === undefined) throw notFound("project id not found");
  return settle(existing, inputs, project, context);
}

/** Inputs in force: whichever member of the expiration was given, what is kept is the moment. */
function settle(branch: Stored, inputs: JsonObject, project: Stored, context: Context): Stored {
  const expiry = expiryOf(branch, inputs);
  const isProtected = flagAt(inputs, "spec.is_protected");
  if (expiry !== undefined) {
    if (expiry > context.now + LONGEST_LIFE) throw invalid("expiration time exceeds the maximum expiration time");
    // The four texts below are inventions; the rules are documented.
    if (expiry <= context.now) throw invalid("expiration time must be in the future");
    if (branch.name === textAt(project.inputs, "spec.default_branch"))
      throw badRequest("Default branches cannot expire");
    if (isProtected) throw badRequest("Protected branches cannot expire");
    if (forks(branch, context).length > 0) {
      throw badRequest("Branches that have child branches cannot have an expiration date");
    }
  }
  if (isProtected && !flagAt(branch.inputs, "spec.is_protected")) checkProtection(branch, context);
  const kept = EXPIRATION.reduce((next, member) => unset(next, `spec.${member}`), inputs);
  const spec = { ...objectAt(kept, "spec"), is_protected: isProtected };
  return {
    ...branch,
    inputs: { spec: expiry === undefined ? spec : { ...spec, expire_time: formatInstant(expiry) } },
  };
}

/** A ttl counts from the creation of the branch, also when it is set later. */
function expiryOf(branch: Stored, inputs: JsonObject): number | undefined {
  const ttl = parseSeconds(textAt(inputs, "spec.ttl") ?? "");
  return ttl === undefined ? parseInstant(textAt(inputs, "spec.expire_time") ?? "") : branch.createTime + ttl * 1_000;
}

function expiresAt(branch: Stored): number | undefined {
  return parseInstant(textAt(branch.inputs, "spec.expire_time") ?? "");
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

/** Filled in on every child, also when the caller gave no point. */
function sourcePoint(spec: JsonObject, source: Stored, project: Stored, context: Context): JsonObject {
  const time = parseInstant(textAt(spec, "source_branch_time") ?? "");
  if (time !== undefined) checkWindow(time, project, context);
  return {
    source_branch: source.name,
    source_branch_lsn: textAt(spec, "source_branch_lsn") ?? context.nextLsn(),
    source_branch_time: formatInstant(time ?? Math.floor(context.now / 1_000) * 1_000),
  };
}

/** The rule is documented, the text an invention. */
function checkWindow(time: number, project: Stored, context: Context): void {
  if (context.settings.wholeMinuteFailure && time % 60_000 === 0) throw internalError();
  const history = parseSeconds(textAt(project.inputs, "spec.history_retention_duration") ?? "") ?? 0;
  if (time < context.now - history * 1_000 || time > context.now + CLOCK_SKEW) {
    throw invalid("source_branch_time must lie within the history retention window of the project");
  }
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
  if (isDefault || existing.facts["source_branch"] === undefined) {
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
