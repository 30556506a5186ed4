import type { Activities } from "./activity";
import type { Clock } from "./clock";
import type { Collection, Common, Context, View } from "./collection";
import type { Change, Data } from "./data";
import { badRequest, conflictingOperations, notFound, type ServiceError } from "./errors";
import { at, type JsonObject } from "./json";
import { applyGiven, applyMask, readMask } from "./masks";
import { checkId } from "./names";
import { EMPTY, newOperation, showOperation } from "./operations";
import { page } from "./paging";
import { findRoute, type Item, isSingleton, keyOf, type Listed, nameOf, type Route } from "./routes";
import type { Settings } from "./settings";
import type { Stored } from "./stored";
import { formatInstant } from "./values";
import type { Workspace } from "./workspace";

/** Documented for projects; an older report says two hours. `purge_time` tells. */
const TOMBSTONE_TIME = 7 * 86_400_000;

export type Query = Readonly<Record<string, string>>;

/** What time does, nobody has called for. */
const NOBODY = { caller: "", query: {} };

export interface Call {
  readonly method: string;
  /** Below `/api/2.0/postgres/`. */
  readonly path: string;
  readonly query: Query;
  readonly body: JsonObject;
  readonly caller: string;
  /** What a fault does to the operation of this call. */
  readonly operationFault: OperationFault | undefined;
  /** A fault: a read answers as before the last change of what it reads. */
  readonly stale: boolean;
}

export interface OperationFault {
  readonly outcome: "fail" | "hang";
  /** False: everything stays as it is. */
  readonly effect: boolean;
  readonly error: ServiceError;
}

/** The verbs, the same for every collection. */
export class Service {
  /** Branches whose data is just being changed. */
  private readonly occupied = new Set<string>();

  constructor(
    private readonly collections: readonly Collection[],
    private readonly workspace: Workspace,
    private readonly clock: Clock,
    private readonly settings: () => Settings,
    private readonly activities: Activities,
    private readonly data: Data,
  ) {}

  /** The answer to a call, or undefined where the service has no such route. */
  async answer(call: Call): Promise<JsonObject | undefined> {
    this.sweep();
    const route = findRoute(this.collections, call.path);
    if (route === undefined) return undefined;
    if (call.method !== "GET" && call.operationFault?.effect === false) return this.failWithoutEffect(route, call);
    if (call.method !== "GET") this.workspace.beginMutation();
    else if (call.stale) return this.answerStale(route, call.query);
    switch (route.kind) {
      case "operation":
        return call.method === "GET" ? this.getOperation(route.name) : undefined;
      case "list":
        return this.answerList(route, call);
      case "item":
        return this.answerItem(route, call);
      case "undelete":
        return call.method === "POST" ? this.undelete(route, call) : undefined;
    }
  }

  /** The live resource of that type and name, or the 404 of it or of its first missing ancestor. */
  demand(type: string, name: string): Stored {
    const route = findRoute(this.collections, name);
    if (route?.kind === "item" && route.collection.type === type) return this.demandItem(route);
    const wanted = this.collections.find((collection) => collection.type === type);
    throw notFound(wanted?.missing ?? "resource not found");
  }

  /** All that lives, each with what is below it, as reads show it and with the connections that it has. */
  outline(): JsonObject {
    const view = this.view(this.clock.now());
    const byParent = Map.groupBy(
      this.workspace.all().filter((stored) => stored.deleted === null),
      (stored) => stored.parent,
    );
    const below = (parent: string, type: string | undefined): JsonObject =>
      Object.fromEntries(
        this.collections
          .filter((collection) => collection.parent === type)
          .map((collection) => {
            const living = (byParent.get(parent) ?? []).filter((stored) => stored.type === collection.type);
            const shown = living.map((stored) => ({
              ...this.show(stored, collection, view),
              connections: view.activity(stored.uid)?.connections,
              ...below(stored.name, collection.type),
            }));
            return [keyOf(collection), shown];
          }),
      );
    return below("", undefined);
  }

