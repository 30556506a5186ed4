/** Everything that the emulator serves under `/api/2.0/postgres`. */
export { branches } from "./branches";
export { catalogs } from "./catalogs";
export { cdfConfigs } from "./cdf-configs";
export { cdfStatuses } from "./cdf-statuses";
export { dataApis } from "./data-apis";
export { databases } from "./databases";
export { endpoints } from "./endpoints";
export { projects } from "./projects";
export { roles } from "./roles";
export { snapshotSchedules } from "./snapshot-schedules";
export { snapshots } from "./snapshots";
export { syncedTables } from "./synced-tables";
