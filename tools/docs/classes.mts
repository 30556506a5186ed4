/**
 * provider/classes.ts, the classes that programs use: TypeScript cannot derive exported names, so they are made from the
 * barrel of resources, each with the comment of its declaration.
 */
import type { Sources } from "./comments.mts";
import type { Provider } from "./provider.mts";

/** Columns of the sources. */
const width = 120;

const head = `/** The classes of all resources. Made by npm run docs from provider/resources. */
import { type Args, type ClassOf, resourceClass } from "./pulumi/resource";
import * as resources from "./resources";
`;

export function classesFile(provider: Provider, sources: Sources): string {
  const declared = sources.exports("provider/resources/index.ts");
  // A class that does more than its definition says is written there by hand.
  const byHand = sources.declaredIn("provider/index.ts");
  const classes = inOrder(provider).flatMap(([key, type]) => {
    const symbol = declared.get(key);
    if (symbol === undefined) throw new Error(`provider/resources/index.ts has no ${key}: run npm run build again`);
    if (byHand.has(type)) return [];
    const { text, examples } = sources.comment(symbol);
    return [
      `${comment(text, examples)}
${constant(type, key)}
export type ${type} = InstanceType<typeof ${type}>;
export type ${type}Args = Args<typeof resources.${key}>;
`,
    ];
  });
  return [head, ...classes].join("\n");
}

/** As the formatter has it. */
function constant(type: string, key: string): string {
  const start = `export const ${type}: ClassOf<typeof resources.${key}> = resourceClass(`;
  const line = `${start}resources.${key});`;
  return line.length <= width ? line : `${start}\n  resources.${key},\n);`;
}

/** Parents before children, and what has children before what stands alone. */
export function inOrder({ resources, values }: Provider): readonly (readonly [key: string, type: string])[] {
  const shapes = Object.values(resources).map(({ type }) => values.shapeOf(type));
  const rank = (type: string) => {
    const shape = values.shapeOf(type);
    const isAlone = !shapes.some((other) => other.startsWith(`${shape}/`) || shape.startsWith(`${other}/`));
    return shape.split("/").length + (isAlone ? width : 0);
  };
  return Object.entries(resources)
    .map(([key, { type }]) => [key, type] as const)
    .toSorted(([, one], [, other]) => rank(one) - rank(other));
}

function comment(text: string, examples: readonly string[]): string {
  const lines = text.split("\n\n").flatMap((paragraph, n) => [...(n > 0 ? [""] : []), ...wrapped(paragraph)]);
  const code = examples.slice(0, 1).flatMap((example) => ["", "```ts", ...example.split("\n"), "```"]);
  return ["/**", ...[...lines, ...code].map((line) => ` * ${line}`.trimEnd()), " */"].join("\n");
}

function wrapped(paragraph: string): readonly string[] {
  const lines: string[] = [];
  for (const word of paragraph.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width - 3) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
