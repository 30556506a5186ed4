/** One resource's page. */

import { type Argument, isShown } from "./arguments.mts";
import { type Context, described, heading, methods } from "./callables.mts";
import { bullets, code, fenced, listed, parts, plainly, table } from "./markdown.mts";
import type { Output, Resource } from "./resources.mts";

export function resourcePage(resource: Resource, context: Context): string {
  const { type, file, doc, example, name } = resource;
  return `${parts(
    `<!-- made by npm run docs from ${file} -->`,
    `# ${type}`,
    doc,
    `Full name: ${code(name)}`,
    fenced(example),
    section("Arguments", argumentTables(resource)),
    section("Update masks", masks(resource)),
    section("Outputs", outputTables(resource)),
    ...methods(context.sources, resource.instance).map((one) =>
      section(one.name, parts(heading(context, one), described(context, one))),
    ),
    section("Rules", rules(resource)),
    section("Deleting", deleting(resource)),
    section("What exists already", existing(resource)),
    "[All resources, and how to read this page](../README.md)",
  )}\n`;
}

function section(title: string, text: string): string {
  return text === "" ? "" : `## ${title}\n\n${text}`;
}

function argumentTables({ args }: Resource): string {
  return parts(argumentTable(args), ...args.flatMap(messages));
}

/** A table for each message, and for those in it. */
function messages({ path, meaning, fields }: Argument): readonly string[] {
  if (fields.length === 0) return [];
  return [`### ${code(path.join("."))}`, meaning, argumentTable(fields), ...fields.flatMap(messages)];
}

function argumentTable(args: readonly Argument[]): string {
  const rows = args.map((arg) => [
    arg.required ? `${code(last(arg))}<br>required` : code(last(arg)),
    [arg.fields.length > 0 ? linked(arg) : isLong(arg) ? narrow(arg.kind) : arg.kind, arg.limits]
      .filter((text) => text !== "")
      .join("<br>"),
    arg.default,
    arg.change,
    isLong(arg) ? `${arg.meaning} ${values(arg.kind)}` : arg.meaning,
  ]);
  return table(["Argument", "Type", "Default", "Change", "Meaning"], rows);
}

const ofList = "list of ";

