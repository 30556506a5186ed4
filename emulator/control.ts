import { type Context, Hono } from "hono";
import type { Clock } from "./clock";
import { errorBody, invalid, noSuchRoute, ServiceError } from "./errors";
import { type Faults, readFault, showFault } from "./faults";
import type { Journal } from "./journal";
import { isObject, type Json, textAt } from "./json";
import type { Service } from "./service";
import { changeSettings, type Settings, showSettings } from "./settings";
import { giveSource, type Sources, steerSync } from "./sources";
import { type Computes, steerCompute } from "./steer";
import { formatInstant, parseInstant, parseWait } from "./values";

/** What the emulator's own routes steer. */
export interface Controls {
  readonly clock: Clock;
  readonly computes: Computes;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly service: Service;
  /** Undefined where no Postgres runs. */
  readonly sources: Sources | undefined;
  readonly state: { settings: Settings };
  reset(): Promise<void>;
  save(): void;
  settle(): Promise<void>;
}

/** `/_emulator/*`: for tests and people, not part of the service. Loopback only, so no sign-in. */
export function control(controls: Controls): Hono {
  const { clock, faults, journal, state } = controls;
  const app = new Hono();

  app.onError((error) => {
    const refusal =
      error instanceof ServiceError
        ? error
        : new ServiceError(500, "INTERNAL_ERROR", `The emulator failed: ${error.message.split("\n")[0]}`);
    return Response.json(errorBody(refusal), { status: refusal.status });
  });

  app.get("/requests", (request) => {
    const after = Number(request.req.query("after") ?? 0);
    if (!Number.isInteger(after)) throw invalid("'after' must be the number of a request");
    return request.json({ requests: journal.after(after) });
  });
  app.delete("/requests", (request) => {
    journal.clear();
    return request.json({});
  });

  app.post("/reset", async (request) => {
    await controls.reset();
    return request.json({});
  });

  app.get("/settings", (request) => request.json(showSettings(state.settings)));
  app.patch("/settings", async (request) => {
    state.settings = changeSettings(state.settings, await readJson(request));
    return request.json(showSettings(state.settings));
  });

  app.get("/clock", (request) => request.json({ now: formatInstant(clock.now()) }));
  app.post("/clock", async (request) => {
    moveClock(clock, await readJson(request));
    await controls.settle();
    controls.save();
    return request.json({ now: formatInstant(clock.now()) });
  });

  app.post("/computes", async (request) => {
    await steerCompute(await readJson(request), controls.service, controls.computes);
    return request.json({});
  });

  app.get("/delta-tables", (request) => request.json({ deltaTables: controls.sources?.list() ?? {} }));
  app.post("/delta-tables", async (request) => {
    await giveSource(await readJson(request), controls.sources);
    return request.json({});
  });
  app.post("/syncs", async (request) => {
    await steerSync(await readJson(request), controls.service, controls.sources);
    return request.json({});
  });

  app.get("/faults", (request) => request.json({ faults: faults.list().map(showFault) }));
  app.post("/faults", async (request) => {
    const fault = readFault(await readJson(request));
    faults.add(fault);
    return request.json(showFault(fault));
  });
  app.delete("/faults", (request) => {
    faults.clear();
    return request.json({});
  });

  app.all("*", (request) => {
    throw noSuchRoute(request.req.method, request.req.path);
  });
  return app;
}

function moveClock(clock: Clock, change: Json): void {
  const advance = parseWait(textAt(change, "advance") ?? "");
  const instant = parseInstant(textAt(change, "now") ?? "");
  if (advance !== undefined && instant === undefined) clock.advance(advance);
  else if (instant !== undefined && advance === undefined) clock.set(instant);
  else throw invalid('give either {"advance": "3600s"} or {"now": "<RFC 3339 timestamp>"}');
}

async function readJson(request: Context): Promise<Json> {
  const parsed: unknown = await request.req.json().catch(() => undefined);
  if (!isObject(parsed)) throw invalid("the body must be a JSON object");
  return parsed;
}
