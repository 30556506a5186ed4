/** The definitions as the core takes them, with the least that a program must write for each. */
import * as definitions from "../../../provider/resources";
import type { AnyDefinition } from "../../../provider/schema/definition";

export type Values = Readonly<Record<string, unknown>>;

export const project = definitions.project as unknown as AnyDefinition;
export const branch = definitions.branch as unknown as AnyDefinition;
export const endpoint = definitions.endpoint as unknown as AnyDefinition;
export const role = definitions.role as unknown as AnyDefinition;
export const database = definitions.database as unknown as AnyDefinition;
export const catalog = definitions.catalog as unknown as AnyDefinition;
export const syncedTable = definitions.syncedTable as unknown as AnyDefinition;
export const dataApi = definitions.dataApi as unknown as AnyDefinition;
export const cdfConfig = definitions.cdfConfig as unknown as AnyDefinition;
export const snapshot = definitions.snapshot as unknown as AnyDefinition;
export const snapshotSchedule = definitions.snapshotSchedule as unknown as AnyDefinition;
export const projectPermissions = definitions.projectPermissions as unknown as AnyDefinition;

export const resources: readonly AnyDefinition[] = Object.values(definitions).map(
  (definition) => definition as unknown as AnyDefinition,
);

const dev = "projects/shop/branches/dev";

const least: Readonly<Record<string, Values>> = {
  Project: { projectId: "shop" },
  Branch: { parent: "projects/shop", branchId: "dev" },
  Endpoint: {
    parent: dev,
    endpointId: "replica",
    endpointType: "ENDPOINT_TYPE_READ_ONLY",
  },
  Role: { parent: dev, postgresRole: "app" },
  Database: { parent: dev, postgresDatabase: "orders", role: `${dev}/roles/app` },
  Catalog: { catalogId: "shop_orders", branch: dev, postgresDatabase: "orders" },
  SyncedTable: { syncedTableId: "shop_orders.public.prices", sourceTableFullName: "main.sales.prices" },
  DataApi: { parent: `${dev}/databases/orders`, dbSchemas: ["public"] },
  CdfConfig: { parent: `${dev}/databases/orders`, postgresSchema: "public", catalog: "main", schema: "orders_feed" },
  Snapshot: { parent: "projects/shop", snapshotId: "nightly", sourceBranch: "projects/shop/branches/production" },
  SnapshotSchedule: {
    parent: "projects/shop/branches/production",
    schedule: [{ dailySchedule: { hour: 3 }, retention: "7d" }],
  },
  ProjectPermissions: {
    parent: "projects/shop",
    accessControlList: [{ groupName: "developers", permissionLevel: "CAN_USE" }],
  },
};

/** The required arguments and what a test adds to them. */
export function args(definition: AnyDefinition, more: Values = {}): Record<string, unknown> {
  return { ...least[definition.type], ...more };
}
