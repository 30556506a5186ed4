import type { Collection, Context, CreateRequest, Creation, View } from "../collection";
import { badRequest, notFound, quotaExceeded, required } from "../errors";
import { type JsonObject, objectAt, textAt } from "../json";
import type { MaskRules } from "../masks";
import { generateId } from "../names";
import { body, message, text } from "../shape";
import { type Making, newStored, type Stored } from "../stored";
import { callerRole, demandRole } from "./roles";

const DATABASES_PER_BRANCH = 500;

const input = body({ spec: message({ postgres_database: text(1), role: text() }) });

const mask: MaskRules = {
  paths: ["spec", "spec.postgres_database", "spec.role"],
  groups: {},
  tolerated: [],
  resets: [],
  starSkips: [],
};

export const databases: Collection = {
  type: "Database",
  segment: "databases",
  parent: "Branch",
  idField: "database_id",
  generateId: () => generateId("database"),
  without: ["uid"],
  missing: "database id not found",
  serialised: true,
  inData: true,
  inherited: true,
  replaces: "given",
  body: input,
  mask,
  create,
  update,
  remove: () => "remove",
  render: (stored) => ({ status: { database_id: stored.id, ...objectAt(stored.inputs, "spec") } }),
};

function create(request: CreateRequest, context: Context): Creation {
  const branch = request.parent;
  if (branch === undefined) throw notFound("branch id not found");
  const role = textAt(request.body, "spec.role") ?? "";
  // Required since 2026-07-13.
  if (role === "") throw required("database.spec.role");
  const postgresDatabase = textAt(request.body, "spec.postgres_database");
  if (postgresDatabase === undefined) throw required("database.spec.postgres_database");
  if (request.taken !== undefined) throw duplicate();
  if (context.children(branch.name, "Database").length >= DATABASES_PER_BRANCH) {
    throw quotaExceeded(`A branch has at most ${DATABASES_PER_BRANCH} databases`);
  }
  const database = newDatabase(branch, request.id, postgresDatabase, role, context);
  check(database, context);
  return { resource: database };
}

export function newDatabase(
  branch: Stored,
  id: string,
  postgresDatabase: string,
  role: string,
  made: Making,
  facts: JsonObject = {},
): Stored {
  const name = `${branch.name}/databases/${id}`;
  const inputs = { spec: { postgres_database: postgresDatabase, role } };
  return newStored({ type: "Database", name, id, parent: branch.name, inputs, facts }, made);
}

function update(existing: Stored, inputs: JsonObject, context: Context): Stored {
  const next = { ...existing, inputs };
  check(next, context);
  return next;
}

function check(database: Stored, context: Context): void {
  demandRole(database.parent, textAt(database.inputs, "spec.role") ?? "", context);
  const namesake = findDatabase(database.parent, textAt(database.inputs, "spec.postgres_database") ?? "", context);
  if (namesake !== undefined && namesake.name !== database.name) throw duplicate();
}

/** Dogfood, 2026-06-10. That it also covers another id for the same name is an assumption: Postgres has names only. */
function duplicate(): Error {
  return badRequest("database with that name already exists");
}

/** By its name in Postgres. */
export function findDatabase(branch: string, postgresDatabase: string, view: View): Stored | undefined {
  return view
    .children(branch, "Database")
    .find((database) => textAt(database.inputs, "spec.postgres_database") === postgresDatabase);
}

/**
 * What has to be made for a database of that name to be on a branch: nothing, or a database of the caller's and the
 * caller's role. Refused where it may not be made; that text is an invention.
 */
export function placeFor(
  branchName: string,
  postgresDatabase: string,
  mayMake: boolean,
  context: Context,
): readonly Stored[] {
  const branch = context.find(branchName);
  if (branch?.type !== "Branch") throw notFound("branch id not found");
  if (findDatabase(branchName, postgresDatabase, context) !== undefined) return [];
  if (!mayMake) throw notFound(`database not found; database_name:"${postgresDatabase}"`);
  const role = callerRole(branch, context);
  const isNew = context.find(role.name) === undefined;
  const database = newDatabase(branch, generateId("database"), postgresDatabase, role.name, context);
  return isNew ? [role, database] : [database];
}
