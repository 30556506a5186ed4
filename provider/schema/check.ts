/** What a program declares → the inputs that Pulumi keeps, and everything that can be known to be wrong with them. */
import { held, sameHeld } from "./canonical";
import { type AnyDefinition, fullName } from "./definition";
import { plan, removedWithoutDefault } from "./plan";
import type { Declared, Problem, Rule, RuleSettings, StackRule } from "./rule";
import { hasUnknown, isRecord, type Path, separate, setAt, valueAt } from "./unknown";

type Values = Readonly<Record<string, unknown>>;

export interface Failure {
  /** A top-level argument: Pulumi prints its value. */
  readonly property: string;
  readonly reason: string;
}

export interface Checked {
  readonly inputs: Record<string, unknown>;
  readonly failures: readonly Failure[];
}

/** What the rules of a stack need to know of its other resources. */
export interface StackView {
  /** The resource itself, as the rules see it. */
  declare(declared: Declared): void;
  /** Those that were declared before it. */
  before(declared: Declared): readonly Declared<Record<string, unknown>>[];
  /** Canonical arguments of the project that a full name lies in, when the program declares it. */
  project(name: string): Values | undefined;
}

export interface CheckRequest {
  readonly definition: AnyDefinition;
  readonly logicalName: string;
  /** Inputs of the last update; `undefined` for a resource that is new or replaced. */
  readonly olds: Values | undefined;
  readonly news: Values;
  readonly settings: RuleSettings;
  readonly stack: StackView;
}

export function check(request: CheckRequest): Checked {
  const { definition, logicalName, olds, stack } = request;
  const news = withAssumed(definition, request.news);
  const parsed = parse(definition, news);
  const name = fullName(definition, parsed.values);
  const declared: Declared = { type: definition.type, logicalName, name, args: parsed.values };
  stack.declare(declared);
  const problems = [
    ...parsed.problems,
    ...oneofs(definition, parsed.known),
    ...(definition.rules ?? []).flatMap((rule) => judge(rule, parsed, request.settings)),
    ...(definition.stackRules ?? []).flatMap((rule) => judgeStack(rule, declared, stack)),
    ...(olds ? changes(definition, olds, news, name ? stack.project(name) : undefined) : []),
  ];
  const { name: _, ...inputs } = news;
  return { inputs: { ...inputs, ...(name !== undefined && { name }) }, failures: problems.map(failure) };
}

function failure({ property, message }: Problem): Failure {
  const [top = ""] = property.split(".");
  return { property: top, reason: `${property} ${message}` };
}

interface Parsed {
  /** Canonical values of the arguments that are known and right. */
  readonly values: Record<string, unknown>;
  /** The arguments as written, without their unknown parts. */
  readonly known: Values;
  readonly unknown: readonly Path[];
  readonly problems: readonly Problem[];
}

function parse(definition: AnyDefinition, news: Values): Parsed {
  const { name, ...given } = news;
  const { known, unknown } = separate(given);
  const args = isRecord(known) ? known : {};
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const key of Object.keys(given)) {
    if (!(key in definition.args)) problems.push({ property: key, message: noSuchArgument(definition) });
  }
  if (name !== undefined && name !== fullName(definition, args) && !hasUnknown(name)) {
    problems.push({
      property: "name",
      message: `is not an argument: it follows from ${nameParts(definition)}; leave it out`,
    });
  }
  for (const [key, schema] of Object.entries(definition.args)) {
    const result = schema.safeParse(args[key]);
    if (result.success) {
      if (result.data !== undefined) values[key] = result.data;
      continue;
    }
    for (const issue of result.error.issues) {
      const at = [key, ...issue.path.map(String)];
      if (unknown.some((path) => startsWith(path, at) || startsWith(at, path))) continue;
      problems.push({ property: at.join("."), message: explain(issue, definition, valueAt(args, at)) });
    }
  }
  return { values, known: args, unknown, problems };
}

function explain(
  issue: { readonly code?: string; readonly message: string; readonly keys?: unknown },
  definition: AnyDefinition,
  value: unknown,
): string {
  if (issue.code === "unrecognized_keys" && Array.isArray(issue.keys)) {
    return `has ${issue.keys.map((key) => `'${key}'`).join(", ")}, which the service does not know there; remove it`;
  }
  return value === undefined ? `is missing; ${definition.type} needs it: it ${issue.message}` : issue.message;
}

