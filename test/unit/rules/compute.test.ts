import { compute } from "../../../provider/rules/limits";
import { unknownValue } from "../../../provider/schema/unknown";
import { complaint, failures, judges, type Row } from "../support/checking";
import { endpoint, project, type Values } from "../support/resources";

const places = [
  { place: "an endpoint", definition: endpoint, prefix: "", put: (size: Values): Values => size },
  {
    place: "a project's default settings",
    definition: project,
    prefix: "defaultEndpointSettings.",
    put: (size: Values): Values => ({ defaultEndpointSettings: size }),
  },
  {
    place: "a project's first endpoint",
    definition: project,
    prefix: "initialEndpointSpec.",
    put: (size: Values): Values => ({ initialEndpointSpec: size }),
  },
];

function sized(min?: unknown, max?: unknown): Values {
  return {
    ...(min !== undefined && { autoscalingLimitMinCu: min }),
    ...(max !== undefined && { autoscalingLimitMaxCu: max }),
  };
}

const offered = "0.5 or a whole number up to 64, or, with minimum and maximum equal, one of 72, 80, 88, 96, 104, 112";
const raise =
  "; the service itself allows 16, so 'pulumi config set lakebase:autoscalingSpreadLimit 16' raises the limit";

describe.each(places)("the size of $place", ({ definition, prefix, put }) => {
  const accepted: readonly { name: string; size: Values }[] = [
    { name: "may be the smallest", size: sized(0.5, 0.5) },
    { name: "may be a whole number", size: sized(3, 7) },
    { name: "may lie 8 CU apart", size: sized(1, 9) },
    { name: "may lie 7.5 CU apart, the most above half a CU", size: sized(0.5, 8) },
    { name: "may be the largest that autoscales", size: sized(56, 64) },
    { name: "may be the smallest fixed one", size: sized(72, 72) },
    { name: "may be the largest fixed one", size: sized(112, 112) },
    { name: "may be left out", size: {} },
  ];
  test.each(accepted)("$name", ({ size }) => {
    expect(complaint(definition, put(size))).toBeUndefined();
  });

  const refused: readonly { name: string; size: Values; want: string }[] = [
    {
      name: "may not be half of something",
      size: sized(2.5, 4),
      want: `autoscalingLimitMinCu is 2.5 CU, which the service does not offer; write ${offered}`,
    },
    {
      name: "may not be nothing",
      size: sized(0, 4),
      want: `autoscalingLimitMinCu is 0 CU, which the service does not offer; write ${offered}`,
    },
    {
      name: "may not be negative",
      size: sized(-1, 4),
      want: `autoscalingLimitMinCu is -1 CU, which the service does not offer; write ${offered}`,
    },
    {
      name: "may not lie between two fixed ones",
      size: sized(60, 65),
      want: `autoscalingLimitMaxCu is 65 CU, which the service does not offer; write ${offered}`,
    },
    {
      name: "may not be larger than the largest, and is told so once however far the minimum is",
      size: sized(1, 120),
      want: `autoscalingLimitMaxCu is 120 CU, which the service does not offer; write ${offered}`,
    },
    {
      name: "may not be a text",
      size: sized("1", 2),
      want: "autoscalingLimitMinCu must be a number of compute units (CU)",
    },
    {
      name: "may not have a minimum above its maximum",
      size: sized(4, 2),
      want: "autoscalingLimitMinCu is 4 CU, more than autoscalingLimitMaxCu (2); write a minimum of at most 2 or a larger maximum",
    },
    {
      name: "may not autoscale up to a fixed one",
      size: sized(64, 72),
      want: "autoscalingLimitMaxCu is 72 CU, a fixed size that does not autoscale; write 72 for the minimum too, or a maximum of at most 64",
    },
    {
      name: "may not autoscale between fixed ones",
      size: sized(72, 80),
      want: "autoscalingLimitMaxCu is 80 CU, a fixed size that does not autoscale; write 80 for the minimum too, or a maximum of at most 64",
    },
    {
      name: "may not lie 9 CU apart",
      size: sized(1, 10),
      want: `autoscalingLimitMaxCu is 10 CU, 9 above autoscalingLimitMinCu (1), and the limit is 8; write a maximum of at most 9 or a minimum of at least 2${raise}`,
    },
    {
      name: "may not lie 8.5 CU apart",
      size: sized(0.5, 9),
      want: `autoscalingLimitMaxCu is 9 CU, 8.5 above autoscalingLimitMinCu (0.5), and the limit is 8; write a maximum of at most 8 or a minimum of at least 1${raise}`,
    },
  ];
  test.each(refused)("$name", ({ size, want }) => {
    expect(complaint(definition, put(size))).toBe(prefix + want);
  });

  test("is judged as far as it is known", () => {
    expect(complaint(definition, put(sized(unknownValue, 9)))).toBeUndefined();
    expect(complaint(definition, put(sized(unknownValue, 2.5)))).toMatch(/autoscalingLimitMaxCu is 2\.5 CU/);
    expect(complaint(definition, put(sized(2.5, unknownValue)))).toMatch(/autoscalingLimitMinCu is 2\.5 CU/);
  });

  test("is judged as far as it is right", () => {
    expect(failures(definition, put({ ...sized(1, 10), suspendTimeoutDuration: "1s" }))).toHaveLength(2);
  });

  test("that is wrong is a failure of the top-level argument, whose value Pulumi prints", () => {
    const [top = ""] = `${prefix}autoscalingLimitMaxCu`.split(".");
    expect(failures(definition, put(sized(1, 10))).map(({ property }) => property)).toEqual([top]);
  });
});

