import { asArguments, project } from "../../../provider/schema/service";
import { judges } from "../support/checking";
import { drifts } from "../support/drift";
import { args, projectPermissions } from "../support/resources";

const definition = projectPermissions;
const application = "8dc75b14-0000-4000-8000-000000000000";
const developers = { groupName: "developers", permissionLevel: "CAN_USE" };

describe("permissions on a project", () => {
  const list = "accessControlList must be a list of: userName, groupName, servicePrincipalName, permissionLevel";
  judges([
    {
      name: "are given to users, groups and service principals",
      definition,
      args: {
        accessControlList: [
          { userName: "ada@example.test", permissionLevel: "CAN_MANAGE" },
          developers,
          { servicePrincipalName: application, permissionLevel: "CAN_CREATE" },
        ],
      },
    },
    { name: "may be none", definition, args: { accessControlList: [] } },
    { name: "are a list", definition, args: { accessControlList: developers }, want: list },
    {
      name: "are on a project",
      definition,
      args: { parent: "projects/shop/branches/dev" },
      want: "parent is not the full name of a Project; give the resource itself or projects/PROJECT",
    },
  ]);
});

describe("a permission on a project", () => {
  const one =
    "accessControlList has an entry without exactly one of userName, groupName and servicePrincipalName; give each entry one of them";
  judges([
    {
      name: "is given to somebody",
      definition,
      args: { accessControlList: [{ permissionLevel: "CAN_USE" }] },
      want: one,
    },
    {
      name: "is given to one principal",
      definition,
      args: { accessControlList: [developers, { ...developers, userName: "ada@example.test" }] },
      want: one,
    },
    {
      name: "is the only one of its principal",
      definition,
      args: { accessControlList: [developers, { ...developers, permissionLevel: "CAN_MANAGE" }] },
      want: `accessControlList has two entries for ${developers.groupName}; leave the smaller one out`,
    },
    {
      name: "is the only one of its principal",
      definition,
      args: { accessControlList: [developers, { groupName: "developers", permissionLevel: "CAN_MANAGE" }] },
      want: "accessControlList has two entries for developers; leave the smaller one out",
    },
    {
      name: "may be another kind's of the same name",
      definition,
      args: {
        accessControlList: [
          { groupName: "ada@example.test", permissionLevel: "CAN_USE" },
          { userName: "ada@example.test", permissionLevel: "CAN_USE" },
        ],
      },
    },
    {
      name: "has a level",
      definition,
      args: { accessControlList: [{ groupName: "developers" }] },
      want: 'accessControlList.0.permissionLevel is missing; ProjectPermissions needs it: it must be "CAN_USE", "CAN_MANAGE" or "CAN_CREATE"',
    },
    {
      name: "has a level that there is on projects",
      definition,
      args: { accessControlList: [{ groupName: "developers", permissionLevel: "CAN_VIEW" }] },
      want: 'accessControlList.0.permissionLevel must be "CAN_USE", "CAN_MANAGE" or "CAN_CREATE"',
    },
  ]);
});

describe("drift: a project's", () => {
  const use = { group_name: "developers", permission_level: "CAN_USE" };
  const manage = { user_name: "ada@example.test", permission_level: "CAN_MANAGE" };
  const both = {
    accessControlList: [{ permissionLevel: "CAN_MANAGE", userName: "ada@example.test" }, developers],
  };
  drifts(definition, { access_control_list: [use] }, [
    {
      field: "permissions in the declared order",
      declared: both,
      same: { access_control_list: [manage, use] },
      changed: {},
      becomes: { accessControlList: [developers] },
    },
    {
      field: "permissions in another order",
      declared: both,
      same: { access_control_list: [use, manage] },
      changed: { access_control_list: [{ ...use, permission_level: "CAN_MANAGE" }, manage] },
      becomes: {
        accessControlList: [
          { groupName: "developers", permissionLevel: "CAN_MANAGE" },
          { userName: "ada@example.test", permissionLevel: "CAN_MANAGE" },
        ],
      },
    },
    {
      field: "permissions beside those that are kept",
      declared: {},
      same: { access_control_list: [{ ...manage, kept: true }, use] },
      changed: { access_control_list: [manage, use] },
      becomes: {
        accessControlList: [{ userName: "ada@example.test", permissionLevel: "CAN_MANAGE" }, developers],
      },
    },
    {
      field: "permissions with one that is kept and declared",
      declared: both,
      same: { access_control_list: [{ ...manage, kept: true }, use] },
      changed: { access_control_list: [use] },
      becomes: { accessControlList: [developers] },
    },
    {
      field: "lack of permissions",
      declared: { accessControlList: [] },
      same: { access_control_list: [{ ...manage, kept: true }] },
      changed: {},
      becomes: { accessControlList: [developers] },
    },
    {
      field: "permission of a kind that is not known here",
      declared: {},
      same: {},
      changed: { access_control_list: [{ ...use, permission_level: "CAN_VIEW" }] },
      becomes: { accessControlList: [{ groupName: "developers", permissionLevel: "CAN_VIEW" }] },
    },
  ]);
});

