import { type Client, READ_ONLY, READ_WRITE, refusal, refused, startClient } from "./emulator-client";

let client: Client;
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const primary = `${production}/endpoints/primary`;
const reader = `${production}/endpoints/reader`;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});

function create(id: string, spec: object = {}, query = "") {
  return client.api("POST", `${production}/endpoints?endpoint_id=${id}${query}`, {
    spec: { endpoint_type: READ_ONLY, ...spec },
  });
}

async function make(id: string, spec: object = {}) {
  const answer = await create(id, spec);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}

function patch(name: string, mask: string, spec: unknown) {
  return client.api("PATCH", `${name}?update_mask=${encodeURIComponent(mask)}`, { spec });
}

async function status(name: string) {
  return (await client.ok("GET", name)).status;
}

describe("create", () => {
  test("case 43: an endpoint without an id is refused with the service's text", async () => {
    const answer = await client.api("POST", `${production}/endpoints`, { spec: { endpoint_type: READ_ONLY } });
    expect(refusal(answer)).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", `Field 'endpoint_id' is required, expected non-default value (not "")!`),
    );
  });

  test.each(["writer", "primary"])("case 44: a second read-write endpoint is refused, as %s too", async (id) => {
    const answer = await create(id, { endpoint_type: READ_WRITE });
    expect(refusal(answer)).toEqual(refused(400, "BAD_REQUEST", "read_write endpoint already exists"));
  });

  test("case 45: a read-only endpoint shows what was asked for, and both its hosts are one", async () => {
    await make("reader", {
      autoscaling_limit_min_cu: 0.5,
      autoscaling_limit_max_cu: 2,
      suspend_timeout_duration: "300s",
    });
    const endpoint = await client.ok("GET", reader);
    const { host } = endpoint.status.hosts;
    expect(endpoint).toMatchObject({ endpoint_id: "reader", parent: production });
    expect(endpoint.uid).toMatch(/^ep-\w+-\w+-\w{8}$/);
    expect(endpoint.status).toEqual({
      autoscaling_limit_max_cu: 2,
      autoscaling_limit_min_cu: 0.5,
      current_state: "ACTIVE",
      disabled: false,
      endpoint_id: "reader",
      endpoint_type: READ_ONLY,
      group: { min: 1, max: 1, enable_readable_secondaries: true },
      hosts: {
        host,
        read_only_host: host,
        read_only_pooled_host: host.replace(endpoint.uid, `${endpoint.uid}-pooler`),
      },
      settings: {},
      suspend_timeout_duration: "300s",
    });
  });

  test.each([
    ["a timeout", { suspend_timeout_duration: "600s" }, "600s"],
    ["none", { no_suspension: true }, undefined],
  ])("case 46: without a suspension the project's default holds, here %s", async (_name, settings, want) => {
    await client.ok("PATCH", `${shop}?update_mask=spec.default_endpoint_settings.suspension`, {
      spec: { default_endpoint_settings: settings },
    });
    await make("reader");
    expect((await status(reader)).suspend_timeout_duration).toBe(want);
  });

  test("case 48: primary with replace_existing keeps its identity and takes the spec", async () => {
    const before = await client.ok("GET", primary);
    const answer = await create(
      "primary",
      { endpoint_type: READ_WRITE, suspend_timeout_duration: "600s" },
      "&replace_existing=true",
    );
    expect(answer.body.response).toMatchObject({
      uid: before.uid,
      create_time: before.create_time,
      status: { suspend_timeout_duration: "600s" },
    });
  });

  test("case 53: with the setting, an id re-used at once is listed but not found", async () => {
    await client.control("PATCH", "settings", { ghostEndpoints: true });
    await make("reader");
    await client.ok("DELETE", reader);
    expect(await make("reader")).toMatchObject({ done: true, error: { error_code: "NOT_FOUND" } });
    expect((await client.ok("GET", `${production}/endpoints`)).endpoints).toHaveLength(2);
    expect(refusal(await client.api("GET", reader))).toEqual(refused(404, "NOT_FOUND", "endpoint not found"));
  });

  test("case 53: some seconds later the id works, and so it does without the setting", async () => {
    await make("reader");
    await client.ok("DELETE", reader);
    await make("reader");
    await client.ok("DELETE", reader);
    await client.control("PATCH", "settings", { ghostEndpoints: true });
    await client.control("POST", "clock", { advance: "60s" });
    await make("reader");
    await client.ok("GET", reader);
  });

  test("a duplicate read-only endpoint is refused", async () => {
    await make("reader");
    expect(refusal(await create("reader"))).toEqual(
      refused(409, "ALREADY_EXISTS", "endpoint with such id already exists"),
    );
  });

  test("a missing branch is not found, its project first", async () => {
    const body = { spec: { endpoint_type: READ_ONLY } };
    const post = async (branch: string) =>
      refusal(await client.api("POST", `${branch}/endpoints?endpoint_id=reader`, body));
    expect(await post("projects/absent/branches/absent")).toEqual(refused(404, "NOT_FOUND", "project id not found"));
    expect(await post(`${shop}/branches/absent`)).toEqual(refused(404, "NOT_FOUND", "branch id not found"));
  });
});

