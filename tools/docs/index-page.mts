/** The page that leads to all others, and says how they are read. */
import type { z } from "zod";
import type { Context } from "./callables.mts";
import { type Component, componentTable } from "./component-page.mts";
import { functionTable } from "./functions-page.mts";
import { bare, type WordsOf } from "./kinds.mts";
import { bullets, code, firstSentence, parts, table } from "./markdown.mts";
import type { Module } from "./modules.mts";
import { type Provider, wordsIn } from "./provider.mts";
import { pageOf, type Resource } from "./resources.mts";

export function resourceTable(resources: readonly Resource[], folder: string): string {
  const rows = resources.map((resource) => [
    `[${code(resource.type)}](${folder}${pageOf(resource)})`,
    firstSentence(resource.doc),
  ]);
  return table(["Resource", "What it is"], rows);
}

export function indexPage(
  provider: Provider,
  context: Context,
  components: readonly Component[],
  modules: readonly Module[],
): string {
  const { resources } = context;
  return `${parts(
    "<!-- made by npm run docs -->",
    "# Reference",
    "To begin with, [the guide](guide.md) leads from nothing to a database for every pull request.",
    "## Resources",
    resourceTable(resources, ""),
    components.length === 0 ? "" : parts("## Components", componentTable(context, components)),
    ...modules.map(({ title, page, functions }) => parts(`## ${title}`, functionTable(context, functions, page))),
    "## How to read a resource's page",
    "Arguments are the API's fields in camelCase, without the `spec` level. They may be outputs of other resources, as everywhere in Pulumi.",
    bullets([
      "**Type**: beside texts, numbers, booleans, lists and maps there are the kinds below. Where a resource or its name is asked for, give the resource itself, or its full name as a text.",
      "**Default**: what the service takes when the argument is not given. An argument that is removed from the program is set back to it. Where the column is empty, the default is not known, and the removal of an argument that changes in place is refused at preview.",
      "**Change**: *in place* is one request, whose update mask names exactly what changed. *Replaces* deletes the resource and makes it anew. *Refused* is what is read only at creation. *No request* concerns the provider alone, and the service never hears of it.",
      "**Update masks**: the path by which the service knows each argument. Arguments of which only one may be given share one.",
      "**Outputs**: `pulumi refresh` compares what the service says with the arguments that the program gives, and with no others. Nothing is found of what the service never shows.",
    ]),
    kindTable(resources, wordsIn(provider)),
  )}\n`;
}

function kindTable(resources: readonly Resource[], wordsOf: WordsOf): string {
  const schemas = resources.flatMap(({ definition }) => definition.fields.map(({ schema }): z.ZodType => bare(schema)));
  const kinds = schemas.flatMap((schema) => {
    const { kind, written } = wordsOf(schema);
    return kind === undefined || written === undefined ? [] : [[kind, written] as const];
  });
  return table(
    ["Kind", "How it is written"],
    [...new Map(kinds.map(([kind, written]) => [`${kind}: ${written}`, [kind, written]])).entries()]
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([, row]) => row),
  );
}
