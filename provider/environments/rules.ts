/** What a table may not say although each of its values is right. A rule answers with all that it finds. */
import { branch } from "../resources/branch";
import { endpoint } from "../resources/endpoint";
import { projectPermissions } from "../resources/project-permissions";
import {
  compute as computeLimits,
  protectedBranchesPerProject,
  readWriteEndpointId,
  rootBranchId,
} from "../rules/limits";
import type { Problem, Rule } from "../schema/rule";
import type { Path } from "../schema/unknown";
import {
  databasesIn,
  type Environment,
  environmentOf,
  environmentsOf,
  expires,
  rolesIn,
  saidOf,
  sourceOf,
} from "./environment";
import type { Mistake } from "./mistake";
import type { ComputeOfTable, EnvironmentTable } from "./table";

type TableRule = (table: EnvironmentTable) => readonly Mistake[];

/** What is judged with the stack's settings is judged again, by each resource: here with all that the service allows. */
const context = { autoscalingSpreadLimit: computeLimits.serviceSpread };

/** Every environment is made from another one, `production` in the end. */
const sources: TableRule = (table) => {
  const keys = Object.keys(table.environments);
  return keys.flatMap((key) => {
    const source = sourceOf(table, key);
    const message = source === undefined ? undefined : whyNoSource(table, key, source, keys);
    return message === undefined ? [] : [{ path: ["environments", key, "sourceEnvironment"], message }];
  });
};

function whyNoSource(
  table: EnvironmentTable,
  key: string,
  source: string,
  keys: readonly string[],
): string | undefined {
  const said = saidOf(table, source);
  if (said === undefined) {
    return `is '${source}', which is not in the table; it has ${keys.filter((other) => other !== key).join(", ")}`;
  }
  if (expires(said)) {
    return `is '${source}', which expires, and a branch with an expiration cannot have children; give another one, or let '${source}' stay`;
  }
  const circle = circleFrom(table, key);
  // It is told once, of the first of them. One that is its own source is judged as a branch.
  return circle.length < 2 || keys.some((other) => circle.includes(other) && keys.indexOf(other) < keys.indexOf(key))
    ? undefined
    : `goes round in a circle: ${[...circle, key].join(" from ")}; make one of them from ${rootBranchId}`;
}

/** Those on the way from an environment back to itself; none when the way leads elsewhere. */
function circleFrom(table: EnvironmentTable, key: string): readonly string[] {
  const way = [key];
  for (let source = sourceOf(table, key); source !== undefined; source = sourceOf(table, source)) {
    if (way.includes(source)) return source === key ? way : [];
    way.push(source);
  }
  return [];
}

/** One branch of a project is protected at most. */
const oneProtected: TableRule = (table) => {
  const [first, ...others] = eachAlone(table).filter(({ isProtected }) => isProtected);
  return others.slice(protectedBranchesPerProject - 1).map(({ key }) => ({
    path: ["environments", key, "isProtected"],
    message: `makes one protected branch too many, of which a project can have ${protectedBranchesPerProject}: '${first?.key}' is protected unless it says isProtected: false`,
  }));
};

/** The environments without a look at what they are made from, which may be wrong. `production` comes first. */
function eachAlone(table: EnvironmentTable): readonly Environment[] {
  const others = Object.keys(table.environments).filter((key) => key !== rootBranchId);
  return [rootBranchId, ...others].map((key) => environmentOf(table, key, []));
}

/** Keys of roles and databases are those of the environment, or of one that it is made from. */
const names: TableRule = (table) =>
  environmentsOf(table).flatMap(({ key, said, sources, migrations }) => {
    const line = [key, ...sources];
    const [roles, databases] = [rolesIn(table, line), databasesIn(table, line)];
    const at = ["environments", key];
    const missing = (kind: string, known: ReadonlyMap<string, unknown>, name: string | undefined, path: Path) =>
      name === undefined || known.has(name)
        ? []
        : [
            {
              path,
              message: `is '${name}', and there is no such ${kind} in ${line.join(" or ")}; ${known.size > 0 ? `there is ${[...known.keys()].join(", ")}` : `write it under ${kind}s`}`,
            },
          ];
    const several = migrations !== undefined && migrations.database === undefined && databases.size > 1;
    return [
      ...Object.entries(said.databases ?? {}).flatMap(([name, { role }]) =>
        missing("role", roles, role, [...at, "databases", name, "role"]),
      ),
      ...Object.entries(said.roles ?? {}).flatMap(([name, { reassignOwnedTo }]) =>
        missing("role", roles, reassignOwnedTo, [...at, "roles", name, "reassignOwnedTo"]),
      ),
      ...missing("database", databases, migrations?.database, [...at, "migrations", "database"]),
      ...missing("role", roles, migrations?.role, [...at, "migrations", "role"]),
      ...(several
        ? [
            {
              path: [...at, "migrations"],
              message: `does not say in which database, and there is ${[...databases.keys()].join(", ")}; write { folder, database }`,
            },
          ]
        : []),
    ];
  });

/** What the rules of a branch and its computes say of each environment alone. */
const resources: TableRule = (table) =>
  eachAlone(table).flatMap((one) => {
    const { key, compute, replicas } = one;
    const at = ["environments", key];
    return [
      ...judged(branch.rules, branchArgs(table, one), at, { sourceBranch: "sourceEnvironment" }),
      ...judged(endpoint.rules, endpointArgs(compute, readWriteEndpointId), [...at, "compute"]),
      // What is wrong with those that are as the compute is told there.
      ...(typeof one.said.replicas === "object"
        ? judged(endpoint.rules, endpointArgs(replicas.compute, "replica"), [...at, "replicas"])
        : []),
    ];
  });

function branchArgs(table: EnvironmentTable, { key, said, isProtected }: Environment): object {
  const parent = `projects/${table.projectId}`;
  const { sourceEnvironment: source } = said;
  return {
    ...said,
    parent,
    branchId: key,
    isProtected,
    ...(source !== undefined && { sourceBranch: `${parent}/branches/${source}` }),
  };
}

function endpointArgs(compute: ComputeOfTable, endpointId: string): object {
  const kind = endpointId === readWriteEndpointId ? "READ_WRITE" : "READ_ONLY";
  return { ...compute, endpointId, endpointType: `ENDPOINT_TYPE_${kind}` };
}

const permissions: TableRule = ({ permissions: accessControlList }) =>
  accessControlList === undefined
    ? []
    : judged(projectPermissions.rules, { accessControlList }, [], { accessControlList: "permissions" });

/** A definition's own rules. They read names, numbers and whether something is said, and those the table has as they take them. */
function judged<Args>(
  rules: readonly Rule<Args>[] | undefined,
  args: object,
  at: Path,
  called: Readonly<Record<string, string>> = {},
): readonly Mistake[] {
  const problems: readonly Problem[] = (rules ?? []).flatMap((rule) => rule(args as Args, context) ?? []);
  return problems.map(({ property, message }) => {
    const [top = "", ...rest] = property.split(".");
    return { path: [...at, called[top] ?? top, ...rest], message };
  });
}

export const tableRules: readonly TableRule[] = [sources, oneProtected, names, resources, permissions];
