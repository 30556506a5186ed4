import { ConfigurationError } from "../api/errors";
import type { AnyDefinition } from "../schema/definition";
import { isNameOf } from "../schema/name";
import { shapeOf } from "../schema/values";

/** Refuses what is no full name of this kind, before it becomes a part of a request. */
export function checkName(definition: AnyDefinition, name: unknown): asserts name is string {
  if (typeof name === "string" && isNameOf(definition, name)) return;
  const { type } = definition;
  const kind = `${/^[AEIOU]/.test(type) ? "an" : "a"} ${type}`;
  const given = typeof name === "string" ? `"${name}" is not` : "name is missing:";
  throw new ConfigurationError(`${given} the full name of ${kind}, which is ${shapeOf(type)}`);
}
