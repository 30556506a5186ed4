/** The order in which the roles of an environment are made. */
import fc from "fast-check";
import { heirsFirst } from "../../../provider/environments/heirs";

const keys = ["a", "b", "c", "d", "e", "f", "constructor"];
/** Roles in any order, each with an heir or none: another one, itself, one of a source or one in a circle. */
const roles = fc
  .tuple(
    fc.shuffledSubarray(keys, { minLength: 1 }),
    fc.array(fc.option(fc.constantFrom(...keys), { nil: undefined }), {
      minLength: keys.length,
      maxLength: keys.length,
    }),
  )
  .map(([chosen, heirs]) =>
    Object.fromEntries(chosen.map((key, index) => [key, { ...(heirs[index] && { reassignOwnedTo: heirs[index] }) }])),
  );
type Roles = Readonly<Record<string, { readonly reassignOwnedTo?: string | undefined }>>;

function orderOf(given: Roles): readonly string[] {
  return heirsFirst(given).map(([key]) => key);
}

function heirOf(given: Roles, key: string): string | undefined {
  const heir = Object.hasOwn(given, key) ? given[key]?.reassignOwnedTo : undefined;
  return heir !== undefined && Object.hasOwn(given, heir) ? heir : undefined;
}

/** Whether the way from a role over its heirs comes back to it. */
function isInCircle(given: Roles, key: string): boolean {
  let heir = heirOf(given, key);
  for (let step = 0; step < keys.length && heir !== undefined; step++) {
    if (heir === key) return true;
    heir = heirOf(given, heir);
  }
  return false;
}

test("an heir of an heir comes before both", () => {
  expect(orderOf({ a: { reassignOwnedTo: "b" }, b: { reassignOwnedTo: "c" }, c: {} })).toEqual(["c", "b", "a"]);
});

test("roles without heirs stay as they are written", () => {
  expect(orderOf({ b: {}, a: { reassignOwnedTo: "elsewhere" }, c: {} })).toEqual(["b", "a", "c"]);
});

test("every role is there once, with what was said of it, and after its heir unless they go round in a circle", () => {
  fc.assert(
    fc.property(roles, (given) => {
      const order = orderOf(given);
      expect(Object.fromEntries(heirsFirst(given))).toEqual(given);
      expect(order.toSorted()).toEqual(Object.keys(given).toSorted());
      const late = order.filter((key, index) => order.indexOf(heirOf(given, key) ?? key) > index);
      expect(late.filter((key) => !isInCircle(given, key))).toEqual([]);
    }),
  );
});
