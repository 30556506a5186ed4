/** The service's verbs over plain values. */
import { Lists } from "./lists";
import { root, type WaitOptions, waitForOperation, waitUntilGone, waitUntilSettled } from "./operation";
import { Pages } from "./pages";
import { KeyedQueue } from "./queue";
import { type Clock, delayAfter } from "./retry";
import type { Call, Transport } from "./transport";

type Json = Readonly<Record<string, unknown>>;
type Query = Readonly<Record<string, string | undefined>>;
/** Whether the service is done with a resource; `undefined` for an answer that has only a part of it. */
export type Settled = (resource: Json) => boolean | undefined;

const largestPage = "100";
/** How long a list may be tried that reads can do without, in milliseconds. */
const optionalBudgetMs = 15_000;
/** However long the service says, in milliseconds: a look costs little. */
const longestPause = 60_000;

export interface ClientOptions {
  /** How long one change may take, in milliseconds. */
  readonly waitTimeoutMs: number;
}

/** What a client has in common with those that differ from it in patience. */
interface Shared {
  readonly queue: KeyedQueue;
  readonly lists: Lists;
  /** The identity that requests run as. It stays the same, so it is asked for once. */
  me: Promise<Json> | undefined;
}

export class Client {
  readonly #transport: Transport;
  readonly #options: ClientOptions;
  readonly #shared: Shared;

  constructor(transport: Transport, options: ClientOptions, shared?: Shared) {
    this.#transport = transport;
    this.#options = options;
    this.#shared = shared ?? {
      queue: new KeyedQueue(),
      lists: new Lists(
        (collection, token) => this.#page(collection, { page_token: token }, optionalBudgetMs),
        transport.clock,
      ),
      me: undefined,
    };
  }

  /** The same client, with another patience. */
  within(waitTimeoutMs: number): Client {
    return new Client(this.#transport, { waitTimeoutMs }, this.#shared);
  }

  get(name: string): Promise<Json> {
    return this.#send({ method: "GET", path: `${root}/${name}` });
  }

  /** All objects of a collection, e.g. `projects/p/branches`. */
  async list(collection: string, query: Query = {}): Promise<Json[]> {
    const found: Json[] = [];
    const pages = new Pages(collection);
    let token: string | undefined;
    do {
      const page = await this.#page(collection, { ...query, page_token: token });
      for (const item of pages.items(page)) found.push(item);
      token = pages.next(page);
    } while (token !== undefined);
    return found;
  }

  /**
   * The object as its collection lists it, for many reads of one run that none of its changes touches. `undefined` says
   * nothing: then `get` has to tell.
   */
  listed(name: string): Promise<Json | undefined> {
    return this.#shared.lists.find(name);
  }

  /** Does something by another way than this client that changes an object, or what lies in it. */
  changing<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
    return this.#shared.lists.during(name, task);
  }

  /** Creates; `taken` is called when the service has taken the request, before the wait. */
  create(
    collection: string,
    name: string,
    query: Query,
    body: Json,
    settled: Settled,
    taken: () => void,
  ): Promise<Json> {
    return this.#change(name, async () => {
      const patience = this.#patience();
      const operation = await this.#send({ method: "POST", path: `${root}/${collection}`, query, body });
      taken();
      return this.#outcome(name, operation, `POST ${collection}`, settled, patience);
    });
  }

  update(name: string, mask: readonly string[], body: Json, settled: Settled, taken: () => void): Promise<Json> {
    return this.#change(name, async () => {
      const patience = this.#patience();
      const query = { update_mask: mask.join(",") };
      const operation = await this.#send({ method: "PATCH", path: `${root}/${name}`, query, body });
      taken();
      return this.#outcome(name, operation, `PATCH ${name}`, settled, patience);
    });
  }

  delete(name: string, query: Query = {}): Promise<void> {
    return this.#change(name, async () => {
      const patience = this.#patience();
      const operation = await this.#send({ method: "DELETE", path: `${root}/${name}`, query });
      await waitForOperation(this.#transport, operation, `DELETE ${name}`, patience);
    });
  }

  undelete(name: string): Promise<void> {
    return this.#change(name, async () => {
      const patience = this.#patience();
      const operation = await this.#send({ method: "POST", path: `${root}/${name}/undelete`, body: {} });
      await waitForOperation(this.#transport, operation, `POST ${name}/undelete`, patience);
    });
  }

  /** Waits until an object that was deleted is not found any more. `again` is called while it is still there. */
  async gone(name: string, again: (resource: Json) => Promise<void>): Promise<void> {
    await waitUntilGone(this.#transport, name, again, this.#patience());
  }

  /** Something that another API of the workspace serves. */
  read(path: string): Promise<Json> {
    return this.#send({ method: "GET", path });
  }

  /** Sets something as a whole that another API of the workspace serves. */
  replace(path: string, body: Json): Promise<Json> {
    return this.#send({ method: "PUT", path, body });
  }

  /** Waits for an object that a change before this one left unsettled. */
  settle(name: string, resource: Json, settled: Settled): Promise<Json> {
    return waitUntilSettled(this.#transport, name, resource, settled, this.#patience());
  }

  /** A password for Postgres. A second one takes nothing from the first, so a request that was lost is sent again. */
  credential(request: Json): Promise<Json> {
    return this.#send({ method: "POST", path: `${root}/credentials`, body: request, repeatable: true });
  }

  /** The identity that these requests run as. */
  me(): Promise<Json> {
    this.#shared.me ??= this.read("/api/2.0/preview/scim/v2/Me").catch((failure: unknown) => {
      this.#shared.me = undefined;
      throw failure;
    });
    return this.#shared.me;
  }

  /** Its name: a user's e-mail, a service principal's application id. */
  async caller(): Promise<string | undefined> {
    const { userName } = await this.me();
    return typeof userName === "string" ? userName : undefined;
  }

  /** Waits before a create is tried again whose answer was lost. */
  async pause(failure: unknown, tries: number): Promise<void> {
    const { clock } = this.#transport;
    await clock.sleep(Math.min(delayAfter(failure, tries, clock), longestPause));
  }

  get clock(): Clock {
    return this.#transport.clock;
  }

  /** What the service's clock says now; `undefined` before its first answer. */
  get serviceNow(): number | undefined {
    return this.#transport.serviceNow;
  }

  #send(call: Call): Promise<Record<string, unknown>> {
    return this.#transport.send({ ...call, retryBudgetMs: this.#options.waitTimeoutMs });
  }

  /** Taken at the begin of a change: until its request is answered counts too. */
  #patience(): WaitOptions {
    const timeoutMs = this.#options.waitTimeoutMs;
    return { timeoutMs, deadline: this.#transport.clock.now() + timeoutMs };
  }

  async #outcome(name: string, operation: Json, tried: string, settled: Settled, patience: WaitOptions): Promise<Json> {
    const response = await waitForOperation(this.#transport, operation, tried, patience);
    return waitUntilSettled(this.#transport, name, response, settled, patience);
  }

  /** The service takes one change at a time below a branch. Other processes exist: the retries are what is right, this only saves them. */
  #change<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
    const { lists, queue } = this.#shared;
    return lists.during(name, () => queue.run(name.split("/").slice(0, 4).join("/"), task));
  }

  #page(collection: string, query: Query, retryBudgetMs = this.#options.waitTimeoutMs): Promise<Json> {
    return this.#transport.send({
      method: "GET",
      path: `${root}/${collection}`,
      query: { ...query, page_size: largestPage },
      retryBudgetMs,
    });
  }
}
