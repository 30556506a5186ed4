/** What stands already where a program declares something: made by the service, by others, or deleted and kept. */
import { useEmulator } from "../support/emulator.ts";
import { Run } from "../support/run.ts";

const emulator = useEmulator();
const shop = "projects/shop";
const production = `${shop}/branches/production`;
const me = "emulator@example.com";

beforeEach(async () => {
  await emulator.outside("POST", "projects?project_id=shop", { spec: { display_name: "Theirs" } });
  await emulator.requests();
});

async function changes(): Promise<readonly string[]> {
  const requests = await emulator.requests();
  return requests
    .filter(({ method }) => method !== "GET")
    .map(({ method, path, query }) => `${method} ${path} ${query["update_mask"] ?? ""}`.trim());
}

test("how old an object is goes by the service's clock, also when this machine's is hours behind", async () => {
  await emulator.clock({ advance: "2h" });
  await expect(new Run(emulator).create("Project", { projectId: "shop", displayName: "Theirs" })).rejects.toThrow(
    "it is older than an hour",
  );
});

describe("adopt: true", () => {
  test("takes over what exists, sets what differs, and says what that was", async () => {
    const run = new Run(emulator);
    const kept = await run.create("Project", { projectId: "shop", displayName: "Ours", adopt: true });
    expect(await changes()).toEqual(["POST projects", `PATCH ${shop} spec.display_name`]);
    expect(kept.outs["adopted"]).toEqual({ changes: { displayName: { from: "Theirs", to: "Ours" } } });
    expect(kept.outs["status"]).toMatchObject({ displayName: "Ours" });
    expect(run.warnings).toEqual([
      expect.stringMatching(
        /^projects\/shop exists since .* and is taken over, its displayName changed; it is let go of, not deleted, when it leaves this program\.$/,
      ),
    ]);
  });

  test("lets go of it instead of deleting it, in a later run as well", async () => {
    const made = await new Run(emulator).create("Project", { projectId: "shop", adopt: true });
    const refreshed = await new Run(emulator).refresh(made);
    const changed = await new Run(emulator).update(refreshed ?? made, {
      projectId: "shop",
      displayName: "Ours",
      adopt: true,
    });
    await emulator.requests();
    const run = new Run(emulator);
    await run.delete(changed);
    expect(await changes()).toEqual([]);
    expect(run.warnings).toEqual([expect.stringContaining("this stack has let go of it")]);
    expect(await emulator.outside("GET", shop)).toMatchObject({ status: { display_name: "Ours" } });
  });

  test("deletes it after all with deleteOnRelease", async () => {
    const args = { projectId: "shop", adopt: true, deleteOnRelease: true };
    const made = await new Run(emulator).create("Project", args);
    await new Run(emulator).delete(made);
    await expect(emulator.outside("GET", shop)).rejects.toThrow("404");
  });

  test("refuses what could only be made anew, and names it", async () => {
    const run = new Run(emulator);
    await expect(run.create("Project", { projectId: "shop", pgVersion: 16, adopt: true })).rejects.toThrow(
      `${shop} exists with another pgVersion than declared, which cannot change, so it is not taken over; declare what it has`,
    );
    expect(await changes()).toEqual(["POST projects"]);
  });

  test("is what the error proposes without it", async () => {
    await emulator.outside("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true } });
    const run = new Run(emulator);
    await expect(run.create("Branch", { parent: shop, branchId: "dev", ttl: "1d" })).rejects.toThrow(
      `${shop}/branches/dev exists since`,
    );
    const adopted = await run.create("Branch", { parent: shop, branchId: "dev", ttl: "1d", adopt: true });
    expect(adopted.outs["adopted"]).toMatchObject({ changes: { ttl: { to: "1d" } } });
  });

  test("is asked for where the operation alone says that the id is taken, and nothing of it is in the state", async () => {
    const dev = { parent: shop, branchId: "dev", isProtected: false };
    await emulator.outside("POST", `${shop}/branches?branch_id=dev`, { spec: { no_expiry: true, is_protected: true } });
    const refused = {
      name: `${shop}/branches/dev/operations/refused`,
      done: true,
      error: { error_code: "ALREADY_EXISTS", message: "branch with such id already exists" },
    };
    const path = `/api/2.0/postgres/${shop}/branches$`;
    await emulator.fault({ method: "POST", path, status: 200, body: refused, times: 2 });
    const failure = await new Run(emulator).create("Branch", dev).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining("to take it over write adopt: true") });
    expect(failure).not.toHaveProperty("id");
    expect((await new Run(emulator).create("Branch", { ...dev, adopt: true })).outs["adopted"]).toEqual({
      changes: { isProtected: { from: true, to: false } },
    });
  });

  test("sets no ttl that would be over already: it counts from the creation", async () => {
    await emulator.clock({ now: new Date(Date.now() - 10 * 86_400_000).toISOString() });
    await emulator.outside("POST", "projects?project_id=old", { spec: {} });
    await emulator.outside("POST", "projects/old/branches?branch_id=dev", { spec: { no_expiry: true } });
    await emulator.clock({ advance: "10d" });
    await emulator.requests();
    const creating = new Run(emulator).create("Branch", {
      parent: "projects/old",
      branchId: "dev",
      ttl: "7d",
      adopt: true,
    });
    await expect(creating).rejects.toThrow(/^ttl is 7d, which counts from the creation at .* and ended at .*; write a/);
    expect(await changes()).toEqual(["POST projects/old/branches"]);
  });

  test("makes what does not exist, and that is deleted as always", async () => {
    const made = await new Run(emulator).create("Branch", { parent: shop, branchId: "dev", adopt: true });
    expect(made.outs["adopted"]).toBeUndefined();
    await new Run(emulator).delete(made);
    await expect(emulator.outside("GET", `${shop}/branches/dev`)).rejects.toThrow("404");
  });

  test("leaves children to their own fate: what was made below an adopted parent is deleted", async () => {
    const run = new Run(emulator);
    await run.create("Project", { projectId: "shop", adopt: true });
    const branch = await run.create("Branch", { parent: shop, branchId: "dev" });
    await new Run(emulator).delete(branch);
    await expect(emulator.outside("GET", `${shop}/branches/dev`)).rejects.toThrow("404");
    await emulator.outside("GET", shop);
  });
});

