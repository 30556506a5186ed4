/** The API client over real HTTP against the emulator: what it retries, how it waits, in which order it sends. Time is counted, not spent. */
import { Client } from "../../provider/api/client";
import {
  ApiError,
  ConnectionError,
  isManagedByParent,
  isNotFound,
  leavesDoubt,
  OperationError,
} from "../../provider/api/errors";
import type { Clock } from "../../provider/api/retry";
import { Transport } from "../../provider/api/transport";
import { CountedClock } from "../support/clock.ts";
import { useEmulator } from "../support/emulator.ts";

/** The emulator's time passes only where a test's clock takes it along, however slow the machine. */
const began = Date.now();
const emulator = useEmulator({ now: () => began });

const settled = () => true;
const free = ({ status }: { readonly status?: unknown }) => !(status as Record<string, unknown>)["pending_state"];

function connect(clock: Clock, waitTimeoutMs = 60_000): Client {
  const transport = new Transport({
    host: emulator.url,
    credentials: { type: "pat", headers: async () => ({ authorization: `Bearer ${emulator.token}` }) },
    userAgent: "pulumi-lakebase/test",
    clock,
    retryBudgetMs: 60_000,
  });
  return new Client(transport, { waitTimeoutMs });
}

const makeProject = (client: Client, id: string) =>
  client.create("projects", `projects/${id}`, { project_id: id }, { spec: {} }, settled, () => {});
const makeShop = (client: Client) => makeProject(client, "shop");
const patchShop = (client: Client) =>
  client.update("projects/shop", ["spec.display_name"], { spec: { display_name: "Shop" } }, settled, () => {});

const verbs = [
  { verb: "GET", call: (client: Client) => client.get("projects/shop") },
  { verb: "PATCH", call: patchShop },
  { verb: "DELETE", call: (client: Client) => client.delete("projects/shop") },
  {
    verb: "POST",
    call: (client: Client) =>
      client.create("projects", "projects/other", { project_id: "other" }, { spec: {} }, settled, () => {}),
  },
] as const;

const conflict = {
  error_code: "ABORTED",
  message:
    "Your project already has conflicting operations in progress. Please wait until they are complete, and then try again.",
};

/** What passes by itself is tried again; what is wrong, or may have happened, is not. */
const retries: readonly { readonly name: string; readonly fault: Record<string, unknown>; readonly again: string }[] = [
  { name: "429", fault: { status: 429 }, again: "GET PATCH DELETE POST" },
  { name: "503", fault: { status: 503 }, again: "GET PATCH DELETE POST" },
  { name: "504", fault: { status: 504 }, again: "GET PATCH DELETE" },
  { name: "502", fault: { status: 502 }, again: "GET PATCH DELETE" },
  { name: "500", fault: { status: 500 }, again: "GET DELETE" },
  { name: "a conflict as 409", fault: { status: 409, body: conflict }, again: "GET PATCH DELETE POST" },
  { name: "a conflict as 400", fault: { status: 400, body: conflict }, again: "GET PATCH DELETE POST" },
  { name: "a dropped connection", fault: { drop: "before" }, again: "GET PATCH DELETE" },
  { name: "another 400", fault: { status: 400 }, again: "" },
  { name: "401", fault: { status: 401 }, again: "" },
  { name: "403", fault: { status: 403 }, again: "" },
];

describe.each(retries)("after $name", ({ fault, again }) => {
  test.each(verbs)("$verb", async ({ verb, call }) => {
    const client = connect(new CountedClock());
    await makeShop(client);
    await emulator.requests();
    await emulator.fault({ ...fault, method: verb, times: 2 });
    const ended = await call(client).then(
      () => "done",
      (reason: unknown) => reason,
    );
    const tries = (await emulator.requests()).length;
    expect({ done: ended === "done", tries }).toEqual(
      again.split(" ").includes(verb) ? { done: true, tries: 3 } : { done: false, tries: 1 },
    );
  });
});

