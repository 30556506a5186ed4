/** What a program declares → the inputs that Pulumi keeps, and everything that can be known to be wrong with them. */
import { held } from "./canonical";
import type { AnyDefinition } from "./definition";
import { changes } from "./guard";
import { derivedId, fullName, nameParts, withId } from "./name";
import type { Declared, Problem, Rule, RuleContext, RuleSettings, StackRule } from "./rule";
import { asWritten, withMoment } from "./sliding";
import { deleteAt, hasUnknown, isRecord, type Path, separate, setAt, valueAt } from "./unknown";

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
  /** Milliseconds since the epoch. */
  readonly now?: number;
  readonly stack: StackView;
}

export function check(request: CheckRequest): Checked {
  const { definition, logicalName, olds, stack, now } = request;
  const written = asWritten(definition, olds, request.news);
  const news = withAssumed(definition, withMoment(definition, olds, withId(definition, olds, written), now));
  const parsed = parse(definition, news);
  const name = fullName(definition, parsed.values);
  const context: RuleContext = {
    ...request.settings,
    ...(now !== undefined && { now }),
    ...(olds && { before: canonicalValues(definition, olds) }),
  };
  const unknown = parsed.unreadable.flatMap(([argument]) => argument ?? []);
  const declared: Declared = { type: definition.type, logicalName, name, args: parsed.values, unknown };
  stack.declare(declared);
  const problems = [
    ...parsed.problems.map((problem) => ofDerivedId(definition, news, problem)),
    ...oneofs(definition, written),
    ...(definition.rules ?? []).flatMap((rule) => judge(rule, parsed, context)),
    ...(definition.stackRules ?? []).flatMap((rule) => judgeStack(rule, declared, parsed, stack, context)),
    ...(olds ? changes(definition, olds, news, name ? stack.project(name) : undefined) : []),
  ];
  const { name: _, ...inputs } = news;
  return {
    inputs: { ...inputs, ...(name !== undefined && { name }) },
    failures: problems.map((problem) => failure(problem, news)),
  };
}

/** Of an id that no program wrote, it is told what makes it. */
function ofDerivedId(definition: AnyDefinition, news: Values, problem: Problem): Problem {
  const { id, derivedId: rule } = definition;
  const isDerived = rule && id !== undefined && problem.property === id && news[id] === derivedId(definition, news);
  if (!isDerived) return problem;
  return { property: rule.from, message: `makes the ${id} "${news[id]}", which ${problem.message}, as ${id}` };
}

function failure({ property, message }: Problem, news: Values): Failure {
  const [top = ""] = Object.hasOwn(news, property) ? [property] : property.split(".");
  return { property: top, reason: `${property} ${message}` };
}

interface Parsed {
  /** Canonical values of the arguments that are known and right. */
  readonly values: Record<string, unknown>;
  /** The arguments as written, without their unknown parts. */
  readonly known: Values;
  /** What rules cannot judge: parts that are not known yet, and parts that are wrong by themselves. */
  readonly unreadable: readonly Path[];
  readonly problems: readonly Problem[];
}

function parse(definition: AnyDefinition, news: Values): Parsed {
  const { name, ...given } = news;
  const { known, unknown } = separate(given);
  const args = isRecord(known) ? known : {};
  const problems: Problem[] = [];
  for (const path of strangers(definition, given)) {
    problems.push({ property: path.join("."), message: noSuchArgument(definition, path.slice(0, -1)) });
    deleteAt(args, path);
  }
  if (name !== undefined && name !== fullName(definition, args) && !hasUnknown(name)) {
    problems.push({
      property: "name",
      message: `is not an argument: it follows from ${nameParts(definition)}; leave it out`,
    });
  }
  const right = structuredClone(args);
  const wrong: Path[] = [];
  for (const [key, schema] of Object.entries(definition.args)) {
    for (const { path, message } of schema.safeParse(args[key]).error?.issues ?? []) {
      const at = [key, ...path.map(String)];
      if (unknown.some((other) => startsWith(other, at))) continue;
      const missing = isMissing(args, at);
      problems.push({
        property: at.join("."),
        message: missing ? `is missing; ${definition.type} needs it: it ${message}` : message,
      });
      const hidden = upToList(args, at);
      wrong.push(hidden);
      deleteAt(right, hidden);
    }
  }
  return { values: canonicalValues(definition, right), known: args, unreadable: [...unknown, ...wrong], problems };
}

