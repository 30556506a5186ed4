import { ConfigurationError } from "../api/errors";
import { type AnyDefinition, isNameOf } from "../schema/definition";

/** Refuses what is no full name of this kind, before it becomes a part of a request. */
export function checkName(definition: AnyDefinition, name: string): void {
  if (typeof name === "string" && isNameOf(definition, name)) return;
  const { type, collection, nested } = definition;
  const kind = `${/^[AEIOU]/.test(type) ? "an" : "a"} ${type}`;
  throw new ConfigurationError(
    `"${name}" is not the full name of ${kind}, which has the form ${nested ? "projects/ID/…/" : ""}${collection}/ID`,
  );
}