describe("the stack's configuration", () => {
  const rows: readonly { name: string; limit: number; size: Values; want?: string }[] = [
    { name: "raises the limit to what the service allows", limit: 16, size: sized(1, 17) },
    {
      name: "cannot raise it further, so the message does not offer that",
      limit: 16,
      size: sized(1, 18),
      want: "autoscalingLimitMaxCu is 18 CU, 17 above autoscalingLimitMinCu (1), and the limit is 16; write a maximum of at most 17 or a minimum of at least 2",
    },
    {
      name: "lowers it",
      limit: 2,
      size: sized(2, 5),
      want: `autoscalingLimitMaxCu is 5 CU, 3 above autoscalingLimitMinCu (2), and the limit is 2; write a maximum of at most 4 or a minimum of at least 3${raise}`,
    },
    {
      name: "with half a CU still offers sizes that exist",
      limit: 2.5,
      size: sized(1, 4),
      want: `autoscalingLimitMaxCu is 4 CU, 3 above autoscalingLimitMinCu (1), and the limit is 2.5; write a maximum of at most 3 or a minimum of at least 2${raise}`,
    },
    {
      name: "that forbids autoscaling still offers sizes that exist",
      limit: 0,
      size: sized(0.5, 1),
      want: `autoscalingLimitMaxCu is 1 CU, 0.5 above autoscalingLimitMinCu (0.5), and the limit is 0; write a maximum of at most 0.5 or a minimum of at least 1${raise}`,
    },
  ];
  test.each(rows)("$name", ({ limit, size, want }) => {
    expect(complaint(endpoint, size, { settings: { autoscalingSpreadLimit: limit } })).toBe(want);
  });

  test("says 8 when it says nothing", () => {
    expect(compute.spread).toBe(8);
  });
});

describe("a project's default settings with one limit", () => {
  judges([
    {
      name: "have 1 CU for the minimum",
      definition: project,
      args: { defaultEndpointSettings: sized(undefined, 10) },
      want: `defaultEndpointSettings.autoscalingLimitMaxCu is 10 CU, 9 above autoscalingLimitMinCu (1), and the limit is 8; write a maximum of at most 9 or a minimum of at least 2${raise}`,
    },
    {
      name: "have 1 CU for the maximum",
      definition: project,
      args: { defaultEndpointSettings: sized(2) },
      want: "defaultEndpointSettings.autoscalingLimitMinCu is 2 CU, more than autoscalingLimitMaxCu (1); write a minimum of at most 1 or a larger maximum",
    },
    {
      name: "may be half a CU for the minimum alone",
      definition: project,
      args: { defaultEndpointSettings: sized(0.5) },
    },
  ]);
});

describe("a high-availability group", () => {
  const equal = (min: number, max: number) =>
    `group has min ${min} and max ${max}, which must be equal; write the same number, 1 to 4, for both`;
  const rows: readonly Row[] = [
    { name: "of one may suspend", definition: endpoint, args: { group: { min: 1, max: 1 } } },
    { name: "may be left to the service", definition: endpoint, args: { group: {} } },
    { name: "of two may not suspend", definition: endpoint, args: { group: { min: 2, max: 2 }, noSuspension: true } },
    { name: "may have four", definition: endpoint, args: { group: { min: 4, max: 4 }, noSuspension: true } },
    {
      name: "of two that may suspend is refused",
      definition: endpoint,
      args: { group: { min: 2, max: 2 } },
      want: "group makes 2 computes highly available, which cannot suspend; write noSuspension: true, and no suspendTimeoutDuration",
    },
    {
      name: "of two with a timeout is refused",
      definition: endpoint,
      args: { group: { min: 2, max: 2 }, suspendTimeoutDuration: "5m" },
      want: "group makes 2 computes highly available, which cannot suspend; write noSuspension: true, and no suspendTimeoutDuration",
    },
    {
      name: "has as many at least as at most",
      definition: endpoint,
      args: { group: { min: 1, max: 2 }, noSuspension: true },
      want: equal(1, 2),
    },
    {
      name: "has one where nothing is said",
      definition: endpoint,
      args: { group: { min: 2 }, noSuspension: true },
      want: equal(2, 1),
    },
    {
      name: "has as many at least as at most, however it suspends",
      definition: endpoint,
      args: { group: { min: 1, max: 2 }, noSuspension: unknownValue },
      want: equal(1, 2),
    },
    {
      name: "waits for what is not known",
      definition: endpoint,
      args: { group: { min: 2, max: unknownValue } },
    },
    {
      name: "of two waits for whether it suspends",
      definition: endpoint,
      args: { group: { min: 2, max: 2 }, noSuspension: unknownValue },
    },
    {
      name: "of the first endpoint has the same rule",
      definition: project,
      args: { initialEndpointSpec: { group: { min: 2, max: 2 } } },
      want: "initialEndpointSpec.group makes 2 computes highly available, which cannot suspend; write noSuspension: true, and no suspendTimeoutDuration",
    },
    {
      name: "cannot have none",
      definition: endpoint,
      args: { group: { min: 0 } },
      want: "group.min is too small; write 1 to 4",
    },
    {
      name: "cannot have five",
      definition: endpoint,
      args: { group: { max: 5 } },
      want: "group.max is too large; write 1 to 4",
    },
    {
      name: "of the first endpoint cannot have five either",
      definition: project,
      args: { initialEndpointSpec: { group: { max: 5 } } },
      want: "initialEndpointSpec.group.max is too large; write 1 to 4",
    },
    {
      name: "has whole computes",
      definition: endpoint,
      args: { group: { min: 1.5 } },
      want: "group.min must be a whole number, 1 to 4",
    },
  ];
  judges(rows);
});
