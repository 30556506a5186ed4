import * as limits from "../../../provider/rules/limits";

test("the limits are the documented ones", () => {
  expect(limits).toEqual({
    branchTtl: { least: 1, most: 2_592_000 },
    branchesPerProject: 500,
    compute: {
      defaultCu: 1,
      fixed: [72, 80, 88, 96, 104, 112],
      largestAutoscaling: 64,
      serviceSpread: 16,
      smallest: 0.5,
      spread: 8,
    },
    defaultHistoryRetention: "604800s",
    defaultSuspendTimeout: "86400s",
    displayName: { least: 1, most: 256 },
    endpointId: { least: 3, most: 63, pattern: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/ },
    groupSize: { least: 1, most: 4 },
    historyRetention: { least: 172_800, most: 3_024_000 },
    pgVersions: [16, 17, 18],
    protectedBranchesPerProject: 1,
    readWriteEndpointId: "primary",
    resourceId: { least: 1, most: 63, pattern: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/ },
    rootBranchId: "production",
    suspendTimeout: { least: 60, most: 604_800 },
  });
});
