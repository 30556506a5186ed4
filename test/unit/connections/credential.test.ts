import { type CredentialOptions, credentialRequest } from "../../../provider/connections/credential";

const endpoint = "projects/shop/branches/dev/endpoints/primary";

const right: readonly { readonly name: string; readonly options: CredentialOptions; readonly want: object }[] = [
  { name: "nothing but the endpoint", options: {}, want: { endpoint } },
  { name: "the shortest ttl", options: { ttl: "5m" }, want: { endpoint, ttl: "300s" } },
  { name: "the longest ttl", options: { ttl: "1h" }, want: { endpoint, ttl: "3600s" } },
  {
    name: "tables to read",
    options: { readOnlyTables: ["main.shop.orders", "main.shop.items"] },
    want: {
      endpoint,
      claims: [
        {
          permission_set: "READ_ONLY",
          resources: [{ table_name: "main.shop.orders" }, { table_name: "main.shop.items" }],
        },
      ],
    },
  },
];

test.each(right)("a request says $name", ({ options, want }) => {
  expect(credentialRequest(endpoint, options)).toEqual(want);
});

const tables = /^readOnlyTables names no tables; give one or more full names such as "main.shop.orders"/;
const wrong: readonly { readonly name: string; readonly options: CredentialOptions; readonly want: RegExp }[] = [
  {
    name: "a ttl under 5 m",
    options: { ttl: "299s" },
    want: /^ttl is shorter than the service allows; write 5m to 1h$/,
  },
  { name: "a ttl over 1 h", options: { ttl: "61m" }, want: /^ttl is longer than the service allows; write 5m to 1h$/ },
  { name: "a ttl without a unit", options: { ttl: "600" }, want: /^ttl is not a duration; write "300s", "5m"/ },
  { name: "no table at all", options: { readOnlyTables: [] }, want: tables },
  { name: "a table without its schema", options: { readOnlyTables: ["orders"] }, want: tables },
];

test.each(wrong)("$name is refused before anything is sent", ({ options, want }) => {
  expect(() => credentialRequest(endpoint, options)).toThrow(want);
});

const strangers = ["projects/shop", "ep-cool-sky-1a2b3c4d", "", "projects/shop/branches/dev/endpoints/../../x"];

test.each(strangers)("'%s' is no endpoint", (name) => {
  expect(() => credentialRequest(name, {})).toThrow(
    `"${name}" is not the full name of an Endpoint, which is projects/PROJECT/branches/BRANCH/endpoints/ENDPOINT`,
  );
});
