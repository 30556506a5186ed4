/** Names for what was found: one for Pulumi, one for a variable. */
import { compileFunction } from "node:vm";
import type { Found } from "./walk";

export interface Names {
  /** What the program calls the resource, e.g. `shop-dev-primary`. */
  readonly logical: string;
  /** What the program calls the variable that holds it, e.g. `shopDevPrimary`. */
  readonly variable: string;
}

/** What a module has already: names that no variable of it can have. */
const taken = ["exports", "require", "module", "lakebase", "pulumi", "undefined", "await"];

/** Unique names, the shortest for those that come first. `prefix` begins the logical ones. */
export function named(all: readonly Found[], prefix = ""): ReadonlyMap<Found, Names> {
  const logicals = new Set<string>();
  const variables = new Set<string>();
  return new Map(
    all.map((found) => {
      const words = wordsOf(found);
      const more = kindOf(found);
      const base = words.join("-");
      const logical = firstFree([base, `${base}-${more}`], (name) => !logicals.has(name));
      logicals.add(logical);
      const variable = firstFree(
        [logical, `${logical}-${more}`].map(camel),
        (name) => !variables.has(name) && isVariable(name),
      );
      variables.add(variable);
      return [found, { logical: `${prefix}${logical}`, variable }];
    }),
  );
}

/** The ids in a full name; what has none is called as it is. */
function wordsOf({ definition, name }: Found): readonly string[] {
  const parts = name.split("/");
  const ids = parts.filter((_, index) => index % 2 === 1);
  return [...ids, ...(definition.id === undefined ? parts.slice(-1) : [])].map((id) => id.replace(/\W+/g, "-"));
}

/** e.g. `snapshot-schedule`. */
function kindOf({ definition }: Found): string {
  return definition.type.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

function firstFree(candidates: readonly string[], isFree: (name: string) => boolean): string {
  const last = candidates.at(-1) ?? "";
  for (let number = 2; ; number++) {
    const free = candidates.find(isFree);
    if (free !== undefined) return free;
    candidates = [`${last}${number}`];
  }
}

function camel(text: string): string {
  const joined = text.replace(/[-_]+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase()).replace(/\W|_/g, "");
  return joined.replace(/^[A-Z]/, (letter) => letter.toLowerCase()).replace(/^(?=\d)/, "n");
}

/** JavaScript's own parser knows what is reserved. */
function isVariable(name: string): boolean {
  if (!/^[A-Za-z]\w*$/.test(name)) return false;
  try {
    compileFunction(`"use strict"; const ${name} = 0;`, taken);
    return true;
  } catch {
    return false;
  }
}
