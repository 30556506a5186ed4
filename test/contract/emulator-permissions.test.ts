import { type Answer, type Client, refusal, refused, startClient } from "./emulator-client";

let client: Client;
const path = "/api/2.0/permissions/database-projects";
const admins = { group_name: "admins", all_permissions: [{ permission_level: "CAN_MANAGE", inherited: true }] };

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.emulator.close());
beforeEach(async () => {
  await client.control("POST", "reset");
  await client.ok("POST", "projects?project_id=shop", { spec: {} });
});

function call(method: string, entries?: readonly object[], project = "shop"): Promise<Answer> {
  const body = entries && { body: JSON.stringify({ access_control_list: entries }) };
  return client.raw(method, `${path}/${project}`, body);
}

async function listed(): Promise<unknown> {
  return (await call("GET")).body.access_control_list;
}

function direct(principal: object, level: string): object {
  return { ...principal, all_permissions: [{ permission_level: level, inherited: false }] };
}

const creator = { user_name: "emulator@example.com" };
const app = { service_principal_name: "shop-app" };

test("case 77: of a project that is not there they are not found", async () => {
  await client.ok("DELETE", "projects/shop");
  for (const [method, entries] of [["GET"], ["PUT", []], ["PATCH", []]] as const) {
    for (const project of ["shop", "absent"]) {
      expect(refusal(await call(method, entries, project))).toEqual(refused(404, "NOT_FOUND", "project id not found"));
    }
  }
});

test("a project's creator manages it, and so do the admins of the workspace", async () => {
  expect((await call("GET")).body).toEqual({
    object_id: "shop",
    object_type: "database-projects",
    access_control_list: [direct(creator, "CAN_MANAGE"), admins],
  });
});

test("case 77: a PUT replaces what was given directly, and answers it", async () => {
  const wanted = [
    { ...creator, permission_level: "CAN_MANAGE" },
    { group_name: "developers", permission_level: "CAN_USE" },
    { ...app, permission_level: "CAN_MANAGE" },
  ];
  const list = [
    direct(creator, "CAN_MANAGE"),
    direct({ group_name: "developers" }, "CAN_USE"),
    direct(app, "CAN_MANAGE"),
    admins,
  ];
  expect((await call("PUT", wanted)).body.access_control_list).toEqual(list);
  expect(await listed()).toEqual(list);
  await call("PUT", [{ ...app, permission_level: "CAN_USE" }]);
  expect(await listed()).toEqual([direct(app, "CAN_USE"), admins]);
});

test("a PATCH adds and changes", async () => {
  await call("PATCH", [{ ...app, permission_level: "CAN_USE" }]);
  await call("PATCH", [
    { ...app, permission_level: "CAN_MANAGE" },
    { group_name: "developers", permission_level: "CAN_USE" },
  ]);
  expect(await listed()).toEqual([
    direct(creator, "CAN_MANAGE"),
    direct(app, "CAN_MANAGE"),
    direct({ group_name: "developers" }, "CAN_USE"),
    admins,
  ]);
});

test("what the admins are given directly stands beside what they inherit", async () => {
  await call("PUT", [{ group_name: "admins", permission_level: "CAN_USE" }]);
  expect(await listed()).toEqual([
    {
      group_name: "admins",
      all_permissions: [
        { permission_level: "CAN_USE", inherited: false },
        { permission_level: "CAN_MANAGE", inherited: true },
      ],
    },
  ]);
});

test("they change neither the project nor with it", async () => {
  const before = await client.ok("GET", "projects/shop");
  await call("PUT", [{ ...app, permission_level: "CAN_USE" }]);
  expect(await client.ok("GET", "projects/shop")).toEqual(before);
  await client.ok("PATCH", "projects/shop?update_mask=spec.display_name", { spec: { display_name: "Shop" } });
  expect(await listed()).toEqual([direct(app, "CAN_USE"), admins]);
});

test.each([
  { name: "an unknown level", entry: { ...app, permission_level: "IS_OWNER" }, want: "must be one of CAN_USE" },
  { name: "no level", entry: app, want: "permission_level' is required" },
  { name: "nobody", entry: { permission_level: "CAN_USE" }, want: "must have one of user_name" },
  { name: "two in one", entry: { ...app, ...creator, permission_level: "CAN_USE" }, want: "Only one of user_name" },
])("$name is refused (unknown: assumed text)", async ({ entry, want }) => {
  expect(refusal(await call("PUT", [entry]))).toEqual(refused(400, "INVALID_PARAMETER_VALUE", want));
});

test("there is nothing to delete or to post", async () => {
  for (const method of ["DELETE", "POST"]) expect((await call(method, [])).status).toBe(404);
});
