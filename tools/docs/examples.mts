/** Examples in comments leave out what every program begins with. */
import { entryPoints, type Sources } from "./comments.mts";

export function program(sources: Sources, example: string): string {
  const [main, ...others] = entryPoints();
  const imports = others.flatMap(({ name, file }) => {
    const used = [...sources.exports(file).keys()].filter((key) => new RegExp(`(?<![.\\w])${key}\\(`).test(example));
    return used.length === 0 ? [] : [`import { ${used.join(", ")} } from "${name}";`];
  });
  const whole = /\blakebase\./.test(example) ? [`import * as lakebase from "${main?.name}";`] : [];
  const given = [...whole, ...imports].filter((line) => !example.includes(line));
  return [...given, ...(/^import /.test(example) || given.length === 0 ? [] : [""]), example].join("\n");
}
