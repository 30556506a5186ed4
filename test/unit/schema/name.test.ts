import type { AnyDefinition } from "../../../provider/schema/definition";
import { fullName, idQuery, projectOf } from "../../../provider/schema/name";
import { unknownValue } from "../../../provider/schema/unknown";
import { args, branch, endpoint, project, type Values } from "../support/resources";

describe("a full name", () => {
  const dev = "projects/shop/branches/dev";
  const rows: readonly { name: string; definition: AnyDefinition; given: Values; want: string | undefined }[] = [
    { name: "of a project is its id's", definition: project, given: { projectId: "shop" }, want: "projects/shop" },
    {
      name: "of a branch goes on from its project's",
      definition: branch,
      given: { parent: "projects/shop", branchId: "dev" },
      want: dev,
    },
    {
      name: "of an endpoint goes on from its branch's",
      definition: endpoint,
      given: { parent: dev, endpointId: "replica" },
      want: `${dev}/endpoints/replica`,
    },
    { name: "needs an id", definition: branch, given: { parent: "projects/shop" }, want: undefined },
    { name: "needs an id that says something", definition: project, given: { projectId: "" }, want: undefined },
    { name: "needs an id that is known", definition: project, given: { projectId: unknownValue }, want: undefined },
    { name: "needs a parent", definition: branch, given: { branchId: "dev" }, want: undefined },
    {
      name: "needs a parent that is known",
      definition: branch,
      given: { parent: unknownValue, branchId: "dev" },
      want: undefined,
    },
    { name: "needs texts", definition: branch, given: { parent: {}, branchId: 1 }, want: undefined },
  ];
  test.each(rows)("$name", ({ definition, given, want }) => {
    expect(fullName(definition, given)).toBe(want);
  });

  test("begins with its project's", () => {
    expect(projectOf(fullName(endpoint, args(endpoint)) ?? "")).toBe("projects/shop");
    expect(projectOf("projects/shop")).toBe("projects/shop");
  });
});

test("a create sends the id as the parameter that the service expects", () => {
  const ids = { projectId: "p", branchId: "b", endpointId: "e" };
  expect([project, branch, endpoint].map((definition) => idQuery(definition, ids))).toEqual([
    { project_id: "p" },
    { branch_id: "b" },
    { endpoint_id: "e" },
  ]);
});
