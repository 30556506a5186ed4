import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type ClientConfig } from "pg";
import { Authority } from "../../emulator/postgres/authority";
import { type Door, type Listener, type Login, listen, Refusal, type Target } from "../../emulator/postgres/proxy";
import { CANCEL_REQUEST, GSS_REQUEST, type Message, message, SSL_REQUEST, take } from "../../emulator/postgres/wire";
import { hello, password, query, RawClient, request, describe as say } from "../support/postgres-client";
import { type PostgresServer, startPostgres } from "../support/postgres-server";

// Generous: other suites may be compiling at the same time.
jest.setTimeout(60_000);

const HOSTS = ["127.0.0.1", "localhost"];

let folder: string;
let authority: Authority;
let postgres: PostgresServer;
const endings: (() => unknown)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lakebase-proxy-test-"));
  authority = await Authority.open(folder);
  postgres = await startPostgres();
  await sql("create role reader login", "create role nologin", "create table numbers (number int, text text)");
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});
afterAll(async () => {
  await postgres?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** As the superuser, past the proxy. */
async function sql(...statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ host: join(postgres.socketPath, ".."), user: "postgres" });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** A listener before a door that lets everybody in, unless the test says otherwise. */
class House {
  readonly logins: Login[] = [];
  readonly log: string[] = [];
  releases = 0;
  private readonly waiting: (() => void)[] = [];
  private listener: Listener | undefined;

  static async open(
    change: {
      admit?: (login: Login) => Promise<unknown>;
      running?: readonly string[];
      target?: Partial<Target>;
      patience?: number;
    } = {},
  ): Promise<House> {
    const house = new House();
    const socketPath = change.target?.socketPath ?? postgres.socketPath;
    const door: Door = {
      running: () => change.running ?? [socketPath],
      admit: async (login) => {
        house.logins.push(login);
        await change.admit?.(login);
        return { socketPath, user: login.user, settings: {}, ...change.target, release: () => house.release() };
      },
    };
    house.listener = await listen({
      address: "127.0.0.1",
      port: 0,
      identity: authority.issue(HOSTS),
      door,
      log: (line) => house.log.push(line),
      ...(change.patience !== undefined && { patience: change.patience }),
    });
    endings.push(() => house.front.close());
    return house;
  }

  get front(): Listener {
    if (this.listener === undefined) throw new Error("the house is not open");
    return this.listener;
  }

  get port(): number {
    return this.front.port;
  }

  /** Resolves at the next release, or when there has been one. */
  async released(): Promise<void> {
    if (this.releases === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** As a library does it, checking the certificate. */
  async client(config: ClientConfig = {}): Promise<Client> {
    const client = this.stranger(config);
    await client.connect();
    return client;
  }

  stranger(config: ClientConfig = {}): Client {
    const client = new Client({
      host: "localhost",
      port: this.port,
      user: "postgres",
      password: "secret",
      ssl: { ca: authority.certificate },
      ...config,
    });
    client.on("error", () => {});
    endings.push(() => client.end().catch(() => {}));
    return client;
  }

  raw(parameters?: Record<string, string>): Promise<RawClient> {
    return remembered(RawClient.signedIn(this.port, authority.certificate, parameters));
  }

  plain(): Promise<RawClient> {
    return remembered(RawClient.plain(this.port));
  }

  encrypted(): Promise<RawClient> {
    return remembered(RawClient.encrypted(this.port, authority.certificate));
  }

  private release(): void {
    this.releases += 1;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

async function remembered(opening: Promise<RawClient>): Promise<RawClient> {
  const client = await opening;
  endings.push(() => client.destroy());
  return client;
}

/** A server of the test's own on a unix socket; its connections end with the test. */
async function fakeServer(serve: (socket: Socket) => void): Promise<string> {
  const path = join(mkdtempSync(join(folder, "fake-")), "socket");
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  server.listen(path);
  await once(server, "listening");
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return path;
}

/** What the sign-in failed for. */
function failure(client: Client): Promise<Record<string, unknown>> {
  return client.connect().then(
    () => ({}),
    ({ code, message, hint, severity }) => ({ code, message, hint, severity }),
  );
}

/** Until that session waits in the server, each look at it being a query. */
async function whenWaiting(event: string): Promise<void> {
  for (;;) {
    const rows = await sql(`select 1 from pg_stat_activity where wait_event = '${event}'`);
    if (rows.length > 0) return;
  }
}

/** Until the figure has stayed for many turns of the loop, in each of which all that can move does. */
async function whenStill(figure: () => number): Promise<void> {
  for (let turn = 0, last = figure(); turn < 1_000; turn += 1) {
    await nextTurn();
    if (figure() !== last) turn = 0;
    last = figure();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function keyOf(opening: readonly Message[]): Buffer {
  const found = opening.find(({ type }) => type === "K");
  if (found === undefined) throw new Error("the server sent no key for cancel requests");
  return found.bytes.subarray(5);
}

function cancelRequest(key: Buffer): Buffer {
  return request(CANCEL_REQUEST, key.readInt32BE(0), key.readInt32BE(4));
}

/** The text of the first column of the only row. */
function onlyValue(messages: readonly Message[]): string | undefined {
  return messages.find(({ type }) => type === "D")?.bytes.toString("utf8", 11);
}

describe("The certificate authority", () => {
  test("issues a certificate for addresses and names, good for these alone", () => {
    const { cert } = authority.issue(["127.0.0.1", "::1", "ep-calm-lake.localhost"]);
    const issued = new X509Certificate(cert);
    const ca = new X509Certificate(authority.certificate);
    expect(issued.verify(ca.publicKey)).toBe(true);
    expect(issued.checkIssued(ca)).toBe(true);
    expect(issued.ca).toBe(false);
    expect(issued.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(issued.checkIP("::1")).toBe("::1");
    expect(issued.checkHost("ep-calm-lake.localhost")).toBe("ep-calm-lake.localhost");
    expect(issued.checkIP("127.0.0.2")).toBeUndefined();
    expect(issued.checkHost("ep-other.localhost")).toBeUndefined();
  });

  test("gives every certificate its own serial number", () => {
    const serials = [1, 2, 3].map(() => new X509Certificate(authority.issue(HOSTS).cert).serialNumber);
    expect(new Set(serials).size).toBe(3);
  });

  test("is the same one at the next start, its key for the owner only", async () => {
    const again = await Authority.open(folder);
    expect(again.certificate).toBe(authority.certificate);
    expect(readFileSync(again.file, "utf8")).toBe(authority.certificate);
    expect(new X509Certificate(again.issue(HOSTS).cert).checkIssued(new X509Certificate(authority.certificate))).toBe(
      true,
    );
    expect(statSync(join(folder, "ca.key")).mode & 0o777).toBe(0o600);
    expect(statSync(again.file).mode & 0o777).toBe(0o644);
  });

  test.each(["ca.key", "ca.pem"])("is made anew when a start was cut short and left %s alone", async (left) => {
    const half = mkdtempSync(join(folder, "half-"));
    writeFileSync(join(half, left), readFileSync(join(folder, left)));
    const made = await Authority.open(half);
    const ca = new X509Certificate(made.certificate);
    expect(made.certificate).not.toBe(authority.certificate);
    expect(new X509Certificate(made.issue(HOSTS).cert).verify(ca.publicKey)).toBe(true);
    expect((await Authority.open(half)).certificate).toBe(made.certificate);
  });
});

describe("TLS", () => {
  test("a client that checks nothing gets in (sslmode=require)", async () => {
    const house = await House.open();
    const client = await house.client({ ssl: { rejectUnauthorized: false } });
    expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });

  test("a client that checks the name against the CA gets in (sslmode=verify-full)", async () => {
    const house = await House.open();
    const client = await house.client({ host: "localhost", ssl: { ca: authority.certificate } });
    expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    expect(house.logins).toMatchObject([{ serverName: "localhost" }]);
  });

  test("a client that checks the address against the CA gets in, naming no server", async () => {
    const house = await House.open();
    const client = await house.raw();
    client.send(query("select 1"));
    expect(onlyValue(await client.until("Z"))).toBe("1");
    expect(house.logins).toMatchObject([{ serverName: undefined }]);
  });

  test("a client that trusts another CA stays out, and the next one gets in", async () => {
    const house = await House.open();
    const other = await Authority.open(mkdtempSync(join(folder, "other-")));
    const { message } = await failure(house.stranger({ ssl: { ca: other.certificate } }));
    expect(message).toMatch(/certificate/);
    await house.client();
  });

  test("a client that encrypts from its first byte gets in (sslnegotiation=direct)", async () => {
    const house = await House.open();
    const client = await remembered(RawClient.direct(house.port, authority.certificate));
    await client.signIn();
    client.send(query("select 1"));
    expect(onlyValue(await client.until("Z"))).toBe("1");
  });

  test("a client that asks for Kerberos encryption is told no and goes on with TLS", async () => {
    const house = await House.open();
    const client = await house.plain();
    client.send(request(GSS_REQUEST));
    expect((await take(client.socket, 1))?.toString()).toBe("N");
    client.send(request(SSL_REQUEST));
    const encrypted = await client.encrypt(authority.certificate);
    await encrypted.signIn();
  });

  test("a client without it is refused, and told what to do", async () => {
    const house = await House.open();
    expect(await failure(house.stranger({ ssl: false }))).toEqual({
      severity: "FATAL",
      code: "28000",
      message: expect.stringContaining("TLS"),
      hint: expect.stringContaining("sslmode=require"),
    });
    expect(house.logins).toEqual([]);
  });
});

describe("Sign-in", () => {
  test("the door hears who comes, with what and where to", async () => {
    const house = await House.open();
    await house.client({ user: "reader", database: "template1", password: "pässword" });
    expect(house.logins).toEqual([
      { user: "reader", database: "template1", password: "pässword", serverName: "localhost" },
    ]);
  });

  test("the database is called as the user unless the client names one", async () => {
    const house = await House.open();
    const client = await house.raw();
    client.send(query("select current_database()"));
    expect(onlyValue(await client.until("Z"))).toBe("postgres");
    expect(house.logins).toMatchObject([{ database: "postgres" }]);
  });

  test("a refusal reaches the client with its code, message and hint", async () => {
    const refusal = new Refusal("53300", "too many connections", "Close some.");
    const house = await House.open({ admit: () => Promise.reject(refusal) });
    expect(await failure(house.stranger())).toEqual({
      severity: "FATAL",
      code: "53300",
      message: "too many connections",
      hint: "Close some.",
    });
    expect(house.log).toEqual([]);
  });

  test("another failure is told in a sentence and logged", async () => {
    const house = await House.open({ admit: () => Promise.reject(new Error("no disk is left")) });
    const told = await failure(house.stranger());
    expect(told).toMatchObject({ severity: "FATAL", code: "58000", message: "no disk is left" });
    expect(house.log).toEqual([expect.stringContaining("no disk is left")]);
  });

  test("a role that is not there fails as a wrong password does", async () => {
    const house = await House.open();
    expect(await failure(house.stranger({ user: "ghost" }))).toMatchObject({
      severity: "FATAL",
      code: "28P01",
      message: 'password authentication failed for user "ghost"',
    });
    await house.front.close();
    expect(house.releases).toBe(1);
  });

  test.each([
    ["a role that may not log in", { user: "nologin" }, "28000", 'role "nologin" is not permitted to log in'],
    ["a database that is not there", { database: "ghost" }, "3D000", 'database "ghost" does not exist'],
    ["a setting that is not there", { options: "-c ghost=1" }, "42704", 'unrecognized configuration parameter "ghost"'],
  ])("%s is refused in the server's own words", async (_what, config, code, text) => {
    const house = await House.open();
    expect(await failure(house.stranger(config))).toMatchObject({ severity: "FATAL", code, message: text });
    await house.released();
  });

  test("an empty password is refused without asking the door", async () => {
    const house = await House.open();
    const client = await house.encrypted();
    client.send(hello());
    await client.expect("R");
    client.send(password(""));
    expect((await client.rest()).map(say)).toEqual(["28P01 empty password returned by client"]);
    expect(house.logins).toEqual([]);
  });

  test("a query in place of the password is refused", async () => {
    const house = await House.open();
    const client = await house.encrypted();
    client.send(hello());
    await client.expect("R");
    client.send(query("select 1"));
    expect((await client.rest()).map(say)).toEqual(["08P01 expected password response, got message type 81"]);
  });

  test("no user is refused", async () => {
    const house = await House.open();
    const client = await house.encrypted();
    client.send(hello({ user: "" }));
    expect((await client.rest()).map(say)).toEqual(["28000 no PostgreSQL user name specified in startup packet"]);
  });

  test("a server that is not there is told as one that takes no connections", async () => {
    const house = await House.open({ target: { socketPath: join(folder, "nobody") } });
    expect(await failure(house.stranger())).toMatchObject({ severity: "FATAL", code: "57P03" });
    await house.front.close();
    expect(house.releases).toBe(1);
  });

  test("the target says as which role the session is opened", async () => {
    const house = await House.open({ target: { user: "reader" } });
    const client = await house.client({ user: "somebody@example.com", database: "postgres" });
    expect((await client.query("select current_user")).rows).toEqual([{ current_user: "reader" }]);
  });

  test("what is sent byte by byte is understood", async () => {
    const house = await House.open();
    const plain = await house.plain();
    await plain.sendByteByByte(request(SSL_REQUEST));
    const client = await plain.encrypt(authority.certificate);
    await client.sendByteByByte(hello());
    await client.expect("R");
    await client.sendByteByByte(password("secret"));
    await client.until("Z");
    expect(house.logins).toMatchObject([{ user: "postgres", password: "secret" }]);
    await client.sendByteByByte(query("select 'whole'"));
    expect(onlyValue(await client.until("Z"))).toBe("whole");
  });

  test("what comes in one piece, startup, password and queries, is not lost", async () => {
    const house = await House.open();
    const client = await house.encrypted();
    client.send(hello(), password("secret"), query("select 'first'"), query("select 'second'"));
    await client.expect("R");
    await client.until("Z");
    expect(onlyValue(await client.until("Z"))).toBe("first");
    expect(onlyValue(await client.until("Z"))).toBe("second");
    expect(house.logins).toMatchObject([{ password: "secret" }]);
  });

  test.each([
    ["a newer minor version", {}, 0x00030002],
    ["a protocol option", { "_pq_.ghost": "1" }, 0x00030000],
  ])("the server itself negotiates %s", async (_what, parameters, version) => {
    const house = await House.open();
    const client = await house.encrypted();
    const opening = await client.signIn(parameters, version);
    expect(opening.slice(0, 2).map(({ type }) => type)).toEqual(["v", "R"]);
    client.send(query("select 1"));
    expect(onlyValue(await client.until("Z"))).toBe("1");
  });

  test("another major version is refused", async () => {
    const house = await House.open();
    const client = await house.encrypted();
    client.send(hello({}, 0x00020000));
    expect((await client.rest()).map(say)).toEqual([
      "0A000 unsupported frontend protocol 2.0: server supports 3.0 to 3.0",
    ]);
  });
});

describe("What is no sign-in", () => {
  const http = Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const oversized = Buffer.alloc(20_000, 1);
  oversized.writeInt32BE(oversized.length);
  const unterminated = Buffer.concat([hello().subarray(0, -1), Buffer.from("x")]);

  test.each([
    ["an HTTP request", http],
    ["a packet that is too long", oversized],
    ["a packet that is too short", Buffer.from([0, 0, 0, 7, 0, 0, 0])],
    ["a packet of length 0", Buffer.alloc(8)],
  ])("%s is hung up on, with and without TLS", async (_what, bytes) => {
    const house = await House.open();
    for (const client of [await house.plain(), await house.encrypted()]) {
      client.send(bytes);
      expect(await client.rest()).toEqual([]);
    }
    await house.client();
    expect(house.log).toEqual([]);
  });

  test("a startup message without its end is refused", async () => {
    const house = await House.open();
    const client = await house.encrypted();
    client.send(unterminated);
    expect((await client.rest()).map(say)).toEqual([
      "08P01 invalid startup packet layout: expected terminator as last byte",
    ]);
  });

  test("garbage after the request for TLS is hung up on", async () => {
    const house = await House.open();
    const client = await house.plain();
    client.send(request(SSL_REQUEST));
    await take(client.socket, 1);
    client.send(http, oversized);
    await client.closed();
    await house.client();
    expect(house.log).toEqual([]);
  });

  test("a password that is too long is hung up on", async () => {
    const house = await House.open();
    const client = await house.encrypted();
    client.send(hello());
    await client.expect("R");
    client.send(message("p", Buffer.alloc(100_000, "x")));
    expect(await client.rest()).toEqual([]);
    expect(house.logins).toEqual([]);
  });

  test.each([
    ["nothing", []],
    ["half a packet", [request(SSL_REQUEST).subarray(0, 5)]],
    ["a request for TLS and no handshake", [request(SSL_REQUEST)]],
  ])("a client that says %s is hung up on after a while", async (_what, parts: readonly Buffer[]) => {
    const house = await House.open({ patience: 1 });
    const client = await house.plain();
    client.send(...parts);
    await client.closed();
  });

  test.each([
    ["nothing", []],
    ["half a packet", [request(SSL_REQUEST).subarray(0, 5)]],
    ["its startup message", [hello()]],
  ])("a client that leaves after it said %s does no harm", async (_what, parts: readonly Buffer[]) => {
    const house = await House.open();
    for (const client of [await house.plain(), await house.encrypted()]) {
      client.send(...parts);
      client.socket.end();
      await client.closed();
    }
    await house.client();
    expect(house.log).toEqual([]);
  });
});

describe("A session", () => {
  test("runs queries and prepared statements", async () => {
    const house = await House.open();
    const client = await house.client();
    for (const number of [1, 2, 3]) {
      const found = await client.query({ name: "double", text: "select $1::int * 2 as double", values: [number] });
      expect(found.rows).toEqual([{ double: 2 * number }]);
    }
    await expect(client.query("select 1/0")).rejects.toMatchObject({ code: "22012" });
    expect((await client.query("select 'still here' as state")).rows).toEqual([{ state: "still here" }]);
  });

  test("is told the server's version, notices and notifications", async () => {
    const house = await House.open();
    const client = await house.client();
    const listener = await house.client();
    const [direct] = await sql("show server_version");
    expect((await client.query("show server_version")).rows).toEqual([direct]);

    const noticed = once(client, "notice");
    await client.query("do $$ begin raise notice 'look here'; end $$");
    expect((await noticed)[0]).toMatchObject({ message: "look here" });

    await listener.query("listen news");
    const notified = once(listener, "notification");
    await client.query("notify news, 'fresh'");
    expect((await notified)[0]).toMatchObject({ channel: "news", payload: "fresh" });
  });

  test("copies some megabytes in and out", async () => {
    const house = await House.open();
    const client = await house.raw();
    const rows = 20_000;
    client.send(query("truncate numbers"), query("copy numbers from stdin"));
    await client.until("G");
    for (let row = 0; row < rows; row += 1) {
      client.send(message("d", Buffer.from(`${row}\t${"x".repeat(200)}\n`)));
    }
    client.send(message("c", Buffer.alloc(0)));
    await client.until("Z");
    client.send(query("copy (select * from numbers order by number) to stdout"));
    const copied = (await client.until("Z")).filter(({ type }) => type === "d");
    expect(copied).toHaveLength(rows);
    expect(copied.at(-1)?.bytes.toString("utf8", 5)).toBe(`${rows - 1}\t${"x".repeat(200)}\n`);
  });

  test("makes a server wait for a client that reads slowly", async () => {
    const total = 64 << 20;
    const chunk = Buffer.alloc(1 << 16);
    let sent = 0;
    const socketPath = await fakeServer((socket) => {
      socket.once("data", () => {
        socket.write(Buffer.concat([message("R", Buffer.alloc(4)), message("Z", Buffer.from("I"))]));
        function fill(): void {
          while (sent < total) {
            sent += chunk.length;
            if (!socket.write(chunk)) return;
          }
          socket.end();
        }
        socket.on("drain", fill);
        fill();
      });
    });
    const house = await House.open({ target: { socketPath } });
    const client = await house.raw();
    await whenStill(() => sent);
    expect(sent).toBeLessThan(total / 2);

    let received = 0;
    for (let bytes = await take(client.socket, chunk.length); bytes !== undefined; ) {
      received += bytes.length;
      bytes = await take(client.socket, chunk.length);
    }
    expect(received).toBe(total);
  });

  test.each(["without", "with"])("is cancelled by a request %s TLS", async (tls) => {
    const house = await House.open();
    const client = await house.encrypted();
    const key = keyOf(await client.signIn());
    client.send(query("select pg_sleep(600)"));
    await whenWaiting("PgSleep");
    const canceller = await (tls === "with" ? house.encrypted() : house.plain());
    canceller.send(cancelRequest(key));
    expect(await canceller.rest()).toEqual([]);
    expect((await client.until("Z")).map(say)).toContain("57014 canceling statement due to user request");
  });

  test("is not cancelled by a wrong key, nor does a request harm where no server runs", async () => {
    const house = await House.open({ running: [postgres.socketPath, join(folder, "nobody")] });
    const canceller = await house.plain();
    canceller.send(cancelRequest(Buffer.alloc(8, 1)));
    expect(await canceller.rest()).toEqual([]);
    await house.client();
  });

  test("starts with the target's settings, whatever the client says about them", async () => {
    const house = await House.open({ target: { settings: { default_transaction_read_only: "on", work_mem: "5MB" } } });
    const client = await house.raw({
      options: "-c default_transaction_read_only=off -c work_mem=6MB -c search_path=mine",
      Default_Transaction_Read_Only: "off",
      // An old name of work_mem, which the server still takes.
      sort_mem: "7MB",
    });
    client.send(
      query(
        "select concat_ws(' ', current_setting('default_transaction_read_only'), current_setting('work_mem'), current_setting('search_path'))",
      ),
    );
    expect(onlyValue(await client.until("Z"))).toBe("on 5MB mine");
  });

  test.each([
    ["spaces and another option", "a b -c work_mem=64kB"],
    ["backslashes and quotes", `\\ \\' "' = --work_mem=64kB \\`],
    ["other scripts and line ends", "日本\u00a0語\r\n\tüß"],
    ["nothing", ""],
  ])("takes a setting's value as it is: %s", async (_what, value) => {
    const house = await House.open({ target: { settings: { "app.value": value } } });
    const client = await house.client();
    const { rows } = await client.query(
      "select current_setting('app.value') as value, current_setting('work_mem') as memory",
    );
    expect(rows).toEqual([{ value, memory: "4MB" }]);
  });

  test("takes a zero byte in a setting for no end of it", async () => {
    const house = await House.open({ target: { settings: { "app.value": "a\0user\0postgres\0" } } });
    const client = await house.client({ user: "reader", database: "postgres" });
    const { rows } = await client.query("select current_setting('app.value') as value, current_user");
    expect(rows).toEqual([{ value: "auserpostgres", current_user: "reader" }]);
  });

  test.each(["user", "database", "options", "replication", "_pq_.x"])(
    "is refused when a setting is called %s, which would be none to the server",
    async (name) => {
      const house = await House.open({ target: { settings: { [name]: "postgres" } } });
      expect(await failure(house.stranger({ user: "reader" }))).toMatchObject({
        code: "42704",
        message: `unrecognized configuration parameter "${name}"`,
      });
      await house.released();
    },
  );
});

describe("The end of a session", () => {
  test("is told to the door once, when the client says goodbye", async () => {
    const house = await House.open();
    const client = await house.client();
    expect(house.front.sessions()).toBe(1);
    expect(house.releases).toBe(0);
    await client.end();
    await house.released();
    expect(house.front.sessions()).toBe(0);
    await house.front.close();
    expect(house.releases).toBe(1);
  });

  test("is told to the door once, when the client vanishes in the middle of a query", async () => {
    const house = await House.open();
    const client = await house.raw();
    client.send(query("select repeat('x', 1000) from generate_series(1, 100000)"));
    await client.expect("T");
    client.destroy();
    await house.released();
    await house.front.close();
    expect(house.releases).toBe(1);
  });

  test.each([
    ["the client vanishes", (client: RawClient) => client.destroy()],
    ["the listener closes", (_client: RawClient, house: House) => house.front.close()],
  ])("is told to the door once, when %s while the door lets the client in", async (_what, leave) => {
    const asked = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    const house = await House.open({
      admit: () => {
        asked.resolve();
        return left.promise;
      },
    });
    const client = await house.encrypted();
    client.send(hello(), password("secret"));
    await asked.promise;
    await leave(client, house);
    await client.closed();
    expect(house.releases).toBe(0);
    left.resolve();
    await house.released();
    await house.front.close();
    expect(house.releases).toBe(1);
  });

  test("comes for the client when the server dies without a word", async () => {
    const own = await startPostgres();
    endings.push(() => own.remove());
    const house = await House.open({ target: { socketPath: own.socketPath } });
    const client = await house.raw();
    client.send(query("select pg_backend_pid()"));
    process.kill(Number(onlyValue(await client.until("Z"))), "SIGKILL");
    expect(await client.rest()).toEqual([]);
    await house.released();
    await house.front.close();
    expect(house.releases).toBe(1);
  });

  test("comes with the server's own words when the server is stopped", async () => {
    const own = await startPostgres();
    endings.push(() => own.remove());
    const house = await House.open({ target: { socketPath: own.socketPath } });
    const client = await house.raw();
    await own.stop();
    expect((await client.rest()).map(say)).toEqual(["57P01 terminating connection due to administrator command"]);
    await house.released();
  });

  test("comes in Postgres's words to a client at rest when the listener drops it", async () => {
    const house = await House.open();
    const client = await house.raw();
    house.front.drop();
    expect((await client.rest()).map(say)).toEqual(["57P01 terminating connection due to administrator command"]);
    await house.released();
    expect(house.front.sessions()).toBe(0);
    await house.client();
  });

  test("comes without a word to a client in the middle of an answer when the listener drops it", async () => {
    const socketPath = await fakeServer((socket) => {
      socket.once("data", () => {
        const half = message("D", Buffer.alloc(100)).subarray(0, 50);
        socket.write(Buffer.concat([message("R", Buffer.alloc(4)), message("Z", Buffer.from("I"))]));
        socket.once("data", () => socket.write(half));
      });
    });
    const house = await House.open({ target: { socketPath } });
    const client = await house.raw();
    client.send(query("select 1"));
    await take(client.socket, 50);
    house.front.drop();
    expect(await take(client.socket, 1)).toBeUndefined();
    await house.released();
  });

  test("comes to everything when the listener closes, and its port is free", async () => {
    const house = await House.open();
    const { port } = house;
    const atRest = await house.raw();
    const busy = await house.raw();
    busy.send(query("select pg_sleep(600)"));
    const silent = await house.plain();
    const halfway = await house.encrypted();
    halfway.send(hello());
    await halfway.expect("R");
    await whenWaiting("PgSleep");

    await Promise.all([house.front.close(), house.front.close()]);
    for (const client of [atRest, busy, silent, halfway]) await client.rest();
    expect(house.releases).toBe(2);
    const next = createServer().listen(port, "127.0.0.1");
    await once(next, "listening");
    next.close();
    await sql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
  });

  test("leaves a client that only stopped writing its answer", async () => {
    const house = await House.open();
    const client = await house.raw();
    client.send(query("select 'the answer'"));
    client.socket.end();
    expect(onlyValue(await client.rest())).toBe("the answer");
    await house.released();
  });
});

test("Two listeners on one port: the second is told so", async () => {
  const house = await House.open();
  const opening = listen({
    address: "127.0.0.1",
    port: house.port,
    identity: authority.issue(HOSTS),
    door: { running: () => [], admit: () => Promise.reject(new Refusal("28000", "closed")) },
    log: () => {},
  });
  await expect(opening).rejects.toMatchObject({ code: "EADDRINUSE" });
});
