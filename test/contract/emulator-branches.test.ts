import { type Client, READ_ONLY, refusal, refused, startClient } from "./emulator-client";

let client: Client;
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const dev = `${shop}/branches/dev`;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", {
    spec: { default_endpoint_settings: { autoscaling_limit_min_cu: 0.5, autoscaling_limit_max_cu: 2 } },
  });
});

function create(id: string, spec: unknown = { no_expiry: true }) {
  return client.api("POST", `${shop}/branches?branch_id=${id}`, { spec });
}

async function make(id: string, spec: unknown = { no_expiry: true }) {
  const answer = await create(id, spec);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}

async function hence(days: number): Promise<string> {
  const { now } = await client.control("GET", "clock");
  return new Date(Date.parse(now) + days * 86_400_000).toISOString();
}

describe("create", () => {
  test("case 23: a branch without an id is refused with the service's text", async () => {
    const answer = await client.api("POST", `${shop}/branches`, { spec: { no_expiry: true } });
    expect(refusal(answer)).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", `Field 'branch_id' is required, expected non-default value (not "")!`),
    );
  });

  test("case 24: an unknown project is not found", async () => {
    const answer = await client.api("POST", "projects/absent/branches?branch_id=dev", { spec: { no_expiry: true } });
    expect(refusal(answer)).toEqual(refused(404, "NOT_FOUND", "project id not found"));
  });

  const maximum = "expiration time exceeds the maximum expiration time";
  test.each([
    { name: "case 25: no expiration", spec: {}, want: "Expiration must be specified when creating a branch" },
    { name: "case 26: no_expiry false", spec: { no_expiry: false }, want: "Invalid 'no_expiry' value: must be true" },
    { name: "case 33: a ttl of 31 days", spec: { ttl: "2678400s" }, want: maximum },
    { name: "case 33: far in the future", spec: { expire_time: "2130-01-01T00:00:00Z" }, want: maximum },
    { name: "a ttl as people write it", spec: { ttl: "7d" }, want: "Field 'spec.ttl' must be a duration" },
    { name: "two expirations", spec: { ttl: "3600s", no_expiry: true }, want: "Only one of ttl, no_expiry" },
    { name: "in the past", spec: { expire_time: "2020-01-01T00:00:00Z" }, want: "must be in the future" },
    { name: "no timestamp", spec: { expire_time: "tomorrow" }, want: "must be an RFC 3339 timestamp" },
    { name: "protected and expiring", spec: { ttl: "3600s", is_protected: true }, want: "cannot expire" },
    { name: "an unknown field", spec: { no_expiry: true, default: true }, want: "Unknown field 'spec.default'" },
    {
      name: "case 35: a source in another project",
      spec: { no_expiry: true, source_branch: "projects/other/branches/production" },
      want: "source_branch field must point to the branch from the same Project",
    },
    {
      name: "a source point before the history",
      spec: { no_expiry: true, source_branch_time: "2020-01-01T00:00:07Z" },
      want: "history retention window",
    },
    { name: "no LSN", spec: { no_expiry: true, source_branch_lsn: "latest" }, want: "log sequence number" },
  ])("$name is refused", async ({ spec, want }) => {
    const answer = await create("dev", spec);
    expect(refusal(answer)).toEqual(refused(400, expect.any(String), want));
    expect((await client.api("GET", dev)).status).toBe(404);
  });

  test("case 27: a branch that never expires says where it comes from", async () => {
    await make("dev");
    const branch = await client.ok("GET", dev);
    expect(branch).toMatchObject({ branch_id: "dev", parent: shop, uid: expect.stringMatching(/^br-\w+-\w+-\w{8}$/) });
    expect(branch.status).toEqual({
      branch_id: "dev",
      current_state: "READY",
      default: false,
      is_protected: false,
      source_branch: production,
      source_branch_lsn: expect.stringMatching(/^0\/[0-9A-F]+$/),
      source_branch_time: expect.stringMatching(/^\d{4}-.*Z$/),
      state_change_time: expect.any(String),
    });
  });

  test("case 28: a new branch has a primary endpoint of the project's default size", async () => {
    await make("dev");
    const { endpoints } = await client.ok("GET", `${dev}/endpoints`);
    expect(endpoints).toHaveLength(1);
    expect(endpoints[0]).toMatchObject({
      endpoint_id: "primary",
      status: { autoscaling_limit_min_cu: 0.5, autoscaling_limit_max_cu: 2, suspend_timeout_duration: "86400s" },
    });
  });

  test("case 30: a duplicate is refused in the service's spelling, or in that of the CLI's testserver", async () => {
    await make("dev");
    expect(refusal(await create("dev"))).toEqual(
      refused(400, "BAD_REQUEST", `branch already exists; branch_name:"dev"`),
    );
    await client.control("PATCH", "settings", { duplicateBranch: "fake" });
    expect(refusal(await create("dev"))).toEqual(refused(409, "ALREADY_EXISTS", "branch with such id already exists"));
  });

  test("case 31: production with replace_existing keeps its identity and takes the spec", async () => {
    const before = await client.ok("GET", production);
    await client.control("POST", "clock", { advance: "60s" });
    const operation = await client.ok("POST", `${shop}/branches?branch_id=production&replace_existing=true`, {
      spec: { no_expiry: true, is_protected: true },
    });
    expect(operation.response).toMatchObject({
      uid: before.uid,
      create_time: before.create_time,
      status: { is_protected: true, default: true },
    });
  });

  test("case 34: a branch that expires has no children", async () => {
    await make("brief", { ttl: "3600s" });
    const answer = await create("dev", { no_expiry: true, source_branch: `${shop}/branches/brief` });
    expect(refusal(answer)).toEqual(
      refused(400, "BAD_REQUEST", "Branches with an expiration date cannot have child branches"),
    );
  });

  test("case 36: a uid is not found as a source", async () => {
    const { uid } = await client.ok("GET", production);
    for (const source of [uid, `${shop}/branches/${uid}`]) {
      const answer = await create("dev", { no_expiry: true, source_branch: source });
      expect(refusal(answer)).toEqual(refused(404, "NOT_FOUND", "branch id not found"));
    }
  });

  test("case 41: with the setting, a source time on a whole minute fails, and any other second works", async () => {
    await client.control("PATCH", "settings", { wholeMinuteFailure: true });
    const { now } = await client.control("GET", "clock");
    const minute = Math.floor(Date.parse(now) / 60_000) * 60_000 - 60_000;
    const at = (offset: number) => ({ no_expiry: true, source_branch_time: new Date(minute + offset).toISOString() });
    expect(refusal(await create("dev", at(0)))).toEqual(refused(500, "INTERNAL_ERROR", "could not be processed"));
    expect(await make("dev", at(1_000))).toMatchObject({
      response: { status: { source_branch_time: new Date(minute + 1_000).toISOString() } },
    });
  });
});

