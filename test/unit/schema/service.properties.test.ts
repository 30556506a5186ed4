/** Refreshes of any declaration, against a model of the service that takes nothing from the definitions. */
import fc from "fast-check";
import type { AnyDefinition } from "../../../provider/schema/definition";
import { fullName } from "../../../provider/schema/name";
import { creation, plan } from "../../../provider/schema/plan";
import { asArguments, differingImmutable, outputs, project } from "../../../provider/schema/service";
import { setAt, valueAt } from "../../../provider/schema/unknown";
import { declarations, isMutable, namedDeclarations, respellings } from "../support/arbitraries";
import { resources, type Values } from "../support/resources";
import { created, kinds, patched, shownBy, withoutZeros } from "../support/service";

const each = resources.map((definition) => {
  const kind = kinds[definition.type];
  if (!kind) throw new Error(`the model of the service knows no ${definition.type}`);
  return { type: definition.type, definition, kind };
});

describe.each(each)("a $type that is as it was made", ({ definition, kind }) => {
  const answers = (args: Values) => {
    const name = fullName(definition, args) ?? "";
    const shown = shownBy(name, created(kind, name, creation(definition, args)));
    return [shown, withoutZeros(shown) as Values];
  };

  test("has not drifted, whichever way the service shows it and the program writes it", () => {
    const both = declarations(definition).chain((a) => fc.tuple(fc.constant(a), respellings(definition, a)));
    fc.assert(
      fc.property(both, ([args, other]) => {
        for (const answer of answers(args)) {
          expect(project(definition, args, answer)).toEqual(args);
          expect(project(definition, other, answer)).toEqual(other);
        }
      }),
    );
  });

  test("differs in nothing that cannot change", () => {
    fc.assert(
      fc.property(declarations(definition), (args) => {
        const [answer = {}] = answers(args);
        expect(differingImmutable(definition, args, answer)).toBeUndefined();
      }),
    );
  });

  test("shows arguments that can be declared, and then has not drifted", () => {
    fc.assert(
      fc.property(namedDeclarations(definition), (args) => {
        for (const answer of answers(args)) {
          const shown = asArguments(definition, answer);
          expect(project(definition, shown, answer)).toEqual(shown);
          expect(differingImmutable(definition, shown, answer)).toBeUndefined();
          for (const { path, schema } of definition.fields) {
            const value = valueAt(shown, path);
            if (value !== undefined) expect([path, schema.safeParse(value).success]).toEqual([path, true]);
          }
        }
      }),
    );
  });

  test("has no output with an argument's name, or diff would take it for declared", () => {
    fc.assert(
      fc.property(declarations(definition), (args) => {
        const [answer = {}] = answers(args);
        const names = [...Object.keys(outputs(definition, answer)), ...Object.keys(definition.outputs ?? {})];
        expect(names.filter((name) => Object.hasOwn(definition.args, name))).toEqual([]);
      }),
    );
  });
});

/** A declaration, and somebody's change of all that can change. */
function changes(definition: AnyDefinition): fc.Arbitrary<readonly [Values, Values]> {
  return fc.tuple(declarations(definition), declarations(definition)).map(([declared, other]) => {
    const now: Record<string, unknown> = {};
    for (const slot of definition.slots) {
      for (const { path } of slot.fields) {
        const value = valueAt(isMutable(slot) ? other : declared, path);
        if (value !== undefined) setAt(now, path, value);
      }
    }
    return [declared, now] as const;
  });
}

describe.each(each)("a $type that somebody has changed", ({ definition, kind }) => {
  test("is by one update what is declared again, and nothing else of it is touched", () => {
    fc.assert(
      fc.property(changes(definition), ([declared, now]) => {
        const name = fullName(definition, declared) ?? "";
        const stored = created(kind, name, creation(definition, now));
        const found = project(definition, declared, shownBy(name, stored));
        const { mask, body, replaces } = plan(definition, found, declared, {});
        expect(replaces).toEqual([]);
        const after = patched(kind, stored, mask, body);
        expect(project(definition, declared, shownBy(name, after))).toEqual(declared);
        const others = kind.paths.filter((path) => !mask.includes(path));
        for (const path of others) expect(valueAt(after, path.split("."))).toEqual(valueAt(stored, path.split(".")));
      }),
    );
  });

  test("shows nothing that is not declared", () => {
    fc.assert(
      fc.property(changes(definition), ([declared, now]) => {
        const name = fullName(definition, declared) ?? "";
        const found = project(definition, declared, shownBy(name, created(kind, name, creation(definition, now))));
        expect(Object.keys(declared)).toEqual(
          expect.arrayContaining(Object.keys(found).filter((key) => !isMemberOfGroup(definition, key))),
        );
      }),
    );
  });
});

function isMemberOfGroup(definition: AnyDefinition, key: string): boolean {
  return definition.fields.some(({ path, marks }) => path.length === 1 && path[0] === key && marks.oneof !== undefined);
}