  /** What time has brought: takes away what has expired and what may no longer be undeleted. */
  sweep(): void {
    const now = this.clock.now();
    const byType = new Map(this.collections.map((collection) => [collection.type, collection]));
    for (const stored of this.workspace.all()) {
      const collection = byType.get(stored.type);
      const end = stored.deleted?.purgeAt ?? collection?.expiresAt?.(stored);
      const isOver = end !== undefined && end <= now;
      const isLive = collection?.unfold !== undefined && this.workspace.live(stored.name) === stored;
      const unfolded = isLive ? collection.unfold?.(stored, this.context(NOBODY)) : undefined;
      if (!isOver && (unfolded ?? []).length === 0) continue;
      this.workspace.beginMutation();
      if (isOver) this.workspace.drop(stored.name, now);
      else for (const made of unfolded ?? []) this.workspace.put(made);
    }
  }

  /** Judges no more of the request than its address: what a failed operation would have refused at once is not known. */
  private failWithoutEffect(route: Route, call: Call): JsonObject | undefined {
    if (route.kind !== "item" && route.kind !== "list" && route.kind !== "undelete") return undefined;
    this.demandParent(route.parent);
    const { collection } = route;
    const id =
      route.kind === "list" ? (givenId(collection, call.query) ?? collection.generateId?.(call.body) ?? "") : route.id;
    if (route.kind === "item" && call.method !== "POST") this.demandItem(route);
    return this.respond(collection, nameOf({ ...route, id }), EMPTY, call, this.context(call));
  }

  /** "The last change" is of that resource itself, or of one that is in that list. */
  private answerStale(route: Route, query: Query): JsonObject | undefined {
    if (route.kind !== "item" && route.kind !== "list") return undefined;
    const wanted = nameOf({ id: "", ...route });
    const past = this.workspace.before((name) =>
      route.kind === "item" ? name === wanted : name.slice(0, name.lastIndexOf("/") + 1) === wanted,
    );
    const then = new Service(this.collections, past, this.clock, this.settings, this.activities, this.data);
    return route.kind === "item" ? then.get(route) : then.list(route, query);
  }

  private async answerList(route: Listed, call: Call): Promise<JsonObject | undefined> {
    if (call.method === "GET") return route.collection.listed === false ? undefined : this.list(route, call.query);
    return call.method === "POST" ? this.create(route, call) : undefined;
  }

  private async answerItem(route: Item, call: Call): Promise<JsonObject | undefined> {
    switch (call.method) {
      case "POST":
        return isSingleton(route.collection) ? this.create(route, call) : undefined;
      case "GET":
        return this.get(route);
      case "PATCH":
        return this.patch(route, call);
      case "DELETE":
        return this.delete(route, call);
      default:
        return undefined;
    }
  }

  private getOperation(name: string): JsonObject {
    const operation = this.workspace.operation(name);
    if (operation === undefined) throw notFound("operation id not found");
    return showOperation(operation, this.clock.now());
  }

  private get(route: Item): JsonObject {
    const stored = this.demandItem(route);
    if (stored.ghost) throw notFound(route.collection.missing);
    return this.show(stored, route.collection, this.view(this.clock.now()));
  }

  private list(route: Listed, query: Query): JsonObject {
    const parent = this.demandParent(route.parent);
    const { collection } = route;
    const view = this.view(this.clock.now());
    const withDeleted = collection.keeps !== undefined && query["show_deleted"] === "true";
    const all = this.workspace.children(route.parent, collection.type);
    const implied = parent === undefined ? [] : (collection.implied?.(parent, view) ?? []);
    const listed = [...all, ...implied].filter((stored) => withDeleted || stored.deleted === null);
    const { items, nextToken } = page(
      [...listed].sort((left, right) => left.sequence - right.sequence),
      query["page_size"],
      query["page_token"],
    );
    // The service omits the key of an empty list.
    const shown = items.map((stored) => this.show(stored, collection, view));
    return { [keyOf(collection)]: shown.length > 0 ? shown : undefined, next_page_token: nextToken };
  }

