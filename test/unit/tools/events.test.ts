import { readEvents } from "../../../tools/events.mts";

function urn(name: string, type = "pulumi-nodejs:dynamic/lakebase:Branch"): string {
  return `urn:pulumi:dev::p::${type}::${name}`;
}

function log(...events: readonly unknown[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}

function step(event: string, op: string, name: string, type?: string): unknown {
  return { [event]: { metadata: { op, urn: urn(name, type), type: type ?? "pulumi-nodejs:dynamic/lakebase:Branch" } } };
}

describe("the operation on a resource", () => {
  const cases: readonly { name: string; events: readonly unknown[]; want: Readonly<Record<string, string>> }[] = [
    {
      name: "is the planned one in a preview",
      events: [step("resourcePreEvent", "create", "a")],
      want: { a: "create" },
    },
    {
      name: "is what a refresh found",
      events: [step("resourcePreEvent", "refresh", "a"), step("resOutputsEvent", "update", "a")],
      want: { a: "update" },
    },
    {
      name: "is one replace, whatever steps it takes",
      events: [
        step("resourcePreEvent", "delete-replaced", "a"),
        step("resourcePreEvent", "replace", "a"),
        step("resourcePreEvent", "create-replacement", "a"),
        step("resOutputsEvent", "create-replacement", "a"),
      ],
      want: { a: "replace" },
    },
    {
      name: "is failed when it failed",
      events: [step("resourcePreEvent", "update", "a"), step("resOpFailedEvent", "update", "a")],
      want: { a: "failed" },
    },
    {
      name: "leaves the stack and the providers out",
      events: [
        step("resourcePreEvent", "create", "p-dev", "pulumi:pulumi:Stack"),
        step("resourcePreEvent", "create", "d", "pulumi:providers:pulumi-nodejs"),
      ],
      want: {},
    },
    {
      name: "says the type where a name alone would not do",
      events: [
        step("resourcePreEvent", "create", "a"),
        step("resourcePreEvent", "same", "a", "pulumi-nodejs:dynamic/lakebase:Project"),
      ],
      want: { "Branch:a": "create", "Project:a": "same" },
    },
  ];
  test.each(cases)("$name", ({ events, want }) => {
    expect(readEvents(log(...events)).operations).toEqual(want);
  });
});

test("diagnostics come without the engine's debug lines, colours and empty lines, and with the resource's name", () => {
  const events = log(
    { diagnosticEvent: { severity: "debug", message: "RPC prepared" } },
    { diagnosticEvent: { severity: "info", message: "\n" } },
    { diagnosticEvent: { severity: "error", message: "<{%fg 1%}>bad<{%reset%}> value\n", urn: urn("a") } },
  );
  expect(readEvents(events).diagnostics).toEqual([{ severity: "error", message: "bad value", name: "a" }]);
});

test("the half line that a killed command leaves is no event", () => {
  expect(readEvents(`${log(step("resourcePreEvent", "same", "a"))}{"resourcePre`).operations).toEqual({ a: "same" });
});
