import { unknownValue } from "../../../provider/schema/unknown";
import { judges } from "../support/checking";
import { drifts } from "../support/drift";
import { snapshot } from "../support/resources";

const definition = snapshot;
const production = "projects/shop/branches/production";

describe("a snapshot's id", () => {
  judges([
    { name: "is as a branch's", definition, args: { snapshotId: "before-migration-2" } },
    {
      name: "is needed",
      definition,
      args: { snapshotId: undefined },
      want: "snapshotId is missing; Snapshot needs it: it must be an id; write 1 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last",
    },
  ]);
});

describe("a snapshot's branch", () => {
  judges([
    { name: "is one of its project", definition, args: { sourceBranch: "projects/shop/branches/restored" } },
    {
      name: "is not one of another project",
      definition,
      args: { sourceBranch: "projects/shop-2/branches/production" },
      want: "sourceBranch is projects/shop-2/branches/production, which is not in projects/shop; give a branch of the same project",
    },
    {
      name: "is needed",
      definition,
      args: { sourceBranch: undefined },
      want: "sourceBranch is missing; Snapshot needs it: it must be a Branch or its full name, projects/PROJECT/branches/BRANCH",
    },
    { name: "is not judged while the project is not known", definition, args: { parent: unknownValue } },
    { name: "may be taken at a position", definition, args: { sourceBranchLsn: "0/1A2B" } },
    { name: "may be taken at a moment", definition, args: { sourceBranchTime: "2026-11-24T12:00:01Z" } },
    {
      name: "is taken at one of them",
      definition,
      args: { sourceBranchLsn: "0/1A2B", sourceBranchTime: "2026-11-24T12:00:01Z" },
      want: "sourceBranchLsn does not go with sourceBranchTime: give only one of them",
    },
  ]);
});

describe("a snapshot's expiration", () => {
  judges([
    { name: "may be left out", definition, args: {} },
    { name: "may be a long time away", definition, args: { ttl: "400d" } },
    { name: "may be a moment", definition, args: { expireTime: "2030-01-02T03:04:05Z" } },
    { name: "may be none", definition, args: { noExpiry: true } },
    {
      name: "is not switched on by noExpiry: false",
      definition,
      args: { noExpiry: false },
      want: "noExpiry can only be true; to let the snapshot expire, write ttl or expireTime instead",
    },
    {
      name: "is not all three",
      definition,
      args: { expireTime: "2030-01-02T03:04:05Z", ttl: "7d", noExpiry: true },
      want: "expireTime does not go with ttl and noExpiry: give only one of them",
    },
    ...["recreate", "forget"].map((onExpiry) => ({
      name: `may be followed by ${onExpiry}`,
      definition,
      args: { onExpiry },
    })),
    {
      name: "is followed by one of two things",
      definition,
      args: { onExpiry: "keep" },
      want: 'onExpiry must be "recreate" or "forget"',
    },
  ]);
});

describe("drift: a snapshot's", () => {
  const status = {
    source_branch: production,
    expire_time: "2026-12-01T12:00:00Z",
    full_size_bytes: "1024",
    diff_size_bytes: 0,
  };
  drifts(definition, status, [
    {
      field: "branch",
      declared: { sourceBranchLsn: "0/1A2B" },
      same: {},
      changed: { source_branch: "projects/shop/branches/restored" },
      becomes: { sourceBranchLsn: "0/1A2B", sourceBranch: "projects/shop/branches/restored" },
    },
    {
      field: "expiration as a time",
      declared: { ttl: "7d" },
      same: { expire_time: "2026-12-01T12:00:01Z" },
      changed: { expire_time: "2026-12-01T12:00:02Z" },
      becomes: { ttl: "604802s" },
    },
    {
      field: "expiration as a moment",
      declared: { expireTime: "2026-12-01T13:00:00+01:00" },
      same: {},
      changed: { expire_time: "2026-12-02T12:00:00Z" },
      becomes: { expireTime: "2026-12-02T12:00:00Z" },
    },
    {
      field: "expiration that is gone",
      declared: { ttl: "7d" },
      same: {},
      changed: { expire_time: undefined, no_expiry: true },
      becomes: { noExpiry: true },
    },
    {
      field: "lack of an expiration",
      declared: { noExpiry: true },
      same: { expire_time: undefined, no_expiry: true },
      changed: {},
      becomes: { expireTime: "2026-12-01T12:00:00Z" },
    },
  ]);
});
