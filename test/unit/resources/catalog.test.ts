import { judges } from "../support/checking";
import { drifts } from "../support/drift";
import { catalog } from "../support/resources";

const definition = catalog;
const dev = "projects/shop/branches/dev";

describe("a catalog's name", () => {
  const wrong = "catalogId is not the name of a catalog; write letters, digits, _ and -";
  judges([
    { name: "may have capitals, digits, underscores and hyphens", definition, args: { catalogId: "Shop_2-orders" } },
    { name: "may begin with an underscore", definition, args: { catalogId: "_shop" } },
    { name: "may have 255 characters", definition, args: { catalogId: "c".repeat(255) } },
    { name: "may not have 256", definition, args: { catalogId: "c".repeat(256) }, want: wrong },
    { name: "is not empty", definition, args: { catalogId: "" }, want: wrong },
    { name: "has one part", definition, args: { catalogId: "shop.orders" }, want: wrong },
    { name: "has no slash", definition, args: { catalogId: "shop/orders" }, want: wrong },
    { name: "is a text", definition, args: { catalogId: 7 }, want: "catalogId must be the name of a catalog" },
    {
      name: "is needed",
      definition,
      args: { catalogId: undefined },
      want: "catalogId is missing; Catalog needs it: it must be the name of a catalog",
    },
  ]);
});

describe("a catalog's database", () => {
  judges([
    { name: "may be any", definition, args: { postgresDatabase: "Orders of 2026" } },
    {
      name: "is not empty",
      definition,
      args: { postgresDatabase: "" },
      want: "postgresDatabase is empty; write the database's name",
    },
    { name: "may be made with it", definition, args: { createDatabaseIfMissing: true } },
    {
      name: "is made or not",
      definition,
      args: { createDatabaseIfMissing: "yes" },
      want: "createDatabaseIfMissing must be true or false",
    },
    {
      name: "is on a branch",
      definition,
      args: { branch: "projects/shop" },
      want: "branch is not the full name of a Branch; give the resource itself or projects/PROJECT/branches/BRANCH",
    },
  ]);
});

describe("drift: a catalog's", () => {
  drifts(definition, { branch: dev, postgres_database: "orders", project: "projects/shop" }, [
    {
      field: "branch",
      declared: {},
      same: {},
      changed: { branch: "projects/shop/branches/main" },
      becomes: { branch: "projects/shop/branches/main" },
    },
    {
      field: "database",
      declared: { createDatabaseIfMissing: true },
      same: {},
      changed: { postgres_database: "orders_2" },
      becomes: { createDatabaseIfMissing: true, postgresDatabase: "orders_2" },
    },
  ]);
});
