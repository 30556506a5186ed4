/** Every resource that there is. A new one is a file here and its line below. */
export { branch } from "./branch";
export { catalog } from "./catalog";
export { cdfConfig } from "./cdf-config";
export { dataApi } from "./data-api";
export { database } from "./database";
export { endpoint } from "./endpoint";
export { project } from "./project";
export { projectPermissions } from "./project-permissions";
export { role } from "./role";
export { snapshot } from "./snapshot";
export { snapshotSchedule } from "./snapshot-schedule";
export { syncedTable } from "./synced-table";
