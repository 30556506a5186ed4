/** What the service shows of an object → what a program declares of it, so that nothing is left to change. */
import { compute } from "../rules/limits";
import { canonical, type Held, held, sameHeld } from "../schema/canonical";
import { check, type StackView } from "../schema/check";
import type { AnyDefinition } from "../schema/definition";
import { readable, seconds } from "../schema/durations";
import type { Field, Slot } from "../schema/fields";
import type { ResetContext } from "../schema/marks";
import { derivedId } from "../schema/name";
import { reset } from "../schema/plan";
import { asArguments, isZero } from "../schema/service";
import { isRecord, setAt, valueAt } from "../schema/unknown";
import { unknownTo } from "./kinds";
import type { Found } from "./walk";

type Values = Readonly<Record<string, unknown>>;

export interface Declaration {
  /** Arguments as a program writes them: without what it gets anyway. */
  readonly args: Values;
  /** What Pulumi keeps of such a program. */
  readonly inputs: Values;
  /** Required arguments that nobody has told. */
  readonly blanks: readonly string[];
  /** What somebody should know, one sentence each. */
  readonly notes: readonly string[];
}

/** `told` are arguments that the service does not show. */
export function declaration(found: Found, logicalName: string, stack: StackView, told: Values = {}): Declaration {
  const { definition, name } = found;
  const shown = { ...asArguments(definition, found.wire), ...told };
  const { args, strange } = written(found, shown, { name, project: stack.project(name) });
  const blanks = unknownTo(definition).filter((key) => shown[key] === undefined);
  // It is declared already, for rules that ask what was declared before.
  const judged = (news: Values) =>
    check({ definition, logicalName, olds: news, news, stack, settings: { autoscalingSpreadLimit: compute.spread } });
  // Some resources need one argument at least, be it a default.
  // What ends at its own time is not to be made again by a program that only describes it.
  if (ends(found)) setAt(args, ["onExpiry"], "forget");
  const missed = judged(args).failures.filter(({ property }) => shown[property] !== undefined);
  const whole = { ...args, ...Object.fromEntries(missed.map(({ property }) => [property, shown[property]])) };
  const { inputs, failures } = judged(inArgumentOrder(definition, whole));
  return {
    args: inArgumentOrder(definition, whole),
    inputs,
    blanks,
    notes: [
      ...strange.map(
        ({ path, value }) =>
          `${name}: its ${path.join(".")} is ${JSON.stringify(value)}, which no program can declare; it is left out`,
      ),
      ...failures
        .filter(({ property }) => !blanks.includes(property))
        .map(({ reason }) => `${name}: the next preview will refuse it, since ${reason}`),
    ],
  };
}

function ends({ definition, wire }: Found): boolean {
  return definition.expires === true && valueAt(wire, ["status", "expire_time"]) !== undefined;
}

interface Strange {
  readonly path: readonly string[];
  readonly value: unknown;
}

function written(found: Found, shown: Values, where: ResetContext) {
  const args: Record<string, unknown> = {};
  const strange: Strange[] = [];
  for (const slot of found.definition.slots) {
    const now = held(slot, shown);
    if (now.state !== "known") continue;
    const { field } = now;
    const value = valueAt(shown, field.path);
    if (isStrange(field, value)) {
      if (!isUnspecified(value)) strange.push({ path: field.path, value });
    } else if (!isImplied(found, slot, now, shown, where)) setAt(args, field.path, asWritten(field, value));
  }
  return { args, strange };
}

/** Whether a program that says nothing of it has just this. */
function isImplied(
  found: Found,
  slot: Slot,
  now: Held & { readonly state: "known" },
  shown: Values,
  where: ResetContext,
): boolean {
  const { field, value } = now;
  const { assumed, filledIn } = field.marks;
  if (field.path[0] === found.definition.id) return value === derivedId(found.definition, shown);
  if (filledIn === true || filledIn?.(found.wire)) return true;
  if (assumed !== undefined) return canonical(field, assumed) === value;
  const byDefault = reset(slot, where);
  return byDefault ? sameHeld(byDefault, now) : isOptional(field) && isZero(value);
}

function isOptional({ schema }: Field): boolean {
  return schema.safeParse(undefined).success;
}

/** A value that this version does not know. A required one has to stand all the same. */
function isStrange(field: Field, value: unknown): boolean {
  return isOptional(field) && !field.schema.safeParse(value).success;
}

/** The zero value of an enumeration: nothing was set. */
function isUnspecified(value: unknown): boolean {
  return typeof value === "string" && value.endsWith("_UNSPECIFIED");
}

/** Durations as people write them, wherever they stand in a value. */
function asWritten(field: Field, value: unknown): unknown {
  const friendly = withReadableDurations(value);
  return JSON.stringify(canonical(field, friendly)) === JSON.stringify(canonical(field, value)) ? friendly : value;
}

function withReadableDurations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withReadableDurations);
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withReadableDurations(inner)]));
  const total = typeof value === "string" && /^\d+s$/.test(value) ? seconds(value) : undefined;
  return total === undefined ? value : readable(total);
}

function inArgumentOrder({ args }: AnyDefinition, values: Values): Values {
  return Object.fromEntries(
    Object.keys(args).flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])),
  );
}