/** Whether its values would make the column of types too wide. */
function isLong({ kind }: Argument): boolean {
  return !kind.includes("](") && [...kind.matchAll(/`[^`]+`/g)].some(([word]) => word.length > 15);
}

function narrow(kind: string): string {
  return kind.startsWith(ofList) ? `${ofList}texts` : "text";
}

function values(kind: string): string {
  return kind.startsWith(ofList) ? `Each is ${kind.slice(ofList.length)}.` : `Takes ${kind}.`;
}

function last({ path }: Argument): string {
  return path.at(-1) ?? "";
}

/** A long name, with the messages that it lies in on a line of their own. */
function lines(path: readonly string[]): string {
  const whole = path.join(".");
  if (whole.length < 35) return code(whole);
  const above = path.slice(0, -1).map((key) => code(`${key}.`));
  return [...above, code(path.at(-1) ?? "")].join("<br>");
}

/** Headings are anchors in small letters without dots. */
function linked({ kind, path }: Argument): string {
  return `[${kind}](#${path.join("").toLowerCase()})`;
}

function masks({ type, definition }: Resource): string {
  if (definition.foreign) return "None: another API of the workspace serves it, and takes it as a whole.";
  const sent = definition.slots.filter(
    ({ fields: [first] }) =>
      first && !first.marks.immutable && !first.marks.createOnly && first.marks.place !== "local",
  );
  if (sent.length === 0) return `Nothing of a ${plainly(type)} changes in place.`;
  const rows = sent.map(({ mask, members }) => [code(mask), members.map(({ path }) => lines(path)).join("<br>")]);
  return table(["Mask", "Argument"], rows);
}

function outputTables({ definition, outputs, status }: Resource): string {
  const isAny = definition.fields.some(isShown);
  const shown = isAny
    ? "`status` has the arguments as the service has them, also those that the program does not give"
    : "The service shows none of the arguments again, so an edit of them from outside is not found. `status` has";
  return parts(
    "Every argument is an output too: as the program gave it, or as `pulumi refresh` found it.",
    outputTable("Output", outputs),
    status.length === 0 ? `${shown}.` : parts(`${shown}${isAny ? ", and" : ""}:`, outputTable("In `status`", status)),
  );
}

function outputTable(head: string, outputs: readonly Output[]): string {
  return table(
    [head, "Type", "Meaning"],
    outputs.map(({ name, kind, meaning }) => [code(name), kind, meaning]),
  );
}

function rules({ type, definition, refusals }: Resource): string {
  const created = definition.fields.filter(({ marks }) => marks.createOnly !== undefined);
  const reasons = [...new Set(created.map(({ marks }) => marks.createOnly ?? ""))];
  const texts = [...new Set(refusals.map(({ text }) => text))];
  const held = bullets([
    ...texts.map((text) =>
      placed(text, [...new Set(refusals.filter((one) => one.text === text).map((one) => one.within))]),
    ),
    ...reasons.map((reason) => {
      const which = new Set(
        created.filter(({ marks }) => marks.createOnly === reason).map(({ path }) => code(path[0] ?? "")),
      );
      return `A change of ${listed([...which])} is refused: ${reason}.`;
    }),
    ...(definition.holds === undefined
      ? []
      : [
          `A change that replaces the ${plainly(type)} needs ${code("allowReplace: true")}: it loses ${definition.holds}.`,
        ]),
  ]);
  return parts("These hold at preview, before anything is sent:", held);
}

function placed(text: string, within: readonly string[]): string {
  const named = within.filter((key) => key !== "");
  return named.length === 0 ? text : `${text.replace(/\.$/, "")} (${listed(named.map(code), "and")}).`;
}

/** What follows from a key of a definition, where no comment on that key says it better. */
type Facts = readonly (readonly [key: string, sentence: (resource: Resource) => string])[];

const onDelete: Facts = [
  ["deletionProtection", () => "`deletionProtection: true` refuses that."],
  [
    "permanent",
    () => "It is there as long as its parent is: deleting it sets it back to what it was without a program.",
  ],
  [
    "goesWithParent",
    () => "What the service makes with its parent goes only with it: deleting it alone lets go of it.",
  ],
  ["keepsId", ({ type }) => `The service keeps a deleted ${plainly(type)} for some days, and its id with it.`],
  ["undeletable", () => "A deleted one can be brought back for some days: see `onTombstone`."],
  ["expires", () => "The service deletes it by itself when its time has come: see `onExpiry`."],
  ["lingers", () => "The service goes on deleting after its answer, and this is waited for."],
  ["blockers", () => "Where the service refuses, the error says what is in the way."],
];

const onCreate: Facts = [
  ["comesWithParent", () => "Those that the service makes with its parent are taken over when they are declared."],
  ["implicit", () => "What the service makes with its parent is taken over when it is declared."],
  ["adopt", () => "With `adopt: true`, one that somebody else made is taken over too, and let go of in the end."],
];

function known(facts: Facts, resource: Resource): readonly string[] {
  return facts.flatMap(([key, sentence]) =>
    key in resource.definition || key in resource.definition.args
      ? [resource.facts.get(key) || sentence(resource)]
      : [],
  );
}

function deleting(resource: Resource): string {
  const isKept = "permanent" in resource.definition;
  const purge = resource.definition.fields.find(({ marks }) => marks.onDelete === "purge");
  return [
    ...(isKept ? [] : ["`pulumi destroy` deletes it, and so does taking it out of the program."]),
    ...known(onDelete, resource),
    ...(purge ? [`${code(`${purge.path.join(".")}: true`)} deletes it for good, and frees the id at once.`] : []),
  ].join(" ");
}

function existing(resource: Resource): string {
  const { type, name } = resource;
  const looked = `${code(`lakebase.${type}.get("NAME", "${name}")`)} looks one up without managing it.`;
  const isThere = resource.definition.permanent !== undefined;
  return [...(isThere ? ["It is there already: declaring it sets it."] : known(onCreate, resource)), looked].join(" ");
}
