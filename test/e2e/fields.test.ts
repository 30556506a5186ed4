/**
 * Every mutable field of every resource, through the real engine: added, changed, edited by somebody else, set right,
 * removed. All cases go through each step together, each with a resource of its own.
 */
import { useEmulator } from "../support/emulator.ts";
import { useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

type Values = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  readonly type: "Project" | "Branch" | "Endpoint";
  /** Declared all along. */
  readonly base?: Values;
  readonly added: Values;
  readonly changed: Values;
  /** The one path of the update mask of each change. */
  readonly mask: string;
  /** What the bodies of the three changes set there. */
  readonly bodies: readonly [added: Values, changed: Values, removed: Values];
  /** Somebody else's PATCH. */
  readonly outside: Values;
  /** The service's default is not known, so a removal is refused. */
  readonly kept?: true;
}

/** One leaf of a message. */
function leaf(
  type: Case["type"],
  path: string,
  values: readonly [unknown, unknown],
  reset: unknown,
  foreign: unknown,
): Case {
  const keys = path.split(".");
  const wire = path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const at = (in_: readonly string[], value: unknown): Values =>
    in_.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values;
  const body = (value: unknown) => at(["spec", ...wire.split(".")], value);
  return {
    name: `${type}.${path}`,
    type,
    added: at(keys, values[0]),
    changed: at(keys, values[1]),
    mask: `spec.${wire}`,
    bodies: [body(values[0]), body(values[1]), body(reset)],
    outside: body(foreign),
  };
}

const settings = "defaultEndpointSettings";
const days = (n: number) =>
  new Date(Math.ceil(Date.now() / 1000) * 1000 + n * 86_400_000).toISOString().replace(".000", "");
const [inTwoDays, inThreeDays] = [days(2), days(3)];

