/**
 * The diff: from what is declared now and what was declared before to what has to happen. One pure function decides
 * both what Pulumi shows (replace or update) and what the update then sends, so that the two cannot disagree.
 */
import { canonical, type Held, held, sameAsService, sameHeld } from "./canonical";
import type { AnyDefinition } from "./definition";
import type { Field, Slot } from "./fields";
import type { ResetContext, Wire } from "./marks";
import { fullName } from "./name";
import { serviceValue } from "./service";
import { isRecord, setAt, valueAt } from "./unknown";
import { shownAt, spelt, toWire } from "./wire";

type Values = Readonly<Record<string, unknown>>;

export interface Plan {
  /** Arguments that differ. */
  readonly changed: readonly string[];
  /** Those of them that replace the resource. */
  readonly replaces: readonly string[];
  /** The user chose the name and keeps it, so the old one has to go first. */
  readonly deleteBeforeReplace: boolean;
  /** Leaf paths for `update_mask`; a oneof group by its own name. */
  readonly mask: readonly string[];
  /** The request's body: exactly what the mask names. */
  readonly body: Record<string, unknown>;
}

export function plan(
  definition: AnyDefinition,
  before: Values,
  after: Values,
  project?: ResetContext["project"],
): Plan {
  const changed = new Set<string>();
  const replaces = new Set<string>();
  const mask: string[] = [];
  const body: Record<string, unknown> = {};
  for (const slot of definition.slots) {
    const was = held(slot, before);
    const now = held(slot, after);
    const given = now.state === "absent" ? was : now;
    if (given.state === "absent" || !differs(was, now, before)) continue;
    const { marks, path } = given.field;
    const [argument = ""] = path;
    if (marks.createOnly) continue;
    changed.add(argument);
    if (marks.immutable) {
      if (!isFirstWord(was, given.field)) replaces.add(argument);
    } else if (marks.place !== "local") {
      const target = now.state === "absent" ? reset(slot, context(definition, after, project)) : now;
      if (target?.state !== "known" || sameHeld(target, was)) continue;
      mask.push(slot.mask);
      setAt(body, target.field.wirePath, toWire(target.field, target.value));
    }
  }
  const name = fullName(definition, after);
  return {
    changed: [...changed],
    replaces: [...replaces],
    deleteBeforeReplace: replaces.size > 0 && name !== undefined && name === fullName(definition, before),
    mask,
    body,
  };
}

/**
 * Whether a slot is to hold something else from now on. An immutable field that was not declared before is compared
 * with what the service said of it: declaring what is already so is no change. Taking it out of the program is none either.
 * Where the service says nothing of it, the program is believed, and the state has to learn what it says.
 */
function differs(was: Held, now: Held, before: Values): boolean {
  if (sameHeld(was, now)) return false;
  if (now.state === "absent") return was.state !== "absent" && !was.field.marks.immutable;
  if (!now.field.marks.immutable || was.state !== "absent" || now.state === "unknown") return true;
  const { status } = before;
  if (!isRecord(status)) return false;
  if (isFirstWord(was, now.field)) return true;
  const said = serviceValue(now.field, asShown(now.field, status));
  return said === undefined || !sameAsService(now.field, now.value, said);
}

/** Whether nobody has said yet what the service does not show: then it is taken for what the resource was made with. */
function isFirstWord(was: Held, { marks }: Field): boolean {
  return was.state === "absent" && marks.notShown === true;
}

/** State keeps the status with camelCase keys; a field's reader wants it as it came. */
function asShown(field: Field, status: Values): Wire {
  const wire: Record<string, unknown> = {};
  setAt(wire, shownAt(field), spelt(field, valueAt(status, field.path)));
  return wire;
}

function context(definition: AnyDefinition, after: Values, project: ResetContext["project"]): ResetContext {
  return { name: fullName(definition, after) ?? "", project };
}

/** What a removed argument is set to, since the service keeps what is merely left out. */
export function reset(slot: Slot, where: ResetContext): Held | undefined {
  const marked = slot.fields.find((field) => field.marks.resetTo !== undefined);
  if (!marked) return undefined;
  const { resetTo } = marked.marks;
  const value: unknown = typeof resetTo === "function" ? resetTo(where) : resetTo;
  if (value === undefined) return undefined;
  if (!slot.group) return { state: "known", field: marked, value: canonical(marked, value) };
  const member = slot.fields.find(({ path }) => isRecord(value) && Object.hasOwn(value, path.at(-1) ?? ""));
  return member && { state: "known", field: member, value: canonical(member, valueAt(value, member.path.slice(-1))) };
}

/** Arguments that were removed and whose default is not known: the service would silently keep the old value. */
export function removedWithoutDefault(
  definition: AnyDefinition,
  before: Values,
  after: Values,
  project?: ResetContext["project"],
): readonly { readonly field: Field; readonly slot: Slot }[] {
  return definition.slots.flatMap((slot) => {
    const [first] = slot.fields;
    const was = held(slot, before);
    if (!first || first.marks.immutable || first.marks.createOnly || first.marks.place === "local") return [];
    if (was.state !== "known" || held(slot, after).state !== "absent") return [];
    return reset(slot, context(definition, after, project)) ? [] : [{ field: was.field, slot }];
  });
}

/** The body of a create: everything declared that goes over the wire. */
export function creation(definition: AnyDefinition, args: Values): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const slot of definition.slots) {
    const now = held(slot, args);
    if (now.state === "known" && now.field.marks.place !== "local")
      setAt(body, now.field.wirePath, toWire(now.field, now.value));
  }
  return definition.flat || isRecord(body["spec"]) ? body : { spec: {}, ...body };
}
