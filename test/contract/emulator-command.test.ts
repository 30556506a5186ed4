import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { build, built, endAll, finish, main, ready, start } from "../support/emulator-process";
import { type Client, startClient } from "./emulator-client";

// Generous: other suites may be compiling at the same time.
jest.setTimeout(60_000);

let folder: string;

beforeAll(async () => {
  await build();
}, 120_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lakebase-emulator-test-"));
});
afterEach(() => {
  endAll();
  rmSync(folder, { recursive: true, force: true });
});

test("lines for the shell are all of standard output, and a signal ends it with status 0", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const child = start(main, ["--port", "0", "--no-postgres"]);
    const { url, token, lines } = await ready(child);
    expect(lines).toEqual([
      expect.stringMatching(/^DATABRICKS_HOST=http:\/\/127\.0\.0\.1:\d+$/),
      "DATABRICKS_TOKEN=dapi-emulator-not-a-secret",
    ]);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${url}/api/2.0/postgres/projects`, { headers })).status).toBe(200);
    child.kill(signal);
    expect(await once(child, "close")).toEqual([0, null]);
  }
});

test.each(["https://workspace.cloud.databricks.com", "workspace.cloud.databricks.com", "http://10.0.0.1:8080"])(
  "it does not start while DATABRICKS_HOST names another machine: %s",
  async (host) => {
    const { code, stdout, stderr } = await finish(start(main, ["--port", "0"], { DATABRICKS_HOST: host }));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^lakebase-emulator: DATABRICKS_HOST is set to .*not this machine.*\n$/);
  },
);

test.each(["http://127.0.0.1:1234", "http://localhost:1234", "http://[::1]:1234", ""])(
  "it starts while DATABRICKS_HOST is this machine: %p",
  async (host) => {
    const { lines } = await ready(start(main, ["--port", "0", "--no-postgres"], { DATABRICKS_HOST: host }));
    expect(lines).toHaveLength(2);
  },
);

test("a port in use is one sentence", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { code, stderr } = await finish(start(main, ["--port", String(port)]));
  server.close();
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `lakebase-emulator: port ${port} is in use; choose another with --port, or --port 0 for a free one.\n`,
  });
});

test.each([
  [["--port", "many"], "A port is a number"],
  [["--operation-time", "soon"], "A duration is written like"],
  [["--request-limit", "0"], "A limit of requests is a whole number from 1"],
  [["--delta-table", "items.csv"], "A Delta table is given as CATALOG.SCHEMA.TABLE=FILE"],
  [["--delta-table", "main.shop.items=no-such.csv"], "there is no file"],
  [["--prot", "0"], "unknown option"],
  [["extra"], "too many arguments"],
])("a wrong command line is one sentence: %p", async (args, want) => {
  const { code, stderr } = await finish(start(main, args));
  expect(code).toBe(1);
  expect(stderr).toContain(want);
  expect(stderr).not.toContain("    at ");
});

test("the help names every option and the emulator's own routes", async () => {
  const { code, stdout } = await finish(start(main, ["--help"]));
  expect(code).toBe(0);
  for (const word of [
    "--port",
    "--data",
    "--delta-table",
    "--operation-time",
    "--reconcile-time",
    "--echo-spec",
    "--limits",
    "--host-metadata",
  ]) {
    expect(stdout).toContain(word);
  }
  const routes = "requests reset settings clock computes delta-tables syncs state events faults";
  for (const route of routes.split(" ")) {
    expect(stdout).toContain(`/_emulator/${route}`);
  }
});

test("several files are given for Delta tables, as they are seen from here", async () => {
  const files = ["items.csv", "sales=2026.parquet"].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, "");
  const given = files.flatMap((file, index) => [
    "--delta-table",
    `main.shop.t${index}=${relative(process.cwd(), file)}`,
  ]);
  const { url } = await ready(start(main, ["--port", "0", ...given], { TMPDIR: folder }));
  expect(await (await fetch(`${url}/_emulator/delta-tables`)).json()).toEqual({
    deltaTables: { "main.shop.t0": files[0], "main.shop.t1": files[1] },
  });
});

test("without its optional dependencies it says what to install", async () => {
  cpSync(built, join(folder, "emulator"), { recursive: true });
  const { code, stderr } = await finish(start(join(folder, "emulator/main.js"), ["--port", "0"]));
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^[^\n]*npm install hono[^\n]*\n$/),
  });
});

test("with --data the workspace survives a kill", async () => {
  const data = join(folder, "state");
  const first = start(main, ["--port", "0", "--no-postgres", "--data", data, "--operation-time", "5s"]);
  const { url, token } = await ready(first);
  const headers = { authorization: `Bearer ${token}` };
  const created = await fetch(`${url}/api/2.0/postgres/projects?project_id=shop`, {
    method: "POST",
    body: "{}",
    headers,
  });
  const operation: unknown = await created.json();
  first.kill("SIGKILL");
  await once(first, "close");
  const second = await startClient({ data });
  const name = typeof operation === "object" && operation !== null && "name" in operation ? String(operation.name) : "";
  expect((await second.ok("GET", name)).name).toBe(name);
  expect((await second.ok("GET", "projects/shop/branches")).branches).toHaveLength(1);
  await second.emulator.close();
});

test("the state of a moved clock and of a partial write is kept", async () => {
  const data = join(folder, "state");
  const first = await startClient({ data });
  await first.ok("POST", "projects?project_id=shop", {
    spec: { default_endpoint_settings: { autoscaling_limit_max_cu: 4 } },
  });
  await first.control("POST", "clock", { advance: "365d" });
  await first.api("PATCH", "projects/shop?update_mask=spec", { spec: { display_name: "Half" } });
  const now = (await first.control("GET", "clock")).now;
  // What is on disk counts, not what a clean end adds.
  const kept = readFileSync(join(data, "workspace.json"));
  await first.emulator.close();
  writeFileSync(join(data, "workspace.json"), kept);
  const second = await startClient({ data });
  expect((await second.ok("GET", "projects/shop")).status.display_name).toBe("Half");
  expect((await second.control("GET", "clock")).now >= now).toBe(true);
  await second.emulator.close();
});

test("what an emulator without roles and databases kept has those that every branch begins with", async () => {
  const data = join(folder, "state");
  const file = join(data, "workspace.json");
  const first = await startClient({ data });
  await first.ok("POST", "projects?project_id=shop", { spec: {} });
  await first.ok("POST", "projects/shop/branches?branch_id=dev", { spec: { no_expiry: true } });
  const seen = async (client: Client) => ({
    roles: (await client.ok("GET", "projects/shop/branches/dev/roles")).roles,
    databases: (await client.ok("GET", "projects/shop/branches/dev/databases")).databases,
  });
  const before = await seen(first);
  await first.emulator.close();
  const { past: _past, resources, ...kept } = JSON.parse(readFileSync(file, "utf8"));
  const older = resources.filter(({ type }: { type: string }) => type !== "Role" && type !== "Database");
  expect(older).toHaveLength(resources.length - 4);
  writeFileSync(file, JSON.stringify({ ...kept, format: 2, resources: older }));
  const second = await startClient({ data });
  expect(await seen(second)).toEqual(before);
  await second.ok("DELETE", "projects/shop/branches/dev/databases/databricks-postgres");
  await second.emulator.close();
  const third = await startClient({ data });
  expect(await seen(third)).toEqual({ ...before, databases: undefined });
  await third.emulator.close();
});

test("a data folder with something else in it is one sentence", async () => {
  writeFileSync(join(folder, "workspace.json"), "not ours");
  const { code, stderr } = await finish(start(main, ["--port", "0", "--data", folder]));
  expect(code).toBe(1);
  expect(stderr).toMatch(/^lakebase-emulator: .*is no workspace of this emulator.*\n$/);
});
