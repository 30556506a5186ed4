/** Programs at random, and changes of them: what a user declares, and declares next. */
import type { Random } from "./random";

/** An argument that is another resource, by its logical name: it stands for that one's full name. */
export interface Ref {
  readonly ref: string;
}

export interface Declared {
  readonly type: string;
  /** The logical name. */
  readonly key: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Logical names that it had before. */
  readonly aliases?: readonly string[];
}

/** In an order in which what is used comes first. */
export type Program = readonly Declared[];

export function isRef(value: unknown): value is Ref {
  return typeof value === "object" && value !== null && "ref" in value;
}

/** How each kind is named, what of it cannot change, and what of it can, at random. */
interface Kind {
  readonly collection: string;
  /** The id; nothing for what its parent has one of. */
  readonly id: (args: Declared["args"]) => string | undefined;
  readonly immutable: readonly string[];
  /** Undefined takes the argument out, where its default is known. */
  readonly mutable: Readonly<Record<string, (chance: Random) => unknown>>;
}

const sizes = [0.5, 1, 2, 4];
const flag = (chance: Random) => chance.pick([true, false, undefined]);

export const kinds: Readonly<Record<string, Kind>> = {
  Project: {
    collection: "projects",
    id: ({ projectId }) => String(projectId),
    immutable: ["pgVersion"],
    mutable: {
      displayName: (chance) => `Shop ${chance.below(100)}`,
      historyRetentionDuration: (chance) => chance.pick(["2d", "14d", "336h", undefined]),
      customTags: (chance) => chance.pick([{ team: "web" }, { team: "data", tier: "2" }, undefined]),
      enablePgNativeLogin: flag,
      defaultEndpointSettings: (chance) =>
        chance.pick([
          { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: chance.pick(sizes) },
          { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 4, suspendTimeoutDuration: "5m" },
          undefined,
        ]),
    },
  },
  ProjectPermissions: {
    collection: "permissions",
    id: () => undefined,
    immutable: [],
    mutable: {
      accessControlList: (chance) => [
        { groupName: "developers", permissionLevel: chance.pick(["CAN_USE", "CAN_MANAGE"]) },
        ...(chance.chance(0.5) ? [{ userName: "dba@example.com", permissionLevel: "CAN_MANAGE" }] : []),
      ],
    },
  },
  Branch: {
    collection: "branches",
    id: ({ branchId }) => String(branchId),
    immutable: ["sourceBranch"],
    mutable: {},
  },
  SnapshotSchedule: {
    collection: "snapshot-schedule",
    id: () => undefined,
    immutable: [],
    mutable: {
      schedule: (chance) => [{ dailySchedule: { hour: chance.below(24) }, retention: chance.pick(["1d", "7d"]) }],
    },
  },
  Endpoint: {
    collection: "endpoints",
    id: ({ endpointId }) => String(endpointId),
    immutable: ["endpointType"],
    mutable: {
      autoscalingLimitMaxCu: (chance) => chance.pick([4, 6, 8]),
      suspendTimeoutDuration: (chance) => chance.pick(["5m", "300s", "1h"]),
      disabled: flag,
      settings: (chance) => chance.pick([{ pgSettings: { work_mem: chance.pick(["8MB", "64MB"]) } }, undefined]),
    },
  },
  Role: {
    collection: "roles",
    id: ({ roleId, postgresRole }) => String(roleId ?? postgresRole),
    immutable: ["postgresRole", "authMethod"],
    mutable: {
      attributes: (chance) => chance.pick([{ createdb: true }, { createdb: true, createrole: true }, undefined]),
      membershipRoles: (chance) => chance.pick([["DATABRICKS_SUPERUSER"], [], undefined]),
    },
  },
  Database: {
    collection: "databases",
    id: ({ databaseId }) => String(databaseId),
    immutable: [],
    mutable: {
      postgresDatabase: (chance) => `orders_${chance.below(1_000_000)}`,
    },
  },
  DataApi: {
    collection: "data-api",
    id: () => undefined,
    immutable: [],
    mutable: {
      dbSchemas: (chance) => chance.pick([["public"], ["public", "api"]]),
      jwtRoleClaimKey: (chance) => chance.pick([".role", ".sub", undefined]),
    },
  },
};

