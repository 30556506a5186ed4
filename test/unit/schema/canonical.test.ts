import { z } from "zod";
import { canonical, held, sameAsService, sameHeld } from "../../../provider/schema/canonical";
import { type Field, leaves, type Slot, slots } from "../../../provider/schema/fields";
import { type Marks, marks } from "../../../provider/schema/marks";
import { unknownValue } from "../../../provider/schema/unknown";
import { duration, message, timestamp } from "../../../provider/schema/values";
import type { Values } from "../support/resources";

/** The one slot of a message with two members that take the same values. */
function pair(): Slot {
  const member = () => z.string().optional().register(marks, { oneof: "pair" });
  const [slot] = slots(leaves({ outer: message({ left: member(), right: member() }) }));
  if (!slot) throw new Error("the message has no slot");
  return slot;
}

const slot = pair();
const holding = (outer: unknown) => held(slot, { outer });

describe("a slot holds", () => {
  const rows: readonly { name: string; args: Values; want: unknown }[] = [
    { name: "nothing without its message", args: {}, want: { state: "absent" } },
    { name: "nothing in an empty message", args: { outer: {} }, want: { state: "absent" } },
    { name: "nothing for null", args: { outer: { left: null } }, want: { state: "absent" } },
    { name: "nothing in what is no message", args: { outer: "left" }, want: { state: "absent" } },
    {
      name: "the member that is given",
      args: { outer: { right: "a" } },
      want: { state: "known", field: slot.fields[1], value: "a" },
    },
    {
      name: "what is not known",
      args: { outer: { right: unknownValue } },
      want: { state: "unknown", field: slot.fields[1] },
    },
    {
      name: "what is not known when its message is not",
      args: { outer: unknownValue },
      want: { state: "unknown", field: slot.fields[0] },
    },
  ];
  test.each(rows)("$name", ({ args, want }) => {
    expect(held(slot, args)).toEqual(want);
  });
});

describe("two contents are the same", () => {
  const rows = [
    { name: "when the same member has the same value", a: { left: "a" }, b: { left: "a" }, want: true },
    { name: "not when it has another", a: { left: "a" }, b: { left: "b" }, want: false },
    { name: "not when another member has it", a: { left: "a" }, b: { right: "a" }, want: false },
    { name: "when there is nothing", a: {}, b: undefined, want: true },
    { name: "not when one is nothing", a: { left: "a" }, b: {}, want: false },
    { name: "not when neither is known", a: { left: unknownValue }, b: { left: unknownValue }, want: false },
  ];
  test.each(rows)("$name", ({ a, b, want }) => {
    expect(sameHeld(holding(a), holding(b))).toBe(want);
    expect(sameHeld(holding(b), holding(a))).toBe(want);
  });
});

function field(schema: z.ZodType, own: Marks = {}): Field {
  return { path: ["it"], wirePath: ["spec", "it"], schema, marks: own };
}

test("a value that its schema refuses stands for itself, since an older version may have taken it", () => {
  expect(canonical(field(duration()), "7d")).toBe("604800s");
  expect(canonical(field(duration({ most: 60 })), "7d")).toBe("7d");
  expect(canonical(field(duration()), { any: 1 })).toEqual({ any: 1 });
});

describe("the service's value is the declared one", () => {
  const rounded: Marks = { rounded: true };
  const rows = [
    { name: "in another spelling", field: field(duration()), declared: "5m", service: "300s", want: true },
    { name: "not a second beside it", field: field(duration()), declared: "5m", service: "301s", want: false },
    {
      name: "a second beside a rounded one",
      field: field(duration(), rounded),
      declared: "5m",
      service: "301s",
      want: true,
    },
    { name: "not two beside it", field: field(duration(), rounded), declared: "5m", service: "302s", want: false },
    {
      name: "a second beside a rounded moment",
      field: field(timestamp(), rounded),
      declared: "2026-12-31T13:00:00+01:00",
      service: "2026-12-31T12:00:01Z",
      want: true,
    },
    {
      name: "not two beside it as a moment",
      field: field(timestamp(), rounded),
      declared: "2026-12-31T13:00:00+01:00",
      service: "2026-12-31T12:00:02Z",
      want: false,
    },
    { name: "not another text", field: field(z.string(), rounded), declared: "a", service: "b", want: false },
    { name: "not another kind", field: field(z.unknown(), rounded), declared: "1", service: 1, want: false },
  ];
  test.each(rows)("$name", ({ field: one, declared, service, want }) => {
    expect(sameAsService(one, declared, service)).toBe(want);
  });
});
