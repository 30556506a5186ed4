import type { Collection, Context, CreateRequest, Creation, View } from "../collection";
import { COMPUTE_FIELDS, fillCompute, PG_SETTINGS, SERVICE_DEFAULTS, SUSPENSION, showSettings } from "../compute";
import { alreadyExists, badRequest, internalError, notFound, quotaExceeded, type ServiceError } from "../errors";
import { at, equal, flagAt, type JsonObject, numberAt, objectAt, set, textAt } from "../json";
import type { MaskRules } from "../masks";
import { projectUid } from "../names";
import { body, duration, flag, list, message, oneOf, text } from "../shape";
import { newStored, type Stored } from "../stored";
import { isMadeWithBranch, newBranch } from "./branches";
import { firstContents } from "./contents";
import { GROUP, newEndpoint } from "./endpoints";

const PROJECTS_PER_WORKSPACE = 1_000;
const LOGICAL_SIZE_LIMIT = 8_796_093_022_208;
const DEFAULT_SETTINGS_PATH = "spec.default_endpoint_settings";

const suspension = { suspension: SUSPENSION };

const input = body({
  spec: message({
    display_name: text(1, 256),
    pg_version: oneOf(16, 17, 18),
    history_retention_duration: duration(172_800, 3_024_000),
    default_endpoint_settings: message({ ...COMPUTE_FIELDS, pg_settings: PG_SETTINGS }, suspension),
    default_branch: text(),
    budget_policy_id: text(),
    custom_tags: list(message({ key: text(), value: text() })),
    enable_pg_native_login: flag,
  }),
  initial_branch_spec: message({ is_protected: flag }),
  initial_endpoint_spec: message({ ...COMPUTE_FIELDS, group: message(GROUP) }, suspension),
});

/** The accepted paths are the results of the probe of 2026-08-31. */
const mask: MaskRules = {
  paths: [
    "spec",
    "initial_branch_spec",
    "initial_endpoint_spec",
    "spec.budget_policy_id",
    "spec.custom_tags",
    "spec.default_branch",
    "spec.default_endpoint_settings",
    "spec.default_endpoint_settings.autoscaling_limit_max_cu",
    "spec.default_endpoint_settings.autoscaling_limit_min_cu",
    "spec.default_endpoint_settings.pg_settings",
    "spec.default_endpoint_settings.suspension",
    "spec.display_name",
    "spec.enable_pg_native_login",
    "spec.history_retention_duration",
  ],
  groups: { "spec.default_endpoint_settings.suspension": SUSPENSION },
  tolerated: ["initial_branch_spec", "initial_endpoint_spec"],
  resets: ["spec.history_retention_duration"],
  starSkips: ["spec.custom_tags"],
};

export const projects: Collection = {
  type: "Project",
  segment: "projects",
  idField: "project_id",
  missing: "project id not found",
  body: input,
  mask,
  create,
  update,
  partialFailure,
  remove,
  keeps,
  render,
};

function create(request: CreateRequest, context: Context): Creation {
  // A soft-deleted project still holds its id, although reads do not find it (field report 2026-04-28).
  if (request.taken !== undefined) throw alreadyExists("project with such id already exists in the workspace");
  if (context.children("", "Project").length >= PROJECTS_PER_WORKSPACE) {
    throw quotaExceeded(`A workspace has at most ${PROJECTS_PER_WORKSPACE} projects`);
  }
  const defaultBranch = `${request.name}/branches/production`;
  const wanted = textAt(request.body, "spec.default_branch");
  if (wanted !== undefined && wanted !== defaultBranch) throw notFound("branch id not found");
  const { name, id } = request;
  const spec = objectAt(request.body, "spec");
  const inputs = fill({ spec: { ...spec, default_branch: defaultBranch } }, id);
  const own = { type: "Project", name, id, parent: "", uid: projectUid(), inputs, submitted: { spec } };
  const project = newStored({ ...own, facts: { owner: context.caller } }, context);
  const branch = newBranch(
    project,
    "production",
    { is_protected: flagAt(request.body, "initial_branch_spec.is_protected") },
    {},
    context,
  );
  const initial = objectAt(request.body, "initial_endpoint_spec");
  const endpoint = newEndpoint(
    project,
    branch,
    "primary",
    { endpoint_type: "ENDPOINT_TYPE_READ_WRITE", ...initial },
    context,
    context.doneAt,
  );
  return { resource: project, along: [branch, endpoint, ...firstContents(branch, context.caller, context)] };
}