function noSuchArgument(definition: AnyDefinition): string {
  return `is not an argument of ${definition.type}; it has ${Object.keys(definition.args).join(", ")}`;
}

function nameParts(definition: AnyDefinition): string {
  return definition.nested ? `parent and ${definition.id}` : definition.id;
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, index) => path[index] === key);
}

/** At most one member of a oneof group may be given. */
function oneofs(definition: AnyDefinition, known: Values): Problem[] {
  return definition.slots.flatMap((slot) => {
    const given = slot.fields.filter(({ path }) => valueAt(known, path) !== undefined);
    const [first, second] = given;
    if (!first || !second) return [];
    const others = given.slice(1).map(({ path }) => path.at(-1));
    return [
      { property: first.path.join("."), message: `does not go with ${others.join(" and ")}: give only one of them` },
    ];
  });
}

const notKnownYet = Symbol("a rule read a value that is not known yet");

/** Arguments for a rule: reading one that is not known yet ends the rule. */
function guarded(values: Values, unknown: readonly Path[], at: Path = []): Values {
  return new Proxy(values, {
    get(target, key) {
      if (typeof key !== "string") return Reflect.get(target, key);
      const path = [...at, key];
      if (unknown.some((other) => startsWith(path, other))) throw notKnownYet;
      const value = target[key];
      return isRecord(value) ? guarded(value, unknown, path) : value;
    },
  });
}

function judge(rule: Rule<never>, parsed: Parsed, settings: RuleSettings): Problem[] {
  try {
    const problem = rule(guarded(parsed.values, parsed.unknown) as never, settings);
    return problem ? [problem] : [];
  } catch (reason) {
    if (reason === notKnownYet) return [];
    throw reason;
  }
}

function judgeStack(rule: StackRule<never>, declared: Declared, stack: StackView): Problem[] {
  const problem = rule(declared as Declared<never>, stack.before(declared));
  return problem ? [problem] : [];
}

/** What may not change: judged from the old inputs, since a replaced resource is checked once more without any. */
function changes(definition: AnyDefinition, olds: Values, news: Values, project: Values | undefined): Problem[] {
  const { replaces } = plan(definition, olds, news, project);
  if (replaces.length > 0) return definition.holds ? guard(definition, olds, news) : [];
  const late = definition.slots.flatMap((slot) => {
    const [field] = slot.fields;
    if (!field?.marks.createOnly) return [];
    const now = held(slot, news);
    const was = held(slot, olds);
    if (now.state !== "known" || sameHeld(was, now)) return [];
    return [{ property: field.path.join("."), message: `cannot change: ${field.marks.createOnly}` }];
  });
  const kept = removedWithoutDefault(definition, olds, news, project).map(({ field }) => ({
    property: field.path.join("."),
    message: `was removed, but the service keeps the old value when nothing is sent and its default is not known here; write ${JSON.stringify(valueAt(olds, field.path))} to keep it, or the value that you want`,
  }));
  return [...late, ...kept];
}

/** A replacement loses data. One that only follows from a value that is not known yet is not refused. */
function guard(definition: AnyDefinition, olds: Values, news: Values): Problem[] {
  if (news["allowReplace"] === true) return [];
  const changed = definition.slots.filter((slot) => {
    if (!slot.fields[0]?.marks.immutable) return false;
    const was = held(slot, olds);
    const now = held(slot, news);
    return was.state === "known" && now.state === "known" && !sameHeld(was, now);
  });
  return changed.map(({ property }) => ({
    property,
    message: `cannot change in place: ${definition.type} ${fullName(definition, olds) ?? ""} would be replaced and lose ${definition.holds}; undo the change, or write allowReplace: true to let the data go`,
  }));
}

/** Where no member of a oneof group is given, the assumed one is: then it is seen, kept and compared like any other. */
function withAssumed(definition: AnyDefinition, news: Values): Record<string, unknown> {
  const inputs = structuredClone(news) as Record<string, unknown>;
  for (const slot of definition.slots) {
    const assumed = slot.fields.find(({ marks }) => marks.assumed !== undefined);
    if (assumed && held(slot, inputs).state === "absent") setAt(inputs, assumed.path, assumed.marks.assumed);
  }
  return inputs;
}
