/** Where requests go: the address as people write it → an origin that a token may be sent to. */
import { ConfigurationError } from "./errors";

export interface Workspace {
  /** Origin such as `https://adb-1.azuredatabricks.net`. */
  readonly origin: string;
  /** From `?o=…` in an address copied from the browser. */
  readonly workspaceId?: string | undefined;
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export function workspace(host: string): Workspace {
  const url = addressOf(host);
  if (url === undefined || url.username !== "" || url.password !== "") {
    throw new ConfigurationError(
      "the Databricks host is not an address; write it as https://WORKSPACE.cloud.databricks.com",
    );
  }
  if (!isPrivate(url)) {
    throw new ConfigurationError(
      `the Databricks host ${url.origin} is not https, and a token must not travel in the clear; write https://${url.host}`,
    );
  }
  const workspaceId = ["o", "workspace_id", "w"].map((key) => url.searchParams.get(key)).find((value) => value);
  return { origin: url.origin, workspaceId: workspaceId ?? undefined };
}

/** An address as people write it, with or without its scheme. */
export function addressOf(host: string): URL | undefined {
  const text = host.trim();
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  return url && url.hostname !== "" ? url : undefined;
}

/** Whether a token may be sent there: nobody on the way reads it. */
export function isPrivate(url: URL): boolean {
  return url.protocol === "https:" || isLoopback(url);
}

/** Whether an address is one of this machine. */
export function isLoopback({ protocol, hostname }: URL): boolean {
  return /^https?:$/.test(protocol) && loopback.test(hostname);
}

/** Whether two addresses lead to one workspace. One that is not usable leads nowhere. */
export function sameWorkspace(one: string, other: string): boolean {
  try {
    return workspace(one).origin === workspace(other).origin;
  } catch {
    return false;
  }
}
