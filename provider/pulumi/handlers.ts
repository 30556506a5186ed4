/**
 * The verbs of one resource over plain values: what a provider does, without the host that calls it. The dynamic host
 * is one adapter over this (host.ts); a plugin with the full protocol would be another.
 */
import { isDeepStrictEqual } from "node:util";
import { type Checked, check } from "../schema/check";
import type { AnyDefinition } from "../schema/definition";
import { declaredLate, overAlready } from "../schema/guard";
import type { Wire } from "../schema/marks";
import { branchOf, fullName, isNameOf } from "../schema/name";
import { type Plan, plan } from "../schema/plan";
import { asArguments, differingImmutable, outputs, project } from "../schema/service";
import { isOver, reckoned, slidingOf } from "../schema/sliding";
import { hasUnknown, isRecord } from "../schema/unknown";
import { asBefore } from "../schema/unsure";
import { shapeOf, withArticle } from "../schema/values";
import { Creation, type Made } from "./creation";
import { asExpired, hasEnded, isExpired } from "./expiry";
import { Created, explained, type Verb } from "./failures";
import { Remote } from "./remote";
import { isHeir, remove, tookOver, whyKept } from "./removal";
import type { Session } from "./session";

type Values = Readonly<Record<string, unknown>>;
type Bag = Record<string, unknown>;

/** What an adapter calls. */
export interface Verbs {
  check(olds: Values, news: Values): Promise<Checked>;
  diff(olds: Values, news: Values): Pick<Plan, "changed" | "replaces" | "deleteBeforeReplace">;
  create(args: Values): Promise<{ readonly id: string; readonly outs: Bag }>;
  read(id: string, props: Values): Promise<{ readonly id: string; readonly outs: Bag; readonly inputs?: Bag }>;
  update(id: string, olds: Values, news: Values): Promise<Bag>;
  delete(id: string, props: Values): Promise<void>;
}

/** For how long reads may not know of what was made, and when it is looked for again, in milliseconds. */
const youth = 30_000;
const lookingAgain = [500, 1_000, 2_000] as const;

/** What the state remembers of a resource beside what was declared and what the service said. */
const kept = ["adopted", tookOver] as const;

export class Handlers implements Verbs {
  constructor(
    readonly definition: AnyDefinition,
    readonly logicalName: string,
    readonly session: Session,
    /** How long the service may take for a change of this one, in milliseconds. Default: what the configuration says. */
    readonly waitTimeoutMs?: number,
  ) {}

  async check(olds: Values, news: Values): Promise<Checked> {
    const now = await this.#now(olds, news);
    const checked = check({
      definition: this.definition,
      logicalName: this.logicalName,
      olds: Object.keys(olds).length > 0 ? olds : undefined,
      news,
      settings: this.session.config.rules,
      now,
      stack: this.session.stack,
    });
    const problems = await this.session.problems();
    return { ...checked, failures: [...checked.failures, ...problems.map((reason) => ({ property: "", reason }))] };
  }

  diff(olds: Values, news: Values): Plan {
    const planned = this.#difference(olds, news);
    const name = fullName(this.definition, olds);
    if (name !== undefined && planned.replaces.length > 0) this.session.replaced.add(name);
    if (name !== undefined && isHeir(olds)) this.session.heirs.add(name);
    return planned;
  }

