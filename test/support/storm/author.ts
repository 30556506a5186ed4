/** Programs at random, and changes of them: what a user declares, and declares next. */
import { Additions } from "./additions";
import { type Args, kindOf } from "./kinds";
import { isAt, isProduction, isRef, type Program, withoutEmpty, withUsers } from "./program";
import type { Random } from "./random";

/** A program and its changes. */
export class Author {
  /** Renamed without an alias in the change that is being written: changed besides, they would be no longer what is declared. */
  readonly #bare = new Set<string>();

  readonly #additions: Additions;

  constructor(readonly chance: Random) {
    this.#additions = new Additions(chance);
  }

  first(): Program {
    let program: Program = [];
    const projects = this.chance.chance(0.25) ? 2 : 1;
    for (let n = 0; n < projects; n++) program = [...program, this.#additions.project()];
    const resources = 2 + this.chance.below(10);
    for (let n = 0; n < resources; n++) program = this.#additions.addTo(program);
    return program;
  }

  next(program: Program): Program {
    let changed = program;
    this.#bare.clear();
    const changes = 1 + this.chance.below(3);
    for (let n = 0; n < changes; n++) {
      const ways = [this.#add, this.#add, this.#remove, this.#set, this.#set, this.#set, this.#move, this.#rename];
      changed = this.chance.pick(ways).call(this, changed, program);
    }
    return changed;
  }

  #add(program: Program): Program {
    return this.#additions.addTo(program);
  }

  #remove(program: Program): Program {
    const projects = program.filter(({ type }) => type === "Project");
    const candidates = program.filter(({ type }) => type !== "Project" || projects.length > 1);
    if (candidates.length === 0) return program;
    const gone = withUsers(program, new Set([this.chance.pick(candidates).key]));
    return program.filter(({ key }) => !gone.has(key));
  }

  #set(program: Program): Program {
    const candidates = program.filter(
      (declared) => Object.keys(kindOf(declared).mutable).length > 0 && !this.#bare.has(declared.key),
    );
    if (candidates.length === 0) return program;
    const one = this.chance.pick(candidates);
    const [key, value] = this.chance.pick(Object.entries(kindOf(one).mutable));
    const next = value(this.chance);
    // A name for people, once given, can be changed and not removed; and what is never declared stays so.
    const args = withoutEmpty({ ...one.args, [key]: next });
    return program.map((other) => (other === one ? { ...one, args } : other));
  }

  /** Changes something that cannot change in place. */
  #move(program: Program): Program {
    const one = this.chance.pick(program);
    const { args } = one;
    if (this.#bare.has(one.key)) return program;
    const change = (more: Args) =>
      program.map((other) => (other === one ? { ...one, args: withoutEmpty({ ...args, ...more }) } : other));
    switch (one.type) {
      case "Project":
        return this.chance.chance(0.3) ? change({ pgVersion: args["pgVersion"] === 16 ? 17 : 16 }) : program;
      case "Branch": {
        if (isProduction(args)) return program;
        const below = withUsers(program, new Set([one.key]));
        const before = program.slice(0, program.indexOf(one));
        const sources = before.filter(
          ({ type, key, args: its }) =>
            type === "Branch" && !below.has(key) && isAt(its, args["parent"]) && its["ttl"] === undefined,
        );
        return sources.length === 0 ? program : change({ sourceBranch: { ref: this.chance.pick(sources).key } });
      }
      case "Endpoint":
        return args["endpointId"] === "primary" ? program : change({ endpointId: this.#additions.fresh("reader-") });
      case "Role": {
        // Under the same id the old one has to go first, and the service deletes none that owns something.
        const isOwner = withUsers(program, new Set([one.key])).size > 1;
        return isOwner && args["roleId"] !== undefined
          ? program
          : change({ postgresRole: this.#additions.fresh("app-") });
      }
      case "Database":
        return change({
          databaseId: this.#additions.fresh("orders-"),
          postgresDatabase: this.#additions.fresh("orders_"),
        });
      default:
        return program;
    }
  }

  /** Another logical name for the same object, with an alias or, as people forget, without. */
  #rename(program: Program, original: Program): Program {
    const one = this.chance.pick(program);
    const key = this.#additions.fresh(`${one.type.toLowerCase()}-renamed-`);
    const isBare = this.chance.chance(0.5) && original.includes(one);
    const aliases = isBare ? {} : { aliases: [one.key, ...(one.aliases ?? [])] };
    if (isBare) this.#bare.add(key);
    const { aliases: _, ...plain } = one;
    return program.map((other) => {
      if (other === one) return { ...plain, key, ...aliases };
      const args = Object.fromEntries(
        Object.entries(other.args).map(([name, value]) => [
          name,
          isRef(value) && value.ref === one.key ? { ref: key } : value,
        ]),
      );
      return { ...other, args };
    });
  }
}
