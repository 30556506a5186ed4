/** Declared resources → the TypeScript program that declares them. */
import type { AnyDefinition } from "../schema/definition";
import { kindOf } from "../schema/values";
import { broken, Code, quoted, width } from "./literal";
import type { Names } from "./naming";

export interface Declared {
  readonly definition: AnyDefinition;
  /** Its full name. */
  readonly name: string;
  readonly names: Names;
  readonly args: Readonly<Record<string, unknown>>;
  /** Required arguments that nobody has told: they stand empty, and a preview refuses them by name. */
  readonly blanks: readonly string[];
}

/** A whole module. Where a resource is declared before another names it, its variable stands for its name. */
export function program(all: readonly Declared[]): string {
  const before = new Map<string, Declared>();
  const used = new Set<Declared>();
  const withReferences = all.map((declared) => {
    const args = referring(declared, (name) => {
      const other = before.get(name);
      if (other) used.add(other);
      return other;
    });
    before.set(declared.name, declared);
    return { declared, args };
  });
  const statements = withReferences.map(({ declared, args }) => statement(declared, args, used.has(declared)));
  return ['import * as lakebase from "pulumi-lakebase";\n', ...statements].join("\n");
}

type Lookup = (name: string) => Declared | undefined;

function referring({ definition, args, blanks }: Declared, find: Lookup): Readonly<Record<string, unknown>> {
  const given = { ...args, ...Object.fromEntries(blanks.map((key) => [key, ""])) };
  const written = Object.keys(definition.args).filter((key) => key in given);
  return Object.fromEntries(written.map((key) => [key, orVariable(definition, key, given[key], find)]));
}

function orVariable(definition: AnyDefinition, key: string, value: unknown, find: Lookup): unknown {
  const schema = definition.args[key];
  const kind = schema && kindOf(schema);
  const other = kind !== undefined && typeof value === "string" ? find(value) : undefined;
  return other?.definition.type === kind && other ? new Code(other.names.variable) : value;
}

function statement({ definition, names }: Declared, args: Readonly<Record<string, unknown>>, isUsed: boolean): string {
  const call = `new lakebase.${definition.type}(`;
  const name = quoted(names.logical);
  const holding = isUsed ? `const ${names.variable} =` : "";
  const start = isUsed ? `${holding} ${call}` : call;
  if (`${start}${name}, {`.length <= width) return `${start}${name}, ${broken(args, 0)});\n`;
  if (start.length <= width) return `${start}${inLines(name, args, 0)});\n`;
  return `${holding}\n  ${call}${inLines(name, args, 2)});\n`;
}

function inLines(name: string, args: Readonly<Record<string, unknown>>, indent: number): string {
  const end = " ".repeat(indent);
  return `\n${end}  ${name},\n${end}  ${broken(args, indent + 2)},\n${end}`;
}
