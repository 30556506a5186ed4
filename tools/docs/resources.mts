/** A resource as its page shows it: the built definition, and what is said of it in the sources. */
import ts from "typescript";
import type { AnyDefinition } from "../../provider/schema/definition.ts";
import { type Argument, argumentsOf } from "./arguments.mts";
import { inOrder } from "./classes.mts";
import { type Comment, type Comments, fileOf, type Sources } from "./comments.mts";
import { program } from "./examples.mts";
import { inside, kind, type Shape, type WordsOf } from "./kinds.mts";
import { kebab } from "./markdown.mts";
import { type Provider, wordsIn } from "./provider.mts";
import { type Refusal, refusals } from "./rules.mts";

export interface Output {
  readonly name: string;
  readonly kind: string;
  readonly meaning: string;
}

export interface Resource {
  readonly type: string;
  readonly definition: AnyDefinition;
  /** Its source, from the checkout. */
  readonly file: string;
  readonly doc: string;
  readonly example: string;
  /** The shape of its full name. */
  readonly name: string;
  readonly args: readonly Argument[];
  /** Outputs of the resource itself. */
  readonly outputs: readonly Output[];
  /** What an object of its class is, outputs and methods. */
  readonly instance: ts.Type;
  /** What stands in its `status` beside the arguments. */
  readonly status: readonly Output[];
  readonly refusals: readonly Refusal[];
  /** Comments on the definition's own keys, e.g. `goesWithParent`. */
  readonly facts: Comments;
}

export function pageOf({ type }: Resource): string {
  return `resources/${kebab(type)}.md`;
}

/** All of them, in the order of the package's classes. */
export function allResources(provider: Provider, sources: Sources): readonly Resource[] {
  const declared = sources.exports("provider/resources/index.ts");
  return inOrder(provider).flatMap(([key]) => {
    const symbol = declared.get(key);
    const definition = provider.resources[key];
    if (symbol === undefined) throw new Error(`provider/resources/index.ts has no ${key}: run npm run build again`);
    return definition === undefined ? [] : [read(definition, symbol, provider, sources)];
  });
}

function read(definition: AnyDefinition, symbol: ts.Symbol, provider: Provider, sources: Sources): Resource {
  const { type } = definition;
  const [declared] = symbol.declarations ?? [];
  const call = declared && ts.isVariableDeclaration(declared) ? declared.initializer : undefined;
  const literal = call && ts.isCallExpression(call) ? call.arguments[0] : undefined;
  if (literal === undefined) throw new Error(`${type} is not declared as define({…})`);
  const { text, example } = explained(type, fileOf(symbol), sources.comment(symbol));
  const written = sources.checker.getTypeAtLocation(literal);
  const wordsOf = wordsIn(provider);
  const instance = instanceOf(type, sources);
  const args = sources.typeOf(sources.checker.getTypeOfSymbol(symbol), "args");
  return {
    type,
    definition,
    file: fileOf(symbol),
    doc: text,
    example: program(sources, example),
    name: provider.values.shapeOf(type),
    args: argumentsOf({ definition, comments: sources.comments(args), wordsOf }),
    outputs: [
      ...commonOutputs(instance, sources),
      ...ownOutputs(type, definition.outputs ?? {}, sources.comments(sources.typeOf(written, "outputs"))),
    ],
    instance,
    status: statusOf(definition, sources.comments(sources.typeOf(written, "status")), wordsOf),
    refusals: ["rules", "stackRules"].flatMap((key) => refusals(sources, property(literal, key))),
    facts: sources.comments(written),
  };
}

/** What a page begins with. */
export function explained(type: string, file: string, { text, examples: [example] }: Comment) {
  if (text === "") throw new Error(`${type} has no comment (${file}); say above it what it is`);
  if (example === undefined) {
    throw new Error(`${type} has no example (${file}); write a program as @example in the comment above it`);
  }
  return { text, example };
}

function property(literal: ts.Expression, name: string): ts.Expression | undefined {
  const properties = ts.isObjectLiteralExpression(literal) ? [...literal.properties] : [];
  const found = properties.find((each) => each.name?.getText() === name);
  if (found === undefined) return undefined;
  if (ts.isPropertyAssignment(found)) return found.initializer;
  throw new Error(`tools/docs cannot read ${found.getText()}; write ${name}: …`);
}

function instanceOf(type: string, sources: Sources): ts.Type {
  const made = sources.exports("provider/index.ts").get(type);
  const [construct] = made ? sources.checker.getTypeOfSymbol(made).getConstructSignatures() : [];
  if (construct === undefined) throw new Error(`provider/index.ts has no class ${type}; run npm run docs again`);
  return construct.getReturnType();
}

/** What every class has, as its type says it. */
function commonOutputs(instance: ts.Type, sources: Sources): readonly Output[] {
  const common = instance.getProperties().filter((symbol) => fileOf(symbol) === "provider/pulumi/resource.ts");
  return common.map((symbol) => ({
    name: symbol.name,
    kind: isText(sources, symbol) ? "text" : "object",
    meaning: sources.comment(symbol).text,
  }));
}

function isText({ checker }: Sources, output: ts.Symbol): boolean {
  const [value] = checker.getTypeOfSymbol(output).aliasTypeArguments ?? [];
  return value !== undefined && (value.flags & ts.TypeFlags.String) !== 0;
}

function ownOutputs(type: string, outputs: Readonly<Record<string, unknown>>, comments: Comments): readonly Output[] {
  return Object.keys(outputs).map((name) => ({
    name,
    kind: "text",
    meaning: said(type, `outputs.${name}`, comments.get(name)),
  }));
}

function statusOf(
  definition: AnyDefinition,
  comments: Comments,
  wordsOf: WordsOf,
  shape: Shape = definition.status as Shape,
  at = "",
): readonly Output[] {
  return Object.entries(shape).flatMap(([key, schema]) => {
    const name = `${at}${key}`;
    const meaning = said(definition.type, `status.${name}`, comments.get(name));
    const within = inside(schema);
    return [
      { name, kind: kind(schema, wordsOf), meaning },
      ...(within === undefined ? [] : statusOf(definition, comments, wordsOf, within, `${name}.`)),
    ];
  });
}

function said(type: string, what: string, comment: string | undefined): string {
  if (!comment) throw new Error(`${type} has no comment on ${what}; say above it what it means`);
  return comment;
}
