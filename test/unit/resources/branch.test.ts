import { judges } from "../support/checking";
import { branch } from "../support/resources";

const definition = branch;

describe("a branch's project", () => {
  judges([
    { name: "is a full name", definition, args: { parent: "projects/store" } },
    {
      name: "is not a branch",
      definition,
      args: { parent: "projects/shop/branches/main" },
      want: "parent is not the full name of a Project; give the resource itself or projects/PROJECT",
    },
    {
      name: "is not a uid",
      definition,
      args: { parent: "proj-quiet-leaf-1a2b" },
      want: "parent looks like a uid, which the service does not take here; give the Project or its full name, projects/PROJECT",
    },
  ]);
});

describe("a branch's id", () => {
  judges([
    { name: "may have one letter", definition, args: { branchId: "b" } },
    {
      name: "has no capitals",
      definition,
      args: { branchId: "Dev" },
      want: "branchId is not an id that the service takes; write 1 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last",
    },
  ]);
});

describe("a branch's source", () => {
  judges([
    {
      name: "is not a uid",
      definition,
      args: { sourceBranch: "br-quiet-leaf-1a2b3c4d" },
      want: "sourceBranch looks like a uid, which the service does not take here; give the Branch or its full name, projects/PROJECT/branches/BRANCH",
    },
    { name: "may be taken at a position", definition, args: { sourceBranchLsn: "0/1A2B3C4" } },
    { name: "may be taken at a moment", definition, args: { sourceBranchTime: "2026-11-24T12:00:01+01:00" } },
    { name: "may be a snapshot", definition, args: { sourceSnapshot: "projects/shop/snapshots/nightly" } },
    {
      name: "is a snapshot by its full name",
      definition,
      args: { sourceSnapshot: "nightly" },
      want: "sourceSnapshot is not the full name of a Snapshot; give the resource itself or projects/PROJECT/snapshots/SNAPSHOT",
    },
    {
      name: "is a snapshot, which has its moment already",
      definition,
      args: { sourceSnapshot: "projects/shop/snapshots/nightly", sourceBranchTime: "2026-11-24T12:00:01Z" },
      want: "sourceBranchTime does not go with sourceSnapshot: give only one of them",
    },
    {
      name: "is taken at one of them",
      definition,
      args: { sourceBranchLsn: "0/1A2B3C4", sourceBranchTime: "2026-11-24T12:00:01Z" },
      want: "sourceBranchLsn does not go with sourceBranchTime: give only one of them",
    },
    {
      name: "is not taken at a moment that does not exist",
      definition,
      args: { sourceBranchTime: "2026-02-31T12:00:00Z" },
      want: 'sourceBranchTime is not a timestamp; write an RFC 3339 timestamp such as "2026-12-31T12:00:00Z"',
    },
    {
      name: "is not taken at a position that is none",
      definition,
      args: { sourceBranchLsn: "1A2B3C4" },
      want: 'sourceBranchLsn is not a log sequence number; write it as Postgres does, "0/1A2B3C4"',
    },
  ]);
});

describe("a branch's expiration", () => {
  const oneOf = "give only one of them";
  judges([
    { name: "may be left out", definition, args: {} },
    { name: "may be none", definition, args: { noExpiry: true } },
    { name: "may be 30 days away", definition, args: { ttl: "30d" } },
    { name: "may be a second away", definition, args: { ttl: "1s" } },
    { name: "may be a moment", definition, args: { expireTime: "2026-12-31T12:00:00Z" } },
    {
      name: "may not be further away than 30 days",
      definition,
      args: { ttl: "30d1s" },
      want: "ttl is longer than the service allows; write 1s to 30d",
    },
    {
      name: "may not be at once",
      definition,
      args: { ttl: "0s" },
      want: "ttl is shorter than the service allows; write 1s to 30d",
    },
    {
      name: "may not be a moment that does not exist",
      definition,
      args: { expireTime: "2026-02-31T12:00:00Z" },
      want: 'expireTime is not a timestamp; write an RFC 3339 timestamp such as "2026-12-31T12:00:00Z"',
    },
    {
      name: "is not switched on by noExpiry: false",
      definition,
      args: { noExpiry: false },
      want: "noExpiry can only be true; to let the branch expire, write ttl, slidingTtl or expireTime instead",
    },
    {
      name: "is not both a time and none",
      definition,
      args: { ttl: "7d", noExpiry: true },
      want: `ttl does not go with noExpiry: ${oneOf}`,
    },
    {
      name: "is not both a moment and a time",
      definition,
      args: { expireTime: "2026-12-31T12:00:00Z", ttl: "7d" },
      want: `expireTime does not go with ttl: ${oneOf}`,
    },
    {
      name: "is not all three",
      definition,
      args: { expireTime: "2026-12-31T12:00:00Z", ttl: "7d", noExpiry: true },
      want: `expireTime does not go with ttl and noExpiry: ${oneOf}`,
    },
  ]);
});

describe("a branch's switches", () => {
  const switches = ["isProtected", "purgeOnDelete", "deletionProtection", "allowReplace", "adopt", "deleteOnRelease"];
  judges([
    ...switches.map((name) => ({ name: `${name} is on`, definition, args: { [name]: true } })),
    ...switches.map((name) => ({
      name: `${name} is no number`,
      definition,
      args: { [name]: 1 },
      want: `${name} must be true or false`,
    })),
  ]);
});

describe("what becomes of a branch", () => {
  judges([
    ...["recreate", "forget"].map((onExpiry) => ({
      name: `that has expired is to ${onExpiry}`,
      definition,
      args: { onExpiry },
    })),
    {
      name: "that has expired is one of two things",
      definition,
      args: { onExpiry: "delete" },
      want: 'onExpiry must be "recreate" or "forget"',
    },
    ...["fail", "undelete", "purge"].map((onTombstone) => ({
      name: `whose id a deleted one holds is to ${onTombstone}`,
      definition,
      args: { onTombstone },
    })),
    {
      name: "whose id a deleted one holds is one of three things",
      definition,
      args: { onTombstone: true },
      want: 'onTombstone must be "fail", "undelete" or "purge"',
    },
  ]);
});
