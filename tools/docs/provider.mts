/** The built provider, as the pages are made from it: what its definitions know at run time. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AnyDefinition } from "../../provider/schema/definition.ts";
import { checkout } from "../places.mts";
import type { WordsOf } from "./kinds.mts";

export interface Provider {
  /** Definitions by the name that the barrel gives them. */
  readonly resources: Readonly<Record<string, AnyDefinition>>;
  readonly limits: typeof import("../../provider/rules/limits.ts");
  readonly words: typeof import("../../provider/schema/words.ts").words;
  readonly values: Pick<typeof import("../../provider/schema/values.ts"), "kindOf" | "shapeOf">;
}

/** What `npm run build` has made. */
export function builtProvider(): Provider {
  const load = createRequire(join(checkout, "dist/provider/index.js"));
  return {
    resources: load("./resources/index.js"),
    limits: load("./rules/limits.js"),
    words: load("./schema/words.js").words,
    values: load("./schema/values.js"),
  };
}

export function wordsIn({ words, values }: Provider): WordsOf {
  return (schema) => ({ ...words.get(schema), refersTo: values.kindOf(schema) });
}
