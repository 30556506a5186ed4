import { branchesIn } from "../../../provider/command/owned";

const shop = "projects/shop/branches";
const dynamic = "pulumi-nodejs:dynamic/lakebase";

const state = {
  version: 3,
  deployment: {
    manifest: { time: "2026-12-01T10:00:00Z" },
    resources: [
      { urn: "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev", outputs: { all: [`${shop}/only-an-output`] } },
      { type: `${dynamic}:Branch`, id: `${shop}/made`, inputs: { parent: "projects/shop", branchId: "made" } },
      { type: `${dynamic}:Branch`, id: `${shop}/looked-up`, external: true },
      { type: `${dynamic}:Endpoint`, id: `${shop}/has-an-endpoint/endpoints/primary` },
      { type: `${dynamic}:SyncedTable`, id: "synced_tables/a.b.c", inputs: { branch: `${shop}/named` } },
      { type: `${dynamic}:Branch`, id: "projects/store/branches/made", inputs: { list: [{ deep: `${shop}/deep` }] } },
      { type: "random:index:Id", id: "x/projects/shop/branches/not-at-the-start" },
      { type: `${dynamic}:Project`, id: "projects/shop" },
    ],
    pending_operations: [
      { type: "creating", resource: { type: `${dynamic}:Branch`, inputs: { name: `${shop}/under-way` } } },
    ],
  },
};

test("a state has what its resources are, lie in and name, and what was under way", () => {
  const want = ["made", "looked-up", "has-an-endpoint", "named", "deep", "under-way"].map((id) => `${shop}/${id}`);
  expect([...(branchesIn(state) ?? [])].sort()).toEqual([...want, "projects/store/branches/made"].sort());
});

test.each([
  ["a stack that has nothing yet", { version: 3, deployment: { manifest: {} } }, new Set()],
  ["no state", { resources: [] }, undefined],
  ["a list", [], undefined],
  ["nothing", null, undefined],
])("of %s", (_name, given, want) => {
  expect(branchesIn(given)).toEqual(want);
});
