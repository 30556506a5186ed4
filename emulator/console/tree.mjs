import { byId, following, make, mark, say } from "./dom.mjs";
import { steer } from "./state.mjs";
import { count, dateAndTime, listed, range, span, wireSpan } from "./words.mjs";

/** @import { Branch, Endpoint, Project } from "./state.mjs" */
/** @import { Part } from "./dom.mjs" */

/** What the emulator's clock says; ages and expirations are counted from it. */
let now = 0;

const showProjects = following(byId("projects"), nameOf, buildProject);

/**
 * @param {readonly Project[]} projects
 * @param {number} instant
 */
export function showTree(projects, instant) {
  now = instant;
  showProjects(projects);
}

/** @param {{ name: string }} resource */
function nameOf(resource) {
  return resource.name;
}

/**
 * @param {Project} first
 * @returns {Part<Project>}
 */
function buildProject(first) {
  const title = make("h3");
  const facts = make("p", { class: "facts" });
  const branches = make("ul", { class: "tree", "aria-label": `Branches of ${first.name}` });
  const head = make("div", { class: "head" }, title, make("code", {}, first.name), facts);
  const node = make("article", { class: "project", "aria-label": `Project ${first.name}` }, head, branches);
  const showBranches = following(branches, ({ branch }) => branch.name, buildBranch);
  return {
    node,
    update: (project) => {
      const { display_name, pg_version, history_retention_duration } = project.status;
      say(title, display_name);
      say(facts, `Postgres ${pg_version} · ${wireSpan(history_retention_duration)} of history`);
      showBranches(planted(project.branches));
    },
  };
}

/** @typedef {{ branch: Branch, forks: readonly Fork[] }} Fork */

/**
 * The branches below the one that each was forked from. One whose source is gone stands at the top.
 * @param {readonly Branch[]} branches
 * @returns {readonly Fork[]}
 */
function planted(branches) {
  const names = new Set(branches.map(nameOf));
  const bySource = Map.groupBy(branches, ({ status }) =>
    status.source_branch !== undefined && names.has(status.source_branch) ? status.source_branch : "",
  );
  /**
   * @param {string} source
   * @returns {readonly Fork[]}
   */
  const below = (source) => (bySource.get(source) ?? []).map((branch) => ({ branch, forks: below(branch.name) }));
  return below("");
}

/**
 * @param {Fork} first
 * @returns {Part<Fork>}
 */
function buildBranch({ branch: { name, status: created } }) {
  const tags = ["default", "protected", "being made"].map((word) => make("span", { class: "tag" }, word));
  const expiry = make("span", { class: "expiry" });
  const age = make("span", { class: "age" });
  const row = make(
    "div",
    { class: "branch" },
    make("span", { class: "name" }, created.branch_id),
    ...tags,
    make("span", { class: "when" }, expiry, age),
  );
  const inside = make("p", { class: "inside", "aria-label": `Inside of ${name}` });
  const computes = make("ul", { class: "computes", "aria-label": `Computes of ${name}` });
  const forks = make("ul", { class: "forks", "aria-label": `Forks of ${name}` });
  const node = make("li", {}, row, inside, computes, forks);
  const showComputes = following(computes, nameOf, buildCompute);
  const showForks = following(forks, ({ branch }) => branch.name, buildBranch);
  return {
    node,
    update: ({ branch, forks: below }) => {
      const { status } = branch;
      const holds = [status.default, status.is_protected, status.current_state === "INIT"];
      for (const [index, tag] of tags.entries()) tag.hidden = holds[index] !== true;
      const left = status.expire_time === undefined ? undefined : Date.parse(status.expire_time) - now;
      say(expiry, left === undefined ? "" : `expires in ${span(Math.max(0, left), true)}`);
      mark(expiry, "title", status.expire_time ?? "");
      mark(expiry, "data-soon", String(left !== undefined && left < 86_400_000));
      say(age, `${span(Math.max(0, now - Date.parse(branch.create_time)))} old`);
      mark(age, "title", bornAt(branch));
      say(inside, insideOf(branch));
      showComputes(branch.endpoints);
      forks.hidden = below.length === 0;
      showForks(below);
    },
  };
}

/** @param {Branch} branch */
function bornAt({ create_time, status }) {
  const made = `made ${dateAndTime(Date.parse(create_time))} UTC`;
  return status.source_branch === undefined
    ? made
    : `${made}, from ${status.source_branch} as of ${status.source_branch_time} (${status.source_branch_lsn})`;
}

/** @param {Branch} branch */
function insideOf({ databases, roles }) {
  const kinds = {
    database: databases.map(({ status }) => status.postgres_database),
    role: roles.map(({ status }) => status.postgres_role),
  };
  return Object.entries(kinds)
    .filter(([, names]) => names.length > 0)
    .map(([kind, names]) => `${count(names.length, kind)}: ${listed(names)}`)
    .join(" · ");
}

/**
 * @param {Endpoint} first
 * @returns {Part<Endpoint>}
 */
function buildCompute(first) {
  const { name } = first;
  const state = make("span", { class: "state" });
  const kind = make("span", { class: "kind" });
  const size = make("span", { class: "size" });
  const sleep = make("span", { class: "sleep" });
  const connections = make("span", { class: "connections" });
  const button = make("button", { type: "button" });
  const node = make(
    "li",
    {},
    state,
    make("span", { class: "name" }, first.status.endpoint_id),
    kind,
    size,
    sleep,
    connections,
    button,
  );
  let action = "wake";
  button.addEventListener("click", () =>
    steer("POST", "computes", { endpoint: name, action }, `${name} ${action === "wake" ? "is awake" : "sleeps"}.`),
  );
  return {
    node,
    update: (endpoint) => {
      const { status } = endpoint;
      const word = stateOf(endpoint);
      say(state, word);
      mark(node, "data-state", word);
      say(kind, kindOf(endpoint));
      say(size, `${range(status.autoscaling_limit_min_cu, status.autoscaling_limit_max_cu)} CU`);
      const timeout = wireSpan(status.suspend_timeout_duration);
      say(sleep, timeout === undefined ? "never sleeps" : `sleeps after ${timeout}`);
      say(connections, endpoint.connections ? count(endpoint.connections, "connection") : "");
      action = word === "asleep" || word === "disabled" ? "wake" : "suspend";
      const verb = action === "wake" ? "Wake" : "Suspend";
      say(button, verb);
      mark(button, "aria-label", `${verb} ${name}`);
      // It stays where focus may be, and a press of it tells why not.
      mark(button, "aria-disabled", String(status.disabled));
    },
  };
}

/** @param {Endpoint} endpoint */
export function stateOf({ status }) {
  if (status.disabled) return "disabled";
  if (status.current_state === "INIT") return "starting";
  return status.current_state === "ACTIVE" ? "awake" : "asleep";
}

/** @param {Endpoint} endpoint */
function kindOf({ status }) {
  const access = status.endpoint_type === "ENDPOINT_TYPE_READ_ONLY" ? "read-only" : "read-write";
  const { min = 1, max = 1 } = status.group ?? {};
  return max > 1 ? `${access}, group of ${range(min, max)}` : access;
}
