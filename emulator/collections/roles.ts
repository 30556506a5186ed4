import type { Collection, Context, CreateRequest, Creation, Removal } from "../collection";
import { badRequest, notFound, quotaExceeded, required } from "../errors";
import { at, flagAt, type JsonObject, objectAt, set, textAt } from "../json";
import type { MaskRules } from "../masks";
import { generateId } from "../names";
import { body, flag, list, message, oneOf, text } from "../shape";
import { type Making, newStored, type Stored } from "../stored";

const ROLES_PER_BRANCH = 500;

const ATTRIBUTES = ["createdb", "createrole", "bypassrls"] as const;
const PASSWORD = "PG_PASSWORD_SCRAM_SHA_256";
const OAUTH = "LAKEBASE_OAUTH_V1";

const input = body({
  spec: message({
    postgres_role: text(1),
    identity_type: oneOf("USER", "SERVICE_PRINCIPAL", "GROUP"),
    auth_method: oneOf(OAUTH, PASSWORD, "NO_LOGIN"),
    attributes: message(Object.fromEntries(ATTRIBUTES.map((attribute) => [attribute, flag]))),
    membership_roles: list(oneOf("DATABRICKS_SUPERUSER")),
  }),
});

/** As databricks-sdk for Python 0.162 documents UpdateRole, and of overlaps databricks/cli (2026-08). */
const mask: MaskRules = {
  paths: [
    "spec",
    "spec.attributes",
    ...ATTRIBUTES.map((attribute) => `spec.attributes.${attribute}`),
    "spec.membership_roles",
  ],
  groups: {},
  tolerated: [],
  resets: ["spec.membership_roles"],
  starSkips: [],
  starClears: ["spec.membership_roles"],
  // As databricks/cli has it (2026-08); newer SDKs always send one.
  byDefault: "spec",
  strict: true,
};

export const roles: Collection = {
  type: "Role",
  segment: "roles",
  parent: "Branch",
  idField: "role_id",
  generateId: () => generateId("role"),
  without: ["uid"],
  missing: "role id not found",
  serialised: true,
  inData: true,
  inherited: true,
  // Attributes that the request omits stay, memberships do not (databricks-sdk for Python 0.162, CreateRole).
  replaces: "spec",
  body: input,
  mask,
  create,
  update: (existing, inputs) => ({ ...existing, inputs: fill(inputs) }),
  remove,
  render,
};

function create(request: CreateRequest, context: Context): Creation {
  const branch = request.parent;
  if (branch === undefined) throw notFound("branch id not found");
  const postgresRole = textAt(request.body, "spec.postgres_role");
  if (postgresRole === undefined) throw required("role.spec.postgres_role");
  const others = context.children(branch.name, "Role");
  const namesake = others.some((other) => textAt(other.inputs, "spec.postgres_role") === postgresRole);
  // Dogfood, 2026-06-10. That it also covers another id for the same name is an assumption: Postgres has names only.
  if (request.taken !== undefined || namesake) throw badRequest("role with that name already exists");
  if (others.length >= ROLES_PER_BRANCH) throw quotaExceeded(`A branch has at most ${ROLES_PER_BRANCH} roles`);
  return { resource: newRole(branch, request.id, objectAt(request.body, "spec"), context) };
}

function newRole(branch: Stored, id: string, spec: JsonObject, made: Making, facts: JsonObject = {}): Stored {
  const name = `${branch.name}/roles/${id}`;
  const inputs = fill({ spec });
  return newStored({ type: "Role", name, id, parent: branch.name, inputs, submitted: { spec }, facts }, made);
}

/** The role of whoever made the project. That it has all attributes is an assumption, its membership is documented. */
export function ownerRole(branch: Stored, owner: string, made: Making): Stored {
  const spec = {
    postgres_role: owner,
    identity_type: identityType(owner),
    attributes: Object.fromEntries(ATTRIBUTES.map((attribute) => [attribute, true])),
    membership_roles: ["DATABRICKS_SUPERUSER"],
  };
  return newRole(branch, identityRoleId(owner), spec, made, { implicit: true });
}

/** As the Terraform provider documents it (postgres_role, 2026-08); what makes odd names valid is an assumption. */
function identityRoleId(identity: string): string {
  const [local = ""] = identity.split("@");
  const plain = local.toLowerCase().replace(/[^a-z0-9-]/g, "-");
  const id = isUser(identity) ? plain.replace(/^(?=[^a-z])/, "u") : `sp-${plain}`;
  return id.slice(0, 63).replace(/-+$/, "");
}

/** The caller's role on a branch: the one that is there, or a new one. */
export function callerRole(branch: Stored, context: Context): Stored {
  const { caller } = context;
  const known = context.children(branch.name, "Role");
  const found = known.find((role) => textAt(role.inputs, "spec.postgres_role") === caller);
  if (found !== undefined) return found;
  const wanted = identityRoleId(caller);
  const id = known.some((role) => role.id === wanted) ? generateId("role") : wanted;
  return newRole(branch, id, { postgres_role: caller, identity_type: identityType(caller) }, context);
}

function identityType(name: string): string {
  return isUser(name) ? "USER" : "SERVICE_PRINCIPAL";
}

function isUser(name: string): boolean {
  return name.includes("@");
}

/** The role of that name on a branch, or the refusal of one that is not there (aws-prod-ucws, 2026-05-19). */
export function demandRole(branch: string, name: string, context: Context): Stored {
  const found = context.find(name);
  if (found?.type === "Role" && found.parent === branch) return found;
  throw notFound(`role not found; role_id:"${name.slice(name.lastIndexOf("/") + 1)}"`);
}

function fill(inputs: JsonObject): JsonObject {
  const attributes = ATTRIBUTES.map((attribute) => [attribute, flagAt(inputs, `spec.attributes.${attribute}`)]);
  const filled = set(inputs, "spec.attributes", Object.fromEntries(attributes));
  // Of groups the sdk says that they can log in (2026-08), the databricks/cli testserver that they cannot.
  const derived = at(inputs, "spec.identity_type") === undefined ? PASSWORD : OAUTH;
  return set(filled, "spec.auth_method", textAt(inputs, "spec.auth_method") ?? derived);
}

function remove(existing: Stored, context: Context): Removal {
  const owned = context
    .children(existing.parent, "Database")
    .filter((database) => textAt(database.inputs, "spec.role") === existing.name);
  const heir = context.query["reassign_owned_to"] ?? "";
  if (heir !== "") {
    const { name } = demandRole(existing.parent, heir, context);
    if (name === existing.name) throw badRequest("reassign_owned_to must be another role");
    return { along: owned.map((database) => ({ ...database, inputs: set(database.inputs, "spec.role", name) })) };
  }
  // That it fails is documented, the text is that of Postgres.
  if (owned.length > 0) {
    const postgresRole = textAt(existing.inputs, "spec.postgres_role");
    throw badRequest(`role "${postgresRole}" cannot be dropped because some objects depend on it`);
  }
  return "remove";
}

function render(stored: Stored): JsonObject {
  const spec = objectAt(stored.inputs, "spec");
  const memberships = spec["membership_roles"];
  return {
    status: {
      attributes: spec["attributes"],
      auth_method: spec["auth_method"],
      identity_type: spec["identity_type"] ?? "IDENTITY_TYPE_UNSPECIFIED",
      membership_roles: Array.isArray(memberships) && memberships.length > 0 ? memberships : undefined,
      postgres_role: spec["postgres_role"],
      role_id: stored.id,
    },
  };
}
