import { isAsleep } from "../activity";
import type { Collection, Context, CreateRequest, Creation, View } from "../collection";
import {
  COMPUTE_FIELDS,
  fillCompute,
  PG_SETTINGS,
  readCompute,
  SERVICE_DEFAULTS,
  SUSPENSION,
  showSettings,
} from "../compute";
import type { Hosts } from "../data";
import {
  alreadyExists,
  badRequest,
  invalid,
  managedByParent,
  notFound,
  quotaExceeded,
  reconciling,
  required,
} from "../errors";
import { flagAt, type JsonObject, numberAt, objectAt, set, textAt } from "../json";
import type { MaskRules } from "../masks";
import { endpointUid } from "../names";
import { reconcileTime } from "../settings";
import { body, flag, integer, message, oneOf } from "../shape";
import { newStored, type Stored } from "../stored";
import { formatInstant } from "../values";

const READ_WRITE = "ENDPOINT_TYPE_READ_WRITE";
const READ_ONLY = "ENDPOINT_TYPE_READ_ONLY";

/** Product documentation, September 2026; older pages name no figure. */
const REPLICAS_PER_BRANCH = 6;
/** The default branch's compute does not count. */
const ACTIVE_COMPUTES = 20;
const LARGEST_GROUP = 4;
/** How soon a re-used id was seen to turn into a ghost (databricks/cli#5872: "within seconds"). */
const GHOST_WINDOW = 10_000;
/** No region of the service: these names lead nowhere but here. */
const HOST_SUFFIX = "database.local-emulator.cloud.databricks.com";

export const GROUP = { min: integer, max: integer, enable_readable_secondaries: flag };

const input = body({
  spec: message(
    {
      endpoint_type: oneOf(READ_WRITE, READ_ONLY),
      ...COMPUTE_FIELDS,
      disabled: flag,
      group: message(GROUP),
      settings: message({ pg_settings: PG_SETTINGS }),
    },
    { suspension: SUSPENSION },
  ),
});

/** The accepted paths are the results of the probe of 2026-08-31. */
const mask: MaskRules = {
  paths: [
    "spec",
    "spec.autoscaling_limit_max_cu",
    "spec.autoscaling_limit_min_cu",
    "spec.disabled",
    "spec.group.enable_readable_secondaries",
    "spec.group.max",
    "spec.group.min",
    "spec.settings",
    "spec.settings.pg_settings",
    "spec.suspension",
  ],
  groups: { "spec.suspension": SUSPENSION },
  tolerated: [],
  resets: ["spec.suspension"],
  starSkips: [],
};

export const endpoints: Collection = {
  type: "Endpoint",
  segment: "endpoints",
  parent: "Branch",
  idField: "endpoint_id",
  // `rw` and `ro` were refused (field report 2026-04-27).
  idMinimum: 3,
  missing: "endpoint not found",
  serialised: true,
  replaces: "given",
  body: input,
  mask,
  create,
  update,
  guard,
  remove,
  render,
};

function create(request: CreateRequest, context: Context): Creation {
  const branch = request.parent;
  const project = branch && context.find(branch.parent);
  if (branch === undefined || project === undefined) throw notFound("branch id not found");
  const type = textAt(request.body, "spec.endpoint_type");
  // The text is an invention in the style of the known ones.
  if (type === undefined) throw required("endpoint.spec.endpoint_type", "ENDPOINT_TYPE_UNSPECIFIED");
  const siblings = context.children(branch.name, "Endpoint");
  // Precedes the check of the id (databricks/cli#5003).
  if (type === READ_WRITE && siblings.some(isReadWrite)) throw badRequest("read_write endpoint already exists");
  if (request.taken !== undefined) throw alreadyExists("endpoint with such id already exists");
  checkCounts(project, branch, siblings, context);
  const settledAt = context.doneAt + reconcileTime(context.settings);
  const endpoint = newEndpoint(project, branch, request.id, objectAt(request.body, "spec"), context, settledAt);
  const removedAt = context.removedAt(request.name) ?? Number.NEGATIVE_INFINITY;
  const ghost = context.settings.ghostEndpoints && context.now - removedAt < GHOST_WINDOW;
  return ghost ? { resource: { ...endpoint, ghost }, failure: notFound("endpoint not found") } : { resource: endpoint };
}

/** An endpoint with the project's defaults filled in. One that comes with its branch has nothing to reconcile. */
export function newEndpoint(
  project: Stored,
  branch: Stored,
  id: string,
  spec: JsonObject,
  context: Context,
  settledAt: number,
): Stored {
  const defaults = readCompute(objectAt(project.inputs, "spec.default_endpoint_settings"));
  const inherited = defaults.pgSettings === undefined ? {} : { settings: { pg_settings: defaults.pgSettings } };
  const inputs = fillCompute({ spec: { ...inherited, ...spec } }, "spec", defaults);
  const name = `${branch.name}/endpoints/${id}`;
  const own = { type: "Endpoint", name, id, parent: branch.name, uid: endpointUid(), submitted: { spec } };
  const facts = { hosts: context.nextHosts() };
  return newStored({ ...own, settledAt, inputs: fillGroup(inputs), facts }, context);
}

function update(existing: Stored, inputs: JsonObject, context: Context): Stored {
  return {
    ...existing,
    inputs: fillGroup(fillCompute(inputs, "spec", SERVICE_DEFAULTS)),
    settledAt: context.doneAt + reconcileTime(context.settings),
  };
}

