import type { Context, Next } from "hono";
import { ServiceError } from "./errors";

/**
 * What stands between the emulator's own routes, which need no sign-in, and the web pages in a person's browser. A page
 * may lead its own name to 127.0.0.1 and would then count as the emulator's own, so only loopback names are answered;
 * and a page may send what a form could send without being able to read the answer, so browsers must say that they come
 * from the console. Programs that are no browsers send neither header.
 */
export async function guard(request: Context, next: Next): Promise<void> {
  const host = request.req.header("host") ?? "";
  if (!isLoopback(hostnameOf(host))) {
    throw forbidden(`The emulator's own routes are answered on this machine's loopback names only, not on '${host}'`);
  }
  const isRead = request.req.method === "GET" || request.req.method === "HEAD";
  if (!isRead && isElsewhere(request, host)) {
    throw forbidden("A web page of another origin may not steer the emulator");
  }
  await next();
  // No page elsewhere may load what is here as its own script, picture or frame.
  request.res.headers.set("cross-origin-resource-policy", "same-origin");
  request.res.headers.set("x-content-type-options", "nosniff");
}

/** Whether a hostname, as `URL` spells it, is this machine whoever resolves it. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function hostnameOf(host: string): string {
  return URL.parse(`http://${host}`)?.hostname ?? "";
}

/** Browsers send `Origin` with everything but reads, and newer ones `Sec-Fetch-Site` as well. */
function isElsewhere(request: Context, host: string): boolean {
  const site = request.req.header("sec-fetch-site") ?? "same-origin";
  const origin = request.req.header("origin") ?? `http://${host}`;
  return !(site === "same-origin" || site === "none") || origin !== `http://${host}`;
}

function forbidden(message: string): ServiceError {
  return new ServiceError(403, "PERMISSION_DENIED", message);
}
