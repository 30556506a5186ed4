/** Everything that a program can set on a resource, one row each: from the built definition and the comments. */
import { isDeepStrictEqual } from "node:util";
import type { AnyDefinition } from "../../provider/schema/definition.ts";
import type { Field } from "../../provider/schema/fields.ts";
import { readable } from "../durations.mts";
import type { Comments } from "./comments.mts";
import { inside, isRequired, kind, limits, type Shape, type WordsOf } from "./kinds.mts";
import { code, listed } from "./markdown.mts";

/** What a change of an argument does. */
export type Change = "in place" | "replaces" | "refused" | "no request";

export interface Argument {
  /** `["group", "min"]` for `group.min`. */
  readonly path: readonly string[];
  readonly kind: string;
  readonly limits: string;
  readonly required: boolean;
  /** What is taken when it is not given; empty where that is not known. */
  readonly default: string;
  readonly change: Change;
  readonly meaning: string;
  /** What is in it, for a message or a list of messages. */
  readonly fields: readonly Argument[];
}

export interface Described {
  readonly definition: AnyDefinition;
  readonly comments: Comments;
  readonly wordsOf: WordsOf;
}

export function argumentsOf(resource: Described): readonly Argument[] {
  return read(resource, resource.definition.args, []);
}

function read(resource: Described, shape: Shape, at: readonly string[]): Argument[] {
  return Object.entries(shape).map(([key, schema]) => {
    const path = [...at, key];
    const field = governing(resource.definition, path);
    const within = inside(schema);
    const limit = limits(schema, resource.wordsOf);
    const comment = sentences(documented(resource, path)).map((said) => withoutLimit(resource, path, said, limit));
    const isLeaf = field?.path.length === path.length;
    const fields = within === undefined ? [] : read(resource, within, path);
    return {
      path,
      kind: kind(schema, resource.wordsOf),
      limits: limit,
      required: isRequired(schema),
      default: isLeaf ? defaultOf(resource.definition, field, comment) : spoken(comment),
      change: field === undefined ? common(fields) : changeOf(resource.definition, field),
      meaning: [...comment.filter((sentence) => !isTold(sentence)), ...(isLeaf ? derived(resource, field) : [])].join(
        " ",
      ),
      fields,
    };
  });
}

/** The leaf that a path is, or lies in: a list is compared and sent as a whole. */
function governing({ fields }: AnyDefinition, path: readonly string[]): Field | undefined {
  return fields.find((field) => field.path.every((key, index) => path[index] === key));
}

function documented({ definition, comments }: Described, path: readonly string[]): string {
  const comment = comments.get(path.join("."));
  if (!comment) {
    throw new Error(`${definition.type} has no comment on ${path.join(".")}; say above it what it means`);
  }
  return comment;
}