  private async create(route: Listed, call: Call): Promise<JsonObject | undefined> {
    const { collection } = route;
    if (collection.create === undefined || collection.body === undefined) return undefined;
    const given = givenId(collection, call.query);
    const parent = this.demandParent(route.parent);
    const body = collection.body(call.body);
    const id = given ?? checkedId(collection, collection.generateId?.(body));
    const name = nameOf({ ...route, id });
    const context = this.context(call);
    this.checkBusy(collection, route.parent);
    const taken = this.workspace.get(name);
    if (taken?.deleted === null && isTrue(call.query["replace_existing"]) && collection.replaces !== undefined) {
      return this.replace(taken, collection, body, call, context);
    }
    const creation = collection.create({ name, id, parent, body, taken }, context);
    if (taken !== undefined) this.workspace.drop(taken.name, context.now);
    const created = [creation.resource, ...(creation.along ?? [])];
    // It is there at once, so that whatever comes meanwhile sees it; a failure takes all of it back.
    for (const stored of created) this.workspace.put(stored);
    try {
      const known = await this.occupying(collection, route.parent, () => this.make(created, context));
      const current = this.current(creation.resource);
      if (current === undefined) throw notFound(collection.missing);
      const resource = { ...current, facts: { ...current.facts, ...known } };
      this.workspace.amend(resource);
      return this.respondWith(resource, collection, call, context, creation.failure);
    } catch (error) {
      for (const stored of created) if (this.current(stored)) this.workspace.drop(stored.name, context.now);
      if (taken !== undefined && this.workspace.get(name) === undefined) this.workspace.put(taken);
      throw error;
    }
  }

  /** Makes what new resources hold, and those that are inside of branches; what was made before a failure goes again. */
  private async make(created: readonly Stored[], context: Context): Promise<JsonObject> {
    const known = await this.data.make(created, context);
    // What comes with a branch is in its data already.
    const inside = created.filter((stored) => this.kind(stored)?.inData && stored.facts["implicit"] !== true);
    // What a resource stands on comes along with it.
    const ordered = [...inside].sort((left, right) => Number(left === created[0]) - Number(right === created[0]));
    const done: Stored[] = [];
    let learnt: JsonObject = {};
    try {
      for (const stored of ordered) {
        learnt = await this.data.carryOut({ verb: "create", stored, before: undefined, query: context.query }, context);
        done.push(stored);
      }
    } catch (error) {
      for (const stored of done.reverse()) {
        const change: Change = { verb: "delete", stored, before: stored, query: {} };
        // The refusal is what the caller has to hear.
        await this.data.carryOut(change, context).catch(() => {});
      }
      throw error;
    }
    return ordered.at(-1) === created[0] ? { ...known, ...learnt } : known;
  }

  /** The upsert keeps name, uid and create_time. */
  private async replace(
    taken: Stored,
    collection: Collection,
    body: JsonObject,
    call: Call,
    context: Context,
  ): Promise<JsonObject | undefined> {
    const { mask, update, replaces } = collection;
    if (mask === undefined || update === undefined) return undefined;
    collection.guard?.(taken, context);
    const over = (current: JsonObject) =>
      replaces === "spec" ? applyMask(mask, ["spec"], body, current) : applyGiven(mask, body, current);
    const updated = touch(update(taken, over(taken.inputs), context), context, over(taken.submitted));
    return this.commit(updated, taken, collection, call, context);
  }

  /** As it is now, unless it is gone; a namesake made since is another. */
  private current(stored: Stored): Stored | undefined {
    const found = this.workspace.get(stored.name);
    return found?.uid === stored.uid ? found : undefined;
  }

  private async patch(route: Item, call: Call): Promise<JsonObject | undefined> {
    const { collection } = route;
    const { mask, update } = collection;
    if (mask === undefined || update === undefined || collection.body === undefined) return undefined;
    const paths = readMask(mask, call.query["update_mask"] ?? "", call.body);
    const body = collection.body(call.body);
    const stored = this.demandItem(route);
    if (stored.ghost) throw notFound(collection.missing);
    const context = this.context(call);
    this.checkBusy(collection, route.parent);
    collection.guard?.(stored, context);
    const failure = collection.partialFailure?.(paths, body, stored);
    const updated = update(stored, applyMask(mask, paths, body, stored.inputs), context);
    const submitted = applyMask(mask, paths, body, stored.submitted);
    const written = touch(updated, context, submitted);
    if (failure !== undefined) {
      this.workspace.put(written);
      throw failure;
    }
    return this.commit(written, stored, collection, call, context);
  }

