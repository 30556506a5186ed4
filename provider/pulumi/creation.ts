/** Making an object, or finding that it is there: made by a run that died, to be taken over, deleted, or in the way. */
import { isAlreadyExists, isNotFound, leavesDoubt, line, OperationError } from "../api/errors";
import { rootBranchId } from "../rules/limits";
import { overAlready } from "../schema/guard";
import type { Wire } from "../schema/marks";
import { collectionOf, projectOf } from "../schema/name";
import { plan } from "../schema/plan";
import { asArguments, cameWithParent, differingImmutable, isZero, project, serviceValue } from "../schema/service";
import { valueAt } from "../schema/unknown";
import { asBefore } from "../schema/unsure";
import { Created, explained } from "./failures";
import { whyForeign } from "./own";
import type { Remote } from "./remote";
import { tookOver } from "./removal";
import type { Session } from "./session";

type Values = Readonly<Record<string, unknown>>;

/** How often a create is tried whose answer was lost and whose object is not there. */
const creates = 3;

/** An object as it is now, and what is kept of how it came to be this program's. */
export interface Made {
  readonly resource: Wire;
  readonly kept: Values;
}

export class Creation {
  constructor(
    readonly remote: Remote,
    readonly session: Session,
    readonly args: Values,
    /** The service would make it by itself, so that a create means taking it over. */
    readonly implicit: boolean,
    /** What was declared before, where an update of that may or may not have happened. */
    readonly before: Values = {},
  ) {}

  /** Creates, or finds that an earlier run did and died before it knew. */
  async run(): Promise<Made> {
    const { remote, args, implicit } = this;
    if (remote.definition.permanent) return this.#setFirst();
    // Where the service would overwrite it without a word: what is there is looked at first.
    const silent = remote.definition.overwrites || (implicit && args["adopt"] === true);
    const inTheWay = silent ? await remote.look() : undefined;
    if (inTheWay) return this.#takeOver(inTheWay, new Error(`${remote.name} is not made: its id is taken`), false);
    await this.#rest();
    let sent = false;
    let purged = false;
    for (let tries = 0; ; tries++) {
      let taken = false;
      try {
        const query = { replace_existing: implicit ? "true" : undefined };
        const resource = await remote.post(args, query, () => {
          taken = true;
        });
        return { resource, kept: {} };
      } catch (failure) {
        const exists = isAlreadyExists(failure);
        if (taken && !exists) throw await this.#failedWait(failure);
        if (!exists && !leavesDoubt(failure)) throw failure;
        const resource = await remote.look();
        sent ||= !exists;
        if (resource) return this.#takeOver(resource, failure, sent);
        if (exists) {
          const undeleted = await this.#tombstone(failure, purged);
          if (undeleted) return undeleted;
          purged = true;
        } else {
          if (tries + 1 === creates) throw failure;
          await remote.client.pause(failure, tries);
        }
      }
    }
  }

  /** Sets what differs from what is declared. */
  async converge(found: Wire): Promise<Wire> {
    const { remote, args } = this;
    const resource = await this.#settle(found);
    const { now, mask, body } = this.#difference(resource);
    if (mask.length === 0) return resource;
    const { definition, client } = remote;
    const over = overAlready(definition, resource["create_time"], now, args, client.clock.now());
    if (over) throw new Error(`${over.property} ${over.message}`);
    let taken = false;
    try {
      return await remote.set(mask, body, () => {
        taken = true;
      });
    } catch (failure) {
      throw taken ? new Created(remote.name, this.#unsure, explained(failure, "update")) : failure;
    }
  }

  get #unsure(): Values {
    return asBefore(this.remote.definition, this.before, this.args);
  }

  #difference(resource: Wire) {
    const { remote, session, args } = this;
    const now = project(remote.definition, this.#unsure, resource);
    return { now, ...plan(remote.definition, now, args, session.stack.project(remote.name)) };
  }

  async #settle(resource: Wire): Promise<Wire> {
    const { remote } = this;
    return remote.settle(resource).catch((failure: unknown) => {
      throw new Created(remote.name, this.#unsure, explained(failure, "update"));
    });
  }

