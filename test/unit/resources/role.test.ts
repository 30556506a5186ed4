import { unknownValue } from "../../../provider/schema/unknown";
import { judges } from "../support/checking";
import { drifts } from "../support/drift";
import { role } from "../support/resources";

const definition = role;
const roles = "projects/shop/branches/dev/roles";

describe("a role's branch", () => {
  judges([
    { name: "is a full name", definition, args: { parent: "projects/shop/branches/main" } },
    {
      name: "is not a project",
      definition,
      args: { parent: "projects/shop" },
      want: "parent is not the full name of a Branch; give the resource itself or projects/PROJECT/branches/BRANCH",
    },
  ]);
});

describe("a role's id", () => {
  const wrong =
    "roleId is not an id that the service takes; write 1 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last";
  judges([
    { name: "may be left out", definition, args: {} },
    { name: "may be chosen", definition, args: { roleId: "app-2" } },
    {
      name: "is no application id, which may begin with a digit",
      definition,
      args: { roleId: "8dc75b14-0000-4000-8000-000000000000" },
      want: wrong,
    },
    { name: "is no e-mail address", definition, args: { roleId: "ada@example.test" }, want: wrong },
    { name: "is not empty", definition, args: { roleId: "" }, want: wrong },
  ]);
});

describe("a role's name in Postgres", () => {
  judges([
    { name: "may be an e-mail address", definition, args: { postgresRole: "Ada.Lovelace@example.test" } },
    { name: "may be an application id", definition, args: { postgresRole: "8dc75b14-0000-4000-8000-000000000000" } },
    { name: "may be a group with spaces", definition, args: { postgresRole: "Data engineers" } },
    { name: "may have letters that an id has not", definition, args: { postgresRole: "Größe" } },
    {
      name: "is not empty",
      definition,
      args: { postgresRole: "" },
      want: "postgresRole is empty; write the role's name",
    },
    {
      name: "is not one of Postgres's own",
      definition,
      args: { postgresRole: "pg_read_all_data" },
      want: "postgresRole begins with pg_, as Postgres's own do; write another name",
    },
    { name: "may have 63 bytes", definition, args: { postgresRole: "ä".repeat(31) } },
    {
      name: "has no more than 63 bytes",
      definition,
      args: { postgresRole: "ä".repeat(32) },
      want: "postgresRole is no name in Postgres; write the role's name with at most 63 bytes",
    },
    { name: "is a text", definition, args: { postgresRole: 7 }, want: "postgresRole must be a text" },
    {
      name: "is needed",
      definition,
      args: { postgresRole: undefined },
      want: "postgresRole is missing; Role needs it: it must be a text",
    },
  ]);
});

describe("a role's identity", () => {
  const types = ["USER", "SERVICE_PRINCIPAL", "GROUP"];
  const methods = ["LAKEBASE_OAUTH_V1", "PG_PASSWORD_SCRAM_SHA_256", "NO_LOGIN"];
  judges([
    ...types.map((identityType) => ({ name: `may be a ${identityType}`, definition, args: { identityType } })),
    {
      name: "is no person",
      definition,
      args: { identityType: "PERSON" },
      want: 'identityType must be "USER", "SERVICE_PRINCIPAL" or "GROUP"',
    },
    ...methods.map((authMethod) => ({ name: `may sign in by ${authMethod}`, definition, args: { authMethod } })),
    {
      name: "does not sign in by what there is not",
      definition,
      args: { authMethod: "MD5" },
      want: 'authMethod must be "LAKEBASE_OAUTH_V1", "PG_PASSWORD_SCRAM_SHA_256" or "NO_LOGIN"',
    },
  ]);
});

describe("what a role may do", () => {
  const attributes = ["createdb", "createrole", "bypassrls"];
  judges([
    ...attributes.map((name) => ({ name: `may be to ${name}`, definition, args: { attributes: { [name]: true } } })),
    {
      name: "is said by true or false",
      definition,
      args: { attributes: { createdb: "yes" } },
      want: "attributes.createdb must be true or false",
    },
    {
      name: "is not everything",
      definition,
      args: { attributes: { superuser: true } },
      want: "attributes.superuser is not an argument of Role; attributes has createdb, createrole, bypassrls",
    },
    { name: "may come from a membership", definition, args: { membershipRoles: ["DATABRICKS_SUPERUSER"] } },
    { name: "may come from no membership", definition, args: { membershipRoles: [] } },
    {
      name: "comes from a membership that the service offers",
      definition,
      args: { membershipRoles: ["pg_read_all_data"] },
      want: 'membershipRoles.0 must be "DATABRICKS_SUPERUSER"',
    },
    {
      name: "comes from a list of memberships",
      definition,
      args: { membershipRoles: "DATABRICKS_SUPERUSER" },
      want: "membershipRoles must be a list of roles",
    },
  ]);
});

