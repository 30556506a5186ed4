/** Pages of functions: those that programs call, and those of the package's other modules. */
import type ts from "typescript";
import { type Callable, type Context, callable, described, heading, memberTable, parameters } from "./callables.mts";
import { type EntryPoint, liesIn } from "./comments.mts";
import { code, firstSentence, parts, table } from "./markdown.mts";
import { isMessage } from "./types.mts";

/** A function, and the one that does the same for outputs. */
export interface Offered extends Callable {
  readonly twin?: Callable;
}

const suffix = "Output";

/** Functions that a module exports, from files in a folder. */
export function functionsOf({ sources }: Context, { file }: EntryPoint, folder: string): readonly Offered[] {
  const found = [...sources.exports(file).values()].flatMap((symbol) =>
    liesIn(symbol, folder) && sources.isValue(symbol) ? (callable(sources, symbol) ?? []) : [],
  );
  const names = new Set(found.map(({ name }) => name));
  const isTwin = ({ name }: Callable) => name.endsWith(suffix) && names.has(name.slice(0, -suffix.length));
  return found
    .filter((one) => !isTwin(one))
    .map((one) => {
      const twin = found.find(({ name }) => name === one.name + suffix);
      return { ...one, ...(twin && { twin }) };
    });
}

export function functionTable({ sources }: Context, functions: readonly Offered[], page: string): string {
  const rows = functions.map(({ name, symbol }) => [
    `[${code(name)}](${page}#${name.toLowerCase()})`,
    firstSentence(sources.comment(symbol).text),
  ]);
  return table(["Function", "What it does"], rows);
}

export function functionsPage(
  context: Context,
  title: string,
  introduction: string,
  functions: readonly Offered[],
): string {
  const shared = sharedTypes(context, functions);
  return `${parts(
    "<!-- made by npm run docs -->",
    `# ${title}`,
    introduction,
    functionTable(context, functions, ""),
    ...functions.map((one) => section(context, one, shared)),
    ...shared.map((type) => parts("## Options", memberTable(context, "Option", type))),
    "[All pages](README.md)",
  )}\n`;
}

function section(context: Context, one: Offered, shared: readonly ts.Type[]): string {
  const { twin } = one;
  return parts(
    `## ${one.name}`,
    heading(context, one),
    described(context, one, shared),
    twin === undefined ? "" : `${heading(context, twin)}: ${lowered(context.sources.comment(twin.symbol).text)}`,
  );
}

function lowered(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** Messages that several functions take: told once. */
function sharedTypes({ sources }: Context, functions: readonly Offered[]): readonly ts.Type[] {
  const all = functions.flatMap((one) =>
    parameters(one).map((parameter) => sources.checker.getNonNullableType(sources.checker.getTypeOfSymbol(parameter))),
  );
  const optional = all.filter((type) => isMessage(type) && type.getSymbol()?.name.endsWith("Options"));
  return [...new Set(optional.filter((type) => optional.filter((other) => other === type).length > 1))];
}
