/** New resources at random, each where the service takes it. */
import { type Args, flag, kindOf } from "./kinds";
import { type Declared, isAt, isProduction, type Program, type Ref, withoutEmpty } from "./program";
import type { Random } from "./random";

const ways = [
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
] as const;

const computes = { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 4 };

export class Additions {
  #count = 0;

  constructor(readonly chance: Random) {}

  fresh(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.#count}`;
  }

  project(): Declared {
    const pgVersion = this.chance.pick([16, 17, undefined]);
    const args = { projectId: this.fresh("shop-"), pgVersion, purgeOnDelete: true, allowReplace: true };
    return this.#declare("Project", "project", args);
  }

  /** The program and one or two more; the same where there is one already. */
  addTo(program: Program): Program {
    const branches = program.filter(({ type }) => type === "Branch");
    const parent = { ref: this.chance.pick(program.filter(({ type }) => type === "Project")).key };
    const way = this.chance.pick(ways);
    const one = (type: string, prefix: string, args: Args, likelihood?: number) => {
      const ids = Object.entries(args).filter(([key]) => key === "branchId" || key === "endpointId");
      const has = program.some(
        (other) =>
          other.type === type &&
          isAt(other.args, args["parent"]) &&
          ids.every(([key, value]) => other.args[key] === value),
      );
      return has ? program : [...program, this.#declare(type, prefix, args, likelihood)];
    };
    if (way === "permissions") return one("ProjectPermissions", "acl", { parent }, 1);
    if (way === "production") return one("Branch", "branch", { parent, branchId: "production" });
    if (way === "branch" || branches.length === 0) return [...program, this.#branch(branches, parent)];
    const branch = this.chance.pick(branches);
    const place = { ref: branch.key };
    switch (way) {
      case "endpoint": {
        const args = { endpointId: this.fresh("reader-"), endpointType: "ENDPOINT_TYPE_READ_ONLY", ...computes };
        return one("Endpoint", "endpoint", { parent: place, ...args });
      }
      case "primary": {
        const args = { endpointId: "primary", endpointType: "ENDPOINT_TYPE_READ_WRITE", ...computes };
        return one("Endpoint", "endpoint", { parent: place, ...args });
      }
      case "schedule":
        return isProduction(branch.args) ? one("SnapshotSchedule", "schedule", { parent: place }, 1) : program;
      case "role":
        return [...program, this.#role(place)];
      case "database":
        return [...program, ...this.#database(program, place)];
      case "data-api": {
        const databases = program.filter(({ type }) => type === "Database");
        if (databases.length === 0) return program;
        return one("DataApi", "api", { parent: { ref: this.chance.pick(databases).key }, dbSchemas: ["public"] });
      }
    }
  }

  #declare(type: string, prefix: string, args: Args, likelihood = 0.5): Declared {
    const extra = Object.entries(kindOf({ type }).mutable).flatMap(([key, value]) =>
      args[key] === undefined && this.chance.chance(likelihood) ? [[key, value(this.chance)] as const] : [],
    );
    return { type, key: this.fresh(prefix), args: withoutEmpty({ ...args, ...Object.fromEntries(extra) }) };
  }

  #branch(branches: Program, parent: Ref): Declared {
    const sources = branches.filter(({ args }) => isAt(args, parent) && args["ttl"] === undefined);
    const sourceBranch =
      sources.length > 0 && this.chance.chance(0.6) ? { ref: this.chance.pick(sources).key } : undefined;
    const branchId = this.fresh("dev-");
    const purgeOnDelete = flag(this.chance);
    const ttl = this.chance.pick(["7d", undefined, undefined]);
    return this.#declare("Branch", "branch", {
      parent,
      branchId,
      sourceBranch,
      allowReplace: true,
      purgeOnDelete,
      ttl,
    });
  }

  #role(parent: Ref): Declared {
    const postgresRole = this.fresh("app-");
    const isNamed = this.chance.chance(0.5);
    const authMethod = this.chance.pick(["NO_LOGIN", undefined]);
    const roleId = isNamed ? this.fresh("role-") : undefined;
    return this.#declare("Role", "role", { parent, postgresRole, authMethod, roleId });
  }

  /** With a role that owns it, when there is none. */
  #database(program: Program, parent: Ref): Program {
    const roles = program.filter(({ type, args }) => type === "Role" && isAt(args, parent));
    const role = roles.length > 0 ? undefined : this.#role(parent);
    const owner = { ref: (role ?? this.chance.pick(roles)).key };
    const args = { parent, databaseId: this.fresh("orders-"), role: owner, allowReplace: true };
    return [...(role ? [role] : []), this.#declare("Database", "database", args, 1)];
  }
}