  private async delete(route: Item, call: Call): Promise<JsonObject | undefined> {
    const { collection } = route;
    if (collection.remove === undefined) return undefined;
    const purge = isTrue(call.query["purge"]);
    const tombstone = this.tombstone(route);
    // Documented as the meaning of the parameter, not seen tested: a purge also ends a soft-deleted resource.
    const stored = purge && tombstone !== undefined ? tombstone : this.demandItem(route);
    if (stored.ghost) throw notFound(collection.missing);
    const context = this.context(call);
    if (stored.deleted !== null) {
      this.remove(collection, stored, purge, context.now);
      return this.respond(collection, stored.name, EMPTY, call, context);
    }
    const removal = collection.remove(stored, context);
    this.checkBusy(collection, route.parent);
    collection.guard?.(stored, context);
    if (removal !== "ignore") {
      await this.carryOut({ verb: "delete", stored, before: stored, query: call.query }, collection, context);
      const along = removal !== "remove" && "along" in removal ? removal.along : [];
      for (const other of along) this.write(touch(other, context, other.submitted), context);
      if (removal !== "remove" && "fading" in removal) this.write(removal.fading, context);
      else if (this.current(stored)?.deleted === null) this.remove(collection, stored, purge, context.now);
    }
    return this.respond(collection, stored.name, EMPTY, call, context);
  }

  private undelete(route: Item, call: Call): JsonObject {
    const tombstone = this.tombstone(route);
    const context = this.context(call);
    if (tombstone === undefined) {
      const stored = this.demandItem(route);
      // Unknown: the answer to the undelete of what lives.
      throw badRequest(`'${stored.name}' is not deleted`);
    }
    this.workspace.put({ ...tombstone, deleted: null, updateTime: context.now });
    return this.respond(route.collection, tombstone.name, EMPTY, call, context);
  }

  private remove(collection: Collection, stored: Stored, purge: boolean, now: number): void {
    const { keeps } = collection;
    if (purge || keeps === undefined) {
      if (collection.inherited) this.workspace.keepPast(stored, now);
      this.workspace.drop(stored.name, now);
      return;
    }
    for (const below of this.workspace.below(stored.name)) {
      if (!keeps(stored, below)) this.workspace.drop(below.name, now);
    }
    this.workspace.put({ ...stored, deleted: { at: now, purgeAt: now + TOMBSTONE_TIME } });
  }

  private tombstone(route: Item): Stored | undefined {
    this.demandParent(route.parent);
    const stored = this.workspace.get(nameOf(route));
    return stored?.deleted === null ? undefined : stored;
  }

  private demandItem(route: Item): Stored {
    const parent = this.demandParent(route.parent);
    const name = nameOf(route);
    const implied = parent && route.collection.implied?.(parent, this.view(this.clock.now()));
    const stored = this.workspace.live(name) ?? implied?.find((each) => each.name === name);
    if (stored === undefined) throw notFound(route.collection.missing);
    return stored;
  }

  private demandParent(parent: string): Stored | undefined {
    const route = parent === "" ? undefined : findRoute(this.collections, parent);
    return route?.kind === "item" ? this.demandItem(route) : undefined;
  }

  private checkBusy(collection: Collection, branch: string): void {
    if (!collection.serialised) return;
    if (this.occupied.has(branch) || this.workspace.isBusy(branch, this.clock.now())) throw conflictingOperations();
  }

  /** Does something that takes a while, during which the branch takes no other mutation of its kind. */
  private async occupying<T>(collection: Collection, branch: string, work: () => Promise<T>): Promise<T> {
    if (!collection.serialised) return work();
    this.occupied.add(branch);
    try {
      return await work();
    } finally {
      this.occupied.delete(branch);
    }
  }

  /** Has the data carry out a change; refused when what is to be changed has gone meanwhile. */
  private async carryOut(change: Change, collection: Collection, context: Context): Promise<JsonObject> {
    if (!collection.inData) return {};
    const { stored } = change;
    const facts = await this.occupying(collection, stored.parent, () => this.data.carryOut(change, context));
    if (this.workspace.live(stored.name)?.uid !== stored.uid) throw notFound(collection.missing);
    // Others may have written since this call came: what follows belongs together.
    this.workspace.beginMutation();
    return facts;
  }

  /** Writes a change and answers with the operation whose response is the resource as it will be when that is done. */
  private async commit(
    wanted: Stored,
    before: Stored,
    collection: Collection,
    call: Call,
    context: Context,
  ): Promise<JsonObject> {
    const facts = await this.carryOut(
      { verb: "update", stored: wanted, before, query: call.query },
      collection,
      context,
    );
    const resource = { ...wanted, facts: { ...wanted.facts, ...facts } };
    this.write(resource, context);
    return this.respondWith(resource, collection, call, context);
  }