test("adopt: true on what the service makes by itself says what that changed", async () => {
  const args = { parent: shop, branchId: "production", isProtected: true, adopt: true };
  const made = await new Run(emulator).create("Branch", args);
  expect(made.outs["adopted"]).toEqual({ changes: { isProtected: { from: false, to: true } } });
  expect(await changes()).toEqual([`PATCH ${production} spec.is_protected`]);
});

describe("what the service makes by itself", () => {
  const owner = { parent: production, postgresRole: me };

  test("the owner's role is taken over by its name in Postgres, keeps its memberships, and is let go of", async () => {
    const run = new Run(emulator);
    const role = await run.create("Role", owner);
    expect(role.id).toBe(`${production}/roles/emulator`);
    expect(role.outs["adopted"]).toEqual({ changes: {} });
    expect(role.outs["status"]).toMatchObject({ membershipRoles: ["DATABRICKS_SUPERUSER"] });
    await new Run(emulator).delete(role);
    expect(await changes()).toEqual([`POST ${production}/roles`]);
  });

  test("databricks_postgres is taken over, and given another owner", async () => {
    const run = new Run(emulator);
    const app = await run.create("Role", { parent: production, postgresRole: "app" });
    const database = await run.create("Database", {
      parent: production,
      postgresDatabase: "databricks_postgres",
      role: app.id,
    });
    expect(database.id).toBe(`${production}/databases/databricks-postgres`);
    expect(database.outs["adopted"]).toEqual({
      changes: { role: { from: `${production}/roles/emulator`, to: app.id } },
    });
    expect(await changes()).toEqual([
      `POST ${production}/roles`,
      `POST ${production}/databases`,
      `PATCH ${production}/databases/databricks-postgres spec.role`,
    ]);
  });

  test("what a branch has from its source is taken over", async () => {
    const run = new Run(emulator);
    await run.create("Role", { parent: production, postgresRole: "app" });
    await emulator.clock({ advance: "2h" });
    const branch = await run.create("Branch", { parent: shop, branchId: "dev" });
    const role = await run.create("Role", { parent: branch.id, postgresRole: "app", attributes: { createdb: true } });
    expect(role.outs["adopted"]).toEqual({
      changes: { attributes: { from: { createdb: false }, to: { createdb: true } } },
    });
  });

  test("a role of the same name under another id is named", async () => {
    await emulator.outside("POST", `${production}/roles?role_id=other`, { spec: { postgres_role: "app" } });
    await expect(new Run(emulator).create("Role", { parent: production, postgresRole: "app" })).rejects.toThrow(
      `role with that name already exists`,
    );
    await expect(new Run(emulator).create("Role", { parent: production, postgresRole: "app" })).rejects.toThrow(
      `${production}/roles/other has this postgresRole; write roleId: "other" to declare that one, or choose another postgresRole`,
    );
  });

  test("a role that somebody made later is in the way", async () => {
    await emulator.clock({ advance: "2h" });
    await emulator.outside("POST", `${production}/roles?role_id=app`, { spec: { postgres_role: "app" } });
    await emulator.clock({ advance: "2h" });
    const run = new Run(emulator);
    const app = { parent: production, postgresRole: "app" };
    await expect(run.create("Role", { ...app, attributes: { createdb: true } })).rejects.toThrow("write adopt: true");
    expect((await run.create("Role", { ...app, adopt: true })).outs["adopted"]).toEqual({ changes: {} });
  });

  test("a snapshot schedule that is set is not overwritten unasked", async () => {
    const schedule = [{ daily_schedule: { hour: 3 }, retention: "604800s" }];
    await emulator.outside("PATCH", `${production}/snapshot-schedule?update_mask=schedule`, { schedule });
    const wanted = [{ retention: "14d", weeklySchedule: { dayOfWeek: "MONDAY", hour: 1 } }];
    const run = new Run(emulator);
    await expect(run.create("SnapshotSchedule", { parent: production, schedule: wanted })).rejects.toThrow(
      `${production}/snapshot-schedule has been set already, its schedule not as declared; write adopt: true`,
    );
    const adopted = await run.create("SnapshotSchedule", { parent: production, schedule: wanted, adopt: true });
    await new Run(emulator).delete(adopted);
    expect((await emulator.outside("GET", `${production}/snapshot-schedule`))["schedule"]).toEqual([
      { weekly_schedule: { day_of_week: "MONDAY", hour: 1 }, retention: "1209600s" },
    ]);
  });

  test("a snapshot schedule that nobody has set is set, and emptied when it goes", async () => {
    const schedule = [{ dailySchedule: {}, retention: "7d" }];
    const made = await new Run(emulator).create("SnapshotSchedule", { parent: production, schedule });
    expect((await emulator.outside("GET", `${production}/snapshot-schedule`))["schedule"]).toHaveLength(1);
    await new Run(emulator).delete(made);
    expect((await emulator.outside("GET", `${production}/snapshot-schedule`))["schedule"] ?? []).toEqual([]);
  });
});

