import { judges } from "../support/checking";
import { drifts } from "../support/drift";
import { dataApi } from "../support/resources";

const definition = dataApi;

describe("a Data API's database", () => {
  const wrong =
    "parent is not the full name of a Database; give the resource itself or projects/PROJECT/branches/BRANCH/databases/DATABASE";
  judges([
    { name: "is a full name", definition, args: { parent: "projects/shop/branches/main/databases/orders" } },
    { name: "is not its name in Postgres", definition, args: { parent: "orders" }, want: wrong },
    { name: "is not a branch", definition, args: { parent: "projects/shop/branches/main" }, want: wrong },
  ]);
});

describe("a Data API's schemas", () => {
  const name = "is not the name of a schema; write 1 to 63 letters, digits, _ and $, no digit or $ first";
  const schemas = (count: number) => Array.from({ length: count }, (_, index) => `schema_${index}`);
  judges([
    { name: "may be 100", definition, args: { dbSchemas: schemas(100) } },
    {
      name: "may not be 101",
      definition,
      args: { dbSchemas: schemas(101) },
      want: "dbSchemas has too many schemas; write at most 100",
    },
    { name: "are a list", definition, args: { dbSchemas: "public" }, want: "dbSchemas must be a list of texts" },
    { name: "are texts", definition, args: { dbSchemas: [null] }, want: "dbSchemas.0 must be a text" },
    { name: "have names as Postgres has them", definition, args: { dbSchemas: ["_a$1", "A", "s".repeat(63)] } },
    {
      name: "have no other names",
      definition,
      args: { dbSchemas: ["public", "my schema"] },
      want: `dbSchemas.1 ${name}`,
    },
    { name: "begin with no digit", definition, args: { dbSchemas: ["2026"] }, want: `dbSchemas.0 ${name}` },
    { name: "have not 64 letters", definition, args: { dbSchemas: ["s".repeat(64)] }, want: `dbSchemas.0 ${name}` },
    { name: "may be searched besides", definition, args: { dbExtraSearchPath: ["extensions"] } },
    {
      name: "are searched by their names",
      definition,
      args: { dbExtraSearchPath: [""] },
      want: `dbExtraSearchPath.0 ${name}`,
    },
  ]);
});

describe("a Data API's answers", () => {
  judges([
    { name: "may have one row", definition, args: { dbMaxRows: 1 } },
    { name: "have not none", definition, args: { dbMaxRows: 0 }, want: "dbMaxRows is too small; write 1 or more" },
    { name: "have whole rows", definition, args: { dbMaxRows: 1.5 }, want: "dbMaxRows must be a whole number" },
    { name: "may say what took how long", definition, args: { serverTimingEnabled: true } },
    {
      name: "describe themselves or not",
      definition,
      args: { openapiMode: "ON" },
      want: 'openapiMode must be "OPEN_API_MODE_DISABLED" or "OPEN_API_MODE_IGNORE_PRIVILEGES"',
    },
    { name: "may go to pages of any origin", definition, args: { serverCorsAllowedOrigins: ["*"] } },
  ]);
});

describe("a Data API's tokens", () => {
  judges([
    { name: "may have the role anywhere", definition, args: { jwtRoleClaimKey: ".roles[0]" } },
    { name: "may be remembered for minutes", definition, args: { jwtCacheMaxLifetime: "5m" } },
    { name: "may not be remembered at all", definition, args: { jwtCacheMaxLifetime: "0s" } },
    {
      name: "are remembered for a time",
      definition,
      args: { jwtCacheMaxLifetime: "no" },
      want: 'jwtCacheMaxLifetime is not a duration; write "300s", "5m", "12h" or "7d", at least 0s',
    },
  ]);
});

describe("a Data API has a setting", () => {
  const settings: readonly (readonly [string, unknown])[] = [
    ["dbSchemas", ["api"]],
    ["dbAggregatesEnabled", false],
    ["dbExtraSearchPath", ["extensions"]],
    ["dbMaxRows", 1],
    ["jwtRoleClaimKey", ".role"],
    ["jwtCacheMaxLifetime", "5m"],
    ["openapiMode", "OPEN_API_MODE_DISABLED"],
    ["serverCorsAllowedOrigins", ["*"]],
    ["serverTimingEnabled", true],
  ];
  judges([
    ...settings.map(([name, value]) => ({
      name: `such as ${name}`,
      definition,
      args: { dbSchemas: undefined, [name]: value },
    })),
    {
      name: "or is refused",
      definition,
      args: { dbSchemas: undefined },
      want: 'dbSchemas is missing, and the service makes no Data API without a setting; write dbSchemas: ["public"]',
    },
  ]);
});

describe("drift: a Data API's", () => {
  const status = {
    db_schemas: ["public"],
    db_aggregates_enabled: true,
    jwt_role_claim_key: ".sub",
    available_schemas: ["public", "api"],
    url: "https://example.test/api",
  };
  drifts(definition, status, [
    {
      field: "schemas",
      declared: { dbSchemas: ["public", "api"] },
      same: { db_schemas: ["public", "api"] },
      changed: {},
      becomes: { dbSchemas: ["public"] },
    },
    {
      field: "aggregates",
      declared: { dbAggregatesEnabled: false },
      same: { db_aggregates_enabled: undefined },
      changed: {},
      becomes: { dbAggregatesEnabled: true },
    },
    {
      field: "search path",
      declared: { dbExtraSearchPath: ["extensions"] },
      same: { db_extra_search_path: ["extensions"] },
      changed: { db_extra_search_path: ["extensions", "other"] },
      becomes: { dbExtraSearchPath: ["extensions", "other"] },
    },
    {
      field: "empty search path",
      declared: { dbExtraSearchPath: [] },
      same: {},
      changed: { db_extra_search_path: ["other"] },
      becomes: { dbExtraSearchPath: ["other"] },
    },
    {
      field: "rows",
      declared: { dbMaxRows: 1000 },
      same: { db_max_rows: 1000 },
      changed: {},
      becomes: {},
    },
    {
      field: "claim",
      declared: { jwtRoleClaimKey: ".role" },
      same: { jwt_role_claim_key: ".role" },
      changed: {},
      becomes: { jwtRoleClaimKey: ".sub" },
    },
    {
      field: "memory of tokens",
      declared: { jwtCacheMaxLifetime: "5m" },
      same: { jwt_cache_max_lifetime: "300s" },
      changed: { jwt_cache_max_lifetime: "301s" },
      becomes: { jwtCacheMaxLifetime: "301s" },
    },
    {
      field: "description",
      declared: { openapiMode: "OPEN_API_MODE_DISABLED" },
      same: { openapi_mode: "OPEN_API_MODE_DISABLED" },
      changed: { openapi_mode: "OPEN_API_MODE_IGNORE_PRIVILEGES" },
      becomes: { openapiMode: "OPEN_API_MODE_IGNORE_PRIVILEGES" },
    },
    {
      field: "origins",
      declared: { serverCorsAllowedOrigins: ["https://a.example.test"] },
      same: { server_cors_allowed_origins: ["https://a.example.test"] },
      changed: { server_cors_allowed_origins: ["*"] },
      becomes: { serverCorsAllowedOrigins: ["*"] },
    },
    {
      field: "timing",
      declared: { serverTimingEnabled: true },
      same: { server_timing_enabled: true },
      changed: { server_timing_enabled: false },
      becomes: { serverTimingEnabled: false },
    },
  ]);
});
