/** Examples in comments leave out what every program begins with. */
import { entryPoints, type Sources } from "./comments.mts";

export function program(sources: Sources, example: string): string {
  if (/^import /m.test(example)) return example;
  const [main, ...others] = entryPoints();
  const imports = others.flatMap(({ name, file }) => {
    const used = [...sources.exports(file).keys()].filter((key) => new RegExp(`(?<![.\\w])${key}\\(`).test(example));
    return used.length === 0 ? [] : [`import { ${used.join(", ")} } from "${name}";`];
  });
  const whole = /\blakebase\./.test(example) ? [`import * as lakebase from "${main?.name}";`] : [];
  return [...whole, ...imports, "", example].join("\n").trimStart();
}
