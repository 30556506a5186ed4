/** An expiry that is put off: a duration of the program's → the moment that the service is told, renewed only when it is due. */
import { canonical, held } from "./canonical";
import type { AnyDefinition } from "./definition";
import { seconds } from "./durations";
import type { Field } from "./fields";
import type { Slides } from "./marks";
import { hasUnknown, unknownValue } from "./unknown";

type Values = Readonly<Record<string, unknown>>;

/** A field that slides, and how it does. */
export interface Sliding {
  readonly field: Field;
  /** The argument that holds the duration. */
  readonly argument: string;
  readonly slides: Slides;
}

export function slidingOf(definition: AnyDefinition): Sliding | undefined {
  return definition.fields.flatMap((field) => {
    const [argument = ""] = field.path;
    const { slides } = field.marks;
    return slides ? [{ field, argument, slides }] : [];
  })[0];
}

/** The argument that holds a moment of our own reckoning, which the program did not write. */
export function reckoned(definition: AnyDefinition, args: Values): string | undefined {
  const sliding = slidingOf(definition);
  return sliding && args[sliding.argument] !== undefined ? sliding.slides.into : undefined;
}

/**
 * What the program itself wrote: without the moment that an earlier check put in. A program cannot have written the very
 * same beside the duration, since it was refused then.
 */
export function asWritten(definition: AnyDefinition, olds: Values | undefined, news: Values): Values {
  const into = reckoned(definition, news);
  if (into === undefined || !olds || reckoned(definition, olds) === undefined || news[into] !== olds[into]) return news;
  const { [into]: _, ...written } = news;
  return written;
}

/**
 * The arguments with the moment that the duration makes of the service's time. The old moment is kept while what was
 * declared is as before and at least half of the duration remains.
 */
export function withMoment(
  definition: AnyDefinition,
  olds: Values | undefined,
  news: Values,
  now: number | undefined,
): Values {
  const sliding = slidingOf(definition);
  if (!sliding || news[sliding.argument] === undefined || isGivenOtherwise(definition, sliding, news)) return news;
  const { field, argument, slides } = sliding;
  const { into, renewedBy, staysOver } = slides;
  const declared = [news[argument], news[renewedBy]];
  const { data } = field.schema.safeParse(news[argument]);
  const duration = typeof data === "string" ? seconds(data) : undefined;
  // A duration that is wrong by itself makes no moment.
  if (declared.some(hasUnknown) || duration === undefined || now === undefined) {
    return { ...news, [into]: unknownValue };
  }
  const isAsBefore =
    olds !== undefined &&
    olds[renewedBy] === news[renewedBy] &&
    canonical(field, olds[argument]) === canonical(field, news[argument]);
  const end = Date.parse(String(olds?.[into]));
  const isFresh = end - now >= (duration * 1000) / 2 || (end <= now && staysOver(news));
  return { ...news, [into]: isAsBefore && isFresh ? olds[into] : moment(now + duration * 1000) };
}

/** Whether the old moment has passed, so that the service may have deleted the object. */
export function isOver(definition: AnyDefinition, olds: Values, now: number): boolean {
  const into = reckoned(definition, olds);
  return into !== undefined && Date.parse(String(olds[into])) <= now;
}

function isGivenOtherwise(definition: AnyDefinition, { slides: { into } }: Sliding, news: Values): boolean {
  const slot = definition.slots.find(({ fields }) => fields.some(({ path }) => path[0] === into));
  return slot !== undefined && held(slot, news).state !== "absent";
}

/** The service knows whole seconds. */
function moment(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}
