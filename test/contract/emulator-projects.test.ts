import { type Client, refusal, refused, startClient } from "./emulator-client";

let client: Client;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
});

const { shop, production, primary } = {
  shop: "projects/shop",
  production: "projects/shop/branches/production",
  primary: "projects/shop/branches/production/endpoints/primary",
};

function createShop(spec: unknown = { display_name: "Shop", pg_version: 16 }) {
  return client.ok("POST", "projects?project_id=shop", { spec });
}

async function status(name = shop) {
  return (await client.ok("GET", name)).status;
}

describe("create", () => {
  test("case 1: a project without an id is refused with the service's text", async () => {
    const answer = await client.api("POST", "projects", { spec: {} });
    expect(refusal(answer)).toEqual(
      refused(400, "INVALID_PARAMETER_VALUE", `Field 'project_id' is required, expected non-default value (not "")!`),
    );
  });

  test("case 2: the defaults are filled in, and the status has just the keys of a fresh project", async () => {
    const operation = await createShop();
    expect(operation.name).toMatch(/^projects\/shop\/operations\/[A-Za-z0-9+/=]+$/);
    expect(await status()).toEqual({
      branch_logical_size_limit_bytes: 8_796_093_022_208,
      default_branch: production,
      default_endpoint_settings: {
        autoscaling_limit_max_cu: 1,
        autoscaling_limit_min_cu: 1,
        suspend_timeout_duration: "86400s",
      },
      display_name: "Shop",
      enable_pg_native_login: false,
      history_retention_duration: "604800s",
      owner: "emulator@example.com",
      pg_version: 16,
      project_id: "shop",
      synthetic_storage_size_bytes: 0,
    });
  });

  test("case 3: a read returns neither spec nor what was initial", async () => {
    await client.ok("POST", "projects?project_id=shop", {
      spec: { pg_version: 17 },
      initial_branch_spec: { is_protected: true },
      initial_endpoint_spec: { autoscaling_limit_max_cu: 4, suspend_timeout_duration: "300s" },
    });
    const project = await client.ok("GET", shop);
    expect(Object.keys(project).sort()).toEqual(["create_time", "name", "project_id", "status", "uid", "update_time"]);
    expect(project.uid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect((await client.ok("GET", production)).status.is_protected).toBe(true);
    expect((await client.ok("GET", primary)).status).toMatchObject({
      autoscaling_limit_min_cu: 1,
      autoscaling_limit_max_cu: 4,
      suspend_timeout_duration: "300s",
    });
  });

  test.each([
    ["wrapped in project", { project: { spec: { display_name: "Wrapped", pg_version: 18 } } }],
    ["bare, without spec", { display_name: "Bare", pg_version: 18 }],
  ])("case 4: fields %s are not applied", async (_name, body) => {
    await client.ok("POST", "projects?project_id=shop", body);
    expect(await status()).toMatchObject({ display_name: "shop", pg_version: 17 });
  });

  test("case 5: a project comes with the default branch production and no other", async () => {
    await createShop();
    const { branches } = await client.ok("GET", `${shop}/branches`);
    expect(branches).toHaveLength(1);
    expect(branches[0]).toMatchObject({ name: production, status: { default: true, current_state: "READY" } });
    expect(Object.keys(branches[0].status).filter((key) => key.startsWith("source_"))).toEqual([]);
  });

  test("case 6: production comes with one read-write endpoint, primary", async () => {
    await createShop();
    const { endpoints } = await client.ok("GET", `${production}/endpoints`);
    expect(endpoints).toHaveLength(1);
    expect(endpoints[0]).toMatchObject({
      name: primary,
      status: {
        endpoint_type: "ENDPOINT_TYPE_READ_WRITE",
        group: { min: 1, max: 1, enable_readable_secondaries: false },
        hosts: { host: expect.stringContaining(endpoints[0].uid) },
      },
    });
  });

  test("case 7: an id that is taken is refused", async () => {
    await createShop();
    const answer = await client.api("POST", "projects?project_id=shop", { spec: {} });
    expect(refusal(answer)).toEqual(
      refused(409, "ALREADY_EXISTS", "project with such id already exists in the workspace"),
    );
  });
});

describe("delete and undelete", () => {
  test("case 8: a deleted project is not found, holds its id, and is listed with show_deleted", async () => {
    await createShop();
    await client.ok("DELETE", shop);
    expect(refusal(await client.api("GET", shop))).toEqual(refused(404, "NOT_FOUND", "project id not found"));
    expect((await client.api("DELETE", shop)).status).toBe(404);
    expect((await client.api("POST", "projects?project_id=shop", { spec: {} })).status).toBe(409);
    expect(await client.ok("GET", "projects")).toEqual({});
    const { projects } = await client.ok("GET", "projects?show_deleted=true");
    expect(projects.map((project: { name: string }) => project.name)).toEqual([shop]);
    const { now } = await client.control("GET", "clock");
    expect(Date.parse(projects[0].delete_time)).toBeLessThanOrEqual(Date.parse(now));
    expect(Date.parse(projects[0].purge_time)).toBeGreaterThan(Date.parse(now));
  });

  test("case 8: after the purge time the id is free", async () => {
    await createShop();
    await client.ok("DELETE", shop);
    await client.control("POST", "clock", { advance: "8d" });
    expect(await client.ok("GET", "projects?show_deleted=true")).toEqual({});
    await createShop();
  });

  test("case 9: a purge frees the id at once", async () => {
    const { uid } = (await createShop()).response;
    await client.ok("DELETE", `${shop}?purge=true`);
    expect((await createShop()).response.uid).not.toBe(uid);
  });

  test("case 9: a purge also ends a project that is soft-deleted already", async () => {
    await createShop();
    await client.ok("DELETE", shop);
    await client.ok("DELETE", `${shop}?purge=true`);
    expect(await client.ok("GET", "projects?show_deleted=true")).toEqual({});
  });

  test("case 10: an undelete brings back production and primary, nothing else", async () => {
    await createShop();
    await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    await client.ok("POST", `${production}/endpoints?endpoint_id=reader`, {
      spec: { endpoint_type: "ENDPOINT_TYPE_READ_ONLY" },
    });
    const before = await client.ok("GET", primary);
    await client.ok("DELETE", shop);
    const operation = await client.ok("POST", `${shop}/undelete`, {});
    expect(operation).toMatchObject({ done: true, response: { "@type": "type.googleapis.com/google.protobuf.Empty" } });
    expect((await client.ok("GET", `${shop}/branches`)).branches).toHaveLength(1);
    expect((await client.ok("GET", `${production}/endpoints`)).endpoints).toEqual([before]);
  });

  test("unknown on the service: the undelete of a project that lives is refused", async () => {
    await createShop();
    expect((await client.api("POST", `${shop}/undelete`, {})).status).toBe(400);
  });

  test("case 21: everything below goes with the project", async () => {
    await createShop();
    await client.ok("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    await client.ok("DELETE", shop);
    for (const name of [production, primary, `${shop}/branches/dev`, `${shop}/branches/dev/endpoints/primary`]) {
      expect(refusal(await client.api("GET", name))).toEqual(refused(404, "NOT_FOUND", "project id not found"));
    }
  });

  test.each(["", "?purge=true"])(
    "case 22: a project with a protected branch is not deleted (unknown text: assumed) (%s)",
    async (query) => {
      await createShop();
      await client.ok("PATCH", `${production}?update_mask=spec.is_protected`, { spec: { is_protected: true } });
      expect((await client.api("DELETE", `${shop}${query}`)).status).toBe(400);
      expect((await client.ok("GET", primary)).name).toBe(primary);
    },
  );
});

describe("update", () => {
  test("case 11: a masked display name changes, and nothing else but the update time", async () => {
    await createShop();
    const before = await client.ok("GET", shop);
    await client.control("POST", "clock", { advance: "1s" });
    await client.ok("PATCH", `${shop}?update_mask=spec.display_name`, {
      spec: { display_name: "Renamed", history_retention_duration: "172800s" },
    });
    const after = await client.ok("GET", shop);
    expect(after.update_time > before.update_time).toBe(true);
    expect(after).toEqual({
      ...before,
      update_time: after.update_time,
      status: { ...before.status, display_name: "Renamed" },
    });
  });

  const settings = "spec.default_endpoint_settings";
  const missing = (path: string) => `Field '${path}' is in update_mask but not provided in request`;
  const unknown = (path: string) => `Unknown field path in update_mask: '${path}'`;
  test.each([
    {
      name: "case 12: the member of a oneof is no path",
      mask: `${settings}.suspend_timeout_duration`,
      body: { spec: { default_endpoint_settings: { suspend_timeout_duration: "300s" } } },
      want: unknown(`${settings}.suspend_timeout_duration`),
    },
    {
      name: "case 14: a mask of the whole default_endpoint_settings demands a suspension",
      mask: settings,
      body: { spec: { default_endpoint_settings: { autoscaling_limit_min_cu: 0.5, autoscaling_limit_max_cu: 4 } } },
      want: missing(`${settings}.suspension`),
    },
    {
      name: "case 15: a masked field that the body lacks is refused",
      mask: "spec.history_retention_duration",
      body: { spec: {} },
      want: missing("spec.history_retention_duration"),
    },
    {
      name: "case 15: null counts as lacking",
      mask: "spec.history_retention_duration",
      body: { spec: { history_retention_duration: null } },
      want: missing("spec.history_retention_duration"),
    },
    {
      name: "case 19: a star demands every settable field",
      mask: "*",
      body: { spec: { display_name: "Partial" } },
      want: "is in update_mask but not provided in request",
    },
    {
      name: "case 20: an unknown path is reported before a missing value",
      mask: "spec.history_retention_duration,spec.nonsense",
      body: { spec: {} },
      want: unknown("spec.nonsense"),
    },
    {
      name: "an immutable field is no path",
      mask: "spec.pg_version",
      body: { spec: { pg_version: 18 } },
      want: unknown("spec.pg_version"),
    },
    {
      name: "the members of a map are no paths",
      mask: `${settings}.pg_settings['work_mem']`,
      body: { spec: { default_endpoint_settings: { pg_settings: { work_mem: "8MB" } } } },
      want: unknown(`${settings}.pg_settings['work_mem']`),
    },
    {
      name: "a masked oneof demands a member",
      mask: `${settings}.suspension`,
      body: { spec: { default_endpoint_settings: {} } },
      want: missing(`${settings}.suspension`),
    },
    {
      name: "no mask at all is refused",
      mask: "",
      body: { spec: { display_name: "Unmasked" } },
      want: "Field 'update_mask' is required",
    },
  ])("$name", async ({ mask, body, want }) => {
    await createShop();
    const before = await client.ok("GET", shop);
    const answer = await client.api("PATCH", `${shop}?update_mask=${encodeURIComponent(mask)}`, body);
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
    expect(await client.ok("GET", shop)).toEqual(before);
  });

  test("case 13: the suspension of the defaults is set by the name of its group", async () => {
    await createShop();
    await client.ok("PATCH", `${shop}?update_mask=${settings}.suspension`, {
      spec: { default_endpoint_settings: { suspend_timeout_duration: "300s" } },
    });
    expect((await status()).default_endpoint_settings).toEqual({
      autoscaling_limit_max_cu: 1,
      autoscaling_limit_min_cu: 1,
      suspend_timeout_duration: "300s",
    });
    await client.ok("PATCH", `${shop}?update_mask=${settings}.suspension`, {
      spec: { default_endpoint_settings: { no_suspension: true } },
    });
    expect((await status()).default_endpoint_settings.suspend_timeout_duration).toBeUndefined();
  });

  test("case 16: a mask of spec keeps what the body omits while the endpoint defaults are default", async () => {
    await createShop();
    await client.ok("PATCH", `${shop}?update_mask=spec`, { spec: { enable_pg_native_login: true } });
    expect(await status()).toMatchObject({
      display_name: "Shop",
      enable_pg_native_login: true,
      history_retention_duration: "604800s",
      default_endpoint_settings: { autoscaling_limit_max_cu: 1, suspend_timeout_duration: "86400s" },
    });
  });

  test("case 16: a mask of spec resets a retention that the body omits, and ignores what is immutable", async () => {
    await createShop({ pg_version: 16, history_retention_duration: "172800s" });
    await client.ok("PATCH", `${shop}?update_mask=spec`, { spec: { display_name: "Shop", pg_version: 18 } });
    expect(await status()).toMatchObject({ history_retention_duration: "604800s", pg_version: 16 });
  });

  test("case 17: a mask of spec that omits non-default endpoint settings fails after writing the rest", async () => {
    const chosen = { autoscaling_limit_min_cu: 0.5, autoscaling_limit_max_cu: 4, suspend_timeout_duration: "300s" };
    await createShop({ display_name: "Shop", default_endpoint_settings: chosen });
    const answer = await client.api("PATCH", `${shop}?update_mask=spec`, { spec: { display_name: "Half" } });
    expect(refusal(answer)).toEqual(refused(500, "INTERNAL_ERROR", "The request could not be processed."));
    expect(await status()).toMatchObject({ display_name: "Half", default_endpoint_settings: chosen });
  });

  test("case 18: the initial objects may be masked without being sent", async () => {
    await createShop();
    await client.ok("PATCH", `${shop}?update_mask=initial_branch_spec,initial_endpoint_spec,spec`, {
      spec: { display_name: "Terraformed" },
    });
    expect((await status()).display_name).toBe("Terraformed");
  });

  test("case 19: a star with every field is taken, without the tags too", async () => {
    await createShop({ custom_tags: [{ key: "team", value: "data" }] });
    await client.ok("PATCH", `${shop}?update_mask=*`, {
      spec: {
        display_name: "All",
        budget_policy_id: "policy",
        default_branch: production,
        enable_pg_native_login: true,
        history_retention_duration: "172800s",
        default_endpoint_settings: {
          autoscaling_limit_min_cu: 2,
          autoscaling_limit_max_cu: 4,
          no_suspension: true,
          pg_settings: { work_mem: "8MB" },
        },
      },
    });
    expect(await status()).toMatchObject({
      display_name: "All",
      custom_tags: [{ key: "team", value: "data" }],
      default_endpoint_settings: { pg_settings: { work_mem: "8MB" } },
    });
  });

  test("an empty list with its mask clears the tags", async () => {
    await createShop({ custom_tags: [{ key: "team", value: "data" }] });
    await client.ok("PATCH", `${shop}?update_mask=spec.custom_tags`, { spec: { custom_tags: [] } });
    expect((await status()).custom_tags).toBeUndefined();
  });

  test("a leaf of the endpoint defaults leaves its neighbours alone", async () => {
    const chosen = {
      autoscaling_limit_min_cu: 0.5,
      autoscaling_limit_max_cu: 4,
      suspend_timeout_duration: "300s",
      pg_settings: { work_mem: "8MB" },
    };
    await createShop({ default_endpoint_settings: chosen });
    await client.ok("PATCH", `${shop}?update_mask=${settings}.autoscaling_limit_max_cu`, {
      spec: { default_endpoint_settings: { autoscaling_limit_max_cu: 8 } },
    });
    expect((await status()).default_endpoint_settings).toEqual({ ...chosen, autoscaling_limit_max_cu: 8 });
  });

  test("the default branch moves to another branch of the project, but not to one that expires", async () => {
    await createShop();
    await client.ok("POST", `${shop}/branches?branch_id=next`, { spec: { no_expiry: true } });
    await client.ok("POST", `${shop}/branches?branch_id=brief`, { spec: { ttl: "3600s" } });
    const patch = (branch: string) =>
      client.api("PATCH", `${shop}?update_mask=spec.default_branch`, {
        spec: { default_branch: `${shop}/branches/${branch}` },
      });
    expect((await patch("next")).status).toBe(200);
    expect((await client.ok("GET", `${shop}/branches/next`)).status.default).toBe(true);
    expect((await client.ok("GET", production)).status.default).toBe(false);
    expect((await patch("brief")).status).toBe(400);
    expect((await patch("absent")).status).toBe(404);
  });
});
