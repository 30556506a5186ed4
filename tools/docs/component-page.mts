/** A component's page: what stands for several resources in one. */
import ts from "typescript";
import { type Callable, type Context, described, heading, methods, rows } from "./callables.mts";
import { fileOf, liesIn } from "./comments.mts";
import { program } from "./examples.mts";
import { code, fenced, firstSentence, kebab, parts, table } from "./markdown.mts";
import { explained, pageOf } from "./resources.mts";
import { members, resourceOf, valuesOf } from "./types.mts";

export interface Component {
  readonly type: string;
  readonly symbol: ts.Symbol;
  readonly instance: ts.Type;
  /** What its constructor takes beside the name and Pulumi's options. */
  readonly args: ts.Type;
}

export function componentPageOf({ type }: Component): string {
  return `components/${kebab(type)}.md`;
}

export function allComponents({ sources }: Context): readonly Component[] {
  return [...sources.exports("provider/index.ts").values()].flatMap((symbol) => {
    if (!liesIn(symbol, "provider/components") || !sources.isValue(symbol)) return [];
    const [construct] = sources.checker.getTypeOfSymbol(symbol).getConstructSignatures();
    const args = construct?.parameters[1];
    if (construct === undefined || args === undefined) return [];
    const type = symbol.name;
    return [{ type, symbol, instance: construct.getReturnType(), args: sources.checker.getTypeOfSymbol(args) }];
  });
}

export function componentTable({ sources }: Context, components: readonly Component[]): string {
  const listed = components.map((component) => [
    `[${code(component.type)}](${componentPageOf(component)})`,
    firstSentence(sources.comment(component.symbol).text),
  ]);
  return table(["Component", "What it is"], listed);
}

export function componentPage(context: Context, component: Component): string {
  const { sources } = context;
  const { type, symbol, instance } = component;
  const { text, example } = explained(type, fileOf(symbol), sources.comment(symbol));
  const outputs = members(instance).filter(
    (member) => liesIn(member, "provider/components") && member.flags & ts.SymbolFlags.Property,
  );
  return `${parts(
    `<!-- made by npm run docs from ${fileOf(symbol)} -->`,
    `# ${type}`,
    text,
    fenced(program(sources, example)),
    "## Arguments",
    argumentTables(context, component),
    ...entryTables(context, "Argument", members(component.args)),
    outputs.length === 0 ? "" : parts("## Outputs", rows(context, "Output", outputs)),
    ...entryTables(context, "Output", outputs),
    ...methods(sources, sources.checker.getTypeOfSymbol(symbol)).map((one) => otherWay(context, one)),
    ...methods(sources, instance).map((one) => parts(`## ${one.name}`, heading(context, one), described(context, one))),
    "[All pages](../README.md)",
  )}\n`;
}

/** The arguments of a resource that it takes as they are, and its own. */
function argumentTables(context: Context, { args }: Component): string {
  const resource = resourceOf(args, context.resources);
  if (resource === undefined) return rows(context, "Argument", members(args));
  const known = new Set(resource.args.map(({ path }) => path[0]));
  const more = members(args).filter(({ name }) => !known.has(name));
  const all = `All [arguments of a ${code(resource.type)}](${context.from}${pageOf(resource)}#arguments)`;
  return more.length === 0 ? `${all}.` : parts(`${all}, and:`, rows(context, "Argument", more));
}

/** What the entries of maps take or have, and the entries of the maps in them. */
function entryTables(context: Context, head: string, list: readonly ts.Symbol[]): readonly string[] {
  const { sources } = context;
  return list.flatMap((member) => {
    const type = sources.checker.getNonNullableType(sources.checker.getTypeOfSymbol(member));
    const entry = valuesOf(sources, type);
    const isResource = entry?.getProperty("urn") !== undefined;
    const inside = entry === undefined || isResource ? [] : members(entry);
    if (inside.length === 0) return [];
    return [`### Each of ${code(member.name)}`, rows(context, head, inside), ...entryTables(context, head, inside)];
  });
}

/** Another way to make the component: what it takes and has stands above. */
function otherWay(context: Context, one: Callable): string {
  const { text, examples } = context.sources.comment(one.symbol);
  const programs = examples.map((example) => fenced(program(context.sources, example)));
  return parts(`## ${one.name}`, heading(context, one), text, ...programs);
}
