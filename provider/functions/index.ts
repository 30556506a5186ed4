/** What programs read: single objects, whole collections, who they run as, and passwords. A new kind of object is a pair of lines. */
import * as resources from "../resources";
import { withInputs } from "./call";
import { type List, type Lookup, list, lookup, type ShowDeleted } from "./lookup";

export type { FunctionOptions } from "./call";
export { type CurrentUser, getCurrentUser, getCurrentUserOutput } from "./current-user";
export {
  type DatabaseCredential,
  type DatabaseCredentialArgs,
  getDatabaseCredential,
  getDatabaseCredentialOutput,
} from "./database-credential";
export type { Found, ListArgs, Listed, LookupArgs, ShowDeleted } from "./lookup";

/** Reads a project by its full name: `await lakebase.getProject({ name: "projects/shop" })`. */
export const getProject: Lookup<typeof resources.project> = lookup(resources.project);
/** The same for a name or a `Project` that the program makes. */
export const getProjectOutput = withInputs(getProject);

/** Reads a branch by its full name, `projects/PROJECT/branches/BRANCH`. */
export const getBranch: Lookup<typeof resources.branch> = lookup(resources.branch);
/** The same for a name or a `Branch` that the program makes. */
export const getBranchOutput = withInputs(getBranch);

/** Reads an endpoint by its full name, `projects/PROJECT/branches/BRANCH/endpoints/ENDPOINT`. */
export const getEndpoint: Lookup<typeof resources.endpoint> = lookup(resources.endpoint);
/** The same for a name or an `Endpoint` that the program makes. */
export const getEndpointOutput = withInputs(getEndpoint);

/** Reads a role by its full name, `projects/PROJECT/branches/BRANCH/roles/ROLE`. */
export const getRole: Lookup<typeof resources.role> = lookup(resources.role);
/** The same for a name or a `Role` that the program makes. */
export const getRoleOutput = withInputs(getRole);

/** Reads a database by its full name, `projects/PROJECT/branches/BRANCH/databases/DATABASE`. */
export const getDatabase: Lookup<typeof resources.database> = lookup(resources.database);
/** The same for a name or a `Database` that the program makes. */
export const getDatabaseOutput = withInputs(getDatabase);

/** Reads a synced table by its full name, `synced_tables/CATALOG.SCHEMA.TABLE`. What it was declared with, the service does not show. */
export const getSyncedTable: Lookup<typeof resources.syncedTable> = lookup(resources.syncedTable);
/** The same for a name or a `SyncedTable` that the program makes. */
export const getSyncedTableOutput = withInputs(getSyncedTable);

/** Reads all projects of the workspace, with `showDeleted` also those that can still be brought back. */
export const listProjects: List<typeof resources.project, ShowDeleted> = list(resources.project, "listProjects");
/** The same as an output. */
export const listProjectsOutput = withInputs(listProjects);

/** Reads all branches of a project, with `showDeleted` also those that can still be brought back. */
export const listBranches: List<typeof resources.branch, ShowDeleted> = list(resources.branch, "listBranches");
/** The same for a name or a `Project` that the program makes. */
export const listBranchesOutput = withInputs(listBranches);

/** Reads all endpoints of a branch. */
export const listEndpoints: List<typeof resources.endpoint, unknown> = list(resources.endpoint, "listEndpoints");
/** The same for a name or a `Branch` that the program makes. */
export const listEndpointsOutput = withInputs(listEndpoints);
