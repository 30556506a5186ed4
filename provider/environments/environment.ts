/** One environment of a table with all that follows from its preset, from the defaults and from what it is made from. */
import { role } from "../resources/role";
import { expiry } from "../rules/branch";
import { rootBranchId } from "../rules/limits";
import type { AnyDefinition } from "../schema/definition";
import { derivedId } from "../schema/name";
import { presets } from "./presets";
import type {
  ComputeOfTable,
  DatabaseOfTable,
  EnvironmentArgs,
  EnvironmentTable,
  MigrationsOfTable,
  RoleOfTable,
} from "./table";

export interface Environment {
  readonly key: string;
  /** What the table says of it. */
  readonly said: EnvironmentArgs;
  /** The environments that it is made from, nearest first. */
  readonly sources: readonly string[];
  readonly isProtected: boolean;
  /** Whether Pulumi refuses to delete it. */
  readonly deletionProtection: boolean | undefined;
  /** Whether the service deletes it by itself one day. */
  readonly expires: boolean;
  readonly compute: ComputeOfTable;
  readonly replicas: { readonly count: number; readonly compute: ComputeOfTable };
  readonly roles: Readonly<Record<string, RoleOfTable>>;
  readonly databases: Readonly<Record<string, DatabaseOfTable>>;
  readonly migrations: MigrationsOfTable | undefined;
}

/** The environments in an order in which each comes after the one that it is made from. Those of a circle are left out. */
export function environmentsOf(table: EnvironmentTable): readonly Environment[] {
  const keys = [rootBranchId, ...Object.keys(table.environments).filter((key) => key !== rootBranchId)];
  const found = new Map<string, Environment>();
  const next = () =>
    keys.find((key) => {
      const source = sourceOf(table, key);
      return !found.has(key) && (source === undefined || found.has(source));
    });
  for (let key = next(); key !== undefined; key = next()) {
    const source = sourceOf(table, key);
    const above = source === undefined ? [] : [source, ...(found.get(source)?.sources ?? [])];
    found.set(key, environmentOf(table, key, above));
  }
  return [...found.values()];
}

/** What the table says of an environment; nothing of one that is not in it, whatever objects have of that name. */
export function saidOf({ environments }: EnvironmentTable, key: string): EnvironmentArgs | undefined {
  return Object.hasOwn(environments, key) ? environments[key] : undefined;
}

/** The key of the environment that one is made from; none for `production`. */
export function sourceOf(table: EnvironmentTable, key: string): string | undefined {
  return key === rootBranchId ? undefined : (saidOf(table, key)?.sourceEnvironment ?? rootBranchId);
}

export function environmentOf(table: EnvironmentTable, key: string, sources: readonly string[]): Environment {
  const said = saidOf(table, key) ?? {};
  const isKept = key === rootBranchId && table.deletionProtection !== false;
  const compute = over(said.preset === undefined ? {} : presets[said.preset], said.compute ?? {});
  const { group: _, disabled: __, ...one } = compute;
  const { count, ...own } = typeof said.replicas === "object" ? said.replicas : { count: said.replicas ?? 0 };
  const databases = said.databases ?? {};
  return {
    key,
    said,
    sources,
    isProtected: said.isProtected ?? isKept,
    deletionProtection: said.deletionProtection ?? (isKept || undefined),
    expires: expires(said),
    compute,
    replicas: { count, compute: over(one, own) },
    roles: said.roles ?? {},
    databases,
    migrations: migrationsOf(table, said, [key, ...sources]),
  };
}

export function expires(said: EnvironmentArgs): boolean {
  return expiry(said) !== undefined;
}

/** What the upper one says counts; of the two ways to sleep, it is one. */
function over(lower: ComputeOfTable, upper: ComputeOfTable): ComputeOfTable {
  const { suspendTimeoutDuration: _, noSuspension: __, ...rest } = lower;
  const saysWhen = upper.suspendTimeoutDuration !== undefined || upper.noSuspension !== undefined;
  return { ...(saysWhen ? rest : lower), ...upper };
}

function migrationsOf(
  table: EnvironmentTable,
  { migrations }: EnvironmentArgs,
  line: readonly string[],
): MigrationsOfTable | undefined {
  if (migrations === undefined) return undefined;
  const written = typeof migrations === "string" ? { folder: migrations } : migrations;
  const [only, ...others] = databasesIn(table, line).keys();
  return only !== undefined && others.length === 0 ? { database: only, ...written } : written;
}

/** A role's name in Postgres. */
export function postgresRoleOf(key: string, { postgresRole }: RoleOfTable): string {
  return postgresRole ?? key;
}

/** A database's name in Postgres. */
export function postgresDatabaseOf(key: string, { postgresDatabase }: DatabaseOfTable): string {
  return postgresDatabase ?? key;
}

/** The last part of a role's full name. */
export function roleIdOf(key: string, said: RoleOfTable): string {
  const id = said.roleId ?? derivedId(role as unknown as AnyDefinition, { postgresRole: postgresRoleOf(key, said) });
  if (id === undefined) throw new Error(`role ${key} has no name in Postgres`);
  return id;
}

/** The roles of a line of environments by key, the nearest one's entry where several have one. */
export function rolesIn(table: EnvironmentTable, line: readonly string[]): ReadonlyMap<string, RoleOfTable> {
  return inLine(line, (key) => saidOf(table, key)?.roles);
}

/** The same for databases. */
export function databasesIn(table: EnvironmentTable, line: readonly string[]): ReadonlyMap<string, DatabaseOfTable> {
  return inLine(line, (key) => saidOf(table, key)?.databases);
}

function inLine<T>(
  line: readonly string[],
  of: (key: string) => Readonly<Record<string, T>> | undefined,
): ReadonlyMap<string, T> {
  return new Map(line.toReversed().flatMap((key) => Object.entries(of(key) ?? {})));
}
