/** What a declaration's rules refuse: the comment on each of them, found from the lists in which they stand. */
import ts from "typescript";
import { commentBefore, fileWith, type Sources } from "./comments.mts";

export interface Refusal {
  /** The message that the rule is about, e.g. `defaultEndpointSettings`; empty for the resource as a whole. */
  readonly within: string;
  /** What is refused, as the rule's comment says it. */
  readonly text: string;
}

export function refusals(sources: Sources, list: ts.Expression | undefined): readonly Refusal[] {
  return list === undefined ? [] : read(sources, list, "");
}

function read(sources: Sources, node: ts.Expression, within: string): readonly Refusal[] {
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap((element) => read(sources, element, within));
  if (ts.isSpreadElement(node)) return read(sources, node.expression, within);
  if (ts.isIdentifier(node)) return named(sources, node, within);
  if (ts.isCallExpression(node)) return called(sources, node, within);
  return [told(node, commentBefore(node), within)];
}

/** A rule of its own, or a list of them. */
function named(sources: Sources, name: ts.Identifier, within: string): readonly Refusal[] {
  const symbol = sources.checker.getSymbolAtLocation(name);
  const origin = symbol && sources.origin(symbol);
  const [declaration] = origin?.declarations ?? [];
  const value = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  if (value !== undefined && isList(sources, value)) return read(sources, value, within);
  return [told(name, origin ? sources.comment(origin).text : "", within)];
}

/** A rule that a function makes, or a list that it makes from another one: `within("group", groupRules)`, `rules.map(…)`. */
function called(sources: Sources, call: ts.CallExpression, within: string): readonly Refusal[] {
  if (!isList(sources, call)) {
    const rules = ts.isIdentifier(call.expression) ? named(sources, call.expression, within) : [];
    return rules.map((rule) => ({ ...rule, text: filled(sources, call, rule.text) }));
  }
  const lists = call.arguments.filter((argument) => isList(sources, argument));
  if (lists.length === 0 && ts.isPropertyAccessExpression(call.expression)) {
    return read(sources, call.expression.expression, within);
  }
  const key = call.arguments.find(ts.isStringLiteral)?.text ?? within;
  return lists.flatMap((argument) => read(sources, argument, key));
}

/** A comment with `{name}` for a parameter's value, as this call gives it. */
function filled({ checker }: Sources, call: ts.CallExpression, text: string): string {
  const parameters = checker.getResolvedSignature(call)?.parameters ?? [];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = call.arguments[parameters.findIndex((parameter) => parameter.name === name)];
    const known = value && constant(checker, value);
    if (known === undefined) throw new Error(`${call.getText()}: what ${whole} is cannot be told from the sources`);
    return String(known);
  });
}

/** What an expression is, where its type says so; of two of them, the difference. */
function constant(checker: ts.TypeChecker, node: ts.Expression): string | number | undefined {
  const type = checker.getTypeAtLocation(node);
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.MinusToken) return undefined;
  const [left, right] = [constant(checker, node.left), constant(checker, node.right)];
  return typeof left === "number" && typeof right === "number" ? left - right : undefined;
}

function isList(sources: Sources, node: ts.Expression): boolean {
  return sources.checker.isArrayLikeType(sources.checker.getTypeAtLocation(node));
}

function told(node: ts.Node, text: string, within: string): Refusal {
  if (text !== "") return { within, text };
  const name = node.getText().slice(0, 60);
  throw new Error(`the rule ${name} (${fileWith(node)}) has no comment; say above it what it demands`);
}