const cases: readonly Case[] = [
  { ...leaf("Project", "displayName", ["One", "Two"], undefined, "Theirs"), kept: true },
  { ...leaf("Project", "budgetPolicyId", ["policy-1", "policy-2"], undefined, "policy-3"), kept: true },
  {
    name: "Project.defaultBranch",
    type: "Project",
    added: { defaultBranch: "projects/p2/branches/one" },
    changed: { defaultBranch: "projects/p2/branches/two" },
    mask: "spec.default_branch",
    bodies: [
      { spec: { default_branch: "projects/p2/branches/one" } },
      { spec: { default_branch: "projects/p2/branches/two" } },
      { spec: { default_branch: "projects/p2/branches/production" } },
    ],
    outside: { spec: { default_branch: "projects/p2/branches/production" } },
  },
  {
    ...leaf("Project", "historyRetentionDuration", ["3d", "4d"], "604800s", "432000s"),
    bodies: [
      { spec: { history_retention_duration: "259200s" } },
      { spec: { history_retention_duration: "345600s" } },
      { spec: { history_retention_duration: "604800s" } },
    ],
  },
  leaf("Project", "enablePgNativeLogin", [false, true], false, false),
  {
    ...leaf("Project", `${settings}.autoscalingLimitMinCu`, [0.5, 2], 1, 1),
    base: { [settings]: { autoscalingLimitMaxCu: 4 } },
  },
  leaf("Project", `${settings}.autoscalingLimitMaxCu`, [2, 4], 1, 8),
  leaf(
    "Project",
    `${settings}.pgSettings`,
    [{ work_mem: "4MB" }, { work_mem: "8MB", jit: "off" }],
    {},
    { work_mem: "9MB" },
  ),
  {
    name: "Project suspension",
    type: "Project",
    added: { [settings]: { suspendTimeoutDuration: "5m" } },
    changed: { [settings]: { noSuspension: true } },
    mask: "spec.default_endpoint_settings.suspension",
    bodies: [
      { spec: { default_endpoint_settings: { suspend_timeout_duration: "300s" } } },
      { spec: { default_endpoint_settings: { no_suspension: true } } },
      { spec: { default_endpoint_settings: { suspend_timeout_duration: "86400s" } } },
    ],
    outside: { spec: { default_endpoint_settings: { suspend_timeout_duration: "600s" } } },
  },
  {
    name: "Project.customTags",
    type: "Project",
    added: { customTags: { team: "shop" } },
    changed: { customTags: { team: "shop", stage: "dev" } },
    mask: "spec.custom_tags",
    bodies: [
      { spec: { custom_tags: [{ key: "team", value: "shop" }] } },
      {
        spec: {
          custom_tags: [
            { key: "stage", value: "dev" },
            { key: "team", value: "shop" },
          ],
        },
      },
      { spec: { custom_tags: [] } },
    ],
    outside: { spec: { custom_tags: [{ key: "team", value: "somebody" }] } },
  },
  leaf("Branch", "isProtected", [false, true], false, false),
  {
    name: "Branch expiration",
    type: "Branch",
    added: { expireTime: inTwoDays },
    changed: { ttl: "3d" },
    mask: "spec.expiration",
    bodies: [{ spec: { expire_time: inTwoDays } }, { spec: { ttl: "259200s" } }, { spec: { no_expiry: true } }],
    outside: { spec: { expire_time: days(5) } },
  },
  {
    name: "Branch without an expiration",
    type: "Branch",
    added: { ttl: "1d" },
    changed: {},
    mask: "spec.expiration",
    bodies: [{ spec: { ttl: "86400s" } }, { spec: { no_expiry: true } }, {}],
    outside: { spec: { expire_time: inThreeDays } },
  },
  { ...leaf("Endpoint", "autoscalingLimitMinCu", [0.5, 2], 1, 1), base: { autoscalingLimitMaxCu: 4 } },
  leaf("Endpoint", "autoscalingLimitMaxCu", [3, 4], 2, 8),
  {
    name: "Endpoint suspension",
    type: "Endpoint",
    added: { suspendTimeoutDuration: "5m" },
    changed: { noSuspension: true },
    mask: "spec.suspension",
    bodies: [
      { spec: { suspend_timeout_duration: "300s" } },
      { spec: { no_suspension: true } },
      { spec: { suspend_timeout_duration: "1200s" } },
    ],
    outside: { spec: { suspend_timeout_duration: "600s" } },
  },
  leaf("Endpoint", "disabled", [false, true], false, false),
  leaf("Endpoint", "settings.pgSettings", [{ work_mem: "4MB" }, { work_mem: "8MB" }], {}, { work_mem: "9MB" }),
  leaf("Endpoint", "group.enableReadableSecondaries", [false, true], false, false),
  {
    name: "Endpoint.group",
    type: "Endpoint",
    base: { noSuspension: true },
    added: { group: { min: 2, max: 2 } },
    changed: { group: { min: 3, max: 3 } },
    mask: "spec.group.min,spec.group.max",
    bodies: [
      { spec: { group: { min: 2, max: 2 } } },
      { spec: { group: { min: 3, max: 3 } } },
      { spec: { group: { min: 1, max: 1 } } },
    ],
    outside: { spec: { group: { min: 4, max: 4 } } },
  },
];

/** The project that endpoints are in, whose declared defaults a removed argument falls back to. */
const shared = {
  projectId: "shared",
  [settings]: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 2, suspendTimeoutDuration: "20m" },
};

function program(pick: (one: Case) => Values): string {
  const declared = cases.map((one, n) => ({ n, type: one.type, args: deepMerge(one.base ?? {}, pick(one)) }));
  return `
    const lakebase = require("pulumi-lakebase");
    const shared = new lakebase.Project("shared", ${JSON.stringify(shared)});
    for (const { n, type, args } of ${JSON.stringify(declared)}) {
      if (type === "Project") {
        const project = new lakebase.Project("case" + n, { projectId: "p" + n, ...args });
        if (n === ${cases.findIndex(({ name }) => name === "Project.defaultBranch")}) {
          for (const branchId of ["one", "two"]) new lakebase.Branch(branchId, { parent: project, branchId });
        }
      } else if (type === "Branch") {
        new lakebase.Branch("case" + n, { parent: shared, branchId: "b" + n, ...args });
      } else {
        const branch = new lakebase.Branch("parent" + n, { parent: shared, branchId: "b" + n });
        const endpointType = "ENDPOINT_TYPE_READ_WRITE";
        new lakebase.Endpoint("case" + n, { parent: branch, endpointId: "primary", endpointType, ...args });
      }
    }
  `;
}