function isMissing(args: Values, at: Path): boolean {
  const found = at.reduce<unknown>(
    (inner, key) => (Array.isArray(inner) ? inner[Number(key)] : valueAt(inner, [key])),
    args,
  );
  return found === undefined;
}

/** A list of which an entry is wrong cannot be judged as a whole. */
function upToList(args: Values, at: Path): Path {
  const length = at.findIndex((_, index) => Array.isArray(valueAt(args, at.slice(0, index))));
  return length < 0 ? at : at.slice(0, length);
}

function canonicalValues(definition: AnyDefinition, args: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(definition.args).flatMap(([key, schema]) => {
      const { data } = schema.safeParse(args[key]);
      return data === undefined ? [] : [[key, data]];
    }),
  );
}

/** Keys that no argument has, at any depth. A value that is not known yet has its key already. */
function strangers(definition: AnyDefinition, value: unknown, at: Path = []): Path[] {
  if (!isRecord(value) || definition.fields.some(({ path }) => path.length === at.length && startsWith(at, path))) {
    return [];
  }
  return Object.keys(value).flatMap((key) => {
    const below = [...at, key];
    const known = definition.fields.some(({ path }) => startsWith(path, below));
    return known ? strangers(definition, value[key], below) : [below];
  });
}

function noSuchArgument({ type, fields }: AnyDefinition, at: Path): string {
  const open = fields.filter(({ path, marks }) => startsWith(path, at) && !marks.internal);
  const names = open.map(({ path }) => path[at.length]);
  return `is not an argument of ${type}; ${at.join(".") || "it"} has ${[...new Set(names)].join(", ")}`;
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, index) => path[index] === key);
}

/** At most one member of a oneof group may be given. */
function oneofs(definition: AnyDefinition, written: Values): Problem[] {
  const { known } = separate(written);
  return definition.slots.flatMap(({ members }) => {
    const given = members.filter(({ path }) => valueAt(known, path) !== undefined);
    const [first, second] = given;
    if (!first || !second) return [];
    const others = given.slice(1).map(({ path }) => path.at(-1));
    return [
      { property: first.path.join("."), message: `does not go with ${others.join(" and ")}: give only one of them` },
    ];
  });
}

const unreadable = Symbol("a rule read a value that is not known yet, or wrong by itself");

/** Arguments for a rule: reading one that it cannot judge ends the rule, and so does listing them all when there is one. */
function guarded(values: Values, hidden: readonly Path[], at: Path = []): Values {
  return new Proxy(values, {
    ownKeys(target) {
      if (hidden.some((other) => startsWith(other, at))) throw unreadable;
      return Reflect.ownKeys(target);
    },
    get(target, key) {
      if (typeof key !== "string") return Reflect.get(target, key);
      const path = [...at, key];
      if (hidden.some((other) => startsWith(path, other))) throw unreadable;
      const value = target[key];
      return isRecord(value) ? guarded(value, hidden, path) : value;
    },
  });
}

function judge(rule: Rule<never>, parsed: Parsed, context: RuleContext): Problem[] {
  return asFarAsKnown(() => rule(guarded(parsed.values, parsed.unreadable) as never, context));
}

function judgeStack(
  rule: StackRule<never>,
  declared: Declared,
  parsed: Parsed,
  stack: StackView,
  context: RuleContext,
): Problem[] {
  const later = { ...declared, args: guarded(parsed.values, parsed.unreadable) } as Declared<never>;
  return asFarAsKnown(() => rule(later, stack.before(declared), context));
}

function asFarAsKnown(judged: () => Problem | undefined): Problem[] {
  try {
    const problem = judged();
    return problem ? [problem] : [];
  } catch (reason) {
    if (reason === unreadable) return [];
    throw reason;
  }
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
