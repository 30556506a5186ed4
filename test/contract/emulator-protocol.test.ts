import { Agent, request } from "undici";
import { type Client, READ_ONLY, refusal, refused, startClient } from "./emulator-client";

// Generous: other suites may be compiling at the same time.
jest.setTimeout(60_000);

let client: Client;
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const primary = `${production}/endpoints/primary`;
const empty = { "@type": "type.googleapis.com/google.protobuf.Empty" };
const form = { "content-type": "application/x-www-form-urlencoded" };

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
});

function createShop() {
  return client.ok("POST", "projects?project_id=shop", { spec: {} });
}

function basic(user: string, secret: string): string {
  return `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
}

function me(token: string) {
  return client.raw("GET", "/api/2.0/preview/scim/v2/Me", { headers: { authorization: `Bearer ${token}` } });
}

function claims(token: string) {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

async function now(): Promise<number> {
  return Date.parse((await client.control("GET", "clock")).now);
}

describe("credentials", () => {
  test.each([
    { name: "case 71: a ttl of 200 s", body: { ttl: "200s" } },
    { name: "case 71: a ttl of 4000 s", body: { ttl: "4000s" } },
    { name: "case 71: a moment too near", body: { expire_time: 200 } },
    { name: "case 71: a moment too far", body: { expire_time: 4_000 } },
    { name: "an unknown permission set", body: { claims: [{ permission_set: "READ_WRITE" }] } },
  ])("$name is refused", async ({ body }) => {
    await createShop();
    const moment =
      typeof body.expire_time === "number" ? new Date((await now()) + body.expire_time * 1_000) : undefined;
    const answer = await client.api("POST", "credentials", { endpoint: primary, ...body, expire_time: moment });
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", "Field '"));
  });

  test("case 71: a credential is a token of the caller that ends in an hour", async () => {
    await createShop();
    const { token, expire_time } = await client.ok("POST", "credentials", { endpoint: primary });
    const lifetime = (Date.parse(expire_time) - (await now())) / 1_000;
    expect(lifetime).toBeGreaterThan(3_590);
    expect(lifetime).toBeLessThanOrEqual(3_600);
    expect(claims(token)).toMatchObject({
      sub: "emulator@example.com",
      exp: Math.floor(Date.parse(expire_time) / 1_000),
    });
  });

  test("a credential is no access token of the API", async () => {
    await createShop();
    const { token } = await client.ok("POST", "credentials", { endpoint: primary, ttl: "300s" });
    expect((await me(token)).status).toBe(401);
  });

  test("an endpoint must be named, and be there", async () => {
    await createShop();
    expect(refusal(await client.api("POST", "credentials", {}))).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", "Field 'endpoint' is required"),
    );
    expect(refusal(await client.api("POST", "credentials", { endpoint: `${production}/endpoints/absent` }))).toEqual(
      refused(404, "NOT_FOUND", "endpoint not found"),
    );
    expect((await client.api("POST", "credentials", { endpoint: production })).status).toBe(404);
  });
});

describe("operations", () => {
  test("case 72: an operation is done when its time has come, and answers with the resource", async () => {
    await client.control("PATCH", "settings", { operationTime: "30s" });
    const started = await createShop();
    expect(started).toEqual({
      name: expect.stringMatching(/^projects\/shop\/operations\//),
      done: false,
      metadata: { "@type": "type.googleapis.com/databricks.postgres.v1.ProjectOperationMetadata" },
    });
    expect(await client.ok("GET", started.name)).toEqual(started);
    await client.control("POST", "clock", { advance: "30s" });
    expect(await client.ok("GET", started.name)).toEqual({
      ...started,
      done: true,
      response: await client.ok("GET", shop),
    });
  });

  test("case 72: every type has its metadata", async () => {
    const types = [
      await createShop(),
      await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } }),
      await client.ok("PATCH", `${primary}?update_mask=spec.disabled`, { spec: { disabled: true } }),
    ].map((operation) => operation.metadata["@type"].split(".").at(-1));
    expect(types).toEqual(["ProjectOperationMetadata", "BranchOperationMetadata", "EndpointOperationMetadata"]);
  });

  test("case 72: the response of a change is the resource as it was then", async () => {
    await createShop();
    const rename = (display_name: string) =>
      client.ok("PATCH", `${shop}?update_mask=spec.display_name`, { spec: { display_name } });
    const first = await rename("First");
    await rename("Second");
    expect((await client.ok("GET", first.name)).response.status.display_name).toBe("First");
  });

  test("case 73: a delete answers with Empty, and can be polled when all is gone", async () => {
    await client.control("PATCH", "settings", { operationTime: "30s" });
    await createShop();
    const started = await client.ok("DELETE", `${shop}?purge=true`);
    expect(started).not.toHaveProperty("response");
    await client.control("POST", "clock", { advance: "30s" });
    expect(await client.ok("GET", started.name)).toMatchObject({ done: true, response: empty });
  });

  test("case 74: ids with a slash, a plus or an equals sign are found as they are", async () => {
    const names = [];
    for (let n = 0; n < 12; n += 1) {
      names.push((await client.ok("POST", `projects?project_id=shop-${n}`, { spec: {} })).name);
    }
    const ids: string[] = names.map((name) => name.slice(name.indexOf("/operations/") + "/operations/".length));
    for (const mark of ["/", "+", "="]) {
      expect(ids.filter((id) => id.includes(mark)).length).toBeGreaterThan(2);
    }
    for (const name of names) expect(await client.ok("GET", name)).toMatchObject({ name, done: true });
  });

  test.each(["absent", "ab/sent"])("an unknown operation (%s) is not found", async (id) => {
    await createShop();
    expect(refusal(await client.api("GET", `${shop}/operations/${id}`))).toEqual(
      refused(404, "NOT_FOUND", "operation id not found"),
    );
  });
});

describe("lists", () => {
  test("case 75: pages of one end with an empty token", async () => {
    await client.ok("POST", "projects?project_id=one", { spec: {} });
    await client.ok("POST", "projects?project_id=two", { spec: {} });
    const first = await client.ok("GET", "projects?page_size=1");
    expect(first).toMatchObject({ projects: [{ name: "projects/one" }], next_page_token: expect.stringMatching(/./) });
    const second = await client.ok("GET", `projects?page_size=1&page_token=${first.next_page_token}`);
    expect(second.projects).toMatchObject([{ name: "projects/two" }]);
    expect(second.next_page_token ?? "").toBe("");
  });

  test("a page holds 100 unless it is told otherwise, and all pages hold all", async () => {
    await createShop();
    for (let n = 0; n < 105; n += 1) {
      await client.ok("POST", `${shop}/branches?branch_id=b-${n}`, { spec: { no_expiry: true } });
    }
    const first = await client.ok("GET", `${shop}/branches?page_size=500`);
    expect(first.branches).toHaveLength(100);
    const second = await client.ok("GET", `${shop}/branches?page_token=${first.next_page_token}`);
    expect(second.branches).toHaveLength(6);
    expect(second.next_page_token).toBeUndefined();
  });

  test.each(["page_size=-1", "page_size=few", "page_token=garbage"])("%s is refused", async (query) => {
    expect((await client.api("GET", `projects?${query}`)).status).toBe(400);
  });
});

describe("errors and routes", () => {
  test("case 76: a refusal carries a trace id", async () => {
    const { body } = await client.api("GET", "projects/absent");
    expect(body.message).toMatch(/^project id not found \[TraceId: [0-9a-f]{32}\]$/);
  });

  test.each([
    ["GET", "shop", "No API found for 'GET /postgres/shop'"],
    ["PUT", shop, `No API found for 'PUT /postgres/${shop}'`],
    ["POST", `${primary}/undelete`, `No API found for 'POST /postgres/${primary}/undelete'`],
    ["GET", `${production}/logs`, `No API found for 'GET /postgres/${production}/logs'`],
    ["GET", `${shop}/operations`, `No API found for 'GET /postgres/${shop}/operations'`],
  ])("an unknown route fails loudly: %s %s", async (method, path, want) => {
    await createShop();
    const said = client.log.length;
    expect(refusal(await client.api(method, path))).toEqual(refused(404, "ENDPOINT_NOT_FOUND", want));
    expect(client.log.slice(said)).toEqual([want]);
  });

  test.each(["{", "[]", '"text"'])("a body that is no JSON object is refused: %s", async (body) => {
    const answer = await client.raw("POST", "/api/2.0/postgres/projects?project_id=shop", { body });
    expect(refusal(answer)).toMatchObject({ status: 400, code: "MALFORMED_REQUEST" });
  });

  test("every answer says that it is the emulator's", async () => {
    for (const path of ["/api/2.0/postgres/projects", "/api/2.0/postgres/nothing", "/.well-known/databricks-config"]) {
      expect((await client.raw("GET", path)).headers.get("x-lakebase-emulator")).toBe("1");
    }
  });
});

describe("sign-in", () => {
  test.each(["Bearer other", "Basic ZGFwaQ==", ""])(
    "any other authorization (%s) is refused",
    async (authorization) => {
      const answer = await client.raw("GET", "/api/2.0/postgres/projects", { headers: { authorization } });
      expect(refusal(answer)).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    },
  );

  test("the token's user is the emulator's", async () => {
    expect((await me(client.emulator.token)).body).toMatchObject({ userName: "emulator@example.com" });
  });

  test("case 78: client credentials give a bearer token for the service principal, its lifetime as text", async () => {
    const { body } = await client.raw("GET", "/oidc/.well-known/oauth-authorization-server");
    expect(body.token_endpoint).toBe(`${client.emulator.url}/oidc/v1/token`);
    const answer = await client.raw("POST", "/oidc/v1/token", {
      headers: { ...form, authorization: basic("8dc75b14-0000-4000-8000-000000000000", "secret") },
      body: "grant_type=client_credentials&scope=all-apis",
    });
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      expires_in: "3600",
      scope: "all-apis",
      token_type: "Bearer",
    });
    expect((await me(answer.body.access_token)).body.userName).toBe("8dc75b14-0000-4000-8000-000000000000");
  });

  test("case 78: client credentials without a secret are refused", async () => {
    const answer = await client.raw("POST", "/oidc/v1/token", {
      headers: { ...form, authorization: basic("8dc75b14", "") },
      body: "grant_type=client_credentials",
    });
    expect(answer.status).toBe(401);
  });

  test("case 78: a foreign token is exchanged for one of the named client, or of its own subject", async () => {
    const subject = `e30.${Buffer.from(JSON.stringify({ sub: "someone@example.com" })).toString("base64url")}.c2ln`;
    const exchange = async (rest: string) => {
      const { body } = await client.raw("POST", "/oidc/v1/token", {
        headers: { ...form, authorization: "" },
        body: `grant_type=${encodeURIComponent("urn:ietf:params:oauth:grant-type:token-exchange")}&subject_token=${subject}${rest}`,
      });
      return (await me(body.access_token)).body.userName;
    };
    expect(await exchange("&client_id=8dc75b14")).toBe("8dc75b14");
    expect(await exchange("")).toBe("someone@example.com");
  });

  test("case 78: an access token ends", async () => {
    const answer = await client.raw("POST", "/oidc/v1/token", {
      headers: { ...form, authorization: basic("8dc75b14", "secret") },
      body: "grant_type=client_credentials",
    });
    await client.control("POST", "clock", { advance: "3601s" });
    expect((await me(answer.body.access_token)).status).toBe(401);
  });

  test("case 79: there is no host metadata unless the setting asks for it, which is not worth a line", async () => {
    const said = client.log.length;
    expect((await client.raw("GET", "/.well-known/databricks-config")).status).toBe(404);
    expect(client.log).toHaveLength(said);
    await client.control("PATCH", "settings", { hostMetadata: true });
    expect((await client.raw("GET", "/.well-known/databricks-config")).body).toEqual({
      oidc_endpoint: `${client.emulator.url}/oidc`,
    });
  });
});

describe("journal", () => {
  test("requests are kept in order, without the emulator's own", async () => {
    await createShop();
    await client.api("GET", "projects/absent");
    await client.control("GET", "clock");
    const { requests } = await client.control("GET", "requests");
    expect(requests).toEqual([
      {
        n: expect.any(Number),
        method: "POST",
        path: "/api/2.0/postgres/projects",
        query: { project_id: "shop" },
        body: { spec: {} },
        time: requests[0].time,
        status: 200,
      },
      {
        n: requests[0].n + 1,
        method: "GET",
        path: "/api/2.0/postgres/projects/absent",
        query: {},
        body: null,
        time: requests[1].time,
        status: 404,
      },
    ]);
    expect(Date.parse(requests[0].time)).not.toBeNaN();
    expect((await client.control("GET", `requests?after=${requests[0].n}`)).requests).toEqual([requests[1]]);
    await client.control("DELETE", "requests");
    expect(await client.control("GET", "requests")).toEqual({ requests: [] });
  });

  test("no token and no secret is in it", async () => {
    await createShop();
    const { token } = await client.ok("POST", "credentials", { endpoint: primary, token: "canary-body" });
    await client.raw("GET", "/api/2.0/postgres/projects?access_token=canary-query");
    const { body } = await client.raw("POST", "/oidc/v1/token", {
      headers: { ...form, authorization: basic("client", "canary-basic") },
      body: "grant_type=client_credentials&client_secret=canary-form",
    });
    const text = JSON.stringify(await client.control("GET", "requests"));
    expect(text).toContain("client_credentials");
    for (const secret of [token, body.access_token, client.emulator.token, "canary"]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe("faults", () => {
  const list = () => client.api("GET", "projects");

  test("case 80: a status with Retry-After strikes as often as it was told to", async () => {
    await client.control("POST", "faults", { path: "projects$", times: 2, status: 429, retryAfter: 7 });
    for (const _strike of [1, 2]) {
      const answer = await list();
      expect(refusal(answer)).toMatchObject({ status: 429, code: "REQUEST_LIMIT_EXCEEDED" });
      expect(answer.headers.get("retry-after")).toBe("7");
    }
    expect((await list()).status).toBe(200);
    const { requests } = await client.control("GET", "requests");
    expect(requests.map((entry: { status: number }) => entry.status)).toEqual([429, 429, 200]);
  });

  test("a fault may bring its own body, as JSON or as text", async () => {
    await client.control("POST", "faults", { status: 503, body: { error_code: "OWN" } });
    await client.control("POST", "faults", { status: 502, body: "<pre>Bad gateway</pre>" });
    expect(await list()).toMatchObject({ status: 503, body: { error_code: "OWN" } });
    expect(await list()).toMatchObject({ status: 502, body: "<pre>Bad gateway</pre>" });
  });

  test("a fault strikes only the method and path that it names", async () => {
    await client.control("POST", "faults", { method: "post", path: "/branches$", status: 500 });
    await createShop();
    expect((await client.api("GET", `${shop}/branches`)).status).toBe(200);
    expect((await client.api("POST", `${shop}/branches?branch_id=dev`, {})).status).toBe(500);
  });

  test.each([
    { drop: "before", want: 404 },
    { drop: "after", want: 200 },
  ])("a connection dropped $drop the handler ran", async ({ drop, want }) => {
    const agent = new Agent({ pipelining: 0 });
    await client.control("POST", "faults", { method: "POST", drop });
    const url = `${client.emulator.url}/api/2.0/postgres/projects?project_id=shop`;
    const headers = { authorization: `Bearer ${client.emulator.token}` };
    await expect(request(url, { method: "POST", body: "{}", headers, dispatcher: agent })).rejects.toThrow();
    await agent.close();
    expect((await client.api("GET", shop)).status).toBe(want);
  });

  test("an operation that fails leaves what it did behind", async () => {
    await createShop();
    await client.control("POST", "faults", { operation: "fail" });
    await client.api("GET", shop);
    const operation = await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    expect(operation).toMatchObject({ done: true, error: { error_code: "INTERNAL_ERROR", message: /fault/ } });
    expect(operation).not.toHaveProperty("response");
    await client.ok("DELETE", `${shop}/branches/dev`);
  });

  test("an operation that fails without an effect leaves everything as it was", async () => {
    await createShop();
    const undone = () => client.control("POST", "faults", { operation: "fail", effect: false });
    await undone();
    const operation = await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    expect(operation).toMatchObject({ done: true, error: { error_code: "INTERNAL_ERROR", message: /fault/ } });
    expect((await client.api("GET", `${shop}/branches/dev`)).status).toBe(404);
    await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    await undone();
    expect(await client.ok("DELETE", `${shop}/branches/dev`)).toHaveProperty("error");
    await client.ok("GET", `${shop}/branches/dev`);
    await undone();
    expect((await client.api("DELETE", `${shop}/branches/nobody`)).status).toBe(404);
  });

  test("a status may come although the request did what it asks for", async () => {
    await client.control("POST", "faults", { status: 500, effect: true });
    const answer = await client.api("POST", "projects?project_id=shop", { spec: {} });
    expect(refusal(answer)).toEqual(refused(500, "INTERNAL_ERROR", "A fault was injected"));
    await client.ok("GET", shop);
  });

  test("a 409 is a conflict in the service's words", async () => {
    await client.control("POST", "faults", { status: 409 });
    const words =
      "Your project already has conflicting operations in progress. Please wait until they are complete, and then try again.";
    expect(refusal(await client.api("POST", "projects?project_id=shop", { spec: {} }))).toEqual(
      refused(409, "ABORTED", words),
    );
  });

  test.each([
    [{ effect: true }, "'effect': true goes with a 'status'"],
    [{ effect: false, status: 500 }, "'effect': false goes with 'operation': \"fail\""],
    [{ effect: false, operation: "hang" }, "'effect': false goes with 'operation': \"fail\""],
  ])("an effect that could make no difference is refused: %p", async (fault, want) => {
    const answer = await client.raw("POST", "/_emulator/faults", { body: JSON.stringify(fault) });
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });

  test("an operation that hangs is never done, and occupies nothing for ever", async () => {
    await createShop();
    await client.control("POST", "faults", { operation: "hang" });
    const endpoints = `${production}/endpoints?endpoint_id=`;
    const operation = await client.ok("POST", `${endpoints}reader`, { spec: { endpoint_type: READ_ONLY } });
    await client.control("POST", "clock", { advance: "365d" });
    expect((await client.ok("GET", operation.name)).done).toBe(false);
    await client.ok("POST", `${endpoints}second`, { spec: { endpoint_type: READ_ONLY } });
  });

  describe("a stale read", () => {
    test("of what always is there answers it as it was", async () => {
      await createShop();
      const name = `${production}/snapshot-schedule`;
      const schedule = [{ daily_schedule: { hour: 3 }, retention: "86400s" }];
      await client.ok("PATCH", `${name}?update_mask=schedule`, { schedule });
      await client.control("POST", "faults", { stale: true });
      expect(await client.ok("GET", name)).toEqual({ name });
      expect(await client.ok("GET", name)).toEqual({ name, schedule });
    });

    const dev = `${shop}/branches/dev`;
    const stale = (more: object = {}) => client.control("POST", "faults", { stale: true, ...more });
    const rename = (display_name: string) =>
      client.ok("PATCH", `${shop}?update_mask=spec.display_name`, { spec: { display_name } });
    const createDev = () => client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    const ids = async (list: string): Promise<string[]> =>
      ((await client.ok("GET", `${shop}/${list}`)).branches ?? []).map((branch: { name: string }) => branch.name);

    test("has the values from before the last change, and the next read has the new ones", async () => {
      await createShop();
      await rename("First");
      await rename("Second");
      await createDev();
      await stale();
      expect((await client.ok("GET", shop)).status.display_name).toBe("First");
      expect((await client.ok("GET", shop)).status.display_name).toBe("Second");
    });

    test("does not find what was just made", async () => {
      await createShop();
      await createDev();
      await stale({ times: 2 });
      expect(refusal(await client.api("GET", dev))).toEqual(refused(404, "NOT_FOUND", "branch id not found"));
      expect((await client.api("GET", `${dev}/endpoints/primary`)).status).toBe(404);
      expect((await client.api("GET", dev)).status).toBe(200);
    });

    test.each([
      { what: "a branch", call: dev },
      { what: "its project, for good", call: `${shop}?purge=true` },
      { what: "its project, softly", call: shop },
    ])("still finds what went away with $what", async ({ call }) => {
      await createShop();
      await createDev();
      await client.ok("PATCH", `${dev}?update_mask=spec.is_protected`, { spec: { is_protected: false } });
      await client.ok("DELETE", call);
      await stale();
      expect((await client.ok("GET", dev)).name).toBe(dev);
      expect((await client.api("GET", dev)).status).toBe(404);
    });

    test("still finds what expired, and what a soft delete of its project keeps", async () => {
      await createShop();
      await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { ttl: "3600s" } });
      await client.control("POST", "clock", { advance: "2h" });
      await stale({ path: "dev$" });
      expect((await client.ok("GET", dev)).name).toBe(dev);
      await client.ok("DELETE", shop);
      await stale();
      expect((await client.ok("GET", production)).name).toBe(production);
      await client.ok("POST", `${shop}/undelete`);
      await stale();
      expect((await client.api("GET", production)).status).toBe(404);
    });

    test("may be of a list, which lacks what was just made and has what just went", async () => {
      await createShop();
      await createDev();
      await client.ok("POST", `${shop}/branches?branch_id=other`, { spec: { no_expiry: true } });
      await rename("Of no matter to the list of branches");
      await stale();
      expect(await ids("branches")).toEqual([production, dev]);
      await client.ok("DELETE", dev);
      await stale();
      expect(await ids("branches?page_size=10")).toEqual([production, dev, `${shop}/branches/other`]);
      expect(await ids("branches")).toEqual([production, `${shop}/branches/other`]);
    });

    test("of what was never changed is as any other", async () => {
      await stale({ times: 2 });
      expect(await client.ok("GET", "projects")).toEqual({});
      expect((await client.api("GET", shop)).status).toBe(404);
    });

    test("leaves alone what is no read of a resource, and waits on", async () => {
      await stale({ path: "." });
      const { name } = await createShop();
      expect((await client.ok("GET", name)).done).toBe(true);
      expect((await me(client.emulator.token)).status).toBe(200);
      expect((await client.control("GET", "faults")).faults).toEqual([
        { path: ".", times: 1, latencyMs: 0, stale: true },
      ]);
    });

    test.each([
      [{ stale: true, method: "patch" }, "only reads can be stale: 'method' must be GET or be left out, got PATCH"],
      [{ stale: true, status: 500 }, "a stale read is an answer of its own: leave out 'status'"],
      [{ stale: true, operation: "hang" }, "a stale read is an answer of its own: leave out 'operation'"],
      [{ stale: false }, "Field 'stale' of a fault must be true"],
    ])("is refused where it could not strike: %p", async (fault, want) => {
      const answer = await client.raw("POST", "/_emulator/faults", { body: JSON.stringify(fault) });
      expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
    });
  });

  test("latency delays an answer that is otherwise as ever, and nobody else's", async () => {
    await client.control("POST", "faults", { latencyMs: 1 });
    await client.control("POST", "faults", { latencyMs: 3_600_000 });
    expect(await list()).toMatchObject({ status: 200, body: {} });
    const leave = new AbortController();
    const delayed = client.raw("GET", "/api/2.0/postgres/projects", { signal: leave.signal });
    while ((await client.control("GET", "faults")).faults.length > 0);
    expect((await list()).status).toBe(200);
    const { requests } = await client.control("GET", "requests");
    expect(requests.map((entry: { status: number }) => entry.status)).toEqual([200, 0, 200]);
    leave.abort();
    await expect(delayed).rejects.toThrow("aborted");
  });

  test("faults are listed and can be taken back; a typo in one is refused", async () => {
    await client.control("POST", "faults", { path: "projects", status: 500 });
    expect((await client.control("GET", "faults")).faults).toMatchObject([{ path: "projects", times: 1, status: 500 }]);
    await client.control("DELETE", "faults");
    expect((await list()).status).toBe(200);
    for (const fault of [{ pathh: "projects" }, { drop: "during" }, { path: "(" }, { times: "2" }]) {
      const answer = await client.raw("POST", "/_emulator/faults", { body: JSON.stringify(fault) });
      expect(answer.status).toBe(400);
    }
  });
});

describe("settings, clock and reset", () => {
  test("the submitted spec is returned with echoSpec, changes included", async () => {
    await client.ok("POST", "projects?project_id=shop", { spec: { display_name: "Shop" } });
    await client.ok("PATCH", `${shop}?update_mask=spec.enable_pg_native_login`, {
      spec: { enable_pg_native_login: true },
    });
    expect(await client.ok("GET", shop)).not.toHaveProperty("spec");
    await client.control("PATCH", "settings", { echoSpec: true });
    expect((await client.ok("GET", shop)).spec).toEqual({ display_name: "Shop", enable_pg_native_login: true });
  });

  test("what has no spec shows none with echoSpec either", async () => {
    await createShop();
    const database = `${production}/databases/databricks-postgres`;
    const feed = { catalog: "main", schema: "shop", postgres_schema: "public" };
    const schedule = [{ daily_schedule: { hour: 3 }, retention: "86400s" }];
    await client.ok("POST", `${database}/cdf-configs`, feed);
    await client.ok("PATCH", `${production}/snapshot-schedule?update_mask=schedule`, { schedule });
    await client.control("PATCH", "settings", { echoSpec: true });
    expect(await client.ok("GET", `${production}/roles/emulator`)).toHaveProperty("spec.postgres_role");
    expect(await client.ok("GET", `${database}/cdf-configs/public`)).not.toHaveProperty("spec");
    expect(await client.ok("GET", `${production}/snapshot-schedule`)).not.toHaveProperty("spec");
  });

  test("the reconcile time follows the operation time until it is set", async () => {
    expect(await client.control("PATCH", "settings", { operationTime: "2s" })).toMatchObject({ reconcileTime: "2s" });
    expect(await client.control("PATCH", "settings", { reconcileTime: "0s" })).toMatchObject({
      operationTime: "2s",
      reconcileTime: "0s",
    });
  });

  test.each([{ operationtime: "2s" }, { operationTime: 2 }, { limits: "yes" }, { duplicateBranch: "other" }])(
    "a setting that is not one is refused: %p",
    async (change) => {
      const answer = await client.raw("PATCH", "/_emulator/settings", { body: JSON.stringify(change) });
      expect(answer.status).toBe(400);
    },
  );

  test("the counts of branches and computes hold with limits only", async () => {
    await createShop();
    const branch = (n: number) =>
      client.api("POST", `${shop}/branches?branch_id=b-${n}`, { spec: { no_expiry: true } });
    const replica = (branch: string) => (n: number) =>
      client.api("POST", `${shop}/branches/${branch}/endpoints?endpoint_id=r-${n}`, {
        spec: { endpoint_type: READ_ONLY },
      });
    await client.control("PATCH", "settings", { limits: true });
    const statuses = async (make: (n: number) => Promise<{ status: number }>, count: number) => {
      const seen = [];
      for (let n = 0; n < count; n += 1) seen.push((await make(n)).status);
      return seen;
    };
    expect(await statuses(branch, 10)).toEqual([...Array(9).fill(200), 400]);
    expect(await statuses(replica("production"), 7)).toEqual([...Array(6).fill(200), 400]);
    // 9 primaries and 6 replicas so far; production's own primary does not count.
    expect(await statuses(replica("b-0"), 6)).toEqual([...Array(5).fill(200), 400]);
    await client.control("PATCH", "settings", { limits: false });
    expect((await branch(9)).status).toBe(200);
    expect((await replica("production")(6)).status).toBe(200);
  });

  test("requests over the limit are refused until time has passed, and come to no effect", async () => {
    const clock = { at: 0 };
    const limited = await startClient({ now: () => clock.at, requestLimit: 3 });
    const statuses = async () => {
      const answers = [];
      for (let n = 0; n < 5; n += 1)
        answers.push(await limited.api("POST", `projects?project_id=p-${n}`, { spec: {} }));
      return answers.map(({ status }) => status);
    };
    expect(await statuses()).toEqual([200, 200, 200, 429, 429]);
    const refused = await limited.api("GET", "projects");
    expect(refusal(refused)).toMatchObject({ status: 429, code: "REQUEST_LIMIT_EXCEEDED" });
    expect(refused.headers.get("retry-after")).toBe("1");
    clock.at += 1000;
    expect((await limited.ok("GET", "projects")).projects).toHaveLength(3);
    await limited.control("PATCH", "settings", { requestLimit: null });
    for (let n = 0; n < 9; n += 1) await limited.ok("GET", "projects");
    await limited.emulator.close();
  });

  test.each([0, -1, 1.5, "15"])("a limit of %p requests is refused", async (requestLimit) => {
    const answer = await client.raw("PATCH", "/_emulator/settings", { body: JSON.stringify({ requestLimit }) });
    expect(answer.status).toBe(400);
  });

  test("the clock is set to a moment and goes on from there", async () => {
    await client.control("POST", "clock", { now: "2030-01-01T00:00:00Z" });
    expect((await createShop()).response.create_time).toMatch(/^2030-01-01T00:00:/);
    for (const change of [{}, { advance: "soon" }, { advance: "1s", now: "2030-01-01T00:00:00Z" }]) {
      const answer = await client.raw("POST", "/_emulator/clock", { body: JSON.stringify(change) });
      expect(answer.status).toBe(400);
    }
  });

  test("a reset forgets everything: resources, requests, faults, settings, clock", async () => {
    await createShop();
    await client.control("PATCH", "settings", { echoSpec: true });
    await client.control("POST", "clock", { advance: "365d" });
    await client.control("POST", "faults", { status: 500 });
    await client.control("POST", "reset");
    expect(await client.control("GET", "requests")).toEqual({ requests: [] });
    expect(await client.ok("GET", "projects?show_deleted=true")).toEqual({});
    expect(await client.control("GET", "settings")).toMatchObject({ echoSpec: false });
    expect(Math.abs((await now()) - Date.now())).toBeLessThan(60_000);
  });
});
