import { Client } from "pg";
import { connectionTo, type Hosts, hostOf, type Way } from "../../../provider/connections/connection";

const endpoint = "projects/shop/branches/dev/endpoints/primary";
const host = "ep-cool-sky-1a2b3c4d.database.us-east-1.cloud.databricks.com";
const usual = { endpoint, host, user: "ada@example.com", database: "databricks_postgres" };

test("a connection is what libpq, its environment and Databricks' driver take", () => {
  expect(connectionTo(usual)).toEqual({
    host,
    port: 5432,
    user: "ada@example.com",
    database: "databricks_postgres",
    sslmode: "require",
    env: {
      PGHOST: host,
      PGPORT: "5432",
      PGUSER: "ada@example.com",
      PGDATABASE: "databricks_postgres",
      PGSSLMODE: "require",
      LAKEBASE_ENDPOINT: endpoint,
    },
    uri: `postgresql://ada%40example.com@${host}:5432/databricks_postgres?sslmode=require`,
  });
});

test("an address and root certificates stand beside the name, everywhere", () => {
  const { hostaddr, sslmode, env, uri } = connectionTo({
    ...usual,
    hostaddr: "10.1.2.3",
    sslrootcert: "/ca, ours.pem",
  });
  expect({ hostaddr, sslmode }).toEqual({ hostaddr: "10.1.2.3", sslmode: "verify-full" });
  expect(env).toMatchObject({
    PGHOST: host,
    PGHOSTADDR: "10.1.2.3",
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: "/ca, ours.pem",
  });
  expect(uri).toContain("?sslmode=verify-full&hostaddr=10.1.2.3&sslrootcert=%2Fca%2C%20ours.pem");
});

const spellings: readonly { readonly name: string; readonly of: Partial<typeof usual>; readonly want: string }[] = [
  { name: "an e-mail with a plus", of: { user: "a+b@example.com" }, want: "//a%2Bb%40example.com@" },
  { name: "a colon, which would start a password", of: { user: "a:b" }, want: "//a%3Ab@" },
  { name: "a slash and a question mark", of: { database: "a/b?c#d" }, want: ":5432/a%2Fb%3Fc%23d?sslmode" },
  { name: "a per cent sign", of: { database: "100%25" }, want: ":5432/100%2525?" },
  { name: "a blank", of: { database: "my shop" }, want: ":5432/my%20shop?" },
  { name: "other letters", of: { database: "läden", user: "Ω" }, want: "//%CE%A9@" },
  { name: "an ampersand and an equals sign", of: { database: "a&b=c" }, want: ":5432/a%26b%3Dc?" },
  { name: "half of a surrogate pair", of: { database: "a\ud800" }, want: ":5432/a%EF%BF%BD?" },
  { name: "an address of IPv4", of: { host: "127.16.0.4" }, want: "@127.16.0.4:5432/" },
  { name: "an address of IPv6", of: { host: "fd00::1" }, want: "@[fd00::1]:5432/" },
  { name: "an address of IPv6 with its zone", of: { host: "fe80::1%eth0" }, want: "@[fe80::1%25eth0]:5432/" },
];

test.each(spellings)("$name: $want in the uri, and as it is in the environment", ({ of, want }) => {
  const { env, uri } = connectionTo({ ...usual, ...of });
  expect(uri).toContain(want);
  const { user, database } = { ...usual, ...of };
  expect(env).toMatchObject({ PGUSER: user, PGDATABASE: database });
});

/** Two things are another's: `pg` leaves `/`, `?` and `#` of a database's name encoded, and knows no zones. */
const readable = spellings.filter(({ name }) => !/slash|surrogate|zone|ampersand/.test(name));

test.each(readable)("$name: a client reads the same out of the uri", ({ of }) => {
  const { host, user, database } = { ...usual, ...of };
  // Without sslmode, about whose meaning `pg` prints a warning.
  const client = new Client({ connectionString: connectionTo({ ...usual, ...of }).uri.replace(/\?.*/, "") });
  expect({ host: client.host, port: client.port, user: client.user, database: client.database }).toEqual({
    host,
    port: 5432,
    user,
    database,
  });
});

const own = "own.example";
const readWrite: Hosts = { host: own, readWritePooledHost: "pool.example" };
const group: Hosts = { ...readWrite, readOnlyHost: "reads.example", readOnlyPooledHost: "pooled-reads.example" };
const replica: Hosts = { host: own, readOnlyHost: own, readOnlyPooledHost: "pooled-reads.example" };

const ways: readonly { readonly name: string; readonly of: Hosts; readonly way: Way; readonly want: string }[] = [
  { name: "a compute", of: readWrite, way: {}, want: own },
  { name: "a compute through its pool", of: readWrite, way: { pooled: true }, want: "pool.example" },
  { name: "a group", of: group, way: { pooled: false, readOnly: false }, want: own },
  { name: "a group's readers", of: group, way: { readOnly: true }, want: "reads.example" },
  {
    name: "a group's readers through a pool",
    of: group,
    way: { readOnly: true, pooled: true },
    want: "pooled-reads.example",
  },
  { name: "a replica", of: replica, way: {}, want: own },
  { name: "a replica, asked for reads", of: replica, way: { readOnly: true }, want: own },
  { name: "a replica through its pool", of: replica, way: { pooled: true }, want: "pooled-reads.example" },
];

test.each(ways)("$name is at $want", ({ of, way, want }) => {
  expect(hostOf(endpoint, of, way)).toBe(want);
});

const absent: readonly { readonly of: Hosts; readonly way: Way; readonly want: string }[] = [
  {
    of: {},
    way: {},
    want: `${endpoint} has no host yet; a compute that was just made gets it within seconds: try again`,
  },
  { of: readWrite, way: { readOnly: true }, want: `${endpoint} has no read-only host, only host, readWritePooledHost` },
  { of: { host: own }, way: { pooled: true }, want: `${endpoint} has no pooled host, only host` },
  {
    of: { host: own },
    way: { pooled: true, readOnly: true },
    want: `${endpoint} has no pooled read-only host, only host`,
  },
];

test.each(absent)("$want", ({ of, way, want }) => {
  expect(() => hostOf(endpoint, of, way)).toThrow(want);
});
