import { byId, following, make, mark, say } from "./dom.mjs";
import { steer } from "./state.mjs";
import { count } from "./words.mjs";

/** @import { Fault } from "./state.mjs" */

/** @typedef {{ readonly fault: Fault, readonly index: number }} Waiting */

const showList = following(byId("fault-list"), keyOf, buildItem);

/** @param {readonly Fault[]} faults */
export function showFaults(faults) {
  say(byId("waiting"), faults.length === 0 ? "none waiting" : `${faults.length} waiting`);
  mark(byId("waiting"), "data-any", String(faults.length > 0));
  mark(byId("clear-faults"), "aria-disabled", String(faults.length === 0));
  showList(faults.map((fault, index) => ({ fault, index })));
}

export function readyFaultForm() {
  const form = byId("fault");
  if (!(form instanceof HTMLFormElement)) throw new Error("the form of faults is none");
  form.addEventListener("input", () => showFields(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fault = readForm(new FormData(form));
    void steer(
      "POST",
      "faults",
      fault,
      `The fault waits for the next ${count(fault.times, "request")} that it is for.`,
    );
  });
  byId("clear-faults").addEventListener("click", () => steer("DELETE", "faults", undefined, "No fault is waiting."));
}

/**
 * Only what belongs to the chosen kind is asked.
 * @param {HTMLFormElement} form
 */
function showFields(form) {
  const kind = String(new FormData(form).get("kind"));
  for (const label of form.querySelectorAll("label")) {
    const kinds = label.dataset["for"];
    if (kinds !== undefined) label.hidden = !kinds.split(" ").includes(kind);
  }
}

/** @param {FormData} form */
function readForm(form) {
  const kind = String(form.get("kind"));
  const retryAfter = String(form.get("retryAfter"));
  const times = Number(form.get("times"));
  const where = { method: String(form.get("method")) || undefined, path: String(form.get("path")) || undefined };
  switch (kind) {
    case "latency":
      return { ...where, times, latencyMs: Number(form.get("latencyMs")) };
    case "before":
    case "after":
      return { ...where, times, drop: kind };
    case "fail":
    case "hang":
      return { ...where, times, operation: kind };
    case "lost":
      return { ...where, times, status: 500, effect: true };
    case "undone":
      return { ...where, times, operation: "fail", effect: false };
    case "stale":
      return { ...where, times, stale: true };
    default:
      return { ...where, times, status: Number(kind), ...(retryAfter === "" ? {} : { retryAfter }) };
  }
}

/** @param {Waiting} item */
function keyOf({ index }) {
  return String(index);
}

function buildItem() {
  const node = make("li");
  /** @param {Waiting} item */
  const update = ({ fault }) => say(node, sentence(fault));
  return { node, update };
}

/** @param {Fault} fault */
function sentence({ method = "any request", path, what, times }) {
  return `${method}${path === undefined ? "" : ` ${path}`}: ${what}${times > 1 ? `, ${times} times` : ""}`;
}
