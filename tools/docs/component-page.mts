/** A component's page: what stands for several resources in one. */
import ts from "typescript";
import { type Context, described, heading, methods, rows } from "./callables.mts";
import { fileOf, liesIn } from "./comments.mts";
import { program } from "./examples.mts";
import { code, fenced, firstSentence, kebab, parts, table } from "./markdown.mts";
import { explained, pageOf } from "./resources.mts";
import { members, resourceOf } from "./types.mts";

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
    outputs.length === 0 ? "" : parts("## Outputs", rows(context, "Output", outputs)),
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
