import { timeoutOf, timeoutsIn, timeoutsKey } from "../../../provider/pulumi/timeouts";

const spellings = [
  { text: "1s", want: 1000 },
  { text: "1h30m", want: 5_400_000 },
  { text: "1.5h", want: 5_400_000 },
  { text: "2m0.5s", want: 120_500 },
  { text: "500ms", want: 500 },
  { text: "1m1ms", want: 60_001 },
  { text: "0", want: undefined },
  { text: "0s", want: undefined },
  { text: "", want: undefined },
] as const;

test.each(spellings)("$text is read as Go does", ({ text, want }) => {
  expect(timeoutOf({ [timeoutsKey]: { update: text } }, "update")).toBe(want);
});

test("each verb has its own, and most resources have none", () => {
  expect(timeoutOf({ [timeoutsKey]: { create: "1s" } }, "delete")).toBeUndefined();
  expect(timeoutOf({ ttl: "7d" }, "create")).toBeUndefined();
  expect(timeoutsIn({ ttl: "7d" })).toEqual({});
});
