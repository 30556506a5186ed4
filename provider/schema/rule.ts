/** What a rule is: a pure function over canonical arguments that answers with a problem or nothing. The rules are in rules/. */

export interface Problem {
  /** The argument to name, e.g. `autoscalingLimitMaxCu`. */
  readonly property: string;
  /** What is wrong, the limit and the remedy, as the rest of a sentence that begins with the argument's name. */
  readonly message: string;
}

/** What users may adjust through the stack's configuration. */
export interface RuleSettings {
  /** The most CU that an endpoint's maximum may lie above its minimum. */
  readonly autoscalingSpreadLimit: number;
}

/** What a rule may ask for beside the arguments. */
export interface RuleContext extends RuleSettings {
  /** Milliseconds since the epoch. */
  readonly now?: number;
  /** Canonical arguments of the last update; absent for a resource that is new. */
  readonly before?: Readonly<Record<string, unknown>>;
}

/**
 * A rule reads the arguments it needs. Reading one whose value is not known yet (in a preview) ends the rule:
 * it is judged when the value is known.
 */
export type Rule<Args> = (args: Args, context: RuleContext) => Problem | undefined;

/** One declared resource: what is known of it. */
export interface Declared<Args = unknown> {
  readonly type: string;
  /** The name that the program gave it. */
  readonly logicalName: string;
  /** Its full name with the service, when all parts of it are known. */
  readonly name: string | undefined;
  /** Its canonical arguments, without the unknown ones. */
  readonly args: Partial<Args>;
  /** Arguments that are not known yet, or not in all of their parts. */
  readonly unknown?: readonly string[];
}

/** Compares a resource with those that were checked before it. What is not known of the later one ends the rule as well. */
export type StackRule<Args> = (
  later: Declared<Args>,
  earlier: readonly Declared<Record<string, unknown>>[],
  context: RuleContext,
) => Problem | undefined;