export function kindOf({ type }: Pick<Declared, "type">): Kind {
  const kind = kinds[type];
  if (!kind) throw new Error(`there is no kind ${type}`);
  return kind;
}

/** Full names by logical names. */
export function namesOf(program: Program): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const declared of program) {
    const { collection, id } = kindOf(declared);
    const own = id(declared.args);
    const { parent } = declared.args;
    const place = isRef(parent) ? `${names.get(parent.ref)}/${collection}` : collection;
    names.set(declared.key, own === undefined ? place : `${place}/${own}`);
  }
  return names;
}

/** With full names in place of references. */
export function resolved(declared: Declared, names: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(declared.args).map(([key, value]) => [key, isRef(value) ? names.get(value.ref) : value]),
  );
}

/** What uses it, and what uses that. It is one of them. */
function withUsers(program: Program, keys: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set(keys);
  for (const { key, args } of program) {
    if (Object.values(args).some((value) => isRef(value) && found.has(value.ref))) found.add(key);
  }
  return found;
}

/** Full names of what may go when one program follows another: all else has to stay the very same object. */
export function mayGo(before: Program, after: Program): (name: string) => boolean {
  const [was, is] = [namesOf(before), namesOf(after)];
  const kept = new Map(after.map((declared) => [is.get(declared.key) ?? "", declared]));
  const gone = before.filter((declared) => {
    const name = was.get(declared.key) ?? "";
    const next = kept.get(name);
    if (!next) return true;
    const [old, now] = [resolved(declared, was), resolved(next, is)];
    return kindOf(declared).immutable.some((argument) => old[argument] !== now[argument]);
  });
  const all = withUsers(before, new Set(gone.map(({ key }) => key)));
  const names = [...all].map((key) => was.get(key) ?? "");
  return (name) => names.some((other) => name === other || name.startsWith(`${other}/`));
}

/** A program and its changes. */
export class Author {
  #count = 0;
  /** Renamed without an alias in the change that is being written: changed besides, they would be no longer what is declared. */
  readonly #bare = new Set<string>();

  constructor(readonly chance: Random) {}

