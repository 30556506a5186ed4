/** What a program can call: the functions beside the resources, and those of the package's other modules. */
import { basename, dirname } from "node:path";
import type { Context } from "./callables.mts";
import { type EntryPoint, entryPoints } from "./comments.mts";
import { functionsOf, type Offered } from "./functions-page.mts";
import { code } from "./markdown.mts";

export interface Module {
  readonly title: string;
  readonly page: string;
  readonly introduction: string;
  readonly functions: readonly Offered[];
}

const called = [
  "A program calls these, and they run in previews too. They sign in as the resources do. Each answers a promise, so it is",
  "for names that are plain texts. The one whose name ends in `Output` takes resources and outputs as well, waits until what",
  "they stand for is there, and answers an output.",
].join(" ");

export function allModules(context: Context): readonly Module[] {
  return entryPoints().flatMap((entry, index) => {
    const functions = functionsOf(context, entry, index === 0 ? "provider/functions" : dirname(entry.file));
    const introduction = context.sources.introduction(entry.file);
    if (functions.length === 0 || introduction === undefined) return [];
    return [index === 0 ? functionsModule(functions) : otherModule(entry, introduction, functions)];
  });
}

function functionsModule(functions: readonly Offered[]): Module {
  return { title: "Functions", page: "functions.md", introduction: called, functions };
}

function otherModule({ name }: EntryPoint, introduction: string, functions: readonly Offered[]): Module {
  const short = basename(name);
  return {
    title: `${short.charAt(0).toUpperCase()}${short.slice(1)}`,
    page: `${short}.md`,
    introduction: `${introduction} It is the module ${code(name)}.`,
    functions,
  };
}
