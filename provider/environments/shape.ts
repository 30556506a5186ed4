/** What a table makes, as a tree for people: the computes with their sizes, and what they cost at least and at most. */
import { readWriteEndpointId } from "../rules/limits";
import { readable, seconds } from "../schema/durations";
import { type Cell, drawn, list, type Row } from "../text/layout";
import { size } from "../text/size";
import { type Cost, costOf, costOfEnvironment, hoursOfMonth, type Sized, sized, sum } from "./cost";
import { type Environment, environmentsOf } from "./environment";
import type { EnvironmentArgs, EnvironmentTable } from "./table";

/** Read replicas are called `reader-1` and so on. */
export const replicaPrefix = "reader";

/** Who reads it may have no colours: Pulumi passes it on to terminals and to the logs of pipelines alike. */
const paper = { width: 100, colours: false };

export function shapeOf(table: EnvironmentTable): string {
  const environments = environmentsOf(table);
  const total = sum(environments.map((one) => costOfEnvironment(one, table)));
  const tree = drawn(
    {
      kind: "project",
      cells: [{ text: table.projectId }, ...list(aboutProject(table))],
      children: environments.map((one) => environmentRow(one, table, total)),
    },
    paper,
  );
  const [least, most] = [number(total.least), number(total.most)];
  return [...tree, `In a month of ${hoursOfMonth} h: at least ${least} and at most ${most} CU-hours.`].join("\n");
}

function aboutProject({ pgVersion, historyRetentionDuration, permissions = [] }: EnvironmentTable): readonly Cell[] {
  return [
    pgVersion !== undefined && { text: `Postgres ${pgVersion}` },
    historyRetentionDuration !== undefined && { text: `history ${duration(historyRetentionDuration)}` },
    permissions.length > 0 && { text: `${permissions.length} permission${permissions.length > 1 ? "s" : ""}` },
  ].filter((cell) => cell !== false);
}

function environmentRow(one: Environment, table: EnvironmentTable, total: Cost): Row {
  const { key, said, sources, isProtected, expires, migrations } = one;
  const remarks = [
    isProtected && { text: "protected" },
    said.preset !== undefined && { text: said.preset },
    expires && { text: expiryOf(said) },
  ].filter((cell) => cell !== false);
  const owned = Object.entries(one.databases).map(([name, { role }]) => `${name} (of ${role})`);
  const { folder, database } = migrations ?? {};
  return {
    kind: "environment",
    cells: [{ text: key }, { text: sources[0] === undefined ? "root" : `from ${sources[0]}` }, ...list(remarks)],
    children: [
      ...computeRows(one, table, total),
      ...namesRow("roles", Object.keys(one.roles)),
      ...namesRow("databases", owned),
      ...namesRow("migrations", folder === undefined ? [] : [database ? `${folder} in ${database}` : folder]),
    ],
  };
}

/** The rows below an environment share their first column. */
const belowEnvironment = "below an environment";

function computeRows(
  { compute, replicas, expires }: Environment,
  table: EnvironmentTable,
  total: Cost,
): readonly Row[] {
  const row = (id: string, type: string, what: Sized): Row => ({
    kind: belowEnvironment,
    cells: [
      { text: id },
      { text: type },
      { text: size(what) },
      { text: sleepOf(what) },
      { text: `${range(costOf(what, expires), total)} CU-hours` },
    ],
  });
  const readers = Array.from({ length: replicas.count }, (_, index) =>
    row(`${replicaPrefix}-${index + 1}`, "read-only", sized(replicas.compute, table)),
  );
  return [row(readWriteEndpointId, "read-write", sized(compute, table)), ...readers];
}

function sleepOf({ disabled, sleepsAfter }: Sized): string {
  if (disabled) return "disabled";
  return sleepsAfter === undefined ? "never sleeps" : `sleeps after ${duration(sleepsAfter)}`;
}

function expiryOf({ ttl, slidingTtl, expireTime }: EnvironmentArgs): string {
  if (slidingTtl !== undefined) return `expires ${duration(slidingTtl)} after its last renewal`;
  if (ttl !== undefined) return `expires after ${duration(ttl)}`;
  return expireTime === undefined ? "expires" : `expires ${expireTime}`;
}

function namesRow(label: string, names: readonly string[]): readonly Row[] {
  const cells = [{ text: label }, ...list(names.map((text) => ({ text })))];
  return names.length === 0 ? [] : [{ kind: belowEnvironment, cells }];
}

/** Below one another, with the digits of the total as the widest ones. */
function range({ least, most }: Cost, total: Cost): string {
  const [from, to] = [
    number(least).padStart(number(total.least).length),
    number(most).padStart(number(total.most).length),
  ];
  return `${from} to ${to}`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function duration(text: string): string {
  const total = seconds(text);
  return total === undefined ? text : readable(total);
}
