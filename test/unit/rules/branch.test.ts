import { unknownValue } from "../../../provider/schema/unknown";
import { failures, judges } from "../support/checking";
import { args, branch } from "../support/resources";

const definition = branch;
const lifetime = { ttl: "7d" };
const moment = { expireTime: "2030-01-02T03:04:05Z" };

describe("the source of a branch", () => {
  judges([
    { name: "may be left out", definition, args: {} },
    { name: "may be in the same project", definition, args: { sourceBranch: "projects/shop/branches/main" } },
    {
      name: "may not be in another project",
      definition,
      args: { sourceBranch: "projects/store/branches/main" },
      want: "sourceBranch is projects/store/branches/main, which is not in projects/shop; give a branch of the same project",
    },
    {
      name: "may not be in a project whose name only begins alike",
      definition,
      args: { sourceBranch: "projects/shop-2/branches/main" },
      want: "sourceBranch is projects/shop-2/branches/main, which is not in projects/shop; give a branch of the same project",
    },
    {
      name: "may not be the branch itself",
      definition,
      args: { sourceBranch: "projects/shop/branches/dev" },
      want: "sourceBranch is the branch itself; give the branch that it is made from",
    },
    {
      name: "does not apply to the root",
      definition,
      args: { branchId: "production", sourceBranch: "projects/shop/branches/main" },
      want: "sourceBranch does not apply to 'production', the root that the service makes with the project; leave it out",
    },
    {
      name: "has no position for the root",
      definition,
      args: { branchId: "production", sourceBranchLsn: "0/1A2B" },
      want: "sourceBranchLsn does not apply to 'production', the root that the service makes with the project; leave it out",
    },
    {
      name: "has no moment for the root",
      definition,
      args: { branchId: "production", sourceBranchTime: "2026-11-24T12:00:01Z" },
      want: "sourceBranchTime does not apply to 'production', the root that the service makes with the project; leave it out",
    },
    {
      name: "is not judged while the project is not known",
      definition,
      args: { parent: unknownValue, sourceBranch: "projects/store/branches/main" },
    },
    { name: "is not judged while it is not known", definition, args: { sourceBranch: unknownValue } },
    {
      name: "is not judged by a project that is wrong",
      definition,
      args: { parent: "shop", sourceBranch: "projects/shop/branches/main" },
      want: "parent is not the full name of a Project; give the resource itself or projects/PROJECT",
    },
  ]);
});

describe("a branch that is restored from a snapshot", () => {
  const sourceSnapshot = "projects/shop/snapshots/nightly";
  judges([
    { name: "has a snapshot of the same project", definition, args: { sourceSnapshot } },
    {
      name: "has no snapshot of another project",
      definition,
      args: { sourceSnapshot: "projects/shop-2/snapshots/nightly" },
      want: "sourceSnapshot is projects/shop-2/snapshots/nightly, which is not in projects/shop; give a snapshot of the same project",
    },
    {
      name: "has no source beside it",
      definition,
      args: { sourceSnapshot, sourceBranch: "projects/shop/branches/main" },
      want: "sourceBranch does not go with sourceSnapshot: a branch that is restored has no source; give only one of them",
    },
    {
      name: "is not the root",
      definition,
      args: { branchId: "production", sourceSnapshot },
      want: "sourceSnapshot does not apply to 'production', the root that the service makes with the project; leave it out",
    },
    {
      name: "is not judged while the project is not known",
      definition,
      args: { parent: unknownValue, sourceSnapshot },
    },
    { name: "is not judged while the snapshot is not known", definition, args: { sourceSnapshot: unknownValue } },
  ]);
});

describe("a branch that expires", () => {
  const clash =
    "does not go with isProtected: a protected branch cannot expire; write noExpiry: true, or isProtected: false";
  const root = "does not apply to 'production', which cannot expire; leave it out";
  judges([
    { name: "after a time", definition, args: lifetime },
    { name: "at a moment", definition, args: moment },
    { name: "may say that it is not protected", definition, args: { ...lifetime, isProtected: false } },
    {
      name: "after a time is not protected",
      definition,
      args: { ...lifetime, isProtected: true },
      want: `ttl ${clash}`,
    },
    {
      name: "at a moment is not protected",
      definition,
      args: { ...moment, isProtected: true },
      want: `expireTime ${clash}`,
    },
    { name: "never is well protected", definition, args: { noExpiry: true, isProtected: true } },
    {
      name: "after a time is not the root",
      definition,
      args: { ...lifetime, branchId: "production" },
      want: `ttl ${root}`,
    },
    {
      name: "at a moment is not the root",
      definition,
      args: { ...moment, branchId: "production" },
      want: `expireTime ${root}`,
    },
    { name: "never may be the root", definition, args: { branchId: "production", noExpiry: true, isProtected: true } },
    { name: "is not judged while its time is not known", definition, args: { ttl: unknownValue, isProtected: true } },
    {
      name: "is not judged while its protection is not known",
      definition,
      args: { ...lifetime, isProtected: unknownValue },
    },
    {
      name: "is judged by its protection while its id is not known",
      definition,
      args: { ...lifetime, branchId: unknownValue, isProtected: true },
      want: `ttl ${clash}`,
    },
  ]);
});

describe("the moment at which a new branch expires", () => {
  const now = Date.parse("2026-12-01T00:00:00Z");
  const definition = branch;
  const write = "write a moment within 30d from now";
  judges(
    [
      { name: "comes", definition, args: { expireTime: "2026-12-08T00:00:00Z" } },
      { name: "is the last one that the service takes", definition, args: { expireTime: "2026-12-31T00:00:00Z" } },
      {
        name: "is too far away",
        definition,
        args: { expireTime: "2026-12-31T00:00:01Z" },
        want: `expireTime is more than 30d from now, the most that the service allows; ${write}`,
      },
      {
        name: "is over",
        definition,
        args: { expireTime: "2026-11-30T23:59:59Z" },
        want: `expireTime is over already; ${write}`,
      },
    ],
    { now },
  );

  test("is not judged again for a branch that exists", () => {
    const olds = args(definition, { expireTime: "2026-11-30T23:59:59Z" });
    expect(failures(definition, { expireTime: "2026-11-30T23:59:59Z" }, { now, olds })).toEqual([]);
    expect(failures(definition, { expireTime: "2026-11-30T23:59:58Z" }, { now, olds })).toHaveLength(1);
  });
});
