import { byId, make, mark, say } from "./dom.mjs";
import { timeOfDay } from "./words.mjs";

/** @import { Entry } from "./state.mjs" */

const SHOWN = 200;

const body = byId("rows");
/** @type {Map<number, { readonly row: HTMLElement, readonly update: (entry: Entry) => void, words: string }>} */
const rows = new Map();
let wanted = "";

/**
 * Newest first, at most so many. The same number again is the same request, answered meanwhile.
 * @param {Entry} entry
 */
export function showRequest(entry) {
  const known = rows.get(entry.n);
  const shown = known ?? buildRow(entry);
  shown.update(entry);
  shown.words = wordsOf(entry);
  if (known === undefined) {
    rows.set(entry.n, shown);
    body.prepend(shown.row);
  }
  for (const n of rows.keys()) {
    if (rows.size <= SHOWN) break;
    forget(n);
  }
  sift();
}

/** @param {number} last */
export function forgetRequests(last) {
  for (const n of [...rows.keys()]) if (n <= last) forget(n);
  sift();
}

/** @param {string} words */
export function filterRequests(words) {
  wanted = words.trim().toLowerCase();
  sift();
}

/** @param {number} n */
function forget(n) {
  rows.get(n)?.row.remove();
  rows.delete(n);
}

function sift() {
  let seen = 0;
  for (const { row, words } of rows.values()) {
    const hit = wanted.split(/\s+/).every((word) => words.includes(word));
    if (row.hidden === hit) row.hidden = !hit;
    seen += hit ? 1 : 0;
  }
  say(byId("no-rows"), seen > 0 ? "" : rows.size === 0 ? "No requests yet." : "No request has these words.");
}

/** @param {Entry} first */
function buildRow({ time, method, path, query, fault }) {
  const status = make("span", { class: "status" });
  const rest = Object.entries(query).map(([key, value]) => make("span", { class: "query" }, `${key}=${value}`));
  const struck = fault === undefined ? [] : [make("span", { class: "fault" }, `fault: ${fault}`)];
  const row = make(
    "tr",
    { "data-method": method },
    make("td", { class: "time" }, make("time", { datetime: time }, timeOfDay(time))),
    make("td", { class: "method" }, method),
    make("td", { class: "path" }, ...breakable(path.replace("/api/2.0/postgres/", "")), ...rest, ...struck),
    make("td", {}, status),
  );
  return {
    row,
    words: "",
    /** @param {Entry} entry */
    update: (entry) => {
      say(status, statusWord(entry));
      mark(status, "data-kind", kindOf(entry));
    },
  };
}

/**
 * A path breaks after a slash before it breaks anywhere.
 * @param {string} path
 */
function breakable(path) {
  return path.split(/(?<=\/)/).flatMap((part) => [part, make("wbr")]);
}

/** @param {Entry} entry */
function statusWord({ status, fault }) {
  if (status > 0) return String(status);
  return fault?.includes("dropped") ? "dropped" : "…";
}

/** @param {Entry} entry */
function kindOf({ status, fault }) {
  if (status === 0) return fault?.includes("dropped") ? "failed" : "open";
  if (status >= 500 || status === 429) return "failed";
  return status >= 400 ? "refused" : "fine";
}

/** @param {Entry} entry */
function wordsOf(entry) {
  const { method, path, query, fault } = entry;
  const all = [method, path, ...Object.entries(query).flat(), fault === undefined ? "" : `fault: ${fault}`];
  return `${all.join(" ")} ${statusWord(entry)}`.toLowerCase();
}
