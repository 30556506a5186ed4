/** Examples in comments leave out what every program begins with: the package's own imports. */
import { entryPoints, type Sources } from "./comments.mts";

export function program(sources: Sources, example: string): string {
  const [main, ...others] = entryPoints();
  const ours = [
    ...(/\blakebase\./.test(example) ? [`import * as lakebase from "${main?.name}";`] : []),
    ...others.flatMap(({ name, file }) => {
      const values = [...sources.exports(file)].flatMap(([key, symbol]) => (sources.isValue(symbol) ? [key] : []));
      const used = values.filter((key) => new RegExp(`(?<![.\\w])${key}\\(`).test(example));
      return used.length === 0 ? [] : [`import { ${used.join(", ")} } from "${name}";`];
    }),
  ].filter((line) => !example.includes(line));
  const goesOn = ours.length === 0 || example.startsWith("import ");
  return [...ours, ...(goesOn ? [] : [""]), example].join("\n");
}
