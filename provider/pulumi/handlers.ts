/**
 * The verbs of one resource over plain values: what a provider does, without the host that calls it. The dynamic host
 * is one adapter over this (host.ts); a plugin with the full protocol would be another.
 */
import { isDeepStrictEqual } from "node:util";
import type { Client } from "../api/client";
import {
  ApiError,
  isAlreadyExists,
  isManagedByParent,
  isNotFound,
  leavesDoubt,
  OperationError,
  unreadable,
} from "../api/errors";
import { type Checked, check } from "../schema/check";
import { type AnyDefinition, fullName, idParameter, isNameOf } from "../schema/definition";
import { declaredLate } from "../schema/guard";
import type { Wire } from "../schema/marks";
import { creation, type Plan, plan } from "../schema/plan";
import { asArguments, differingImmutable, isGone, outputs, project } from "../schema/service";
import { isRecord, valueAt } from "../schema/unknown";
import { Created, explained, type Verb } from "./failures";
import { whyForeign } from "./own";
import type { Session } from "./session";

type Values = Readonly<Record<string, unknown>>;
type Bag = Record<string, unknown>;

/** How often a create is tried whose answer was lost and whose object is not there. */
const creates = 3;

export class Handlers {
  constructor(
    readonly definition: AnyDefinition,
    readonly logicalName: string,
    readonly session: Session,
  ) {}

  async check(olds: Values, news: Values): Promise<Checked> {
    const checked = check({
      definition: this.definition,
      logicalName: this.logicalName,
      olds: Object.keys(olds).length > 0 ? olds : undefined,
      news,
      settings: this.session.config.rules,
      now: Date.now(),
      stack: this.session.stack,
    });
    const problems = await this.session.problems();
    return { ...checked, failures: [...checked.failures, ...problems.map((reason) => ({ property: "", reason }))] };
  }

  diff(olds: Values, news: Values): Plan {
    const planned = this.#plan(olds, news);
    const problem = declaredLate(this.definition, planned, olds, news);
    if (problem) throw new Error(`${problem.property} ${problem.message}`);
    return planned;
  }

  async create(args: Values): Promise<{ readonly id: string; readonly outs: Bag }> {
    const name = this.#name(args);
    const client = await this.#client("create");
    const resource = await this.#create(client, name, args);
    return { id: name, outs: { ...args, ...outputs(this.definition, resource) } };
  }

  async read(name: string, props: Values): Promise<{ readonly id: string; readonly outs: Bag; readonly inputs?: Bag }> {
    if (!isNameOf(this.definition, name)) {
      const { type, collection } = this.definition;
      throw new Error(
        `"${name}" is not the full name of a ${type}, which ends in ${collection}/ID and begins with projects/ID`,
      );
    }
    const client = await this.#client("refresh");
    const resource = await this.#look(client, name, "refresh");
    const declared = this.#declared(props);
    // A resource that is only looked up declares nothing: it has to be there, and shows all that the service says.
    const lookedUp = Object.keys(declared).length === 0;
    if (!resource) {
      if (lookedUp) throw new Error(`${name} does not exist; check the name, and that the workspace is the right one`);
      return { id: "", outs: {} };
    }
    const said = outputs(this.definition, resource);
    const args = lookedUp ? asArguments(this.definition, resource) : project(this.definition, declared, resource);
    // Without drift the inputs stay as they are, in the program's latest spelling, which outputs need not have.
    const asDeclared = !lookedUp && isDeepStrictEqual(args, declared);
    return { id: name, outs: { ...args, ...said }, ...(!asDeclared && { inputs: { ...args, name } }) };
  }

