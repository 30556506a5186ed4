/** The workspace that an application's environment names, signed in to once. */
import type { Environment } from "../api/auth";
import type { Client } from "../api/client";

/** A pool that waits for a connection shall not wait for minutes. */
const retryBudgetMs = 30_000;

const clients = new WeakMap<Environment, Promise<Client>>();

/** The client, as `DATABRICKS_*` and `~/.databrickscfg` say. A sign-in that failed is tried again by the next call. */
export function workspaceOf(environment: Environment): Promise<Client> {
  const known = clients.get(environment);
  if (known) return known;
  const { connect }: typeof import("../api/connect") = require("../api/connect");
  const connecting = connect({}, environment, { retryBudgetMs, waitTimeoutMs: retryBudgetMs });
  clients.set(environment, connecting);
  connecting.catch(() => clients.delete(environment));
  return connecting;
}