test("a Retry-After is kept to, and the budget ends the retries", async () => {
  const clock = new CountedClock();
  const client = connect(clock);
  await makeShop(client);
  await emulator.fault({ method: "GET", path: "projects/shop", status: 429, retryAfter: "7", times: 1 });
  await client.get("projects/shop");
  expect(clock.waits).toEqual([7000]);

  await emulator.fault({ method: "GET", path: "projects/shop", status: 503, times: 1000 });
  await expect(client.get("projects/shop")).rejects.toBeInstanceOf(ApiError);
  const spent = clock.waits.slice(1).reduce((sum, wait) => sum + wait, 0);
  expect(spent).toBeLessThanOrEqual(60_000);
  expect(Math.max(...clock.waits.slice(1))).toBeLessThanOrEqual(10_000);
});

test("an operation that is done in the first answer is not polled", async () => {
  await makeShop(connect(new CountedClock()));
  expect(await emulator.calls()).toEqual(["POST projects"]);
});

test("an operation of 3 s is polled from 300 ms on, ever slower, and noticed within 15 %", async () => {
  await emulator.settings({ operationTime: "3s" });
  const clock = new CountedClock((ms) => emulator.clock({ advance: `${ms / 1000}s` }));
  const { name } = await makeShop(connect(clock));
  expect(name).toBe("projects/shop");
  expect(clock.waits[0]).toBe(300);
  const later = clock.waits.slice(1);
  expect([...later].sort((a, b) => a - b)).toEqual(later);
  expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(3000 * 1.15);
});

test("operations that end within 300 ms cost one poll each", async () => {
  await emulator.settings({ operationTime: "250ms", reconcileTime: "0s" });
  const client = connect(new CountedClock((ms) => emulator.clock({ advance: `${ms / 1000}s` })));
  for (const id of ["one", "two", "three"]) await makeProject(client, id);
  expect((await emulator.requests()).map(({ method }) => method).join(" ")).toBe("POST GET POST GET POST GET");
});

test("the second operation of a kind is polled when the first had ended, twice at most, and noticed as soon", async () => {
  await emulator.settings({ operationTime: "3s" });
  const clock = new CountedClock((ms) => emulator.clock({ advance: `${ms / 1000}s` }));
  const client = connect(clock);
  await makeProject(client, "one");
  for (const id of ["two", "three", "four", "five"]) {
    const before = clock.now();
    await emulator.requests();
    await makeProject(client, id);
    expect((await emulator.requests()).length).toBeLessThanOrEqual(1 + 2);
    expect(clock.now() - before).toBeLessThanOrEqual(3000 * 1.15);
  }
});

test("an operation that failed teaches nothing of how long one takes", async () => {
  await emulator.settings({ operationTime: "3s" });
  const clock = new CountedClock((ms) => emulator.clock({ advance: `${ms / 1000}s` }));
  const client = connect(clock);
  await makeProject(client, "one");
  await emulator.settings({ operationTime: "0s" });
  await emulator.fault({ method: "POST", operation: "fail" });
  await expect(makeProject(client, "two")).rejects.toBeInstanceOf(OperationError);
  await emulator.settings({ operationTime: "3s" });
  await emulator.requests();
  await makeProject(client, "three");
  expect((await emulator.requests()).length).toBeLessThanOrEqual(1 + 2);
});

test("what ends just before the limit is seen", async () => {
  await emulator.settings({ operationTime: "4990ms" });
  const clock = new CountedClock((ms) => emulator.clock({ advance: `${ms / 1000}s` }));
  await expect(makeProject(connect(clock, 5_000), "shop")).resolves.toMatchObject({ name: "projects/shop" });
});

test("a change takes no longer than its limit, with the time that its request took to be answered", async () => {
  await emulator.fault({ method: "POST", times: 4, status: 503 });
  await emulator.fault({ method: "POST", operation: "hang" });
  const clock = new CountedClock((ms) => emulator.clock({ advance: `${ms / 1000}s` }));
  await expect(makeProject(connect(clock, 5_000), "shop")).rejects.toThrow("waited 5 s");
  expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBe(5_000);
});

