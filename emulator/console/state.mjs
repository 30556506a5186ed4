/**
 * What the emulator sends. `status` is the API's own.
 *
 * @typedef {{
 *   name: string,
 *   create_time: string,
 *   connections?: number,
 *   status: {
 *     endpoint_id: string, endpoint_type: string, current_state: string, pending_state?: string, disabled: boolean,
 *     autoscaling_limit_min_cu?: number, autoscaling_limit_max_cu?: number, suspend_timeout_duration?: string,
 *     last_active_time?: string, group?: { min?: number, max?: number },
 *   },
 * }} Endpoint
 *
 * @typedef {{
 *   name: string,
 *   create_time: string,
 *   endpoints: readonly Endpoint[],
 *   databases: readonly { status: { postgres_database: string } }[],
 *   roles: readonly { status: { postgres_role: string } }[],
 *   status: {
 *     branch_id: string, current_state: string, default: boolean, is_protected: boolean, expire_time?: string,
 *     source_branch?: string, source_branch_time?: string, source_branch_lsn?: string,
 *   },
 * }} Branch
 *
 * @typedef {{
 *   name: string,
 *   create_time: string,
 *   branches: readonly Branch[],
 *   status: { display_name: string, pg_version: number, history_retention_duration: string },
 * }} Project
 *
 * @typedef {{ method?: string, path?: string, times: number, what: string }} Fault
 *
 * @typedef {{
 *   now: string, token: string, clearedTo: number, settings: { operationTime: string },
 *   faults: readonly Fault[], projects: readonly Project[],
 * }} State
 *
 * @typedef {{
 *   n: number, method: string, path: string, query: Readonly<Record<string, string>>, time: string, fault?: string,
 *   status: number,
 * }} Entry
 */

/**
 * Hears of every change for as long as the page is open; the browser connects again by itself.
 * @param {{ onState: (state: State) => void, onRequest: (entry: Entry) => void, onLink: (live: boolean) => void }} ears
 */
export function listen({ onState, onRequest, onLink }) {
  const source = new EventSource("/_emulator/events");
  source.addEventListener("open", () => onLink(true));
  source.addEventListener("error", () => onLink(false));
  source.addEventListener("state", (event) => onState(JSON.parse(event.data)));
  source.addEventListener("request", (event) => onRequest(JSON.parse(event.data)));
  // A page that is left must not keep its connection, or the emulator a reader.
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload();
  });
}

/**
 * Steers the emulator; the footer says how it went.
 * @param {string} method
 * @param {string} path
 * @param {object | undefined} body
 * @param {string} done
 * @returns {Promise<boolean>}
 */
export async function steer(method, path, body, done) {
  const refusal = await send(method, path, body);
  const said = document.getElementById("said");
  if (said !== null) {
    said.dataset["refused"] = String(refusal !== undefined);
    said.textContent = refusal ?? done;
  }
  return refusal === undefined;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object | undefined} body
 * @returns {Promise<string | undefined>} why it was refused
 */
async function send(method, path, body) {
  try {
    const response = await fetch(`/_emulator/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok) return undefined;
    const { message } = await response.json();
    // The trace id is for clients of the service.
    return String(message).replace(/ \[TraceId: \w+\]$/, "");
  } catch {
    return "The emulator does not answer; is it still running?";
  }
}