  async update(name: string, olds: Values, news: Values): Promise<Bag> {
    const client = await this.#client("update");
    if (!isRecord(olds["status"])) return this.#heal(client, name, olds, news);
    const { mask, body } = this.#plan(olds, news);
    if (mask.length === 0) return { ...this.#service(olds), ...news };
    const resource = await this.#patch(client, name, mask, body, { ...this.#service(olds), ...news });
    return { ...news, ...outputs(this.definition, resource) };
  }

  async delete(name: string, props: Values): Promise<void> {
    const { definition } = this;
    if (definition.goesWithParent?.(this.#canonical(props) as never)) return;
    if (this.session.takenOver.has(name)) {
      // Renamed or moved without an alias, or replaced by force: the new resource is the same object as the old one.
      this.session.warn(`${name} is not deleted: another resource of this run has just taken it over.`);
      return;
    }
    const client = await this.#client("delete");
    try {
      if (!isRecord(props["status"]) && !(await this.#readyToGo(client, name))) return;
      await client.delete(name, this.#deleteQuery(props));
    } catch (failure) {
      if (isNotFound(failure)) return;
      if (isManagedByParent(failure)) {
        this.session.warn(
          `${name} stays until its parent goes: the service deletes it only together. This stack has let go of it.`,
        );
        return;
      }
      throw await this.#explainDelete(client, name, failure);
    }
  }

  /** After a failed wait the object may still be in the making, and then the service swallows a delete (probed 2026-10-02). */
  async #readyToGo(client: Client, name: string): Promise<boolean> {
    const found = await this.#look(client, name, "delete");
    if (found) await client.settle(name, found, this.#settled);
    return found !== undefined;
  }

  async #client(verb: Verb): Promise<Client> {
    return this.session.client().catch((failure: unknown) => {
      throw explained(failure, verb);
    });
  }

  #plan(olds: Values, news: Values): Plan {
    const name = fullName(this.definition, news);
    return plan(this.definition, olds, news, name === undefined ? undefined : this.session.stack.project(name));
  }

  #name(args: Values): string {
    const name = fullName(this.definition, args);
    if (name === undefined) throw new Error(`${this.definition.type} has no complete name`);
    return name;
  }

  readonly #settled = (resource: Wire): boolean => this.definition.settled?.(resource) ?? true;

  /** Creates, or finds that an earlier run did and died before it knew. */
  async #create(client: Client, name: string, args: Values): Promise<Wire> {
    const { definition } = this;
    const collection = name.slice(0, name.lastIndexOf("/"));
    const query = {
      [idParameter(definition)]: String(args[definition.id]),
      replace_existing: definition.implicit?.(this.#canonical(args) as never) ? "true" : undefined,
    };
    let sent = false;
    for (let tries = 0; ; tries++) {
      let taken = false;
      try {
        return await client.create(collection, name, query, creation(definition, args), this.#settled, () => {
          taken = true;
        });
      } catch (failure) {
        if (taken) throw await this.#failedWait(client, name, args, failure);
        const exists = isAlreadyExists(failure);
        if (!exists && !leavesDoubt(failure)) throw explained(failure, "create");
        const resource = await this.#look(client, name, "create");
        sent ||= !exists;
        if (resource) return this.#takeOver(client, name, args, resource, failure, sent);
        if (exists) throw explained(failure, "create", await this.#heldId(client, name));
        if (tries + 1 === creates) throw explained(failure, "create");
        await client.pause(failure, tries);
      }
    }
  }

  /** The service says that the object exists, and does not show it. */
  async #heldId(client: Client, name: string): Promise<string> {
    const { type, id, keepsId } = this.definition;
    if (keepsId) {
      return `yet ${name} cannot be read: a deleted ${type} keeps its id until it is purged; choose another ${id}, undelete it, or purge it`;
    }
    const collection = name.slice(0, name.lastIndexOf("/"));
    const others = await client.list(collection).catch(() => []);
    const names = others.map((other) => other["name"]).join(", ") || "nothing that can be listed";
    return `yet ${name} cannot be read, and ${collection} has ${names}; read what is there with ${type}.get, or choose another ${id}`;
  }

  /**
   * An object stands where ours was to be made: our own, made by a run whose answer was lost, or somebody else's.
   * `sent` says that this very run sent a create before and does not know what became of it.
   */
  async #takeOver(
    client: Client,
    name: string,
    args: Values,
    resource: Wire,
    failure: unknown,
    sent: boolean,
  ): Promise<Wire> {
    const { definition, session } = this;
    const since = String(resource["create_time"] ?? "an unknown time");
    const foreign = await whyForeign(definition, client, args, resource, sent);
    if (foreign !== undefined) {
      throw explained(
        failure,
        "create",
        `${name} exists since ${since} and is not taken for this program's own: ${foreign}; where the program has renamed or moved its resource, give it aliases, otherwise choose another ${definition.id}, delete the existing one, or read it with ${definition.type}.get("…", "${name}")`,
      );
    }
    session.takenOver.add(name);
    session.warn(
      `${name} exists since ${since} and is what this program declares: taking it over as made by an earlier run whose answer was lost.`,
    );
    return this.#converge(client, name, args, await this.#settle(client, name, args, resource));
  }

  /** After a failed wait nobody knows what the object is like: look, make it again if it is gone, and set what differs. */
  async #heal(client: Client, name: string, olds: Values, news: Values): Promise<Bag> {
    const found = await this.#look(client, name, "update");
    const differs = found && differingImmutable(this.definition, news, found);
    if (differs !== undefined) {
      throw new Error(
        `${name} exists with another ${differs} than declared, which cannot change; delete it, or declare what it has`,
      );
    }
    const kept = { ...this.#service(olds), ...news };
    const resource = found
      ? await this.#converge(client, name, kept, await this.#settle(client, name, kept, found))
      : await this.#create(client, name, news);
    return { ...news, ...outputs(this.definition, resource) };
  }

  async #converge(client: Client, name: string, args: Values, resource: Wire): Promise<Wire> {
    const { mask, body } = this.#plan(project(this.definition, args, resource), args);
    return mask.length === 0 ? resource : this.#patch(client, name, mask, body, args);
  }