describe("rules", () => {
  const cu = (min: number, max: number) => ({ autoscaling_limit_min_cu: min, autoscaling_limit_max_cu: max });
  const group = (min: number, max: number) => ({ group: { min, max }, no_suspension: true });

  test.each([
    { name: "half a CU", spec: cu(0.5, 0.5) },
    { name: "a spread of 16", spec: cu(48, 64) },
    { name: "a spread of 15.5", spec: cu(0.5, 16) },
    { name: "a fixed size above 64", spec: cu(72, 72) },
    { name: "the largest", spec: cu(112, 112) },
    { name: "the shortest suspension", spec: { suspend_timeout_duration: "60s" } },
    { name: "the longest suspension", spec: { suspend_timeout_duration: "604800s" } },
    { name: "a group of four", spec: group(4, 4) },
    { name: "settings", spec: { settings: { pg_settings: { work_mem: "8MB" } } } },
  ])("accepted: $name", async ({ spec }) => {
    await make("reader", spec);
    expect(await status(reader)).toMatchObject(
      Object.fromEntries(Object.entries(spec).filter(([key]) => key !== "no_suspension")),
    );
  });

  test.each([
    { name: "case 54: a spread above 16 (unknown text: assumed)", spec: cu(1, 18), want: "must not exceed 16" },
    { name: "case 54: a spread of 16.5 with half a CU", spec: cu(0.5, 17), want: "must not exceed 16" },
    {
      name: "case 55: a suspension of 30 s (unknown text: assumed)",
      spec: { suspend_timeout_duration: "30s" },
      want: "between 60s and 604800s",
    },
    {
      name: "case 55: a suspension of 700000 s (unknown text: assumed)",
      spec: { suspend_timeout_duration: "700000s" },
      want: "between 60s and 604800s",
    },
    { name: "minimum above maximum", spec: cu(4, 2), want: "must not exceed the maximum" },
    { name: "a minimum above the default maximum", spec: { autoscaling_limit_min_cu: 4 }, want: "must not exceed" },
    { name: "2.5 CU", spec: cu(1, 2.5), want: "compute size that is offered" },
    { name: "no CU", spec: cu(0, 1), want: "compute size that is offered" },
    { name: "65 CU", spec: cu(65, 65), want: "compute size that is offered" },
    { name: "autoscaling above 64", spec: cu(64, 72), want: "does not autoscale" },
    { name: "a size as text", spec: { autoscaling_limit_max_cu: "2" }, want: "must be a number" },
    { name: "a duration as people write it", spec: { suspend_timeout_duration: "5m" }, want: "must be a duration" },
    { name: "a duration as a number", spec: { suspend_timeout_duration: 300 }, want: "must be a duration" },
    { name: "no_suspension false", spec: { no_suspension: false }, want: "Invalid 'no_suspension' value" },
    {
      name: "both members of the suspension",
      spec: { no_suspension: true, suspend_timeout_duration: "300s" },
      want: "Only one of suspend_timeout_duration, no_suspension",
    },
    { name: "a group of unequal bounds", spec: group(1, 2), want: "must equal" },
    { name: "a group of five", spec: group(5, 5), want: "between 1 and 4" },
    { name: "a group of none", spec: group(0, 0), want: "between 1 and 4" },
    { name: "a group that suspends", spec: { group: { min: 2, max: 2 } }, want: "requires 'spec.no_suspension'" },
    { name: "an unknown type", spec: { endpoint_type: "READ_ONLY" }, want: "must be one of ENDPOINT_TYPE_READ_WRITE" },
    { name: "an unknown field", spec: { size: 2 }, want: "Unknown field 'spec.size'" },
    { name: "an unknown field further down", spec: { group: { size: 2 } }, want: "Unknown field 'spec.group.size'" },
    { name: "a setting that is no text", spec: { settings: { pg_settings: { jit: true } } }, want: "must be a string" },
  ])("$name is refused", async ({ spec, want }) => {
    expect(refusal(await create("reader", spec))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
    expect((await client.api("GET", reader)).status).toBe(404);
  });

  test("an endpoint without a type is refused", async () => {
    const answer = await client.api("POST", `${production}/endpoints?endpoint_id=reader`, { spec: {} });
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", "endpoint_type' is required"));
  });

  test.each([
    ["rw", "Field endpoint_id must be at least 3 characters"],
    ["Reader", "Field endpoint_id must match pattern ^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$, got 'Reader'."],
    ["reader-", "Field endpoint_id must match pattern"],
    ["r".repeat(64), "Field endpoint_id must match pattern"],
  ])("the id %s is refused", async (id, want) => {
    expect(refusal(await create(id))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });
});

describe("update", () => {
  test("case 49: the suspension is masked by the name of its group, and needs a value", async () => {
    expect(
      refusal(await patch(primary, "spec.suspend_timeout_duration", { suspend_timeout_duration: "300s" })),
    ).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", "Unknown field path in update_mask: 'spec.suspend_timeout_duration'"),
    );
    expect((await patch(primary, "spec.suspension", { suspend_timeout_duration: "300s" })).status).toBe(200);
    expect((await status(primary)).suspend_timeout_duration).toBe("300s");
    expect(refusal(await patch(primary, "spec.suspension", {}))).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", "Field 'spec.suspension' is in update_mask but not provided in request"),
    );
    expect((await status(primary)).suspend_timeout_duration).toBe("300s");
  });

  test("case 50: a mask of spec resets a suspension that the body omits, and keeps the rest", async () => {
    await make("reader", { suspend_timeout_duration: "300s", autoscaling_limit_max_cu: 4 });
    expect((await patch(reader, "spec", { disabled: true })).status).toBe(200);
    expect(await status(reader)).toMatchObject({
      suspend_timeout_duration: "86400s",
      autoscaling_limit_max_cu: 4,
      disabled: true,
      current_state: "IDLE",
    });
  });

  test.each(["spec.settings", "spec.settings.pg_settings"])("case 51: %s replaces the whole map", async (mask) => {
    await make("reader", { settings: { pg_settings: { work_mem: "8MB" } } });
    expect((await patch(reader, mask, { settings: { pg_settings: { jit: "off" } } })).status).toBe(200);
    expect((await status(reader)).settings).toEqual({ pg_settings: { jit: "off" } });
    expect((await patch(reader, mask, { settings: { pg_settings: {} } })).status).toBe(200);
    expect((await status(reader)).settings).toEqual({});
  });

  test("case 51: one entry of the map is no path", async () => {
    const path = "spec.settings.pg_settings['work_mem']";
    expect(refusal(await patch(primary, path, { settings: { pg_settings: { work_mem: "8MB" } } }))).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", `Unknown field path in update_mask: '${path}'`),
    );
  });

  test("a masked leaf leaves its neighbours alone", async () => {
    const chosen = { autoscaling_limit_min_cu: 0.5, autoscaling_limit_max_cu: 4, suspend_timeout_duration: "300s" };
    await make("reader", { ...chosen, settings: { pg_settings: { work_mem: "8MB" } } });
    const before = await status(reader);
    await patch(reader, "spec.autoscaling_limit_max_cu", { autoscaling_limit_max_cu: 8, disabled: true });
    expect(await status(reader)).toEqual({ ...before, autoscaling_limit_max_cu: 8 });
  });

  test("a size is checked against the one that is kept", async () => {
    expect((await patch(primary, "spec.autoscaling_limit_min_cu", { autoscaling_limit_min_cu: 8 })).status).toBe(400);
    const both = "spec.autoscaling_limit_min_cu,spec.autoscaling_limit_max_cu";
    expect((await patch(primary, both, { autoscaling_limit_min_cu: 8, autoscaling_limit_max_cu: 8 })).status).toBe(200);
  });

  test("a group that never suspends has a host for its readers", async () => {
    await patch(primary, "spec.group.min,spec.group.max,spec.group.enable_readable_secondaries,spec.suspension", {
      group: { min: 3, max: 3, enable_readable_secondaries: true },
      no_suspension: true,
    });
    const { hosts, group, suspend_timeout_duration } = await status(primary);
    expect(group).toEqual({ min: 3, max: 3, enable_readable_secondaries: true });
    expect(hosts.read_only_host).not.toBe(hosts.host);
    expect(suspend_timeout_duration).toBeUndefined();
  });
});

