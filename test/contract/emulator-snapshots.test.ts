import { type Body, type Client, refusal, refused, startClient } from "./emulator-client";

let client: Client;
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const schedule = `${production}/snapshot-schedule`;
const nightly = `${shop}/snapshots/nightly`;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.control("POST", "clock", { now: "2026-11-25T12:00:00Z" });
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});

function create(id: string, spec: object = {}) {
  return client.api("POST", `${shop}/snapshots?snapshot_id=${id}`, { spec: { source_branch: production, ...spec } });
}

function restore(id: string, spec: object = {}) {
  const whole = { source_snapshot: nightly, no_expiry: true, ...spec };
  return client.api("POST", `${shop}/branches?branch_id=${id}`, { spec: whole });
}

function branch(id: string) {
  return client.ok("POST", `${shop}/branches?branch_id=${id}`, { spec: { no_expiry: true } });
}

function role(id: string) {
  return client.ok("POST", `${production}/roles?role_id=${id}`, { spec: { postgres_role: id } });
}

async function snapshots(): Promise<readonly Body[]> {
  return (await client.ok("GET", `${shop}/snapshots`)).snapshots ?? [];
}

describe("a snapshot", () => {
  test("says what it was taken of", async () => {
    const operation = (await create("nightly")).body;
    expect(operation.metadata["@type"]).toBe("type.googleapis.com/databricks.postgres.v1.SnapshotOperationMetadata");
    const snapshot = await client.ok("GET", nightly);
    expect(snapshot).toEqual({
      name: nightly,
      snapshot_id: "nightly",
      uid: expect.any(String),
      create_time: expect.any(String),
      status: { source_branch: production, no_expiry: true, full_size_bytes: 0 },
    });
    expect(await snapshots()).toEqual([snapshot]);
    await client.ok("DELETE", nightly);
    expect(refusal(await client.api("GET", nightly))).toEqual(refused(404, "NOT_FOUND", "snapshot id not found"));
  });

  test("cannot be changed", async () => {
    await create("nightly");
    const answer = await client.api("PATCH", `${nightly}?update_mask=spec`, { spec: {} });
    expect(refusal(answer)).toEqual(
      refused(404, "ENDPOINT_NOT_FOUND", `No API found for 'PATCH /postgres/${nightly}'`),
    );
  });

  test("is gone when its time has come", async () => {
    expect((await create("nightly", { ttl: "7200s" })).body.response.status).toEqual({
      source_branch: production,
      expire_time: expect.stringMatching(/^2026-11-25T14:00:/),
      full_size_bytes: 0,
    });
    await client.control("POST", "clock", { advance: "7199s" });
    expect(await snapshots()).toHaveLength(1);
    await client.control("POST", "clock", { advance: "2s" });
    expect(await snapshots()).toHaveLength(0);
  });

  test("of a branch that is no root is refused (unknown: assumed)", async () => {
    await branch("dev");
    expect(refusal(await create("nightly", { source_branch: `${shop}/branches/dev` }))).toEqual(
      refused(400, "BAD_REQUEST", "not allowed to snapshot non-root branch"),
    );
  });

  test.each([
    { name: "without an id", id: "", want: "Field 'snapshot_id' is required" },
    { name: "without a branch", spec: { source_branch: undefined }, want: "'snapshot.spec.source_branch' is required" },
    {
      name: "of a branch in another project (unknown: assumed)",
      spec: { source_branch: "projects/other/branches/production" },
      want: "must point to the branch from the same Project",
    },
    { name: "with two expirations", spec: { ttl: "3600s", no_expiry: true }, want: "Only one of ttl, no_expiry" },
    {
      name: "at two points",
      spec: { source_branch_lsn: "0/1494EA8", source_branch_time: "2026-11-25T12:00:00Z" },
      want: "Only one of source_branch_lsn, source_branch_time",
    },
    {
      name: "of a moment before the history",
      spec: { source_branch_time: "2020-01-01T00:00:00Z" },
      want: "history retention window",
    },
  ])("$name is refused", async ({ id = "nightly", spec, want }) => {
    expect(refusal(await create(id, spec))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });

  test("with an id that is taken is refused (unknown: assumed)", async () => {
    await create("nightly");
    expect(refusal(await create("nightly"))).toEqual(refused(409, "ALREADY_EXISTS", "with such id already exists"));
  });

  test("is the tenth that people take of one project", async () => {
    for (let count = 1; count <= 10; count += 1) expect(await create(`manual-${count}`)).toMatchObject({ status: 200 });
    expect(refusal(await create("nightly"))).toEqual(refused(400, "QUOTA_EXCEEDED", "at most 10 manual snapshots"));
  });
});

describe("a branch from a snapshot", () => {
  const restored = `${shop}/branches/restored`;

  test("is a root, with the roles and databases that there were", async () => {
    await role("app");
    await client.ok("POST", `${production}/databases?database_id=stock`, {
      spec: { postgres_database: "stock", role: `${production}/roles/app` },
    });
    await create("nightly");
    await client.control("POST", "clock", { advance: "60s" });
    await client.ok("DELETE", `${production}/databases/stock`);
    await role("late");
    expect(await restore("restored")).toMatchObject({ status: 200 });
    const { status } = await client.ok("GET", restored);
    for (const key of ["source_branch", "source_branch_lsn", "source_branch_time"]) {
      expect(status).not.toHaveProperty(key);
    }
    const { roles } = await client.ok("GET", `${restored}/roles`);
    expect(roles.map(({ role_id }: Body) => role_id)).toEqual(["emulator", "app"]);
    expect((await client.ok("GET", `${restored}/databases/stock`)).status.role).toBe(`${restored}/roles/app`);
    expect((await client.ok("GET", `${restored}/endpoints/primary`)).status.endpoint_type).toMatch(/READ_WRITE$/);
  });

  test("cannot be deleted alone", async () => {
    await create("nightly");
    await restore("restored");
    const answer = await client.api("DELETE", restored);
    expect(refusal(answer)).toEqual(refused(400, "BAD_REQUEST", `Cannot delete root branch '${restored}'.`));
    expect(answer.body.details[0].metadata).toEqual({ declarative_context: "MANAGED_BY_PARENT" });
  });

  test("has the roles of the moment that the snapshot was taken as of", async () => {
    await role("app");
    await client.control("POST", "clock", { advance: "60s" });
    const { now } = await client.control("GET", "clock");
    await client.control("POST", "clock", { advance: "60s" });
    await client.ok("DELETE", `${production}/roles/app`);
    await create("nightly", { source_branch_time: now });
    await restore("restored");
    expect((await client.ok("GET", `${restored}/roles`)).roles).toHaveLength(2);
  });

  test.each([
    { name: "with a source branch", spec: { source_branch: production }, want: "'spec.source_branch' must be empty" },
    {
      name: "with a point in time",
      spec: { source_branch_time: "2026-11-25T12:00:00Z" },
      want: "'spec.source_branch_time' must be empty",
    },
    {
      name: "of another project",
      spec: { source_snapshot: "projects/other/snapshots/nightly" },
      want: "source_snapshot field must point to the snapshot from the same Project",
    },
  ])("$name is refused (unknown: assumed text)", async ({ spec, want }) => {
    await create("nightly");
    expect(refusal(await restore("restored", spec))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });

  test("is not made of a snapshot that is not there", async () => {
    expect(refusal(await restore("restored"))).toEqual(refused(404, "NOT_FOUND", "snapshot id not found"));
  });

  test("is, with limits, the third root at most (unknown: assumed text)", async () => {
    await client.control("PATCH", "settings", { limits: true });
    await create("nightly");
    await branch("child");
    for (const id of ["second", "third"]) expect(await restore(id)).toMatchObject({ status: 200 });
    expect(refusal(await restore("fourth"))).toEqual(refused(400, "QUOTA_EXCEEDED", "at most 3 root branches"));
  });
});

describe("the snapshot schedule", () => {
  const daily = { daily_schedule: { hour: 3 }, retention: "172800s" };
  const patch = (body: object, name = schedule) => client.api("PATCH", `${name}?update_mask=schedule`, body);

  test("case 70: is empty where it was never set, on every branch", async () => {
    await branch("dev");
    for (const name of [schedule, `${shop}/branches/dev/snapshot-schedule`]) {
      expect(await client.ok("GET", name)).toEqual({ name });
    }
    expect(refusal(await client.api("GET", `${shop}/branches/absent/snapshot-schedule`))).toEqual(
      refused(404, "NOT_FOUND", "branch id not found"),
    );
  });

  test("case 70: is set, read back, and cleared by a request without one", async () => {
    expect((await patch({ schedule: [daily] })).body).toMatchObject({
      metadata: { "@type": "type.googleapis.com/databricks.postgres.v1.SnapshotScheduleOperationMetadata" },
      response: { name: schedule, schedule: [daily] },
    });
    expect(await client.ok("GET", schedule)).toEqual({ name: schedule, schedule: [daily] });
    await patch({});
    expect(await client.ok("GET", schedule)).toEqual({ name: schedule });
  });

  test("case 70: is refused on a branch that is no root", async () => {
    await branch("dev");
    expect(refusal(await patch({ schedule: [daily] }, `${shop}/branches/dev/snapshot-schedule`))).toEqual(
      refused(400, "BAD_REQUEST", "not allowed to snapshot non-root branch"),
    );
  });

  test.each([
    { name: "another path", mask: "spec", body: {}, want: "Unknown field path in update_mask: 'spec'" },
    { name: "an hour that there is not", body: { ...daily, daily_schedule: { hour: 24 } }, want: "between 0 and 23" },
    { name: "no retention", body: { daily_schedule: { hour: 3 } }, want: "Field 'schedule[0].retention' is required" },
    { name: "a retention under an hour", body: { ...daily, retention: "3599s" }, want: "between 3600s" },
    {
      name: "a week without a day",
      body: { weekly_schedule: {}, retention: "7200s" },
      want: "day_of_week' is required",
    },
    { name: "a month without a day", body: { monthly_schedule: {}, retention: "7200s" }, want: ".day' is required" },
    {
      name: "two cadences in one",
      body: { ...daily, monthly_schedule: { day: 1 } },
      want: "Only one of daily_schedule",
    },
    { name: "no cadence", body: { retention: "7200s" }, want: "must have one of" },
  ])("$name is refused", async ({ mask = "schedule", body, want }) => {
    const answer = await client.api("PATCH", `${schedule}?update_mask=${mask}`, { schedule: [body] });
    expect(refusal(answer)).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
  });

  test.each(["POST", "DELETE"])("has no %s", async (method) => {
    expect((await client.api(method, schedule)).status).toBe(404);
  });

  test("takes snapshots as the clock moves, and they expire", async () => {
    await patch({ schedule: [daily, { weekly_schedule: { day_of_week: "FRIDAY", hour: 3 }, retention: "604800s" }] });
    await client.control("POST", "clock", { now: "2026-11-26T02:59:00Z" });
    expect(await snapshots()).toHaveLength(0);
    await client.control("POST", "clock", { now: "2026-11-27T12:00:00Z" });
    const taken = (await snapshots()).map(({ create_time, status }) => [create_time, status.expire_time]);
    expect(taken).toEqual([
      ["2026-11-26T03:00:00.000Z", "2026-11-28T03:00:00.000Z"],
      ["2026-11-27T03:00:00.000Z", "2026-12-04T03:00:00.000Z"],
    ]);
    await client.control("POST", "clock", { now: "2026-12-03T12:00:00Z" });
    const left = (await snapshots()).map(({ create_time }) => create_time);
    expect(left).toEqual(["2026-11-27T03:00:00.000Z", "2026-12-02T03:00:00.000Z", "2026-12-03T03:00:00.000Z"]);
  });

  test("takes them in short months on the last day", async () => {
    await patch({ schedule: [{ monthly_schedule: { day: 31, hour: 23 }, retention: "8640000s" }] });
    await client.control("POST", "clock", { now: "2027-03-01T00:00:00Z" });
    expect((await snapshots()).map(({ create_time }) => create_time)).toEqual([
      "2026-11-30T23:00:00.000Z",
      "2026-12-31T23:00:00.000Z",
      "2027-01-31T23:00:00.000Z",
      "2027-02-28T23:00:00.000Z",
    ]);
  });

  test("leaves room for those that people take, and its own can be restored", async () => {
    await patch({ schedule: [{ ...daily, retention: "2592000s" }] });
    await client.control("POST", "clock", { now: "2026-12-20T12:00:00Z" });
    expect((await snapshots()).length).toBeGreaterThan(10);
    expect(await create("nightly")).toMatchObject({ status: 200 });
    const [{ name }] = await snapshots();
    expect(await restore("restored", { source_snapshot: name })).toMatchObject({ status: 200 });
  });
});
