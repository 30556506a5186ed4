/** Functions and methods, as a page shows them. */
import ts from "typescript";
import { withoutDefault } from "./arguments.mts";
import { fileOf, liesIn, type Sources } from "./comments.mts";
import { program } from "./examples.mts";
import { code, fenced, listed, parts, table } from "./markdown.mts";
import { pageOf, type Resource } from "./resources.mts";
import { held, isMessage, members, resourceOf, typeWords } from "./types.mts";

export interface Context {
  readonly sources: Sources;
  readonly resources: readonly Resource[];
  /** The way from the page to docs/. */
  readonly from: string;
}

export interface Callable {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly signature: ts.Signature;
}

export function callable({ checker }: Sources, symbol: ts.Symbol): Callable | undefined {
  const [signature] = checker.getNonNullableType(checker.getTypeOfSymbol(symbol)).getCallSignatures();
  return signature && { name: symbol.name, symbol, signature };
}

/** Parameters for users: what only tests pass in is of a kind that the package does not show. */
export function parameters({ signature }: Callable): readonly ts.Symbol[] {
  return signature.parameters.filter((parameter) => !isInternal(parameter));
}

function isInternal({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((node) => ts.isParameter(node) && /\bClock\b/.test(node.type?.getText() ?? ""));
}

/** `name(args, options?)`. */
export function heading(context: Context, { name, ...rest }: Callable): string {
  const { checker } = context.sources;
  const list = parameters({ name, ...rest }).map((parameter) => {
    const [node] = parameter.declarations ?? [];
    const mayMiss = node !== undefined && ts.isParameter(node) && checker.isOptionalParameter(node);
    return `${parameter.name.startsWith("__") ? "args" : parameter.name}${mayMiss ? "?" : ""}`;
  });
  return code(`${name}(${list.join(", ")})`);
}

/** All that is said of it below its heading. Types of parameters that stand elsewhere on the page are left out. */
export function described(context: Context, one: Callable, above: readonly ts.Type[] = []): string {
  const { sources } = context;
  const { text, examples } = sources.comment(one.symbol);
  if (text === "") throw new Error(`${one.name} (${fileOf(one.symbol)}) has no comment; say above it what it does`);
  const messages = parameters(one).flatMap((parameter) => {
    const type = sources.checker.getNonNullableType(sources.checker.getTypeOfSymbol(parameter));
    return isMessage(type) && isSaid(context, type) && !above.includes(type)
      ? [memberTable(context, "Argument", type)]
      : [];
  });
  return parts(
    text,
    ...examples.map((example) => fenced(program(sources, example))),
    ...messages,
    answer(context, one),
  );
}

/** What it gives back. */
function answer(context: Context, { signature }: Callable): string {
  const { sources, resources, from } = context;
  const value = held(sources, signature.getReturnType());
  const [element] = sources.checker.isArrayType(value)
    ? sources.checker.getTypeArguments(value as ts.TypeReference)
    : [];
  const one = element ?? value;
  const several = element === undefined ? "" : "a list, each with ";
  const resource = resourceOf(one, resources);
  if (resource !== undefined) {
    const outputs = `[the outputs of ${article(resource.type)} ${code(resource.type)}](${from}${pageOf(resource)}#outputs)`;
    const known = new Set([...resource.args.map(({ path }) => path[0]), ...resource.outputs.map(({ name }) => name)]);
    const more = members(one).filter(({ name }) => !known.has(name));
    return more.length === 0
      ? `Answers ${several}${outputs}.`
      : parts(`Answers ${several}${outputs}, and:`, rows(context, "Value", more));
  }
  if (!isMessage(one)) return one.getCallSignatures().length > 0 ? "Answers a function." : "";
  if (!isSaid(context, one))
    return `Answers an object with ${listed(
      members(one).map(({ name }) => code(name)),
      "and",
    )}.`;
  return parts(several === "" ? "Answers:" : "Answers a list of:", rows(context, "Value", members(one)));
}

function article(noun: string): string {
  return /^[AEIO]/.test(noun) ? "an" : "a";
}

/** Whether a type's members are explained: not those of other packages' objects, as far as they are used. */
function isSaid({ sources }: Context, type: ts.Type): boolean {
  return members(type).some((member) => sources.comment(member).text !== "");
}

export function memberTable(context: Context, head: string, type: ts.Type): string {
  return rows(context, head, members(type));
}

export function rows(context: Context, head: string, list: readonly ts.Symbol[]): string {
  const { sources, resources, from } = context;
  const all = list.map((member) => {
    const { text } = sources.comment(member);
    if (text === "") throw new Error(`${member.name} (${fileOf(member)}) has no comment; say above it what it means`);
    const said = withoutDefault(text.replaceAll("\n\n", " "));
    const type = sources.checker.getTypeOfSymbol(member);
    const isRequired = (member.flags & ts.SymbolFlags.Optional) === 0 && head === "Argument";
    return [
      isRequired ? `${code(member.name)}<br>required` : code(member.name),
      typeWords(sources, head === "Argument" ? type : held(sources, type), resources, from),
      said.default,
      said.meaning,
    ];
  });
  const hasDefaults = all.some(([, , given]) => given !== "");
  return hasDefaults
    ? table([head, "Type", "Default", "Meaning"], all)
    : table(
        [head, "Type", "Meaning"],
        all.map(([name = "", type = "", , meaning = ""]) => [name, type, meaning]),
      );
}

/** Methods of a class's instances that are the package's own. */
export function methods(sources: Sources, instance: ts.Type): readonly Callable[] {
  const own = members(instance).filter(
    (member) => member.flags & ts.SymbolFlags.Method && liesIn(member, "provider") && !isOfEvery(member),
  );
  return own.flatMap((member) => callable(sources, member) ?? []);
}

/** What every resource has. */
function isOfEvery(member: ts.Symbol): boolean {
  return fileOf(member) === "provider/pulumi/resource.ts";
}
