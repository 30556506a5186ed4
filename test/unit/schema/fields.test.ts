import { z } from "zod";
import { camel, leaves, slots, snake } from "../../../provider/schema/fields";
import { marks } from "../../../provider/schema/marks";
import { message } from "../../../provider/schema/values";
import { project, resources } from "../support/resources";

const text = () => z.string().optional();

/** A declaration with every kind of mark. */
const shape = {
  plainText: text(),
  fixed: message({ part: text() }).optional().register(marks, { immutable: true }),
  outer: message({
    inner: message({
      oneWay: text().register(marks, { oneof: "ways" }),
      otherWay: text().register(marks, { oneof: "ways" }),
    }),
    free: text().register(marks, { resetTo: "none" }),
  }).register(marks, { place: "top", resetTo: "not for what is in it" }),
  map: z.record(z.string(), z.string()).optional(),
  oneWay: text().register(marks, { oneof: "ways" }),
  flag: z.boolean().optional().register(marks, { onDelete: "purge" }),
};

test("leaves are found at any depth, maps are leaves, and each has its place in a body", () => {
  expect(leaves(shape).map(({ path, wirePath }) => [path.join("."), wirePath.join(".")])).toEqual([
    ["plainText", "spec.plain_text"],
    ["fixed.part", "spec.fixed.part"],
    ["outer.inner.oneWay", "outer.inner.one_way"],
    ["outer.inner.otherWay", "outer.inner.other_way"],
    ["outer.free", "outer.free"],
    ["map", "spec.map"],
    ["oneWay", "spec.one_way"],
    ["flag", "spec.flag"],
  ]);
});

test("a mark on a message counts for what is in it, except those that are about one field", () => {
  expect(Object.fromEntries(leaves(shape).map(({ path, marks: own }) => [path.join("."), own]))).toEqual({
    plainText: {},
    "fixed.part": { immutable: true },
    "outer.inner.oneWay": { place: "top", oneof: "ways" },
    "outer.inner.otherWay": { place: "top", oneof: "ways" },
    "outer.free": { place: "top", resetTo: "none" },
    map: {},
    oneWay: { oneof: "ways" },
    flag: { onDelete: "purge", place: "local" },
  });
});

test("a oneof group is one slot of its own message, masked by its name", () => {
  const all = slots(leaves(shape)).map(({ fields, group, mask }) => [fields.length, group, mask]);
  expect(all).toContainEqual([2, "ways", "outer.inner.ways"]);
  expect(all).toContainEqual([1, "ways", "spec.ways"]);
  expect(all).toContainEqual([1, undefined, "spec.plain_text"]);
});

test("what a delete takes is sent with it, by the name that the service has for it", () => {
  const taken = resources.flatMap(({ type, fields }) =>
    fields.flatMap((field) => (field.marks.onDelete ? [[type, field.path.join("."), field.marks.onDelete]] : [])),
  );
  expect(taken.sort()).toEqual([
    ["Branch", "purgeOnDelete", "purge"],
    ["CdfConfig", "forceOnDelete", "force"],
    ["Project", "purgeOnDelete", "purge"],
    ["Role", "reassignOwnedTo", "reassign_owned_to"],
  ]);
});

test("names go to the wire and back", () => {
  for (const { path } of project.fields) {
    for (const part of path) expect(camel(snake(part))).toBe(part);
  }
  expect(snake("autoscalingLimitMinCu")).toBe("autoscaling_limit_min_cu");
  expect(camel("read_only_host")).toBe("readOnlyHost");
});
