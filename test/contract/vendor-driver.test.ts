/** Databricks' own driver for Node, unchanged: it asks the emulator for its passwords and runs queries with them. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { connectionTo } from "../../provider/connections/connection";
import { type Client, startClient } from "./emulator-client";

const ENDPOINT = "projects/shop/branches/production/endpoints/primary";
const IDENTITY = "select current_user as user, current_database() as database, 6 * 7 as answer";

/** The driver gets a new token two minutes before the old one ends, by the machine's clock. */
const ALMOST_AN_HOUR = 3_540_000;

let client: Client;
const running = new Set<Application>();

beforeEach(async () => {
  // Behind, so that the driver takes the tokens of an hour for those that are about to end.
  client = await startClient({ postgres: true, now: () => Date.now() - ALMOST_AN_HOUR });
});
afterEach(async () => {
  await Promise.all([...running].map((application) => application.end()));
  await client.emulator.close();
});

/** vendor/driver.mjs as a program of its own. */
class Application {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #printed = "";

  constructor(env: Readonly<Record<string, string>>) {
    this.#child = fork(join(__dirname, "vendor/driver.mjs"), {
      // Nothing of the machine's own sign-in, and no options that Jest's Node was started with.
      env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...env },
      execArgv: [],
      silent: true,
    });
    this.#exited = once(this.#child, "exit");
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#printed += chunk.toString();
    });
    running.add(this);
  }

  async start(): Promise<this> {
    await this.#answer();
    return this;
  }

  /** The queries at one time; each takes a connection of its own. */
  async ask(...queries: readonly string[]) {
    this.#child.send(queries);
    return this.#answer();
  }

  /** It ends by itself: a driver that kept something open would keep this from coming back. */
  async end(): Promise<void> {
    running.delete(this);
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
  }

  async #answer() {
    const ended = this.#exited.then(() => {
      throw new Error(`the application ended: ${this.#printed}`);
    });
    const [answer] = await Promise.race([once(this.#child, "message"), ended]);
    return answer;
  }
}

/** The environment of a program that uses a new project, as the driver's README has it. */
async function projectOf(token: string): Promise<Record<string, string>> {
  const headers = { authorization: `Bearer ${token}` };
  await client.raw("POST", "/api/2.0/postgres/projects?project_id=shop", { headers });
  const { status } = await client.ok("GET", ENDPOINT);
  return {
    DATABRICKS_HOST: client.emulator.url,
    PGHOST: status.hosts.host,
    PGDATABASE: "databricks_postgres",
    PGSSLMODE: "require",
    LAKEBASE_ENDPOINT: ENDPOINT,
    NODE_EXTRA_CA_CERTS: client.emulator.ca ?? "",
  };
}

/** The same, with the emulator's own user signed in. */
async function ours(): Promise<Record<string, string>> {
  return { ...(await projectOf(client.emulator.token)), DATABRICKS_TOKEN: client.emulator.token };
}

/** How often a password was asked for. */
async function passwords(): Promise<number> {
  const { requests } = await client.control("GET", "requests");
  const asked = requests.map(({ method, path }: Readonly<Record<string, string>>) => `${method} ${path}`);
  return asked.filter((request: string) => request === "POST /api/2.0/postgres/credentials").length;
}

test("a new connection gets a new password when the last one is about to end", async () => {
  const application = await new Application(await ours()).start();
  expect(await application.ask(IDENTITY)).toEqual({
    rows: [{ user: "emulator@example.com", database: "databricks_postgres", answer: 42 }],
    connections: 1,
  });
  expect(await passwords()).toBe(1);

  await client.control("POST", "clock", { advance: "3600s" });
  // A connection outlives its password.
  expect(await application.ask(IDENTITY)).toMatchObject({ rows: [{ answer: 42 }], connections: 1 });
  expect(await passwords()).toBe(1);

  expect(await application.ask(IDENTITY, IDENTITY)).toMatchObject({ connections: 2 });
  expect(await passwords()).toBe(2);

  // The second password's hour has just begun.
  expect(await application.ask(IDENTITY, IDENTITY, IDENTITY)).toMatchObject({ connections: 3 });
  expect(await passwords()).toBe(2);
});

test("the environment that a connection gives is all that it needs beside its sign-in", async () => {
  const { PGHOST = "", DATABRICKS_HOST = "", DATABRICKS_TOKEN = "", NODE_EXTRA_CA_CERTS = "" } = await ours();
  const { env } = connectionTo({
    endpoint: ENDPOINT,
    host: PGHOST,
    user: "emulator@example.com",
    database: "postgres",
  });
  const signIn = { DATABRICKS_HOST, DATABRICKS_TOKEN, NODE_EXTRA_CA_CERTS };
  const application = await new Application({ ...signIn, ...env }).start();
  expect(await application.ask(IDENTITY)).toMatchObject({
    rows: [{ user: "emulator@example.com", database: "postgres", answer: 42 }],
  });
});

test("a password that is over opens no connection", async () => {
  await client.control("POST", "clock", { advance: "3540s" });
  const application = await new Application(await ours()).start();
  expect(await application.ask(IDENTITY)).toMatchObject({ connections: 1 });
  // The driver goes by the machine's clock, on which its password has an hour left.
  await client.control("POST", "clock", { advance: "3600s" });
  expect(await application.ask(IDENTITY, IDENTITY)).toEqual({
    error: 'password authentication failed for user "emulator@example.com"',
  });
  expect(await passwords()).toBe(1);
});

test("a service principal needs nothing but its id and its secret", async () => {
  const { body } = await client.raw("POST", "/oidc/v1/token", {
    headers: { authorization: `Basic ${btoa("shop-app:fake-secret")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: "all-apis" }),
  });
  const application = await new Application({
    ...(await projectOf(body.access_token)),
    DATABRICKS_CLIENT_ID: "shop-app",
    DATABRICKS_CLIENT_SECRET: "fake-secret",
  }).start();
  expect(await application.ask(IDENTITY)).toMatchObject({ rows: [{ user: "shop-app", answer: 42 }] });
});

test("the emulator's certificate is believed only with its CA file", async () => {
  const { NODE_EXTRA_CA_CERTS: _ca, ...env } = await ours();
  const application = await new Application(env).start();
  expect(await application.ask(IDENTITY)).toEqual({
    error: expect.stringMatching(/self-signed|unable to (verify|get local issuer)/),
  });
});