  private write(stored: Stored, context: Context): void {
    const before = this.workspace.get(stored.name);
    if (before !== undefined && this.kind(stored)?.inherited) this.workspace.keepPast(before, context.now);
    this.workspace.put(stored);
  }

  private kind(stored: Stored): Collection | undefined {
    return this.collections.find(({ type }) => type === stored.type);
  }

  private respondWith(
    resource: Stored,
    collection: Collection,
    call: Call,
    context: Context,
    failure?: ServiceError,
  ): JsonObject {
    const response = this.show(resource, collection, this.view(context.doneAt));
    return this.respond(collection, resource.name, response, call, context, failure);
  }

  private respond(
    collection: Collection,
    name: string,
    response: JsonObject,
    call: Call,
    context: Context,
    failure?: ServiceError,
  ): JsonObject {
    const fault = call.operationFault;
    const operation = newOperation(
      name,
      this.workspace.nextOperation(),
      {
        type: collection.type,
        doneAt: fault?.outcome === "hang" ? null : context.doneAt,
        branch: occupiedBranch(collection, name),
        busyUntil: context.doneAt,
        response,
      },
      fault?.outcome === "fail" ? fault.error : failure,
    );
    this.workspace.keep(operation);
    return showOperation(operation, context.now);
  }

  private show(stored: Stored, collection: Collection, view: View): JsonObject {
    const own = collection.render(stored, view);
    const tombstone = collection.parent === undefined ? stored.deleted : null;
    const common: Readonly<Record<Common, string | undefined>> = {
      id: isSingleton(collection) ? undefined : stored.id,
      uid: stored.uid,
      parent: stored.parent === "" ? undefined : stored.parent,
      create_time: formatInstant(stored.createTime),
      update_time: formatInstant(stored.updateTime),
    };
    const shown = Object.entries(common)
      .filter(([key]) => !collection.without?.some((hidden) => hidden === key))
      .map(([key, value]) => [key === "id" ? (collection.idField ?? key) : key, value]);
    return {
      name: stored.name,
      ...Object.fromEntries(shown),
      delete_time: tombstone === null ? undefined : formatInstant(tombstone.at),
      purge_time: tombstone === null ? undefined : formatInstant(tombstone.purgeAt),
      spec: view.settings.echoSpec ? at(stored.submitted, "spec") : undefined,
      ...own,
    };
  }

  private view(now: number): View {
    return {
      now,
      settings: this.settings(),
      find: (name) => this.workspace.live(name),
      children: (parent, type) => this.workspace.children(parent, type).filter((stored) => stored.deleted === null),
      contents: (branch, instant) =>
        this.workspace.childrenAt(branch, instant).filter((stored) => this.kind(stored)?.inherited),
      activity: (uid) => this.activities.of(uid),
    };
  }

  private context(call: Pick<Call, "caller" | "query">): Context {
    const now = this.clock.now();
    return {
      ...this.view(now),
      caller: call.caller,
      query: call.query,
      doneAt: now + this.settings().operationTime,
      nextSequence: () => this.workspace.nextSequence(),
      nextLsn: () => this.workspace.nextLsn(),
      nextHosts: () => this.data.nextHosts(),
      removedAt: (name) => this.workspace.removedAt(name),
    };
  }
}

/** Undefined: one is to be generated. */
function givenId(collection: Collection, query: Query): string | undefined {
  const given = collection.idField === undefined ? "" : (query[collection.idField] ?? "");
  const isMissing = given === "" && collection.generateId !== undefined;
  return isMissing ? undefined : checkedId(collection, given);
}

function checkedId(collection: Collection, id: string | undefined): string {
  if (collection.idField === undefined) return "";
  return checkId(collection.idField, id, collection.idMinimum, collection.idPattern);
}

function touch(stored: Stored, context: Context, submitted: JsonObject): Stored {
  return { ...stored, submitted, updateTime: context.now };
}

/** The branch that takes no other mutation meanwhile: of the resource, or the resource itself. */
function occupiedBranch(collection: Collection, name: string): string | null {
  const branch = /^projects\/[^/]+\/branches\/[^/]+/.exec(name)?.[0] ?? null;
  return collection.serialised || branch === name ? branch : null;
}

function isTrue(parameter: string | undefined): boolean {
  return parameter === "true";
}