function update(existing: Stored, inputs: JsonObject, context: Context): Stored {
  const next = fill(inputs, existing.id);
  const wanted = textAt(next, "spec.default_branch") ?? "";
  const branch = context.find(wanted);
  if (branch === undefined || branch.parent !== existing.name) throw notFound("branch id not found");
  // The text is an invention; that a default branch cannot expire is documented.
  if (at(branch.inputs, "spec.expire_time") !== undefined) {
    throw badRequest("A branch with an expiration date cannot be the default branch");
  }
  return { ...existing, inputs: next };
}

function fill(inputs: JsonObject, id: string): JsonObject {
  const spec = {
    display_name: textAt(inputs, "spec.display_name") ?? id,
    pg_version: numberAt(inputs, "spec.pg_version") ?? 17,
    history_retention_duration: textAt(inputs, "spec.history_retention_duration") ?? "604800s",
    enable_pg_native_login: flagAt(inputs, "spec.enable_pg_native_login"),
  };
  const filled = set(inputs, "spec", { ...objectAt(inputs, "spec"), ...spec });
  return fillCompute(filled, DEFAULT_SETTINGS_PATH, SERVICE_DEFAULTS);
}

/**
 * A mask of the whole `spec` that omits non-default endpoint settings fails with a 500, after the other fields were
 * written (probed 2026-09-21).
 */
function partialFailure(paths: readonly string[], sent: JsonObject, existing: Stored): ServiceError | undefined {
  const stored = at(existing.inputs, DEFAULT_SETTINGS_PATH);
  const defaults = at(fillCompute({}, DEFAULT_SETTINGS_PATH, SERVICE_DEFAULTS), DEFAULT_SETTINGS_PATH);
  const omitted = paths.includes("spec") && at(sent, DEFAULT_SETTINGS_PATH) === undefined;
  return omitted && !equal(stored, defaults) ? internalError() : undefined;
}

function remove(existing: Stored, context: Context): "remove" {
  const guarded = context
    .children(existing.name, "Branch")
    .find((branch) => flagAt(branch.inputs, "spec.is_protected"));
  // Status from a field report; the text is an invention.
  if (guarded !== undefined) throw badRequest(`cannot delete project with protected branch '${guarded.name}'`);
  return "remove";
}

/**
 * An undelete brings back the default branch and what the service made with it, nothing else (databricks/cli a5f9263fdb,
 * which names its compute; the owner's role and database are an assumption).
 */
function keeps(existing: Stored, descendant: Stored): boolean {
  const branch = textAt(existing.inputs, "spec.default_branch");
  return descendant.name === branch || (descendant.parent === branch && isMadeWithBranch(descendant));
}

function render(stored: Stored, _view: View): JsonObject {
  const spec = objectAt(stored.inputs, "spec");
  return {
    status: {
      branch_logical_size_limit_bytes: LOGICAL_SIZE_LIMIT,
      budget_policy_id: spec["budget_policy_id"],
      custom_tags: equal(spec["custom_tags"], []) ? undefined : spec["custom_tags"],
      default_branch: spec["default_branch"],
      default_endpoint_settings: showSettings(objectAt(spec, "default_endpoint_settings")),
      display_name: spec["display_name"],
      enable_pg_native_login: spec["enable_pg_native_login"],
      history_retention_duration: spec["history_retention_duration"],
      owner: stored.facts["owner"],
      pg_version: spec["pg_version"],
      project_id: stored.id,
      synthetic_storage_size_bytes: 0,
    },
  };
}
