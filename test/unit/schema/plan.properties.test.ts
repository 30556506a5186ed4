import fc from "fast-check";
import { held } from "../../../provider/schema/canonical";
import type { AnyDefinition } from "../../../provider/schema/definition";
import { fullName } from "../../../provider/schema/name";
import { creation, plan, removedWithoutDefault } from "../../../provider/schema/plan";
import { isRecord, setAt, unknownValue, valueAt } from "../../../provider/schema/unknown";
import { declarations, isMutable, respellings, samplesOf } from "../support/arbitraries";
import { resources, type Values } from "../support/resources";
import { created, kinds, named, patched } from "../support/service";

const each = resources.map((definition) => {
  const kind = kinds[definition.type];
  if (!kind) throw new Error(`the model of the service knows no ${definition.type}`);
  return { type: definition.type, definition, kind };
});

/** Two declarations that an update leads from one to the other: alike in all that cannot change. */
function updates(definition: AnyDefinition): fc.Arbitrary<readonly [Values, Values]> {
  return fc.tuple(declarations(definition), declarations(definition)).map(([a, b]) => {
    const after: Record<string, unknown> = {};
    for (const slot of definition.slots) {
      const from = isMutable(slot) ? b : a;
      for (const { path } of slot.fields) {
        const value = valueAt(from, path);
        if (value !== undefined) setAt(after, path, value);
      }
      // Check refuses to take out what has no default, and fills an expiration in.
      if (!isMutable(slot) || held(slot, after).state !== "absent") continue;
      for (const { field } of removedWithoutDefault(definition, a, after, {})) {
        if (slot.fields.includes(field)) setAt(after, field.path, valueAt(a, field.path));
      }
    }
    return [a, after] as const;
  });
}

/** Paths of all that a body holds; lists and maps count as one. */
function heldBy(body: unknown, stop: ReadonlySet<string>, at: readonly string[] = []): string[] {
  if (!isRecord(body) || stop.has(at.join("."))) return [at.join(".")];
  return Object.entries(body).flatMap(([key, inner]) => heldBy(inner, stop, [...at, key]));
}

describe.each(each)("the plan of any two $type declarations", ({ definition, kind }) => {
  const pairs = fc.tuple(declarations(definition), declarations(definition));
  const stop = new Set(definition.fields.map(({ wirePath }) => wirePath.join(".")));

  test("has a body with what its mask names, and nothing else", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const { mask, body } = plan(definition, a, b, {});
        const leaves = named(kind, body, mask).map((leaf) => leaf.join("."));
        expect(leaves).toHaveLength(mask.length);
        expect(mask.length === 0 ? [] : heldBy(body, stop).sort()).toEqual([...leaves].sort());
        expect(mask.length > 0 || Object.keys(body).length === 0).toBe(true);
      }),
    );
  });

  test("has a mask of leaves that the service takes, each once", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const { mask } = plan(definition, a, b, {});
        expect(kind.paths).toEqual(expect.arrayContaining([...mask]));
        expect(new Set(mask).size).toBe(mask.length);
      }),
    );
  });

  test("names arguments that exist, and replaces only by what changed", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const { changed, replaces } = plan(definition, a, b);
        for (const argument of changed) expect(Object.keys({ ...a, ...b })).toContain(argument);
        expect(changed).toEqual(expect.arrayContaining([...replaces]));
      }),
    );
  });

  test("is the same however the two are spelt", () => {
    const both = pairs.chain(([a, b]) =>
      fc.record({
        a: fc.constant(a),
        b: fc.constant(b),
        otherA: respellings(definition, a),
        otherB: respellings(definition, b),
      }),
    );
    fc.assert(
      fc.property(both, ({ a, b, otherA, otherB }) => {
        expect(plan(definition, otherA, otherB, {})).toEqual(plan(definition, a, b, {}));
      }),
    );
  });
});

describe.each(each)("a $type", ({ definition, kind }) => {
  test("in another spelling is no change", () => {
    const both = declarations(definition).chain((a) => fc.tuple(fc.constant(a), respellings(definition, a)));
    fc.assert(
      fc.property(both, ([a, other]) => {
        expect(plan(definition, a, other)).toEqual({
          changed: [],
          replaces: [],
          deleteBeforeReplace: false,
          mask: [],
          body: {},
        });
      }),
    );
  });

  test("becomes by its update what a create would have made", () => {
    fc.assert(
      fc.property(updates(definition), ([a, b]) => {
        const { mask, body, replaces } = plan(definition, a, b, {});
        const stored = (args: Values) => created(kind, fullName(definition, args) ?? "", creation(definition, args));
        expect(replaces).toEqual([]);
        expect(patched(kind, stored(a), mask, body)).toEqual(stored(b));
      }),
    );
  });

  test("sends nothing once it is what is declared", () => {
    fc.assert(
      fc.property(updates(definition), ([, b]) => {
        expect(plan(definition, b, structuredClone(b), {}).mask).toEqual([]);
      }),
    );
  });

  test("never sends what is not known", () => {
    const withUnknown = fc
      .tuple(declarations(definition), declarations(definition), fc.subarray([...definition.fields], { minLength: 1 }))
      .map(([a, b, hidden]) => {
        const after = structuredClone(b) as Record<string, unknown>;
        for (const { path } of hidden) setAt(after, path, unknownValue);
        return [a, after] as const;
      });
    fc.assert(
      fc.property(withUnknown, ([a, after]) => {
        expect(JSON.stringify(plan(definition, a, after, {}).body)).not.toContain(unknownValue);
        expect(JSON.stringify(creation(definition, after))).not.toContain(unknownValue);
      }),
    );
  });

  test("is planned without a throw whatever stands in the state or the program", () => {
    const keys = [...Object.keys(definition.args), "status", "name"];
    const anything = fc.dictionary(
      fc.oneof(fc.constantFrom(...keys), fc.string()),
      fc.oneof(fc.jsonValue(), fc.constant(unknownValue)),
    );
    fc.assert(
      fc.property(anything, anything, anything, (before, after, above) => {
        plan(definition, before, after, above);
        removedWithoutDefault(definition, before, after, above);
        creation(definition, after);
      }),
    );
  });

  test("has samples for each of its fields, so that no property passes for want of values", () => {
    const few = definition.fields.filter((field) => samplesOf(field).length === 0);
    expect(few.map(({ path }) => path.join("."))).toEqual([]);
  });
});
