/** Certificates are checked, whatever the environment says: the built command against a workspace that is not vouched for. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Authority } from "../../emulator/postgres/authority";
import { sdkCredentials } from "../../provider/api/sdk";
import { build, command, endAll, type Finished, finish, start } from "../support/emulator-process";

jest.setTimeout(60_000);

let folder: string;
let authority: Authority;
let server: Server;
const asked: string[] = [];

beforeAll(async () => {
  await build();
  folder = mkdtempSync(join(tmpdir(), "tls-"));
  authority = await Authority.open(folder);
  server = createServer(authority.issue(["localhost"]), (request, response) => {
    asked.push(String(request.headers.authorization));
    const answers: Readonly<Record<string, object>> = {
      "/oidc/.well-known/oauth-authorization-server": { token_endpoint: `${host()}/oidc/v1/token` },
      "/oidc/v1/token": { access_token: "canary-of-the-workspace", expires_in: 3600 },
      "/api/2.0/postgres/projects": { projects: [] },
    };
    const answer = answers[String(request.url).split("?")[0] ?? ""];
    response.writeHead(answer === undefined ? 404 : 200);
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  endAll();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  asked.length = 0;
});

function host(): string {
  // A TCP server always has an AddressInfo once it listens; the string form is for pipes.
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

const bySecret = { DATABRICKS_CLIENT_ID: "app", DATABRICKS_CLIENT_SECRET: "fake-canary" };
const byToken = { DATABRICKS_TOKEN: "dapi-canary" };

function tree(env: Readonly<Record<string, string>>): Promise<Finished> {
  return finish(start(command, ["tree"], { DATABRICKS_HOST: host(), HOME: folder, ...env }));
}

describe.each([
  { way: "a token", secret: byToken },
  { way: "a service principal's secret", secret: bySecret },
])("$way", ({ secret }) => {
  test.each([
    { name: "nothing vouches for the certificate", env: {} },
    { name: "Node is told not to look", env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } },
    { name: "Databricks' SDK is told not to look", env: { DATABRICKS_SDK_PROXY_STRICT_SSL: "false" } },
  ])("is not sent when $name", async ({ env }) => {
    const { code, stderr } = await tree({ ...secret, ...env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/certificate.*; name the file of the authority's certificate with NODE_EXTRA_CA_CERTS/);
    expect(stderr).not.toMatch(/canary|\n\s+at /);
    expect(asked).toEqual([]);
  });

  test("is sent to a workspace whose authority NODE_EXTRA_CA_CERTS names", async () => {
    const { stderr } = await tree({ ...secret, NODE_EXTRA_CA_CERTS: authority.file });
    expect(asked.at(-1)).toMatch(/^Bearer .*canary/);
    expect(stderr).not.toMatch(/certificate|canary/);
  });
});

describe("a way of Databricks' SDK", () => {
  const key = "DATABRICKS_SDK_PROXY_STRICT_SSL";
  afterEach(() => {
    delete process.env[key];
  });

  test("is not taken while its SDK is told not to look at certificates", async () => {
    process.env[key] = "false";
    const context = {
      values: { host: host() },
      findings: [],
      environment: {},
      advice: { place: "", setCredentials: "" },
    };
    await expect(sdkCredentials("azure-client-secret", context as never)).rejects.toThrow(
      "DATABRICKS_SDK_PROXY_STRICT_SSL=false would send secrets to whoever answers; unset it, and name the file of an authority's certificate with NODE_EXTRA_CA_CERTS",
    );
  });
});