function deepMerge(a: Values, b: Values): Values {
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = merged[key];
    const both = [before, value].every((side) => typeof side === "object" && side !== null && !Array.isArray(side));
    merged[key] = both ? deepMerge(before as Values, value as Values) : value;
  }
  return merged;
}

function fullName({ type }: Case, n: number): string {
  if (type === "Project") return `projects/p${n}`;
  return `projects/shared/branches/b${n}${type === "Endpoint" ? "/endpoints/primary" : ""}`;
}

test("each field is added, changed, found edited, set right and removed with its own mask", async () => {
  const stack = await newStack({ program: program(() => ({})), env: emulator.env });
  const patches = async () =>
    Object.fromEntries(
      (await emulator.requests())
        .filter(({ method }) => method !== "GET")
        .map(({ method, path, query, body }) => [`${method} ${path}`, { mask: query["update_mask"], body }]),
    );
  const wanted = (change: 0 | 1 | 2) =>
    Object.fromEntries(
      cases.flatMap((one, n) => {
        const body = one.bodies[change];
        return Object.keys(body).length === 0 || (one.kept && change === 2)
          ? []
          : [[`PATCH ${fullName(one, n)}`, { mask: one.mask, body }]];
      }),
    );
  const operations = (word: string) =>
    Object.fromEntries([
      ["shared", "same"],
      ["one", "same"],
      ["two", "same"],
      ...cases.map((_, n) => [`case${n}`, word]),
      ...cases.flatMap(({ type }, n) => (type === "Endpoint" ? [[`parent${n}`, "same"]] : [])),
    ]);
  const run = async (step: Promise<{ readonly status: number; readonly stdout: string }>) => {
    const { status, stdout } = await step;
    expect({ status, stdout: status === 0 ? "" : stdout }).toEqual({ status: 0, stdout: "" });
    return patches();
  };
  const declare = (pick: (one: Case) => Values) => stack.write("index.js", program(pick));

  await run(stack.up());

  declare(({ added }) => added);
  expect(await run(stack.up())).toEqual(wanted(0));

  declare(({ changed }) => changed);
  expect(await run(stack.up())).toEqual(wanted(1));
  expect(await run(stack.refresh("--expect-no-changes"))).toEqual({});

  for (const [n, one] of cases.entries()) {
    await emulator.outside("PATCH", `${fullName(one, n)}?update_mask=${one.mask}`, one.outside);
  }
  await emulator.requests();
  const drift = await stack.refresh("--preview-only", "--expect-no-changes");
  expect(drift.status).not.toBe(0);
  expect(drift.operations).toEqual(operations("update"));
  expect(await patches()).toEqual({});
  const repaired = wanted(1);
  const withoutExpiration = cases.findIndex(({ name }) => name === "Branch without an expiration");
  expect(await run(stack.up("--refresh"))).toEqual({
    ...repaired,
    [`PATCH projects/shared/branches/b${withoutExpiration}`]: {
      mask: "spec.expiration",
      body: { spec: { no_expiry: true } },
    },
  });
  expect(await run(stack.refresh("--expect-no-changes"))).toEqual({});

  declare(() => ({}));
  const refused = await stack.preview();
  // The engine ends a preview at the first error.
  expect(refused.diagnostics.find(({ severity }) => severity === "error")?.message).toMatch(
    /(displayName|budgetPolicyId) was removed, but the service keeps the old value.*; write "(Two|policy-2)" to keep it/,
  );

  declare(({ kept, changed }) => (kept ? changed : {}));
  expect(await run(stack.up())).toEqual(wanted(2));
  expect(await run(stack.up("--expect-no-changes"))).toEqual({});
  await run(stack.destroy());
});
