import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { Hono } from "hono";
import { noSuchRoute } from "./errors";
import type { JsonObject } from "./json";
import type { Watch } from "./watch";

/** The page's files, which are served as they lie there: they are beside this one in the sources and in the package. */
const FOLDER = join(__dirname, "console");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Nothing from elsewhere, no script or style in the page itself, no way from a text to HTML, no frame around it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** The page for people at `/`, its files, and what it shows. */
export function consolePage(state: () => JsonObject, watch: Watch): Hono {
  const app = new Hono();
  const names = new Set(readdirSync(FOLDER));
  app.get("/", () => file("page.html"));
  app.get("/_emulator/console/:name", (request) => {
    const name = request.req.param("name");
    if (!names.has(name)) throw noSuchRoute("GET", request.req.path);
    return file(name);
  });
  app.get("/_emulator/state", (request) => request.json(state()));
  app.get("/_emulator/events", () => {
    const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" };
    return new Response(watch.open(), { headers });
  });
  return app;
}

function file(name: string): Response {
  const headers = {
    "content-type": TYPES[extname(name)] ?? "application/octet-stream",
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    // Another version may listen here the next time.
    "cache-control": "no-store",
  };
  return new Response(readFileSync(join(FOLDER, name)), { headers });
}
