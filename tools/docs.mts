/**
 * `npm run docs` makes the reference in docs/, README's tables and provider/classes.ts from the declarations: comments
 * and examples from the sources, everything else from the built definitions. A test holds what is there to what this
 * makes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Context } from "./docs/callables.mts";
import { classesFile } from "./docs/classes.mts";
import { Sources } from "./docs/comments.mts";
import { allComponents, componentPage, componentPageOf } from "./docs/component-page.mts";
import { functionsPage } from "./docs/functions-page.mts";
import { indexPage, resourceTable } from "./docs/index-page.mts";
import { allModules } from "./docs/modules.mts";
import { builtProvider, type Provider } from "./docs/provider.mts";
import { resourcePage } from "./docs/resource-page.mts";
import { allResources, pageOf, type Resource } from "./docs/resources.mts";
import { ruleTable } from "./docs/rule-table.mts";
import { checkout, whenStarted } from "./places.mts";

/** Files by their path from the checkout. */
export type Files = ReadonlyMap<string, string>;

export interface Reference {
  readonly resources: readonly Resource[];
  /** Everything that `npm run docs` writes. */
  readonly files: Files;
}

const classes = "provider/classes.ts";

export function makeReference(provider: Provider): Reference {
  const sources = new Sources();
  const resources = allResources(provider, sources);
  const top: Context = { sources, resources, from: "" };
  const below: Context = { ...top, from: "../" };
  const components = allComponents(top);
  const modules = allModules(top);
  const readme = { resources: resourceTable(resources, "docs/"), rules: ruleTable(provider.limits) };
  return {
    resources,
    files: new Map([
      [classes, classesFile(provider, sources)],
      ["README.md", withParts("README.md", readme)],
      ["docs/README.md", indexPage(provider, top, components, modules)],
      ...resources.map((resource) => [`docs/${pageOf(resource)}`, resourcePage(resource, below)] as const),
      ...components.map((one) => [`docs/${componentPageOf(one)}`, componentPage(below, one)] as const),
      ...modules.map(
        (one) => [`docs/${one.page}`, functionsPage(top, one.title, one.introduction, one.functions)] as const,
      ),
    ]),
  };
}

/** A file with the text between `<!-- name -->` and `<!-- /name -->` made anew. */
function withParts(file: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce(
    (text, [name, made]) => {
      const between = new RegExp(`(<!-- ${name}\\b[^>]*-->\n)[\\s\\S]*?(\n<!-- /${name} -->)`);
      if (!between.test(text)) throw new Error(`${file} has no <!-- ${name} --> … <!-- /${name} -->`);
      return text.replace(between, (_, start: string, end: string) => `${start}\n${made}\n${end}`);
    },
    readFileSync(join(checkout, file), "utf8"),
  );
}

/** The pages that are there and were made by this, at whatever time. */
export function madePages(): readonly string[] {
  const entries = readdirSync(join(checkout, "docs"), { recursive: true, encoding: "utf8" });
  const paths = entries.filter((entry) => entry.endsWith(".md")).map((entry) => `docs/${entry.replaceAll("\\", "/")}`);
  return paths.filter((path) => readFileSync(join(checkout, path), "utf8").startsWith("<!-- made by npm run docs"));
}

whenStarted(import.meta.filename, async () => {
  const provider = builtProvider();
  // The pages show what the classes have, so those come first.
  write(classes, classesFile(provider, new Sources()));
  const { files } = makeReference(provider);
  for (const page of madePages().filter((path) => !files.has(path))) {
    rmSync(join(checkout, page));
  }
  for (const [path, text] of files) write(path, text);
});

function write(path: string, text: string): void {
  const file = join(checkout, path);
  mkdirSync(dirname(file), { recursive: true });
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}