function sentences(comment: string): readonly string[] {
  return comment.split(/(?<=[.!?])\s+(?=[A-Z`])/);
}

const figures = /(?:^|[:,]) (?=\d)(?:[^.;`]|\.(?=\d))*(?=[.;])/;

/** A sentence without the figures that the column of types has. A range that is another one is a mistake in the comment. */
function withoutLimit({ definition }: Described, path: readonly string[], sentence: string, limit: string): string {
  const [said = ""] = figures.exec(sentence) ?? [];
  if (said === "" || limit === "") return sentence;
  if (isDeepStrictEqual(numbers(said), numbers(limit))) return sentence.replace(said, "");
  if (!/ to /.test(said)) return sentence;
  throw new Error(`${definition.type}.${path.join(".")} says in its comment${said}, and takes ${limit}`);
}

/** Numbers of a text; lengths of time in seconds. */
function numbers(text: string): readonly number[] {
  const size: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };
  const found = text.matchAll(/(\d+(?:\.\d+)?) ?([smhd](?![a-z]))?/g);
  return [...found].map(([, count, unit]) => Number(count) * (size[unit ?? ""] ?? 1));
}

const defaultSentence = /^(?:Default|The service's default is):? (.+)\.$/;

/** What a comment says, and apart from that the default that it tells. */
export function withoutDefault(comment: string): { readonly default: string; readonly meaning: string } {
  const said = sentences(comment);
  return { default: spoken(said), meaning: said.filter((one) => !isTold(one)).join(" ") };
}

/** Sentences that a column or a derived sentence says. */
function isTold(sentence: string): boolean {
  const [, given] = defaultSentence.exec(sentence) ?? [];
  return (given !== undefined && given === short(given)) || /^A change replaces |^Not together with /.test(sentence);
}

/** The default that a comment tells: in a sentence of its own, or as `fail` (default) among the values. */
function spoken(comment: readonly string[]): string {
  const [given] = comment.flatMap(
    (sentence) => defaultSentence.exec(sentence)?.[1] ?? /(`[^`]+`) \(default\)/.exec(sentence)?.[1] ?? [],
  );
  return given === undefined ? "" : short(given);
}

/** Without what is said of it. */
function short(words: string): string {
  return words.replace(/[,:;] .*$/, "");
}

function defaultOf(definition: AnyDefinition, field: Field, comment: readonly string[]): string {
  const { assumed, resetTo, oneof } = field.marks;
  if (assumed !== undefined) return code(JSON.stringify(assumed));
  const told = spoken(comment);
  if (resetTo === undefined || typeof resetTo === "function") return told;
  const value = oneof === undefined ? resetTo : Object.values(resetTo as object)[0];
  const shown = presented(value);
  if (told !== "" && !sameValue(field, told, value)) {
    throw new Error(
      `${definition.type}.${field.path.join(".")} says in its comment that its default is ${told}, and is set back to ${shown}`,
    );
  }
  return shown;
}

/** Whether the words of a comment mean the value that a removed argument is set to. */
function sameValue(field: Field, told: string, value: unknown): boolean {
  const plain = told.replaceAll("`", "");
  const length = plain.replaceAll(" ", "");
  const canonical = (text: unknown) => field.schema.safeParse(text).data;
  return (
    told === presented(value) ||
    plain === String(value) ||
    plain === JSON.stringify(value) ||
    (canonical(length) !== undefined && canonical(length) === canonical(value))
  );
}

function presented(value: unknown): string {
  if (typeof value === "string") return code(/^\d+s$/.test(value) ? readable(Number.parseInt(value, 10)) : value);
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return isEmpty ? "none" : code(JSON.stringify(value));
}

/** Whether the service shows the field's value, so that drift of it is found. */
export function isShown({ marks }: Field): boolean {
  return marks.place !== "local" && marks.createOnly === undefined && !marks.notShown;
}

function changeOf({ fields }: AnyDefinition, { path, marks }: Field): Change {
  if (marks.immutable) return "replaces";
  if (marks.createOnly !== undefined) return "refused";
  const isRenewal = fields.some((other) => other.marks.slides?.renewedBy === path[0]);
  return marks.place === "local" && !marks.slides && !isRenewal ? "no request" : "in place";
}

/** What a change does of a message whose fields can be set one by one. */
function common(fields: readonly Argument[]): Change {
  const [first = "in place"] = fields.map(({ change }) => change);
  return fields.every(({ change }) => change === first) ? first : "in place";
}

/** What the definition knows beside the comment. */
function derived({ definition }: Described, { path, marks }: Field): readonly string[] {
  const slot = definition.slots.find(
    ({ members }) => members.length > 1 && members.some((field) => field.path.join() === path.join()),
  );
  const others = (slot?.members ?? []).flatMap((field) => field.path.at(-1) ?? []).filter((key) => key !== path.at(-1));
  return [
    ...(others.length > 0 ? [`Not together with ${listed(others.map(code))}.`] : []),
    ...(marks.notShown && definition.fields.some(isShown) ? ["The service never shows it."] : []),
  ];
}
