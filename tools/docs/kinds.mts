/** What a zod schema takes, in words. */
import { z } from "zod";
import type { Words } from "../../provider/schema/words.ts";
import { code, kebab, listed } from "./markdown.mts";

export type WordsOf = (schema: z.ZodType) => Words & { readonly refersTo?: string | undefined };
export type Shape = Readonly<Record<string, z.ZodType>>;

/** The schema inside of what only says that it may be left out, or what becomes of it. */
export function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return bare(schema.unwrap() as z.ZodType);
  }
  return schema;
}

/** The fields of a message or of a list of messages. */
export function inside(schema: z.ZodType): Shape | undefined {
  const inner = written(bare(schema));
  if (inner instanceof z.ZodArray) return inside(inner.element as z.ZodType);
  return inner instanceof z.ZodObject ? (inner.shape as Shape) : undefined;
}

export function isRequired(schema: z.ZodType): boolean {
  return !schema.safeParse(undefined).success;
}

/** What a value is, e.g. `duration` or "`Branch` or its name". */
export function kind(schema: z.ZodType, wordsOf: WordsOf): string {
  const inner = bare(schema);
  const { kind: own, refersTo } = wordsOf(inner);
  if (refersTo !== undefined) return `[${code(refersTo)}](${kebab(refersTo)}.md) or its name`;
  if (own !== undefined) return own;
  if (inner instanceof z.ZodPipe) return kind(inner.in as z.ZodType, wordsOf);
  if (inner instanceof z.ZodLiteral) return listed([...inner.values].map((value) => code(String(value))));
  if (inner instanceof z.ZodEnum) return listed(inner.options.map((option) => code(String(option))));
  if (inner instanceof z.ZodUnion) {
    return listed([...new Set(inner.options.map((option) => kind(option as z.ZodType, wordsOf)))]);
  }
  if (inner instanceof z.ZodRecord) return `map of ${several(kind(inner.valueType as z.ZodType, wordsOf))}`;
  if (inner instanceof z.ZodArray) return `list of ${several(kind(inner.element as z.ZodType, wordsOf))}`;
  const plain = plainKinds.find(([type]) => inner instanceof type);
  if (plain === undefined) throw new Error(`tools/docs/kinds.mts has no word for the zod type ${inner.type}`);
  return plain[1];
}

const plainKinds = [
  [z.ZodString, "text"],
  [z.ZodNumber, "number"],
  [z.ZodBoolean, "boolean"],
  [z.ZodObject, "object"],
] as const;

function several(one: string): string {
  return /^[a-z]+$/.test(one) ? `${one}s` : one;
}

/** The values that it takes beside its kind, e.g. `1 to 4`. */
export function limits(schema: z.ZodType, wordsOf: WordsOf): string {
  const inner = bare(schema);
  const own = wordsOf(inner).limits;
  if (own !== undefined) return own;
  if (inner instanceof z.ZodPipe) return limits(inner.in as z.ZodType, wordsOf);
  if (inner instanceof z.ZodNumber) return span(finite(inner.minValue), finite(inner.maxValue), "");
  if (inner instanceof z.ZodString) {
    return inner.minLength === 1 && inner.maxLength === null
      ? "not empty"
      : span(inner.minLength, inner.maxLength, " characters");
  }
  return "";
}

function span(least: number | null, most: number | null, unit: string): string {
  if (least === null && most === null) return "";
  if (least === null) return `at most ${most}${unit}`;
  return most === null ? `at least ${least}${unit}` : `${least} to ${most}${unit}`;
}

/** Whole numbers have the machine's limits, which say nothing. */
function finite(value: number | null): number | null {
  return value !== null && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null;
}

/** Before what is done to it. */
function written(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodPipe ? bare(schema.in as z.ZodType) : schema;
}
