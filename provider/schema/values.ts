/**
 * The kinds of values that arguments have. Each schema takes a value as people write it and yields its canonical form,
 * which is at once what goes over the wire and what is compared: `"7d"` and `"604800s"` are the same value.
 */
import { z } from "zod";
import { readable, seconds } from "./durations";
import { words } from "./words";

export { readable, seconds };

/** Stands in argument types where a resource may be given instead of its full name. */
export interface Reference {
  readonly __lakebaseName: string;
}

export function duration(limits: { readonly least?: number; readonly most?: number } = {}) {
  const least = limits.least ?? 1;
  const most = limits.most ?? Number.MAX_SAFE_INTEGER;
  const range = limits.most === undefined ? `at least ${readable(least)}` : `${readable(least)} to ${readable(most)}`;
  const schema = z.string(`must be a duration such as "300s", "12h" or "7d", ${range}`).transform((text, context) => {
    const total = seconds(text);
    if (total === undefined) {
      context.addIssue(`is not a duration; write "300s", "5m", "12h" or "7d", ${range}`);
      return z.NEVER;
    }
    if (total < least || total > most) {
      context.addIssue(`is ${total < least ? "shorter" : "longer"} than the service allows; write ${range}`);
      return z.NEVER;
    }
    return `${total}s`;
  });
  return schema.register(words, {
    kind: "duration",
    written: '"300s", "5m", "12h" or "7d"; compared by value, not by spelling',
    ...((limits.least ?? limits.most) !== undefined && { limits: range }),
  });
}

/** An RFC 3339 timestamp in UTC with the fraction that was written; `undefined` when it is none. */
export function utc(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/.exec(text.trim());
  if (!match) return undefined;
  const [, day, time, fraction = "", zone] = match;
  const written = new Date(`${day}T${time}Z`);
  const moment = new Date(`${day}T${time}${zone?.toUpperCase()}`);
  // Date rolls 31 February over into March: a date that does not come back as it went in does not exist.
  if (Number.isNaN(moment.getTime()) || Number.isNaN(written.getTime())) return undefined;
  if (written.toISOString().slice(0, 19) !== `${day}T${time}`) return undefined;
  const [utcTime = ""] = moment.toISOString().split(".");
  // In UTC it may lie in a year that has no four digits any more.
  if (utcTime.length !== `${day}T${time}`.length) return undefined;
  const trimmed = fraction.replace(/0+$/, "");
  return `${utcTime}${trimmed ? `.${trimmed}` : ""}Z`;
}

export function timestamp() {
  const example = 'write an RFC 3339 timestamp such as "2026-12-31T12:00:00Z"';
  const schema = z.string(`must be a text; ${example}`).transform((text, context) => {
    const moment = utc(text);
    if (moment === undefined) {
      context.addIssue(`is not a timestamp; ${example}`);
      return z.NEVER;
    }
    return moment;
  });
  return schema.register(words, { kind: "timestamp", written: 'RFC 3339, such as "2026-12-31T12:00:00Z"' });
}

/** A position in the write-ahead log. */
export function lsn() {
  return z
    .string('must be a log sequence number such as "0/1A2B3C4"')
    .regex(
      /^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/,
      'is not a log sequence number; write it as Postgres does, "0/1A2B3C4"',
    )
    .transform((text) => text.toUpperCase().replace(/(^|\/)0+(?=[0-9A-F])/g, "$1"))
    .register(words, { kind: "LSN", written: 'a position in the write-ahead log, such as "0/1A2B3C4"' });
}

/** The part of a resource's name that the user chooses. */
export function id(limits: {
  readonly least: number;
  readonly most: number;
  readonly pattern: RegExp;
  /** The pattern in words. */
  readonly written?: string;
}) {
  const written = limits.written ?? "lower-case letters, digits or hyphens, a letter first and no hyphen last";
  const rule = `write ${limits.least} to ${limits.most} ${written}`;
  return z
    .string(`must be an id; ${rule}`)
    .refine((text) => text.length >= limits.least && text.length <= limits.most && limits.pattern.test(text), {
      error: `is not an id that the service takes; ${rule}`,
    })
    .register(words, { kind: "id", written, limits: `${limits.least} to ${limits.most} characters` });
}

/** Full names by the kind of resource; words in capitals stand for ids. */
const shapes = new Map<string, () => string>();
const kinds = new WeakMap<object, string>();

/** Called once for each definition: what a reference to one of its kind looks like. */
export function registerKind(kind: string, collection: string, id: string | undefined, parent?: z.ZodType): void {
  const above = parent && kinds.get(parent);
  const word = kind.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
  // The definition of what is above may be read after this one.
  const start = () => (above === undefined ? "" : `${shapeOf(above)}/`);
  shapes.set(kind, () => `${start()}${collection}${id === undefined ? "" : `/${word}`}`);
}

/** The full name of a kind of resource, e.g. `projects/PROJECT/branches/BRANCH`. */
export function shapeOf(kind: string): string {
  const shape = shapes.get(kind);
  if (shape === undefined) throw new Error(`there is no resource ${kind}`);
  return shape();
}

/** The kind of resource that an argument refers to, if it is a reference. */
export function kindOf(schema: z.ZodType): string | undefined {
  return kinds.get(schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema);
}

/** The word for an id in a full name's shape. */
export const idWord = /[A-Z][A-Z_]*/g;

/** `a Branch`, `an Endpoint`. */
export function withArticle(kind: string): string {
  return `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
}

/** A reference to another resource: the resource itself, or its full name. */
export function reference(kind: string) {
  const matches = (text: string) =>
    new RegExp(`^${shapeOf(kind).replace(idWord, "[a-z]([a-z0-9_-]{0,61}[a-z0-9])?")}$`).test(text);
  const schema = z
    .string({ error: () => `must be ${withArticle(kind)} or its full name, ${shapeOf(kind)}` })
    .refine(matches, {
      error: ({ input }) =>
        /^(br|ep|proj)-/.test(String(input))
          ? `looks like a uid, which the service does not take here; give the ${kind} or its full name, ${shapeOf(kind)}`
          : `is not the full name of ${withArticle(kind)}; give the resource itself or ${shapeOf(kind)}`,
    });
  kinds.set(schema, kind);
  // The program may also give the resource: pulumi/resource.ts turns it into its name before the schema sees it.
  return schema as unknown as z.ZodType<string, string | Reference>;
}

/** A nested message. Its own type keeps the shape as written, so that editors show the docs of its fields. */
export function message<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = Object.keys(shape).join(", ");
  return z.strictObject(shape, `must be a set of arguments: ${names}`) as unknown as z.ZodObject<Shape, z.core.$strict>;
}

/** `true`, or nothing: the members of a oneof group that have no off position. */
export function only(remedy: string) {
  return z.literal(true, `can only be true; ${remedy}`);
}

/** A list of messages. The service's own spelling of their keys is what is compared and sent. */
export function listOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = Object.keys(shape).join(", ");
  return z.array(message(shape), `must be a list of: ${names}`);
}

/** Of a list whose order means nothing, the order that all spellings of it have. */
export function inAnyOrder<Item>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** A list of texts. */
export function texts(each: z.ZodString = text()) {
  return z.array(each, "must be a list of texts");
}

export function flag() {
  return z.boolean("must be true or false");
}

export function text() {
  return z.string("must be a text");
}
