import { invalid } from "./errors";
import { isObject, type Json, type JsonObject } from "./json";
import { formatInstant, formatSeconds, parseInstant, parseSeconds } from "./values";

/**
 * What a request body may hold. A check takes the value at a path and answers the value to keep, or throws the
 * service's refusal. The texts of type and range errors are inventions: no source has recorded them.
 */
export type Check = (value: Json, path: string) => Json;

export type Groups = Readonly<Record<string, readonly string[]>>;

export function text(minimum = 0, maximum = Number.POSITIVE_INFINITY): Check {
  return (value, path) => {
    if (typeof value !== "string") throw expected(path, "a string", value);
    if (value.length < minimum || value.length > maximum) {
      throw invalid(`Field '${path}' must have ${minimum} to ${maximum} characters, got ${value.length}`);
    }
    return value;
  };
}

export function pattern(regex: RegExp, meaning: string): Check {
  return (value, path) => {
    if (typeof value !== "string" || !regex.test(value)) throw expected(path, meaning, value);
    return value;
  };
}

export function flag(value: Json, path: string): Json {
  if (typeof value !== "boolean") throw expected(path, "true or false", value);
  return value;
}

/** For oneof members that only mean something when they are true. */
export function onlyTrue(refusal: string): Check {
  return (value, path) => {
    if (flag(value, path) !== true) throw invalid(refusal);
    return value;
  };
}

/** A JSON number; a numeric string is refused, as clients must send one. */
export function number(value: Json, path: string): Json {
  if (typeof value !== "number") throw expected(path, "a number", value);
  return value;
}

export function integer(value: Json, path: string): Json {
  if (typeof value !== "number" || !Number.isInteger(value)) throw expected(path, "a whole number", value);
  return value;
}

export function within(minimum: number, maximum: number): Check {
  return (value, path) => {
    const number = integer(value, path);
    if (typeof number !== "number" || number < minimum || number > maximum) {
      throw invalid(`Field '${path}' must be between ${minimum} and ${maximum}, got ${number}`);
    }
    return number;
  };
}

export function oneOf(...allowed: readonly (string | number)[]): Check {
  return (value, path) => {
    if (!allowed.some((candidate) => candidate === value)) throw expected(path, `one of ${allowed.join(", ")}`, value);
    return value;
  };
}

/** A duration in its only spelling on the wire, `"300s"`. */
export function duration(minimum: number, maximum: number): Check {
  return (value, path) => {
    const seconds = typeof value === "string" ? parseSeconds(value) : undefined;
    if (seconds === undefined) throw expected(path, 'a duration in seconds such as "300s"', value);
    if (seconds < minimum || seconds > maximum) {
      throw invalid(`Field '${path}' must be between ${minimum}s and ${maximum}s, got ${formatSeconds(seconds)}`);
    }
    return formatSeconds(seconds);
  };
}

export function instant(value: Json, path: string): Json {
  const milliseconds = typeof value === "string" ? parseInstant(value) : undefined;
  if (milliseconds === undefined) throw expected(path, "an RFC 3339 timestamp", value);
  return formatInstant(milliseconds);
}

export function textMap(value: Json, path: string): Json {
  if (!isObject(value)) throw expected(path, "a map of strings", value);
  for (const [key, item] of Object.entries(value)) {
    if (typeof item !== "string") throw expected(`${path}['${key}']`, "a string", item ?? null);
  }
  return value;
}

export function list(item: Check, maximum = Number.POSITIVE_INFINITY): Check {
  return (value, path) => {
    if (!Array.isArray(value)) throw expected(path, "a list", value);
    if (value.length > maximum) {
      throw invalid(`Field '${path}' must have at most ${maximum} entries, got ${value.length}`);
    }
    return value.map((entry: Json, index) => item(entry, `${path}[${index}]`));
  };
}

/** A message whose unknown fields are refused; at most one member of each group may be given. */
export function message(fields: Readonly<Record<string, Check>>, groups: Groups = {}): Check {
  return (value, path) => {
    if (!isObject(value)) throw expected(path, "an object", value);
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    if (unknown !== undefined) throw invalid(`Unknown field '${path}.${unknown}'`);
    const kept = checkFields(fields, value, `${path}.`);
    for (const [group, members] of Object.entries(groups)) {
      const given = members.filter((member) => kept[member] !== undefined);
      if (given.length > 1) throw invalid(`Only one of ${given.join(", ")} may be set in '${path}.${group}'`);
    }
    return kept;
  };
}

/** The body itself: keys that are no input of the resource (`name`, `status`, a wrapping `project`) are not applied. */
export function body(fields: Readonly<Record<string, Check>>): (value: Json) => JsonObject {
  return (value) => {
    if (!isObject(value)) throw expected("body", "an object", value);
    return checkFields(fields, value, "");
  };
}

function checkFields(fields: Readonly<Record<string, Check>>, value: JsonObject, prefix: string): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [key, check] of Object.entries(fields)) {
    const given = value[key];
    if (given !== undefined && given !== null) kept[key] = check(given, `${prefix}${key}`);
  }
  return kept;
}

function expected(path: string, meaning: string, value: Json): Error {
  return invalid(`Field '${path}' must be ${meaning}, got ${JSON.stringify(value)}`);
}