/** The workspace's answer: permissions of one principal, direct ones and those that it has from above. */
function granted(principal: Readonly<Record<string, string>>, ...levels: readonly string[]) {
  return {
    ...principal,
    display_name: "shown to people",
    all_permissions: levels.map((level) => ({
      permission_level: level.replace("inherited ", ""),
      inherited: level.startsWith("inherited"),
    })),
  };
}

describe("the workspace's answer", () => {
  const ada = { user_name: "ada@example.test" };
  const admins = { group_name: "admins" };
  const pipeline = { service_principal_name: application };
  const rows = [
    {
      name: "is read as the direct permissions",
      answer: [granted(ada, "CAN_MANAGE"), granted(admins, "inherited CAN_MANAGE"), granted(pipeline, "CAN_USE")],
      managers: [],
      want: [
        { ...ada, permission_level: "CAN_MANAGE" },
        { ...pipeline, permission_level: "CAN_USE" },
      ],
    },
    {
      name: "is read as the direct permission of one who has another from above too",
      answer: [granted(ada, "inherited CAN_MANAGE", "CAN_USE")],
      managers: [],
      want: [{ ...ada, permission_level: "CAN_USE" }],
    },
    {
      name: "marks who manages the project anyway",
      answer: [granted(ada, "CAN_MANAGE"), granted(pipeline, "CAN_MANAGE")],
      managers: [application],
      want: [
        { ...ada, permission_level: "CAN_MANAGE" },
        { ...pipeline, permission_level: "CAN_MANAGE", kept: true },
      ],
    },
    {
      name: "marks nobody who may only use it",
      answer: [granted(ada, "CAN_USE")],
      managers: ["ada@example.test"],
      want: [{ ...ada, permission_level: "CAN_USE" }],
    },
    { name: "may have nobody", answer: undefined, managers: ["ada@example.test"], want: [] },
  ];
  test.each(rows)("$name", ({ answer, managers, want }) => {
    const read = definition.foreign?.read(
      { object_id: "/database-projects/shop", access_control_list: answer },
      managers,
    );
    expect(read).toEqual({ access_control_list: want });
  });

  test("shows who was granted something, without those who manage the project anyway", () => {
    const answer = { access_control_list: [granted(ada, "CAN_MANAGE"), granted(pipeline, "CAN_USE")] };
    const resource = { name: "projects/shop/permissions", ...definition.foreign?.read(answer, ["ada@example.test"]) };
    expect(asArguments(definition, resource)).toEqual({
      parent: "projects/shop",
      accessControlList: [{ servicePrincipalName: application, permissionLevel: "CAN_USE" }],
    });
  });
});

describe("what is put in its place", () => {
  const use = { group_name: "developers", permission_level: "CAN_USE" };
  const manager = { user_name: "ada@example.test", permission_level: "CAN_MANAGE" };
  const principal = { service_principal_name: application, permission_level: "CAN_MANAGE" };
  const rows = [
    { name: "is what is declared", body: [use], managers: [], want: [use] },
    {
      name: "is what is declared, with those who go on managing the project",
      body: [use],
      managers: ["ada@example.test", application],
      want: [use, manager, principal],
    },
    {
      name: "leaves them as they are declared",
      body: [use, { ...manager, permission_level: "CAN_USE" }],
      managers: ["ada@example.test"],
      want: [use, { ...manager, permission_level: "CAN_USE" }],
    },
    { name: "is nobody but them after a delete", body: [], managers: ["ada@example.test"], want: [manager] },
  ];
  test.each(rows)("$name", ({ body, managers, want }) => {
    expect(definition.foreign?.write({ access_control_list: body }, managers)).toEqual({ access_control_list: want });
  });

  test("is read back as what was declared", () => {
    const managers = ["ada@example.test"];
    const { access_control_list: all } = definition.foreign?.write({ access_control_list: [use] }, managers) ?? {};
    const answer = (all as readonly Readonly<Record<string, string>>[]).map(({ permission_level = "", ...who }) =>
      granted(who, permission_level),
    );
    const resource = {
      name: "projects/shop/permissions",
      ...definition.foreign?.read({ access_control_list: answer }, managers),
    };
    expect(project(definition, args(definition), resource)).toEqual(args(definition));
  });

  test("is at an address of the workspace's own", () => {
    expect(definition.foreign?.path("projects/shop/permissions")).toBe("/api/2.0/permissions/database-projects/shop");
  });
});