  first(): Program {
    let program: Program = [];
    const projects = this.chance.chance(0.25) ? 2 : 1;
    for (let n = 0; n < projects; n++) program = [...program, this.#project()];
    const resources = 2 + this.chance.below(10);
    for (let n = 0; n < resources; n++) program = this.#add(program);
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

  #fresh(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.#count}`;
  }

  #declare(type: string, prefix: string, args: Declared["args"], likelihood = 0.5): Declared {
    const extra = Object.entries(kinds[type]?.mutable ?? {}).flatMap(([key, value]) =>
      args[key] === undefined && this.chance.chance(likelihood) ? [[key, value(this.chance)] as const] : [],
    );
    return { type, key: this.#fresh(prefix), args: withoutEmpty({ ...args, ...Object.fromEntries(extra) }) };
  }

  #project(): Declared {
    const pgVersion = this.chance.pick([16, 17, undefined]);
    const args = { projectId: this.#fresh("shop-"), pgVersion, purgeOnDelete: true, allowReplace: true };
    return this.#declare("Project", "project", args);
  }

  #add(program: Program): Program {
    const projects = program.filter(({ type }) => type === "Project");
    const branches = program.filter(({ type }) => type === "Branch");
    const project = this.chance.pick(projects);
    const parent = { ref: project.key };
    const way = this.chance.pick([
      "branch",
      "branch",
      "production",
      "endpoint",
      "primary",
      "role",
      "database",
      "database",
      "permissions",
      "schedule",
      "data-api",
    ]);
    const on = (others: Program, own: Ref) =>
      others.find(({ args }) => isRef(args["parent"]) && args["parent"].ref === own.ref);
    if (way === "permissions") {
      const has = on(
        program.filter(({ type }) => type === "ProjectPermissions"),
        parent,
      );
      return has ? program : [...program, this.#declare("ProjectPermissions", "acl", { parent }, 1)];
    }
    if (way === "production") {
      const has = program.some(({ type, args }) => type === "Branch" && isProduction(args) && isAt(args, parent));
      return has ? program : [...program, this.#declare("Branch", "branch", { parent, branchId: "production" })];
    }
    if (way === "branch" || branches.length === 0) {
      const sources = branches.filter(({ args }) => isAt(args, parent) && args["ttl"] === undefined);
      const source = sources.length > 0 && this.chance.chance(0.6) ? { ref: this.chance.pick(sources).key } : undefined;
      const args = {
        parent,
        branchId: this.#fresh("dev-"),
        sourceBranch: source,
        allowReplace: true,
        purgeOnDelete: flag(this.chance),
      };
      const ttl = this.chance.pick(["7d", undefined, undefined]);
      return [...program, this.#declare("Branch", "branch", { ...args, ttl })];
    }
    const branch = this.chance.pick(branches);
    const place = { ref: branch.key };
    switch (way) {
      case "endpoint": {
        const args = {
          parent: place,
          endpointId: this.#fresh("reader-"),
          endpointType: "ENDPOINT_TYPE_READ_ONLY",
          autoscalingLimitMinCu: 1,
          autoscalingLimitMaxCu: 4,
        };
        return [...program, this.#declare("Endpoint", "endpoint", args)];
      }
      case "primary": {
        const has = program.some(
          ({ type, args }) => type === "Endpoint" && args["endpointId"] === "primary" && isAt(args, place),
        );
        const args = {
          parent: place,
          endpointId: "primary",
          endpointType: "ENDPOINT_TYPE_READ_WRITE",
          autoscalingLimitMinCu: 1,
          autoscalingLimitMaxCu: 4,
        };
        return has ? program : [...program, this.#declare("Endpoint", "endpoint", args)];
      }
      case "schedule": {
        const has = on(
          program.filter(({ type }) => type === "SnapshotSchedule"),
          place,
        );
        if (has || !isProduction(branch.args)) return program;
        return [...program, this.#declare("SnapshotSchedule", "schedule", { parent: place }, 1)];
      }
      case "role":
        return [...program, this.#role(place)];
      case "database": {
        const roles = program.filter(({ type, args }) => type === "Role" && isAt(args, place));
        const role = roles.length > 0 ? undefined : this.#role(place);
        const owner = { ref: (role ?? this.chance.pick(roles)).key };
        const args = { parent: place, databaseId: this.#fresh("orders-"), role: owner, allowReplace: true };
        return [...program, ...(role ? [role] : []), this.#declare("Database", "database", args, 1)];
      }
      default: {
        const databases = program.filter(({ type }) => type === "Database");
        if (databases.length === 0) return program;
        const database = { ref: this.chance.pick(databases).key };
        const has = on(
          program.filter(({ type }) => type === "DataApi"),
          database,
        );
        return has
          ? program
          : [...program, this.#declare("DataApi", "api", { parent: database, dbSchemas: ["public"] })];
      }
    }
  }

  #role(parent: Ref): Declared {
    const postgresRole = this.#fresh("app-");
    const isNamed = this.chance.chance(0.5);
    const authMethod = this.chance.pick(["NO_LOGIN", undefined]);
    return this.#declare("Role", "role", {
      parent,
      postgresRole,
      authMethod,
      ...(isNamed && { roleId: this.#fresh("role-") }),
    });
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
    const change = (more: Declared["args"]) =>
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
        return args["endpointId"] === "primary" ? program : change({ endpointId: this.#fresh("reader-") });
      case "Role": {
        // Under the same id the old one has to go first, and the service deletes none that owns something.
        const isOwner = withUsers(program, new Set([one.key])).size > 1;
        return isOwner && args["roleId"] !== undefined ? program : change({ postgresRole: this.#fresh("app-") });
      }
      case "Database":
        return change({ databaseId: this.#fresh("orders-"), postgresDatabase: this.#fresh("orders_") });
      default:
        return program;
    }
  }

  /** Another logical name for the same object, with an alias or, as people forget, without. */
  #rename(program: Program, original: Program): Program {
    const one = this.chance.pick(program);
    const key = this.#fresh(`${one.type.toLowerCase()}-renamed-`);
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

function isProduction({ branchId }: Declared["args"]): boolean {
  return branchId === "production";
}

function isAt({ parent }: Declared["args"], place: unknown): boolean {
  return isRef(parent) && isRef(place) && parent.ref === place.ref;
}

function withoutEmpty(args: Declared["args"]): Declared["args"] {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