describe("an id that a deleted object holds", () => {
  const args = { projectId: "shop", displayName: "Ours" };

  beforeEach(async () => {
    await emulator.outside("DELETE", shop);
    await emulator.requests();
  });

  test("is explained, with the date and the ways out", async () => {
    await expect(new Run(emulator).create("Project", args)).rejects.toThrow(
      /the id is held by a Project that was deleted at \d{4}-.*Z and is kept until \d{4}-.*Z; write onTombstone: "undelete" to bring it back, onTombstone: "purge" to delete it for good, or choose another projectId$/,
    );
    expect(await changes()).toEqual(["POST projects"]);
  });

  test("is freed with onTombstone: purge", async () => {
    const made = await new Run(emulator).create("Project", { ...args, onTombstone: "purge" });
    expect(await changes()).toEqual(["POST projects", `DELETE ${shop}`, "POST projects"]);
    expect(made.outs["status"]).toMatchObject({ displayName: "Ours" });
  });

  test("comes back with onTombstone: undelete, as declared and as this program's own", async () => {
    const made = await new Run(emulator).create("Project", { ...args, onTombstone: "undelete" });
    expect(await changes()).toEqual(["POST projects", `POST ${shop}/undelete`, `PATCH ${shop} spec.display_name`]);
    expect(made.outs["adopted"]).toBeUndefined();
    await new Run(emulator).delete(made);
    await expect(emulator.outside("GET", shop)).rejects.toThrow("404");
  });

  test("comes back with onTombstone: undelete also when the answer is lost", async () => {
    await emulator.fault({ method: "POST", path: "undelete", drop: "after", times: 1 });
    const made = await new Run(emulator).create("Project", { ...args, onTombstone: "undelete" });
    expect(made.outs).toMatchObject({ status: { displayName: "Ours" } });
    expect(await changes()).toEqual(["POST projects", `POST ${shop}/undelete`, `PATCH ${shop} spec.display_name`]);
  });

  test("does not come back as something that it cannot become", async () => {
    await expect(
      new Run(emulator).create("Project", { ...args, pgVersion: 16, onTombstone: "undelete" }),
    ).rejects.toThrow("is brought back with another pgVersion than declared");
  });
});

describe("deletionProtection", () => {
  test.each([
    ["Project", { projectId: "own" }],
    ["Branch", { parent: shop, branchId: "own" }],
  ])("keeps a %s until it is off", async (type, args) => {
    const made = await new Run(emulator).create(type, { ...args, deletionProtection: true });
    await emulator.requests();
    await expect(new Run(emulator).delete(made)).rejects.toThrow(
      `${made.id} is not deleted: it is declared with deletionProtection: true; write false, run 'pulumi up', then delete again`,
    );
    const open = await new Run(emulator).update(made, { ...args, deletionProtection: false });
    expect(await changes()).toEqual([]);
    await new Run(emulator).delete(open);
    expect(await changes()).toEqual([`DELETE ${made.id}`]);
  });

  test("keeps production from going with its project", async () => {
    const args = { parent: shop, branchId: "production" };
    const made = await new Run(emulator).create("Branch", { ...args, deletionProtection: true });
    await expect(new Run(emulator).delete(made)).rejects.toThrow(`${production} is not deleted: it is declared with`);
    const open = await new Run(emulator).update(made, { ...args, deletionProtection: false });
    await new Run(emulator).delete(open);
  });

  test("refuses what would replace it, whatever allowReplace says", async () => {
    const args = { parent: shop, branchId: "own", deletionProtection: true, allowReplace: true };
    const made = await new Run(emulator).create("Branch", args);
    await expect(new Run(emulator).update(made, { ...args, branchId: "other" })).rejects.toThrow(
      "branchId cannot change in place: Branch projects/shop/branches/own would be replaced, and it is declared with deletionProtection: true",
    );
  });
});
