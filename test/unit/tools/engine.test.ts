import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAtLeast, lastLines, minimumVersion, noEngine, pinnedVersion } from "../../../tools/engine.mts";
import { checkout } from "../../../tools/places.mts";

describe("the engine on PATH is taken", () => {
  const cases: readonly { name: string; version: string; minimum: string; want: boolean }[] = [
    { name: "when it is the minimum itself", version: "v3.270.0\n", minimum: "3.270.0", want: true },
    { name: "when it is a newer patch", version: "3.270.1", minimum: "3.270.0", want: true },
    { name: "when it is a newer minor, compared as a number", version: "3.1000.0", minimum: "3.270.0", want: true },
    { name: "when it is a newer major", version: "4.0.0", minimum: "3.270.0", want: true },
    { name: "when it is a later pre-release", version: "3.271.0-alpha.x1a2b3c", minimum: "3.270.0", want: true },
    {
      name: "not when it is a pre-release of the minimum",
      version: "3.270.0-alpha.1",
      minimum: "3.270.0",
      want: false,
    },
    { name: "not when it is an older minor", version: "3.99.9", minimum: "3.270.0", want: false },
    { name: "not when it is an older major", version: "2.300.0", minimum: "3.270.0", want: false },
    { name: "not when it prints something else", version: "pulumi: not found", minimum: "3.270.0", want: false },
    { name: "not when it prints nothing", version: "", minimum: "3.270.0", want: false },
  ];
  test.each(cases)("$name", ({ version, minimum, want }) => {
    expect(isAtLeast(version, minimum)).toBe(want);
  });
});

describe("the pinned engine", () => {
  test("is what tools/engine/go.mod requires", () => {
    expect(pinnedVersion("module m\n\nrequire github.com/pulumi/pulumi/pkg/v3 v3.274.1\n")).toBe("3.274.1");
  });

  test("is new enough for the SDK that the tests use", () => {
    const goMod = readFileSync(join(checkout, "tools/engine/go.mod"), "utf8");
    expect(isAtLeast(pinnedVersion(goMod), minimumVersion())).toBe(true);
  });

  test("missing from go.mod is an error that says so", () => {
    expect(() => pinnedVersion("module m\n")).toThrow("does not require github.com/pulumi/pulumi/pkg/v3");
  });
});

test("without an engine and without Go, the error names the official installers of both", () => {
  expect(noEngine("3.270.0", "there is no Go to build one with")).toBe(
    [
      "No pulumi 3.270.0 or newer is on PATH, and there is no Go to build one with",
      "Either install Pulumi:  https://www.pulumi.com/docs/install/",
      "or install Go, which then builds it:  https://go.dev/doc/install",
    ].join("\n"),
  );
});

test("of a failed build the last lines are shown, without the empty ones", () => {
  const stderr = "go: downloading a\n\ngo: downloading b\ngo: go.mod requires go >= 1.26.6 (running go 1.20)\n";
  expect(lastLines({ status: 1, stdout: "", stderr }, 2)).toBe(
    "  go: downloading b\n  go: go.mod requires go >= 1.26.6 (running go 1.20)",
  );
});
