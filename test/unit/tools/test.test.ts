import { countReport, type Report, sum, summary } from "../../../tools/test.mts";

const green: Report = {
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

describe("a suite counts", () => {
  const cases: readonly { name: string; report: Partial<Report>; want: string }[] = [
    { name: "its tests", report: {}, want: "3 passed, 0 failed" },
    { name: "its failures", report: { success: false, numFailedTests: 2 }, want: "3 passed, 2 failed" },
    {
      name: "what is skipped or still to do",
      report: { numPendingTests: 1, numTodoTests: 1 },
      want: "3 passed, 0 failed, 2 skipped",
    },
    {
      name: "a file that cannot be loaded as one failure",
      report: { success: false, numRuntimeErrorTestSuites: 1 },
      want: "3 passed, 1 failed",
    },
    { name: "a run without tests as one failure", report: { numPassedTests: 0 }, want: "0 passed, 1 failed" },
    {
      name: "a run of skipped tests only as one failure",
      report: { numPassedTests: 0, numPendingTests: 4 },
      want: "0 passed, 1 failed, 4 skipped",
    },
    { name: "a failure that jest counts nowhere", report: { success: false }, want: "3 passed, 1 failed" },
  ];
  test.each(cases)("$name", ({ report, want }) => {
    expect(summary(countReport({ ...green, ...report }))).toBe(want);
  });
});

test("the last line is the sum of all stages", () => {
  expect(summary(sum([]))).toBe("0 passed, 0 failed");
  expect(
    summary(
      sum([
        { passed: 1, failed: 0, skipped: 2 },
        { passed: 4, failed: 3, skipped: 0 },
      ]),
    ),
  ).toBe("5 passed, 3 failed, 2 skipped");
});