test("an endpoint is waited for until nothing is pending", async () => {
  const clock = new CountedClock((ms) => emulator.clock({ advance: `${ms / 1000}s` }));
  const client = connect(clock);
  await makeShop(client);
  await emulator.settings({ reconcileTime: "2s" });
  const primary = "projects/shop/branches/production/endpoints/primary";
  const size = (cu: number) =>
    client.update(
      primary,
      ["spec.autoscaling_limit_max_cu"],
      { spec: { autoscaling_limit_max_cu: cu } },
      free,
      () => {},
    );
  const endpoint = await size(2);
  expect(endpoint["status"]).toMatchObject({ autoscaling_limit_max_cu: 2 });
  expect(free(endpoint)).toBe(true);
  await size(4);
});

test("a wait that runs out names the operation, and says what to do", async () => {
  await emulator.fault({ method: "POST", operation: "hang" });
  const ended = await makeShop(connect(new CountedClock(), 5000)).catch((reason: unknown) => reason);
  expect(ended).toBeInstanceOf(OperationError);
  expect(String(ended)).toMatch(
    /POST projects: waited 5 s for operation projects\/shop\/operations\/\S+ and it has not ended.*run 'pulumi up' again/,
  );
});

test("a client that is bounded waits no longer for what is refused for now either, and shares all else", async () => {
  const clock = new CountedClock();
  const client = connect(clock);
  await client.caller();
  await makeShop(client);
  await emulator.fault({ method: "PATCH", times: 100, status: 409, body: conflict });
  await emulator.requests();
  const bounded = client.within(1000);
  await expect(patchShop(bounded)).rejects.toThrow(/conflicting operations/);
  expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(1000);
  await bounded.caller();
  expect(new Set(await emulator.calls())).toEqual(new Set(["PATCH projects/shop spec.display_name"]));
});

test("a failed operation carries the service's code and words", async () => {
  await emulator.fault({ method: "POST", operation: "fail" });
  const ended = await makeShop(connect(new CountedClock())).catch((reason: unknown) => reason);
  expect(ended).toBeInstanceOf(OperationError);
  expect(String(ended)).toMatch(/POST projects: operation projects\/shop\/operations\/\S+ failed: [A-Z_]+: /);
});