describe("delete", () => {
  test("case 47: primary is managed by its parent, a read-only endpoint goes", async () => {
    await make("reader");
    const answer = await client.api("DELETE", primary);
    expect(refusal(answer)).toEqual(
      refused(
        400,
        "BAD_REQUEST",
        `Cannot delete read-write endpoint '${primary}'. Read-write endpoints cannot be deleted.`,
      ),
    );
    expect(answer.body.details[0].metadata).toEqual({ declarative_context: "MANAGED_BY_PARENT" });
    await client.ok("DELETE", reader);
    expect(refusal(await client.api("GET", reader))).toEqual(refused(404, "NOT_FOUND", "endpoint not found"));
  });

  test("case 52: an endpoint refuses changes until it is reconciled", async () => {
    await client.control("PATCH", "settings", { reconcileTime: "5s" });
    await make("reader");
    expect((await status(reader)).pending_state).toBe("ACTIVE");
    for (const attempt of [
      () => client.api("DELETE", reader),
      () => patch(reader, "spec.disabled", { disabled: true }),
    ]) {
      expect(refusal(await attempt())).toEqual(refused(409, "ABORTED", "reconciliation"));
    }
    await client.control("POST", "clock", { advance: "6s" });
    expect((await status(reader)).pending_state).toBeUndefined();
    expect((await patch(reader, "spec.disabled", { disabled: true })).status).toBe(200);
    expect((await client.api("DELETE", reader)).status).toBe(409);
    await client.control("POST", "clock", { advance: "6s" });
    await client.ok("DELETE", reader);
  });

  test("unknown text: protection covers the branch's computes", async () => {
    await make("reader");
    await client.ok("PATCH", `${production}?update_mask=spec.is_protected`, { spec: { is_protected: true } });
    expect((await client.api("DELETE", reader)).status).toBe(400);
    await client.ok("GET", reader);
  });

  test("a host belongs to one endpoint, not to its id", async () => {
    const first = (await make("reader")).response.status.hosts.host;
    await client.ok("DELETE", reader);
    expect((await make("reader")).response.status.hosts.host).not.toBe(first);
  });
});

describe("one mutation at a time", () => {
  test("a second endpoint mutation on a branch is refused while the first runs; other branches are free", async () => {
    await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    await client.control("PATCH", "settings", { operationTime: "10s", reconcileTime: "0s" });
    await make("reader");
    expect(refusal(await create("second"))).toEqual(
      refused(
        409,
        "ABORTED",
        "Your project already has conflicting operations in progress. Please wait until they are complete, and then try again.",
      ),
    );
    await client.ok("POST", `${shop}/branches/dev/endpoints?endpoint_id=reader`, {
      spec: { endpoint_type: READ_ONLY },
    });
    await client.control("POST", "clock", { advance: "10s" });
    await make("second");
  });
});
