import { byId, say } from "./dom.mjs";
import { readyFaultForm, showFaults } from "./faults.mjs";
import { filterRequests, forgetRequests, showRequest } from "./journal.mjs";
import { listen, steer } from "./state.mjs";
import { showTree, stateOf } from "./tree.mjs";
import { count, dateAndTime, span } from "./words.mjs";

/** @import { State } from "./state.mjs" */

/** @type {State | undefined} */
let state;
/** How far the emulator's clock is ahead of this machine's. */
let shift = 0;

/** @param {State} next */
function take(next) {
  state = next;
  // The way here takes some milliseconds, which must not make "1 d" of the offset "23 h 59 min".
  shift = Math.round((Date.parse(next.now) - Date.now()) / 1_000) * 1_000;
  forgetRequests(next.clearedTo);
  show();
}

/** Again each second as well, since ages grow. */
function show() {
  if (state === undefined) return;
  const now = Date.now() + shift;
  say(byId("now"), `${dateAndTime(now)} UTC`);
  say(byId("shift"), shift === 0 ? "" : `${shift < 0 ? "−" : "+"}${span(Math.abs(shift), true)}`);
  showTree(state.projects, now);
  showFaults(state.faults);
  say(byId("summary"), summary(state));
  byId("empty").hidden = state.projects.length > 0;
  say(byId("exports"), `export DATABRICKS_HOST=${location.origin}\nexport DATABRICKS_TOKEN=${state.token}`);
}

/** @param {State} state */
function summary({ projects }) {
  if (projects.length === 0) return "";
  const branches = projects.flatMap((project) => project.branches);
  const computes = branches.flatMap((branch) => branch.endpoints);
  const awake = computes.filter((endpoint) => stateOf(endpoint) === "awake").length;
  return [
    count(projects.length, "project"),
    count(branches.length, "branch", "branches"),
    `${awake} of ${count(computes.length, "compute")} awake`,
  ].join(" · ");
}

/** @param {boolean} live */
function showLink(live) {
  const link = byId("link");
  say(link, live ? "Live" : "Connection lost, trying again");
  link.dataset["live"] = String(live);
  // Another emulator may answer now, whose requests have the same numbers; what is still there is sent again.
  if (live) forgetRequests(Number.POSITIVE_INFINITY);
}

for (const button of document.querySelectorAll("button[data-advance]")) {
  if (!(button instanceof HTMLElement)) continue;
  const advance = button.dataset["advance"];
  const [, step = ""] = button.textContent.split("+");
  button.addEventListener("click", () => steer("POST", "clock", { advance }, `The clock is ${step} further.`));
}
byId("filter").addEventListener("input", ({ target }) => {
  if (target instanceof HTMLInputElement) filterRequests(target.value);
});
readyFaultForm();
listen({ onState: take, onRequest: showRequest, onLink: showLink });
setInterval(show, 1_000);
