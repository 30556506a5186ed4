import { unknownValue } from "../../../provider/schema/unknown";
import { judges } from "../support/checking";
import { drifts } from "../support/drift";
import { database } from "../support/resources";

const definition = database;
const roles = "projects/shop/branches/dev/roles";

describe("a database's id", () => {
  judges([
    { name: "may be left out", definition, args: {} },
    { name: "may be chosen", definition, args: { databaseId: "orders-2" } },
    {
      name: "has no underscore, as names in Postgres have",
      definition,
      args: { databaseId: "databricks_postgres" },
      want: "databaseId is not an id that the service takes; write 1 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last",
    },
  ]);
});

describe("a database's name in Postgres", () => {
  judges([
    { name: "may be any", definition, args: { postgresDatabase: "Orders of 2026" } },
    {
      name: "is not empty",
      definition,
      args: { postgresDatabase: "" },
      want: "postgresDatabase is empty; write the database's name",
    },
    { name: "is a text", definition, args: { postgresDatabase: true }, want: "postgresDatabase must be a text" },
  ]);
});

describe("a database's owner", () => {
  const shape = "projects/PROJECT/branches/BRANCH/roles/ROLE";
  judges([
    { name: "is a role of its branch", definition, args: { role: `${roles}/ada` } },
    {
      name: "is needed",
      definition,
      args: { role: undefined },
      want: `role is missing; Database needs it: it must be a Role or its full name, ${shape}`,
    },
    {
      name: "is a full name",
      definition,
      args: { role: "ada" },
      want: `role is not the full name of a Role; give the resource itself or ${shape}`,
    },
    {
      name: "is not on another branch",
      definition,
      args: { role: "projects/shop/branches/main/roles/app" },
      want: "role is projects/shop/branches/main/roles/app, which is not in projects/shop/branches/dev; give a role of the same branch",
    },
    { name: "is not judged while the branch is not known", definition, args: { parent: unknownValue } },
    { name: "is not judged while it is not known", definition, args: { role: unknownValue } },
    {
      name: "is not judged by a branch that is wrong",
      definition,
      args: { parent: "dev" },
      want: "parent is not the full name of a Branch; give the resource itself or projects/PROJECT/branches/BRANCH",
    },
  ]);
});

describe("drift: a database's", () => {
  drifts(definition, { database_id: "orders", postgres_database: "orders", role: `${roles}/app` }, [
    {
      field: "name",
      declared: { postgresDatabase: "Orders" },
      same: { postgres_database: "Orders" },
      changed: { postgres_database: "orders" },
      becomes: { postgresDatabase: "orders" },
    },
    {
      field: "owner",
      declared: { role: `${roles}/ada` },
      same: { role: `${roles}/ada` },
      changed: { role: `${roles}/app` },
      becomes: { role: `${roles}/app` },
    },
  ]);
});
