/** What was found in a workspace → the file that brings it into a stack's state, and the program that declares it. */
import { DeclaredStack } from "../pulumi/stack";
import { type Declaration, declaration } from "./declaration";
import { type Entry, entry } from "./entry";
import { letGo } from "./fate";
import { named } from "./naming";
import { type Declared, program } from "./program";
import type { Found } from "./walk";

type Values = Readonly<Record<string, unknown>>;

export interface ImportOptions {
  /** Begins every resource's name in the program. */
  readonly prefix?: string | undefined;
  /** Arguments that the service does not show, by the object's full name. */
  readonly told?: ReadonlyMap<string, Values> | undefined;
}

export interface Import {
  /** For `pulumi import --file`. */
  readonly state: { readonly resources: readonly Entry[] };
  /** The module's text. */
  readonly program: string;
  /** What somebody should know, one sentence each. */
  readonly notes: readonly string[];
}

export function importing(all: readonly Found[], { prefix, told }: ImportOptions = {}): Import {
  const stack = new DeclaredStack();
  const names = named(all, prefix);
  const released = letGo(all);
  const declared = all.flatMap((found): (Declared & Declaration & { readonly entry: Entry })[] => {
    const own = names.get(found);
    if (!own) return [];
    const made = declaration(found, own.logical, stack, told?.get(found.name));
    const { definition, name } = found;
    return [
      { definition, name, names: own, ...made, entry: entry(found, own.logical, made.inputs, released.has(name)) },
    ];
  });
  return {
    state: { resources: declared.map((one) => one.entry) },
    program: program(declared),
    notes: declared.flatMap(({ name, blanks, notes }) => [...blanks.map((key) => blank(name, key)), ...notes]),
  };
}

function blank(name: string, key: string): string {
  return `${name}: the service does not show its ${key}; write it into the program, which has it empty`;
}