describe("update", () => {
  test.each(["spec.ttl", "spec.expire_time", "spec.no_expiry"])("case 32: %s is no mask path", async (mask) => {
    await make("dev");
    const answer = await client.api("PATCH", `${dev}?update_mask=${mask}`, { spec: { ttl: "60s", no_expiry: true } });
    expect(refusal(answer)).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", `Unknown field path in update_mask: '${mask}'`),
    );
  });

  test("case 32: spec.expiration sets, moves and ends an expiration", async () => {
    await make("dev");
    const patch = async (spec: unknown) => {
      await client.ok("PATCH", `${dev}?update_mask=spec.expiration`, { spec });
      return (await client.ok("GET", dev)).status.expire_time;
    };
    const tomorrow = await hence(1);
    expect(await patch({ expire_time: tomorrow })).toBe(tomorrow);
    const { create_time } = await client.ok("GET", dev);
    await client.control("POST", "clock", { advance: "600s" });
    expect(Date.parse(await patch({ ttl: "3600s" }))).toBe(Date.parse(create_time) + 3_600_000);
    expect(await patch({ no_expiry: true })).toBeUndefined();
  });

  test("case 33: an expiration is bounded on update too", async () => {
    await make("dev");
    const answer = await client.api("PATCH", `${dev}?update_mask=spec.expiration`, {
      spec: { expire_time: await hence(31) },
    });
    expect(refusal(answer)).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", "expiration time exceeds the maximum expiration time"),
    );
  });

  test("unknown text: an expiration is refused where it may not be", async () => {
    await make("dev");
    await make("child", { no_expiry: true, source_branch: dev });
    await make("safe", { no_expiry: true, is_protected: true });
    for (const name of [production, dev, `${shop}/branches/safe`]) {
      const answer = await client.api("PATCH", `${name}?update_mask=spec.expiration`, { spec: { ttl: "3600s" } });
      expect(answer.status).toBe(400);
    }
  });

  test("unknown text: a second protected branch is refused", async () => {
    await make("dev", { no_expiry: true, is_protected: true });
    const answer = await client.api("PATCH", `${production}?update_mask=spec.is_protected`, {
      spec: { is_protected: true },
    });
    expect(answer.status).toBe(400);
    expect((await create("second", { no_expiry: true, is_protected: true })).status).toBe(400);
  });
});