  async #patch(client: Client, name: string, mask: readonly string[], body: Bag, args: Values): Promise<Wire> {
    let taken = false;
    try {
      return await client.update(name, mask, body, this.#settled, () => {
        taken = true;
      });
    } catch (failure) {
      throw taken ? new Created(name, args, explained(failure, "update")) : explained(failure, "update");
    }
  }

  async #settle(client: Client, name: string, args: Values, resource: Wire): Promise<Wire> {
    return client.settle(name, resource, this.#settled).catch((failure: unknown) => {
      throw new Created(name, args, explained(failure, "update"));
    });
  }

  /** The service took the create, then the wait failed: the object is kept in the state unless it surely is not there. */
  async #failedWait(client: Client, name: string, args: Values, failure: unknown): Promise<Error> {
    const failed = failure instanceof OperationError && failure.refusal !== undefined;
    const there = !failed || (await this.#look(client, name, "create").catch(() => true));
    return there ? new Created(name, args, explained(failure, "create")) : explained(failure, "create");
  }

  async #look(client: Client, name: string, verb: Verb): Promise<Wire | undefined> {
    try {
      const resource = await client.get(name);
      if (isGone(resource)) return undefined;
      if (!isRecord(resource["status"])) {
        throw new ApiError(
          `GET ${name}`,
          200,
          unreadable,
          "the answer has no status, so nothing can be told from it; try again",
        );
      }
      return resource;
    } catch (failure) {
      if (isNotFound(failure)) return undefined;
      throw explained(failure, verb);
    }
  }

  async #explainDelete(client: Client, name: string, failure: unknown): Promise<Error> {
    const { blockers } = this.definition;
    const refused = failure instanceof ApiError ? failure.status < 500 : failure instanceof OperationError;
    if (!blockers || !refused) return explained(failure, "delete");
    const [resource, listed] = await Promise.all([
      this.#look(client, name, "refresh").catch(() => undefined),
      client.list(blockers.among(name)).catch(() => []),
    ]);
    return explained(failure, "delete", blockers.explain(name, resource, listed));
  }

  #deleteQuery(props: Values): Record<string, string | undefined> {
    return Object.fromEntries(
      this.definition.fields.flatMap(({ path, marks }) => {
        const value = valueAt(props, path);
        return marks.onDelete !== undefined && value ? [[marks.onDelete, String(value)]] : [];
      }),
    );
  }

  /** The declared arguments among a resource's outputs. */
  #declared(props: Values): Bag {
    return Object.fromEntries(Object.entries(props).filter(([key]) => key in this.definition.args));
  }

  /** What the service said, among a resource's outputs. */
  #service(props: Values): Bag {
    return Object.fromEntries(Object.entries(props).filter(([key]) => !(key in this.definition.args)));
  }

  #canonical(props: Values): Bag {
    return Object.fromEntries(
      Object.entries(this.#declared(props)).map(([key, value]) => {
        const parsed = this.definition.args[key]?.safeParse(value);
        return [key, parsed?.success ? parsed.data : value];
      }),
    );
  }
}