  /** What is always there: not overwritten when somebody else has set it. */
  async #setFirst(): Promise<Made> {
    const { remote, args } = this;
    const found = await remote.get();
    const { now, changed, mask, body } = this.#difference(found);
    const set = Object.entries(asArguments(remote.definition, found))
      .filter(([key, value]) => key !== "parent" && value !== undefined && !isZero(value))
      .map(([key]) => key);
    const adopting = set.length > 0 && changed.length > 0;
    if (adopting && args["adopt"] !== true) {
      throw new Error(
        `${remote.name} has been set already, its ${set.join(" and ")} not as declared; write adopt: true to overwrite it, where the program has renamed or moved its resource give it aliases, or leave it to whoever set it`,
      );
    }
    const kept = adopting || (args["adopt"] === true && set.length > 0) ? this.#adopted(found, now, changed) : {};
    if (mask.length === 0) return { resource: found, kept };
    let taken = false;
    try {
      const resource = await remote.set(mask, body, () => {
        taken = true;
      });
      return { resource, kept };
    } catch (failure) {
      throw taken ? new Created(remote.name, { ...args, ...kept }, explained(failure, "create")) : failure;
    }
  }

  /**
   * An object stands where ours was to be made: our own, made by a run whose answer was lost, one that is to be taken
   * over, or somebody else's. `sent` says that this very run sent a create before and does not know what became of it.
   */
  async #takeOver(resource: Wire, failure: unknown, sent: boolean): Promise<Made> {
    const { remote, session, args } = this;
    const { definition, name, client } = remote;
    if (!sent && (args["adopt"] === true || (await this.#cameWithParent(resource)))) return this.#adopt(resource);
    const since = sinceWhen(resource);
    const foreign = await whyForeign(definition, client, args, resource, sent);
    if (foreign !== undefined) {
      throw explained(
        failure,
        "create",
        `${name} exists since ${since} and is not taken for this program's own: ${foreign}; to take it over write adopt: true, where the program has renamed or moved its resource give it aliases, otherwise choose another ${definition.id ?? "parent"}, delete the existing one, or read it with ${definition.type}.get("…", "${name}")`,
      );
    }
    session.takenOver.add(name);
    session.warn(
      `${name} exists since ${since} and is what this program declares: taking it over as made by an earlier run whose answer was lost.`,
    );
    const kept = { [tookOver]: true };
    try {
      return { resource: await this.converge(resource), kept };
    } catch (failure) {
      throw failure instanceof Created ? failure.with(kept) : failure;
    }
  }

  /** Takes over what somebody else made, unless that would need what cannot change. */
  async #adopt(resource: Wire): Promise<Made> {
    const { remote, session, args } = this;
    const { definition, name } = remote;
    const differs = differingImmutable(definition, args, resource);
    if (differs !== undefined) {
      throw new Error(
        `${name} exists with another ${differs} than declared, which cannot change, so it is not taken over; declare what it has, choose another ${definition.id ?? "parent"}, or delete it`,
      );
    }
    session.takenOver.add(name);
    const { now, changed } = this.#difference(resource);
    const kept = this.#adopted(resource, now, changed);
    try {
      return { resource: await this.converge(resource), kept };
    } catch (failure) {
      throw failure instanceof Created ? failure.with(kept) : failure;
    }
  }

  #adopted(resource: Wire, before: Values, changed: readonly string[]): Values {
    const { remote, session, args } = this;
    const what = changed.length > 0 ? `its ${changed.join(", ")} changed` : "nothing about it changed";
    const fate = args["deleteOnRelease"] === true ? "deleted" : "let go of, not deleted,";
    session.warn(
      `${remote.name} exists since ${sinceWhen(resource)} and is taken over, ${what}; it is ${fate} when it leaves this program.`,
    );
    const from = (key: string) => before[key] ?? null;
    const changes = Object.fromEntries(changed.map((key) => [key, { from: from(key), to: args[key] }]));
    return { adopted: { changes } };
  }

  async #cameWithParent(resource: Wire): Promise<boolean> {
    const { definition, client, name } = this.remote;
    const { comesWithParent } = definition;
    const branch = String(this.args["parent"]);
    if (!comesWithParent) return false;
    const parent = await client.get(branch).catch(() => undefined);
    if (!cameWithParent(definition, resource, parent)) return false;
    // It may also have been made soon after, by this program. What is not known for sure is rather let go of one day than deleted.
    const source = valueAt(parent, ["status", "source_branch"]);
    if (typeof source === "string") {
      return client.get(`${source}${name.slice(branch.length)}`).then(
        (origin) => cameWithParent(definition, origin, parent),
        (failure: unknown) => !isNotFound(failure),
      );
    }
    if (branch !== `${projectOf(branch)}/branches/${rootBranchId}`) return true;
    return client.get(projectOf(branch)).then(
      (project) => comesWithParent.first(resource, valueAt(project, ["status", "owner"])),
      () => true,
    );
  }

  /** The service says that the object exists, and does not show it. Answers what was brought back; nothing when the id is free. */
  async #tombstone(failure: unknown, purged: boolean): Promise<Made | undefined> {
    const { remote, session, args } = this;
    const { definition, name } = remote;
    const { type, id = "parent", undeletable, rests } = definition;
    const listed = await remote.siblings(undeletable ? { show_deleted: "true" } : {}).catch(() => []);
    const found = listed.find((other) => other["name"] === name);
    const [deleted, purge] = ["delete_time", "purge_time"].map(
      (key) => found?.[key] ?? valueAt(found, ["status", key]),
    );
    if (deleted === undefined || purged) {
      const namesake = this.#namesake(listed);
      if (namesake !== undefined) throw explained(failure, "create", namesake);
      const collection = collectionOf(definition, name);
      const names = listed.map((other) => other["name"]).join(", ") || "nothing that can be listed";
      const ghost =
        found && rests
          ? `it is listed and cannot be read, as happens when an id is used again too soon after a delete (databricks/cli#5872); choose another ${id}`
          : `yet ${name} cannot be read, and ${collection} has ${names}; read what is there with ${type}.get, or choose another ${id}`;
      throw explained(failure, "create", ghost);
    }
    if (args["onTombstone"] === "purge") {
      await remote.delete({ purge: "true" });
      session.warn(`${name} was deleted at ${deleted} and is purged now, since onTombstone says so.`);
      return undefined;
    }
    if (args["onTombstone"] !== "undelete") {
      throw explained(
        failure,
        "create",
        `the id is held by a ${type} that was deleted at ${deleted} and is kept until ${purge ?? "it is purged"}; write onTombstone: "undelete" to bring it back, onTombstone: "purge" to delete it for good, or choose another ${id}`,
      );
    }
    await remote.client.undelete(name).catch(async (lost: unknown) => {
      if (lost instanceof OperationError && lost.refusal === undefined) throw this.#broughtBack(lost);
      if (!leavesDoubt(lost) || !(await remote.look())) throw lost;
    });
    session.warn(`${name} was deleted at ${deleted} and is brought back, since onTombstone says so.`);
    const resource = await remote.get().catch((failure: unknown) => {
      throw this.#broughtBack(failure);
    });
    const differs = differingImmutable(definition, args, resource);
    if (differs !== undefined) {
      throw new Error(
        `${name} is brought back with another ${differs} than declared, which cannot change; declare what it has, or delete it again and write onTombstone: "purge"`,
      );
    }
    return this.converge(resource).then(
      (converged) => ({ resource: converged, kept: {} }),
      (failure: unknown) => {
        throw this.#broughtBack(failure);
      },
    );
  }

  /** It is this program's own now, and too old to be taken for that by the next run, unless the state has it. */
  #broughtBack(failure: unknown): Created {
    return failure instanceof Created
      ? failure
      : new Created(this.remote.name, this.args, explained(failure, "create"));
  }

  /** What the id is made from can be taken as well, under another id, e.g. the name in Postgres. */
  #namesake(listed: readonly Wire[]): string | undefined {
    const { definition, name } = this.remote;
    const { id, derivedId } = definition;
    const field = definition.fields.find(({ path }) => path[0] === derivedId?.from);
    if (field === undefined || derivedId === undefined) return undefined;
    const { from } = derivedId;
    const twin = listed.find((other) => other["name"] !== name && serviceValue(field, other) === this.args[from]);
    const last = String(twin?.["name"]).split("/").at(-1);
    return (
      twin && `${twin["name"]} has this ${from}; write ${id}: "${last}" to declare that one, or choose another ${from}`
    );
  }

  /** The service took the create, then the wait failed: the object is kept in the state unless it surely is not there. */
  async #failedWait(failure: unknown): Promise<Error> {
    const { remote, args } = this;
    const { name, definition } = remote;
    const failed = failure instanceof OperationError && failure.refusal !== undefined;
    const there = !failed || (await remote.look().catch(() => true));
    if (there) return new Created(name, args, explained(failure, "create"));
    if (!definition.rests || !isNotFound(failure)) return explained(failure, "create");
    const listed = await remote.siblings().catch(() => []);
    const ghost = listed.some((other) => other["name"] === name);
    return explained(
      failure,
      "create",
      ghost
        ? `${name} is listed now and cannot be read, as happens when an id is used again too soon after a delete (databricks/cli#5872); choose another ${definition.id}`
        : undefined,
    );
  }

  /** A name that this run has just freed is left alone for a while, where using it again is known to go wrong. */
  async #rest(): Promise<void> {
    const { remote, session } = this;
    const { rests } = remote.definition;
    const deleted = session.deletedAt.get(remote.name);
    if (rests === undefined || deleted === undefined) return;
    const { clock } = remote.client;
    const left = deleted + rests - clock.now();
    if (left > 0) await clock.sleep(left);
  }
}

function sinceWhen(resource: Wire): string {
  const { create_time: since } = resource;
  return typeof since === "string" ? line(since, 100) : "an unknown time";
}