/** One compute each; a read-only one counts as a readable secondary (databricks/cli testserver). */
function fillGroup(inputs: JsonObject): JsonObject {
  const group = {
    min: numberAt(inputs, "spec.group.min") ?? 1,
    max: numberAt(inputs, "spec.group.max") ?? 1,
    enable_readable_secondaries:
      flagAt(inputs, "spec.group.enable_readable_secondaries") || textAt(inputs, "spec.endpoint_type") === READ_ONLY,
  };
  checkGroup(group.min, group.max, flagAt(inputs, "spec.no_suspension"));
  return set(inputs, "spec.group", group);
}

/** The figures are documented (September 2026), the texts are inventions. */
function checkGroup(minimum: number, maximum: number, noSuspension: boolean): void {
  if (minimum !== maximum)
    throw invalid(`Field 'spec.group.min' must equal 'spec.group.max', got ${minimum} and ${maximum}`);
  if (minimum < 1 || minimum > LARGEST_GROUP) {
    throw invalid(`Field 'spec.group.min' must be between 1 and ${LARGEST_GROUP}, got ${minimum}`);
  }
  if (minimum > 1 && !noSuspension) throw invalid("A group of several computes requires 'spec.no_suspension'");
}

function checkCounts(project: Stored, branch: Stored, siblings: readonly Stored[], context: Context): void {
  if (!context.settings.limits) return;
  if (siblings.filter((sibling) => !isReadWrite(sibling)).length >= REPLICAS_PER_BRANCH) {
    throw quotaExceeded(`A branch has at most ${REPLICAS_PER_BRANCH} read-only endpoints`);
  }
  const exempt = textAt(project.inputs, "spec.default_branch");
  const active = context
    .children(project.name, "Branch")
    .flatMap((sibling) => context.children(sibling.name, "Endpoint"))
    .filter(
      (endpoint) => !(endpoint.parent === exempt && isReadWrite(endpoint)) && !flagAt(endpoint.inputs, "spec.disabled"),
    );
  if (active.length >= ACTIVE_COMPUTES) {
    throw quotaExceeded(`A project has at most ${ACTIVE_COMPUTES} active computes, reached by '${branch.name}'`);
  }
}

function guard(existing: Stored, context: Context): void {
  if (context.now < existing.settledAt) throw reconciling();
}

function remove(existing: Stored, context: Context): "remove" {
  if (isReadWrite(existing)) {
    throw managedByParent(
      `Cannot delete read-write endpoint '${existing.name}'. Read-write endpoints cannot be deleted.`,
    );
  }
  // That protection covers a branch's computes is documented, the text an invention.
  if (flagAt(context.find(existing.parent)?.inputs, "spec.is_protected")) {
    throw badRequest("cannot delete endpoint of protected branch");
  }
  return "remove";
}

export function isReadWrite(endpoint: Stored): boolean {
  return textAt(endpoint.inputs, "spec.endpoint_type") === READ_WRITE;
}

function render(stored: Stored, view: View): JsonObject {
  const spec = objectAt(stored.inputs, "spec");
  const activity = view.activity(stored.uid);
  const settled = isAsleep(stored, activity, view.now) ? "IDLE" : "ACTIVE";
  return {
    status: {
      autoscaling_limit_max_cu: spec["autoscaling_limit_max_cu"],
      autoscaling_limit_min_cu: spec["autoscaling_limit_min_cu"],
      current_state: view.now < stored.readyAt ? "INIT" : settled,
      disabled: spec["disabled"] === true,
      endpoint_id: stored.id,
      endpoint_type: spec["endpoint_type"],
      group: spec["group"],
      hosts: hosts(stored),
      last_active_time: activity === undefined ? undefined : formatInstant(activity.lastActive),
      pending_state: view.now < stored.settledAt ? settled : undefined,
      settings: showSettings(objectAt(spec, "settings")),
      // Never suspending shows as the absence of a timeout.
      suspend_timeout_duration: spec["suspend_timeout_duration"],
    },
  };
}

/** An endpoint made anew has other hosts. */
function hosts(stored: Stored): JsonObject {
  const { host, pooled, reader } = hostsOf(stored);
  if (!isReadWrite(stored)) return { host, read_only_host: host, read_only_pooled_host: pooled };
  return { host, read_write_pooled_host: pooled, read_only_host: hasReaders(stored) ? reader : undefined };
}

/** Without data the names lead nowhere. They carry the uid, as the service's do; all but the first are assumptions. */
export function hostsOf(stored: Stored): Required<Hosts> {
  const { uid, facts } = stored;
  return {
    host: textAt(facts, "hosts.host") ?? `${uid}.${HOST_SUFFIX}`,
    pooled: textAt(facts, "hosts.pooled") ?? `${uid}-pooler.${HOST_SUFFIX}`,
    reader: textAt(facts, "hosts.reader") ?? `${uid}-ro.${HOST_SUFFIX}`,
  };
}

/** Secondaries of a group that answer reads have a host of their own. */
export function hasReaders(stored: Stored): boolean {
  const isGroup = (numberAt(stored.inputs, "spec.group.max") ?? 1) > 1;
  return isGroup && flagAt(stored.inputs, "spec.group.enable_readable_secondaries");
}