describe("delete", () => {
  test("case 37: a protected branch is deleted only after it was unprotected", async () => {
    await make("dev");
    const protect = (is_protected: boolean) =>
      client.ok("PATCH", `${dev}?update_mask=spec.is_protected`, { spec: { is_protected } });
    await protect(true);
    expect(refusal(await client.api("DELETE", dev))).toEqual(
      refused(400, "BAD_REQUEST", "cannot delete protected branch"),
    );
    await protect(false);
    await client.ok("DELETE", dev);
    expect(refusal(await client.api("GET", dev))).toEqual(refused(404, "NOT_FOUND", "branch id not found"));
  });

  test("case 38: production is managed by its parent", async () => {
    const answer = await client.api("DELETE", production);
    expect(refusal(answer)).toEqual(
      refused(
        400,
        "BAD_REQUEST",
        `Cannot delete root branch '${production}'. Root branches cannot be deleted independently.`,
      ),
    );
    expect(answer.body.details).toEqual([
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "RESOURCE_CONFLICT",
        domain: "databricks.com",
        metadata: { declarative_context: "MANAGED_BY_PARENT" },
      },
      { "@type": "type.googleapis.com/google.rpc.RequestInfo", request_id: expect.any(String), serving_data: "" },
    ]);
  });

  test("case 39: what is below a deleted branch is gone", async () => {
    await make("dev");
    await client.ok("POST", `${dev}/endpoints?endpoint_id=reader`, { spec: { endpoint_type: READ_ONLY } });
    await client.ok("DELETE", dev);
    for (const name of [`${dev}/endpoints`, `${dev}/endpoints/primary`, `${dev}/endpoints/reader`]) {
      expect(refusal(await client.api("GET", name))).toEqual(refused(404, "NOT_FOUND", "branch id not found"));
    }
  });

  test("case 40: a delete during INIT is done and does nothing, one after it removes", async () => {
    await client.control("PATCH", "settings", { operationTime: "10s" });
    await make("dev");
    expect((await client.ok("GET", dev)).status.current_state).toBe("INIT");
    const ignored = await client.ok("DELETE", dev);
    await client.control("POST", "clock", { advance: "10s" });
    expect(await client.ok("GET", ignored.name)).toMatchObject({ done: true, response: {} });
    expect((await client.ok("GET", dev)).status.current_state).toBe("READY");
    await client.ok("DELETE", dev);
    expect((await client.api("GET", dev)).status).toBe(404);
  });

  test("case 42: a deleted branch is listed with show_deleted, a purged one is not", async () => {
    await make("kept");
    await make("purged");
    await client.ok("DELETE", `${shop}/branches/kept`);
    await client.ok("DELETE", `${shop}/branches/purged?purge=true`);
    const ids = async (query: string) =>
      (await client.ok("GET", `${shop}/branches${query}`)).branches.map(
        (found: { branch_id: string }) => found.branch_id,
      );
    expect(await ids("")).toEqual(["production"]);
    expect(await ids("?show_deleted=true")).toEqual(["production", "kept"]);
    const { branches } = await client.ok("GET", `${shop}/branches?show_deleted=true`);
    expect(branches[1].status).toMatchObject({
      current_state: "DELETED",
      delete_time: expect.any(String),
      purge_time: expect.any(String),
    });
    const { requests } = await client.control("GET", "requests");
    expect(requests).toContainEqual(expect.objectContaining({ method: "DELETE", query: { purge: "true" } }));
  });

  test("an undelete brings a branch back with its primary endpoint", async () => {
    await make("dev");
    const before = await client.ok("GET", dev);
    await client.ok("DELETE", dev);
    await client.ok("POST", `${dev}/undelete`, {});
    expect((await client.ok("GET", dev)).uid).toBe(before.uid);
    expect((await client.ok("GET", `${dev}/endpoints`)).endpoints).toHaveLength(1);
  });

  test("unknown text: a branch that has children is refused until they are gone", async () => {
    await make("dev");
    await make("child", { no_expiry: true, source_branch: dev });
    expect((await client.api("DELETE", dev)).status).toBe(400);
    await client.ok("DELETE", `${shop}/branches/child`);
    await client.ok("DELETE", dev);
  });

  test("an expired branch is gone once the clock has passed its time", async () => {
    await make("dev", { ttl: "3600s" });
    await client.control("POST", "clock", { advance: "3599s" });
    await client.ok("GET", dev);
    await client.control("POST", "clock", { advance: "2s" });
    expect((await client.api("GET", dev)).status).toBe(404);
    expect((await client.ok("GET", `${shop}/branches?show_deleted=true`)).branches).toHaveLength(1);
  });
});