describe("who gets what a role owned", () => {
  const itself = "reassignOwnedTo is the role itself; give the one that is to own what it owned";
  judges([
    { name: "is a role of the branch", definition, args: { reassignOwnedTo: `${roles}/ada` } },
    {
      name: "is a full name",
      definition,
      args: { reassignOwnedTo: "ada" },
      want: "reassignOwnedTo is not the full name of a Role; give the resource itself or projects/PROJECT/branches/BRANCH/roles/ROLE",
    },
    {
      name: "is not on another branch",
      definition,
      args: { reassignOwnedTo: "projects/shop/branches/dev-2/roles/ada" },
      want: "reassignOwnedTo is projects/shop/branches/dev-2/roles/ada, which is not in projects/shop/branches/dev; give a role of the same branch",
    },
    {
      name: "is not the role itself",
      definition,
      args: { roleId: "app-2", reassignOwnedTo: `${roles}/app-2` },
      want: itself,
    },
    {
      name: "is not the role itself by the id that follows from its name",
      definition,
      args: { postgresRole: "Ada@example.test", reassignOwnedTo: `${roles}/ada` },
      want: itself,
    },
    {
      name: "is not judged while the branch is not known",
      definition,
      args: { parent: unknownValue, reassignOwnedTo: `${roles}/ada` },
    },
    { name: "is not judged while it is not known", definition, args: { reassignOwnedTo: unknownValue } },
    {
      name: "may be named while the role's own name is not known",
      definition,
      args: { postgresRole: unknownValue, reassignOwnedTo: `${roles}/ada` },
    },
  ]);
});

describe("drift: a role's", () => {
  const attributes = { createdb: false, createrole: false, bypassrls: false };
  const status = {
    role_id: "app",
    postgres_role: "app",
    identity_type: "IDENTITY_TYPE_UNSPECIFIED",
    auth_method: "PG_PASSWORD_SCRAM_SHA_256",
    attributes,
  };
  drifts(definition, status, [
    ...(["createdb", "createrole", "bypassrls"] as const).flatMap((name) => [
      {
        field: `right to ${name}`,
        declared: { attributes: { [name]: true } },
        same: { attributes: { ...attributes, [name]: true } },
        changed: { attributes },
        becomes: { attributes: { [name]: false } },
      },
      {
        field: `lack of a right to ${name}`,
        declared: { attributes: { [name]: false } },
        same: { attributes: {} },
        changed: { attributes: { ...attributes, [name]: true } },
        becomes: { attributes: { [name]: true } },
      },
    ]),
    {
      field: "membership",
      declared: { membershipRoles: ["DATABRICKS_SUPERUSER"] },
      same: { membership_roles: ["DATABRICKS_SUPERUSER"] },
      changed: {},
      becomes: {},
    },
    {
      field: "lack of a membership",
      declared: { membershipRoles: [] },
      same: {},
      changed: { membership_roles: ["DATABRICKS_SUPERUSER"] },
      becomes: { membershipRoles: ["DATABRICKS_SUPERUSER"] },
    },
    {
      field: "name",
      declared: {},
      same: {},
      changed: { postgres_role: "App" },
      becomes: { postgresRole: "App" },
    },
    {
      field: "identity",
      declared: { identityType: "USER" },
      same: { identity_type: "USER" },
      changed: { identity_type: "GROUP" },
      becomes: { identityType: "GROUP" },
    },
    {
      field: "identity, which is none any more,",
      declared: { identityType: "USER" },
      same: { identity_type: "USER" },
      changed: { identity_type: "IDENTITY_TYPE_UNSPECIFIED" },
      becomes: {},
    },
    {
      field: "sign-in",
      declared: { authMethod: "NO_LOGIN" },
      same: { auth_method: "NO_LOGIN" },
      changed: {},
      becomes: { authMethod: "PG_PASSWORD_SCRAM_SHA_256" },
    },
  ]);
});
