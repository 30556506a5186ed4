import fc from "fast-check";
import { DeclaredStack } from "../../../provider/pulumi/stack";
import type { AnyDefinition } from "../../../provider/schema/definition";
import { hasUnknown, setAt, unknownValue } from "../../../provider/schema/unknown";
import { declarations, respellings } from "../support/arbitraries";
import { checked } from "../support/checking";
import { resources, type Values } from "../support/resources";

/** Anything that may come over the wire, at places that matter and at others. */
function anything(definition: AnyDefinition): fc.Arbitrary<Values> {
  const value = fc.oneof(fc.jsonValue(), fc.constant(unknownValue), fc.object({ maxDepth: 2 }));
  const inside = fc.array(fc.tuple(fc.constantFrom(...definition.fields), value)).map((all) => {
    const args: Record<string, unknown> = {};
    for (const [{ path }, one] of all) setAt(args, path, one);
    return args;
  });
  const beside = fc.dictionary(fc.oneof(fc.constant("name"), fc.string()), value);
  return fc
    .tuple(declarations(definition), beside, inside)
    .map(([right, more, wrong]) => ({ ...right, ...more, ...wrong }));
}

describe.each(resources.map((definition) => ({ type: definition.type, definition })))("any $type", ({ definition }) => {
  test("is checked without a throw, and each failure has a top-level argument and begins with its name", () => {
    fc.assert(
      fc.property(anything(definition), fc.option(anything(definition), { nil: undefined }), (news, olds) => {
        const { failures } = checked(definition, news, { olds });
        const known = new Set([...Object.keys(news), ...Object.keys(definition.args), "name"]);
        for (const { property, reason } of failures) {
          expect(known).toContain(property);
          expect(reason.startsWith(property)).toBe(true);
          expect(reason).not.toMatch(/Invalid input|undefined|\[object/);
        }
      }),
    );
  });

  test("has the same failures however it is spelt", () => {
    const both = declarations(definition).chain((a) => fc.tuple(fc.constant(a), respellings(definition, a)));
    const reasons = (args: Values) =>
      checked(definition, args)
        .failures.map(({ reason }) => reason)
        .sort();
    fc.assert(
      fc.property(both, ([a, other]) => {
        expect(reasons(other)).toEqual(reasons(a));
      }),
    );
  });

  test("keeps its inputs as they were written", () => {
    fc.assert(
      fc.property(declarations(definition), (args) => {
        expect(checked(definition, args).inputs).toMatchObject(args);
      }),
    );
  });

  test("that is checked once more stays as it is", () => {
    fc.assert(
      fc.property(declarations(definition), (args) => {
        const stack = new DeclaredStack();
        // As one that exists: some rules are about new ones only.
        const first = checked(definition, args, { stack, olds: args });
        const second = checked(definition, first.inputs, { stack, olds: first.inputs });
        expect(second.inputs).toEqual(first.inputs);
        expect(second.failures).toEqual(first.failures);
      }),
    );
  });

  test("has no more failures when less of it is known", () => {
    const hidden = fc.tuple(declarations(definition), fc.subarray(Object.keys(definition.args), { minLength: 1 }));
    fc.assert(
      fc.property(hidden, ([args, keys]) => {
        const partly = { ...args, ...Object.fromEntries(keys.map((key) => [key, unknownValue])) };
        const all = checked(definition, args).failures.map(({ reason }) => reason);
        const some = checked(definition, partly).failures.map(({ reason }) => reason);
        expect(hasUnknown(partly)).toBe(true);
        expect(all).toEqual(expect.arrayContaining(some));
      }),
    );
  });
});