test("changes below one branch go one after another, those of other branches beside them", async () => {
  const clock = new CountedClock((ms) => emulator.clock({ advance: `${ms / 1000}s` }));
  const client = connect(clock);
  await makeShop(client);
  for (const branch of ["a", "b"]) {
    const name = `projects/shop/branches/${branch}`;
    const body = { spec: { no_expiry: true } };
    await client.create("projects/shop/branches", name, { branch_id: branch }, body, settled, () => {});
  }
  await emulator.settings({ operationTime: "1s", reconcileTime: "0s" });
  await emulator.requests();
  const replica = (branch: string, id: string) => {
    const parent = `projects/shop/branches/${branch}/endpoints`;
    const body = { spec: { endpoint_type: "ENDPOINT_TYPE_READ_ONLY" } };
    return client.create(parent, `${parent}/${id}`, { endpoint_id: id }, body, settled, () => {});
  };
  await Promise.all([replica("a", "one"), replica("a", "two"), replica("b", "one"), replica("a", "three")]);
  const posts = (await emulator.requests()).filter(({ method }) => method === "POST");
  // Without the queue, the second and third on branch a would be refused once and sent again.
  expect(posts.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(posts.slice(0, 2).map(({ path }) => path)).toEqual([
    "projects/shop/branches/a/endpoints",
    "projects/shop/branches/b/endpoints",
  ]);
});

test("lists follow their pages", async () => {
  const client = connect(new CountedClock());
  await makeShop(client);
  for (let n = 0; n < 120; n++) {
    await emulator.outside("POST", `projects/shop/branches?branch_id=b${n}`, { spec: { no_expiry: true } });
  }
  await emulator.requests();
  expect(await client.list("projects/shop/branches")).toHaveLength(121);
  expect(await emulator.calls()).toEqual(["GET projects/shop/branches", "GET projects/shop/branches"]);
});

const strange = [
  {
    name: "a page of HTML",
    body: "<html><head><style>x</style></head><body><pre>Bad gateway</pre></body></html>",
    want: "Bad gateway",
  },
  { name: "nothing", body: "", want: "the answer was empty" },
  { name: "JSON of somebody else", body: '{"error":"nope"}', want: "nope" },
];

test.each(strange)("an error that is $name is told in one line", async ({ body, want }) => {
  const client = connect(new CountedClock());
  await emulator.fault({ method: "GET", path: "projects/shop", status: 418, body });
  const ended = await client.get("projects/shop").catch((reason: unknown) => reason);
  expect(String(ended)).toBe(`ApiError: GET projects/shop: UNKNOWN (418): ${want}`);
});

test("an answer that is not JSON is no resource", async () => {
  const client = connect(new CountedClock());
  await emulator.fault({ method: "GET", path: "projects/shop", status: 200, body: "<html>sign in</html>" });
  await expect(client.get("projects/shop")).rejects.toThrow(/the answer is not JSON; check that the host/);
});

test("a redirect is an error: the token goes to no other host", async () => {
  const client = connect(new CountedClock());
  await emulator.fault({ method: "GET", path: "projects/shop", status: 302, body: "" });
  await expect(client.get("projects/shop")).rejects.toThrow(/302/);
});

test("only the service's own words make an object missing", async () => {
  const client = connect(new CountedClock());
  const missing = await client.get("projects/none").catch((reason: unknown) => reason);
  expect(isNotFound(missing)).toBe(true);
  await emulator.fault({ method: "GET", path: "projects/none", status: 404, body: "<html>nothing here</html>" });
  const elsewhere = await client.get("projects/none").catch((reason: unknown) => reason);
  expect(isNotFound(elsewhere)).toBe(false);
  const noApi = await client.get("no-such-thing").catch((reason: unknown) => reason);
  expect(isNotFound(noApi)).toBe(false);
});

test("nobody at the address is asked for ten seconds, not for minutes, and is sure not to have got the request", async () => {
  const clock = new CountedClock();
  const transport = new Transport({
    host: "http://127.0.0.1:1",
    credentials: { type: "pat", headers: async () => ({}) },
    userAgent: "pulumi-lakebase/test",
    clock,
    retryBudgetMs: 300_000,
  });
  const ended = await transport.send({ method: "POST", path: "/", body: {} }).catch((reason: unknown) => reason);
  expect(ended).toBeInstanceOf(ConnectionError);
  expect(leavesDoubt(ended)).toBe(false);
  expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(10_000);
});

test.each([
  { name: "no such object", error: { error_code: "NOT_FOUND", message: "branch id not found" }, is: isNotFound },
  {
    name: "an object that goes with its parent",
    error: {
      error_code: "BAD_REQUEST",
      message: "no",
      details: [{ metadata: { declarative_context: "MANAGED_BY_PARENT" } }],
    },
    is: isManagedByParent,
  },
])("an operation that fails for $name counts as the request's refusal does", async ({ error, is }) => {
  const client = connect(new CountedClock());
  const body = { name: "projects/shop/operations/1", done: true, error };
  await emulator.fault({ method: "DELETE", path: "projects/shop", status: 200, body });
  const ended = await client.delete("projects/shop").catch((reason: unknown) => reason);
  expect(ended).toBeInstanceOf(OperationError);
  expect(is(ended)).toBe(true);
});

test("nobody at the address is told with the host and without a token", async () => {
  const transport = new Transport({
    host: "http://127.0.0.1:1",
    credentials: { type: "pat", headers: async () => ({ authorization: "Bearer dapi-canary" }) },
    userAgent: "pulumi-lakebase/test",
    clock: new CountedClock(),
    retryBudgetMs: 0,
  });
  const ended = await transport
    .send({ method: "GET", path: "/api/2.0/postgres/projects" })
    .catch((reason: unknown) => reason);
  expect(ended).toBeInstanceOf(ConnectionError);
  expect(String(ended)).toMatch(
    /GET projects: no answer from http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.*; check the host/,
  );
  expect(JSON.stringify(ended) + String(ended)).not.toMatch(/canary/);
});
