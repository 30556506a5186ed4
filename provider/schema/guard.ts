/** What may not change, or only with the user's word: what a plan must not do unasked. */
import { held, sameHeld } from "./canonical";
import type { AnyDefinition } from "./definition";
import { fullName } from "./name";
import { type Plan, plan, removedWithoutDefault } from "./plan";
import type { Problem } from "./rule";
import { hasUnknown, valueAt } from "./unknown";
import { seconds } from "./values";

type Values = Readonly<Record<string, unknown>>;

/** What may not change: judged from the old inputs, since a replaced resource is checked once more without any. */
export function changes(definition: AnyDefinition, olds: Values, news: Values, project: Values | undefined): Problem[] {
  const { replaces, deleteBeforeReplace } = plan(definition, olds, news, project);
  if (replaces.length > 0) {
    const replacing = knownReplacements(definition, olds, news);
    if (olds["deletionProtection"] === true) return replacing.map((property) => shielded(definition, olds, property));
    const refused = guard(definition, olds, news, replacing);
    return refused.length > 0 || replacing.length === 0 || !deleteBeforeReplace ? refused : tombstone(definition, olds);
  }
  const late = definition.slots.flatMap((slot) => {
    const now = held(slot, news);
    if (now.state !== "known" || !now.field.marks.createOnly || sameHeld(held(slot, olds), now)) return [];
    return [{ property: now.field.path.join("."), message: `cannot change: ${now.field.marks.createOnly}` }];
  });
  const kept = removedWithoutDefault(definition, olds, news, project).map(({ field }) => ({
    property: field.path.join("."),
    message: `was removed, but the service keeps the old value when nothing is sent and its default is not known here; write ${JSON.stringify(valueAt(olds, field.path))} to keep it, or the value that you want`,
  }));
  return [...late, ...kept];
}

/** Arguments that surely replace the resource. One whose value is not known yet may come out the same, and is never refused. */
function knownReplacements(definition: AnyDefinition, olds: Values, news: Values): string[] {
  return definition.slots.flatMap((slot) => {
    const was = held(slot, olds);
    const now = held(slot, news);
    if (was.state !== "known" || now.state !== "known" || !now.field.marks.immutable || sameHeld(was, now)) return [];
    return [now.field.path.join(".")];
  });
}

/**
 * What check could not judge from the old inputs: an immutable argument that is declared for the first time, and that the
 * service has another value for.
 */
export function declaredLate(
  definition: AnyDefinition,
  planned: Plan,
  olds: Values,
  news: Values,
): Problem | undefined {
  const late = planned.replaces.filter((argument) => olds[argument] === undefined && !hasUnknown(news[argument]));
  const [first] = late;
  if (first === undefined) return undefined;
  if (olds["deletionProtection"] === true) return shielded(definition, olds, first);
  const [refused] = guard(definition, olds, news, late);
  return refused ?? (planned.deleteBeforeReplace ? tombstone(definition, olds)[0] : undefined);
}

/** What counts from the creation and would be over already: the service may delete at once what is told so. */
export function overAlready(
  definition: AnyDefinition,
  createTime: unknown,
  before: Values,
  after: Values,
  at: number,
): Problem | undefined {
  for (const slot of definition.slots) {
    const now = held(slot, after);
    if (now.state !== "known" || !now.field.marks.fromCreation || sameHeld(held(slot, before), now)) continue;
    const end = Date.parse(String(createTime)) + (seconds(String(now.value)) ?? 0) * 1000;
    if (!(end <= at)) continue;
    const property = now.field.path.join(".");
    return {
      property,
      message: `is ${valueAt(after, now.field.path)}, which counts from the creation at ${createTime} and ended at ${new Date(end).toISOString()}, so that the service could delete ${fullName(definition, after) ?? definition.type} at once; write a longer ${property}, or expireTime`,
    };
  }
  return undefined;
}

/** A replacement loses data. */
function guard(definition: AnyDefinition, olds: Values, news: Values, replacing: readonly string[]): Problem[] {
  const { allowReplace } = news;
  if (!definition.holds || allowReplace === true || hasUnknown(allowReplace)) return [];
  return replacing.map((property) => ({
    property,
    message: `cannot change in place: ${definition.type} ${fullName(definition, olds) ?? ""} would be replaced and lose ${definition.holds}; undo the change, or write allowReplace: true to let the data go`,
  }));
}

/** The old one would be deleted, against what was declared of it last. */
function shielded(definition: AnyDefinition, olds: Values, property: string): Problem {
  return {
    property,
    message: `cannot change in place: ${definition.type} ${fullName(definition, olds) ?? ""} would be replaced, and it is declared with deletionProtection: true; undo the change, or write deletionProtection: false and run 'pulumi up' first`,
  };
}

/** The old one goes first, as it was last declared: where it keeps its id, the new one would find the id taken. */
function tombstone(definition: AnyDefinition, olds: Values): Problem[] {
  if (!definition.keepsId || olds["purgeOnDelete"] === true) return [];
  return [
    {
      property: definition.id ?? "",
      message: `stays the same, and a deleted ${definition.type} keeps its id until it is purged, so the new one could not take its place; run 'pulumi up' with purgeOnDelete: true first, or choose another ${definition.id}`,
    },
  ];
}
