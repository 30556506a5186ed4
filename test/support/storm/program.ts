/** What a user declares: resources that use one another. */
import { type Args, kindOf } from "./kinds";

/** An argument that is another resource, by its logical name: it stands for that one's full name. */
export interface Ref {
  readonly ref: string;
}

export interface Declared {
  readonly type: string;
  /** The logical name. */
  readonly key: string;
  readonly args: Args;
  /** Logical names that it had before. */
  readonly aliases?: readonly string[];
}

/** In an order in which what is used comes first. */
export type Program = readonly Declared[];

export function isRef(value: unknown): value is Ref {
  return typeof value === "object" && value !== null && "ref" in value;
}

/** Full names by logical names. */
export function namesOf(program: Program): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const declared of program) {
    const { collection, id } = kindOf(declared);
    const own = id(declared.args);
    const { parent } = declared.args;
    const place = isRef(parent) ? `${names.get(parent.ref)}/${collection}` : collection;
    names.set(declared.key, own === undefined ? place : `${place}/${own}`);
  }
  return names;
}

/** With full names in place of references. */
export function resolved(declared: Declared, names: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(declared.args).map(([key, value]) => [key, isRef(value) ? names.get(value.ref) : value]),
  );
}

/** What uses it, and what uses that. It is one of them. */
export function withUsers(program: Program, keys: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set(keys);
  for (const { key, args } of program) {
    if (Object.values(args).some((value) => isRef(value) && found.has(value.ref))) found.add(key);
  }
  return found;
}

/** Full names of what may go when one program follows another: all else has to stay the very same object. */
export function mayGo(before: Program, after: Program): (name: string) => boolean {
  const [was, is] = [namesOf(before), namesOf(after)];
  const kept = new Map(after.map((declared) => [is.get(declared.key) ?? "", declared]));
  const gone = before.filter((declared) => {
    const name = was.get(declared.key) ?? "";
    const next = kept.get(name);
    if (!next) return true;
    const [old, now] = [resolved(declared, was), resolved(next, is)];
    return kindOf(declared).immutable.some((argument) => old[argument] !== now[argument]);
  });
  const all = withUsers(before, new Set(gone.map(({ key }) => key)));
  const names = [...all].map((key) => was.get(key) ?? "");
  return (name) => names.some((other) => name === other || name.startsWith(`${other}/`));
}

export function isProduction({ branchId }: Args): boolean {
  return branchId === "production";
}

export function isAt({ parent }: Args, place: unknown): boolean {
  return isRef(parent) && isRef(place) && parent.ref === place.ref;
}

export function withoutEmpty(args: Args): Args {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
