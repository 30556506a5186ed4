/** Two descriptions → what is other in the second. */
import {
  type Description,
  type Facts,
  identity,
  type Part,
  type PartKind,
  partKinds,
  type Thing,
  type ThingKind,
  thingKinds,
} from "./description";

export type Action = "added" | "removed" | "changed";

/** Something that is said of one side only, or otherwise on the other. */
export interface FactChange {
  readonly fact: string;
  readonly from?: string;
  readonly to?: string;
}

export interface PartChange {
  readonly action: Action;
  readonly kind: PartKind;
  readonly name: string;
  /** Of what is added or removed: all that is said of it. */
  readonly facts: readonly FactChange[];
}

export interface Change {
  readonly action: Action;
  readonly kind: ThingKind;
  readonly name: string;
  readonly facts: readonly FactChange[];
  readonly parts: readonly PartChange[];
}

export interface DifferenceOptions {
  /** Also who owns what. It mostly says who ran the migration. */
  readonly owners?: boolean | undefined;
}

/** `undefined`: a database that is not there. */
export function difference(
  from: Description | undefined = [],
  to: Description | undefined = [],
  { owners = false }: DifferenceOptions = {},
): readonly Change[] {
  return pairs(from, to).flatMap(([before, after]) => {
    const { kind, name } = (after ?? before) as Thing;
    const facts = factChanges(factsOf(before, owners), factsOf(after, owners));
    const parts = partChanges(before, after);
    const action = actionOf(before, after);
    return action === "changed" && facts.length + parts.length === 0 ? [] : [{ action, kind, name, facts, parts }];
  });
}

function partChanges(before: Thing | undefined, after: Thing | undefined): readonly PartChange[] {
  // Who owns a thing needs no grant: where the owners differ, what either has been granted tells nothing.
  const owning = new Set([before?.owner, after?.owner]);
  const counting = (thing: Thing | undefined) =>
    (thing?.parts ?? []).filter(({ grantee }) => grantee === undefined || !owning.has(grantee));
  return pairs(counting(before), counting(after)).flatMap(([one, other]) => {
    const { kind, name } = (other ?? one) as Part;
    const facts = factChanges(one?.facts, other?.facts);
    const action = actionOf(one, other);
    return action === "changed" && facts.length === 0 ? [] : [{ action, kind, name, facts }];
  });
}

/** Each of either side with its like on the other: by kind, what is gone first, the rest as the second side has it. */
function pairs<Item extends Thing | Part>(
  from: readonly Item[],
  to: readonly Item[],
): readonly (readonly [Item | undefined, Item | undefined])[] {
  const before = new Map(from.map((item) => [identity(item), item]));
  const after = new Set(to.map(identity));
  const gone = from.filter((item) => !after.has(identity(item))).map((item) => [item, undefined] as const);
  const there = to.map((item) => [before.get(identity(item)), item] as const);
  return [...gone, ...there].sort((one, other) => rank(one) - rank(other));
}

const kinds: readonly string[] = [...thingKinds, ...partKinds];

function rank([before, after]: readonly [Thing | Part | undefined, Thing | Part | undefined]): number {
  return kinds.indexOf((after ?? before)?.kind ?? "");
}

function actionOf(before: unknown, after: unknown): Action {
  if (before === undefined) return "added";
  return after === undefined ? "removed" : "changed";
}

function factsOf(thing: Thing | undefined, owners: boolean): Facts {
  return { ...thing?.facts, ...(owners && thing?.owner !== undefined && { owner: thing.owner }) };
}

function factChanges(before: Facts = {}, after: Facts = {}): readonly FactChange[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((fact) => {
    const [from, to] = [before[fact], after[fact]];
    if (from === to) return [];
    return [{ fact, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
  });
}