  #difference(olds: Values, news: Values): Plan {
    const planned = this.#changes(olds, news);
    const name = fullName(this.definition, news) ?? "";
    if (!this.session.ended.has(name)) return planned;
    // What lies in it is gone too, and is made anew with it.
    const { into = "" } = slidingOf(this.definition)?.slides ?? {};
    return { ...planned, changed: [...planned.changed, into], replaces: [into], deleteBeforeReplace: true };
  }

  #changes(olds: Values, news: Values): Plan {
    const planned = this.#plan(olds, news);
    const problem = declaredLate(this.definition, planned, olds, news);
    if (problem) throw new Error(`${problem.property} ${problem.message}`);
    if (!isExpired(olds)) {
      const over =
        planned.replaces.length === 0 &&
        overAlready(this.definition, olds["createTime"], olds, news, this.session.clock.now());
      if (over) throw new Error(`${over.property} ${over.message}`);
      return planned;
    }
    const { revived } = this.session;
    const name = fullName(this.definition, news) ?? "";
    if (this.definition.expires) {
      if (planned.changed.length > 0) revived.add(name);
      return planned;
    }
    // What went with its branch comes back with it, and cannot without.
    if (!revived.has(branchOf(name) ?? "")) return { ...planned, changed: [], replaces: [] };
    return planned.changed.length === 0 ? { ...planned, changed: ["parent"] } : planned;
  }

  create(args: Values): Promise<{ readonly id: string; readonly outs: Bag }> {
    return this.#trying("create", async () => {
      const name = this.#name(args);
      const made = await this.#creation(await this.#remote(name), args).run();
      return { id: name, outs: this.#outs(args, made) };
    });
  }

  read(name: string, props: Values): Promise<{ readonly id: string; readonly outs: Bag; readonly inputs?: Bag }> {
    const reading = this.#read(name, props);
    if (this.definition.expires) {
      const over = () => {};
      this.session.reading.set(name, reading.then(over, over));
    }
    return reading;
  }

  #read(name: string, props: Values): Promise<{ readonly id: string; readonly outs: Bag; readonly inputs?: Bag }> {
    return this.#trying("refresh", async () => {
      this.#demandName(name);
      if (isExpired(props)) return { id: name, outs: { ...props } };
      const remote = await this.#remote(name);
      const declared = this.#declared(props);
      // A resource that is only looked up declares nothing: it has to be there, and shows all that the service says, also of
      // what others have changed in the middle of this run.
      const lookedUp = Object.keys(declared).length === 0;
      const found = lookedUp ? await remote.look() : await remote.lookAmongMany(props);
      const resource = found ?? (await lookAgain(remote, props));
      if (!resource) {
        if (lookedUp)
          throw new Error(`${name} does not exist; check the name, and that the workspace is the right one`);
        const remembered = await asExpired(remote, this.session, props);
        return remembered ? { id: name, outs: { ...remembered } } : { id: "", outs: {} };
      }
      const said = { ...outputs(this.definition, resource), ...keptOf(props) };
      const args = lookedUp ? asArguments(this.definition, resource) : project(this.definition, declared, resource);
      // Without drift the inputs stay as they are, in the program's latest spelling, which outputs need not have.
      const asDeclared = !lookedUp && isDeepStrictEqual(args, declared);
      return { id: name, outs: { ...args, ...said }, ...(!asDeclared && { inputs: { ...args, name } }) };
    });
  }

  update(name: string, olds: Values, news: Values): Promise<Bag> {
    return this.#trying("update", async () => {
      const remote = await this.#remote(name);
      if (!isRecord(olds["status"]) || isExpired(olds)) return this.#heal(remote, olds, news);
      const { mask, body } = this.#plan(olds, news);
      if (mask.length === 0) return { ...this.#service(olds), ...news };
      let taken = false;
      try {
        const resource = await remote.set(mask, body, () => {
          taken = true;
        });
        return this.#outs(news, { resource, kept: keptOf(olds) });
      } catch (failure) {
        const known = { ...this.#service(olds), ...asBefore(this.definition, olds, news) };
        throw taken ? new Created(name, known, explained(failure, "update")) : failure;
      }
    });
  }

  delete(name: string, props: Values): Promise<void> {
    return this.#trying("delete", async () => {
      const { ended } = this.session;
      if (isExpired(props) || ended.has(name) || ended.has(branchOf(name) ?? "")) return;
      // Also what goes only with its parent: letting go of it would let the parent's delete take it along.
      if (props["deletionProtection"] === true) {
        throw new Error(
          `${name} is not deleted: it is declared with deletionProtection: true; write false, run 'pulumi up', then delete again`,
        );
      }
      if (this.definition.goesWithParent?.(this.#canonical(props) as never)) return;
      const { type } = this.definition;
      const why = whyKept(this.session, { type, logicalName: this.logicalName, name }, props);
      if (why === undefined) return remove(await this.#remote(name), this.session, props);
      this.session.warn(why);
    });
  }

  /** After a failed wait nobody knows what the object is like: look, make it again if it is gone, and set what differs. */
  async #heal(remote: Remote, olds: Values, news: Values): Promise<Bag> {
    const { definition, name } = remote;
    const found = await remote.look();
    const differs = found && differingImmutable(definition, news, found);
    if (differs !== undefined) {
      throw new Error(
        `${name} exists with another ${differs} than declared, which cannot change; delete it, or declare what it has`,
      );
    }
    const kept = keptOf(olds);
    if (!found) return this.#outs(news, await this.#creation(remote, news).run());
    const creation = this.#creation(remote, { ...this.#service(olds), ...news }, olds);
    return this.#outs(news, { resource: await creation.converge(found), kept });
  }

  /** By the service's clock where something slides by it, and then an object whose time is over is looked for. */
  async #now(olds: Values, news: Values): Promise<number> {
    const { definition, session } = this;
    const { parent } = news;
    if (reckoned(definition, news) === undefined || typeof parent !== "string" || hasUnknown(parent))
      return session.clock.now();
    const now = await session.now(parent);
    const name = fullName(definition, olds);
    if (name !== undefined && name === fullName(definition, news) && isOver(definition, olds, now)) {
      if (news["onExpiry"] !== "forget" && (await hasEnded(await this.#remote(name)))) session.ended.add(name);
    }
    return now;
  }

  #creation(remote: Remote, args: Values, before: Values = {}): Creation {
    const implicit = this.definition.implicit?.(this.#canonical(args) as never) ?? false;
    return new Creation(remote, this.session, args, implicit, before);
  }

  #outs(args: Values, { resource, kept }: Made): Bag {
    return { ...args, ...outputs(this.definition, resource), ...kept };
  }

  async #trying<Result>(verb: Verb, task: () => Promise<Result>): Promise<Result> {
    try {
      return await task();
    } catch (failure) {
      throw explained(failure, verb);
    }
  }

  async #remote(name: string): Promise<Remote> {
    const client = await this.session.client();
    const { waitTimeoutMs: limit } = this;
    return new Remote(this.definition, limit === undefined ? client : client.within(limit), name);
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

  #demandName(name: string): void {
    const { type } = this.definition;
    if (isNameOf(this.definition, name)) return;
    throw new Error(`"${name}" is not the full name of ${withArticle(type)}, which is ${shapeOf(type)}`);
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

/** What was made a moment ago may not be found yet, and is gone only when it is still not found. */
async function lookAgain(remote: Remote, { createTime }: Values): Promise<Wire | undefined> {
  const { clock } = remote.client;
  for (const pause of lookingAgain) {
    const age = (remote.missedAt ?? clock.now()) - Date.parse(String(createTime));
    if (!(age < youth)) return undefined;
    await clock.sleep(pause);
    const found = await remote.look();
    if (found) return found;
  }
  return undefined;
}

function keptOf(props: Values): Bag {
  return Object.fromEntries(kept.flatMap((key) => (props[key] === undefined ? [] : [[key, props[key]]])));
}
