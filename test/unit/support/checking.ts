/** Checks as the engine asks for them. */
import { DeclaredStack } from "../../../provider/pulumi/stack";
import { compute } from "../../../provider/rules/limits";
import { type Checked, check, type Failure } from "../../../provider/schema/check";
import type { AnyDefinition } from "../../../provider/schema/definition";
import type { RuleSettings } from "../../../provider/schema/rule";
import { args, type Values } from "./resources";

export interface Situation {
  readonly logicalName?: string;
  /** Inputs of the last update. */
  readonly olds?: Values | undefined;
  readonly settings?: RuleSettings;
  readonly stack?: DeclaredStack;
  readonly now?: number;
}

/** Checks exactly these arguments. */
export function checked(definition: AnyDefinition, news: Values, situation: Situation = {}): Checked {
  return check({
    definition,
    logicalName: situation.logicalName ?? "it",
    olds: situation.olds,
    news,
    settings: situation.settings ?? { autoscalingSpreadLimit: compute.spread },
    stack: situation.stack ?? new DeclaredStack(),
    ...(situation.now !== undefined && { now: situation.now }),
  });
}

/** What is wrong with a declaration that has the required arguments and these. */
export function failures(definition: AnyDefinition, more: Values, situation: Situation = {}): readonly Failure[] {
  return checked(definition, args(definition, more), situation).failures;
}

/** The one thing that is wrong with it, or `undefined` when it is accepted. */
export function complaint(definition: AnyDefinition, more: Values, situation: Situation = {}): string | undefined {
  const [first, ...others] = failures(definition, more, situation);
  if (others.length > 0) throw new Error(`more than one failure: ${[first, ...others].map((one) => one?.reason)}`);
  return first?.reason;
}

/** A row of a table of accepted and refused values; `want` is the whole message, without it the value is accepted. */
export interface Row {
  readonly name: string;
  readonly definition: AnyDefinition;
  readonly args: Values;
  readonly want?: string;
}

/** One test for each row. */
export function judges(rows: readonly Row[], situation: Situation = {}): void {
  test.each(rows)("$name", ({ definition, args: more, want }) => {
    expect(complaint(definition, more, situation)).toBe(want);
  });
}
