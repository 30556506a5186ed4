/** What a rule about a team's practice is. The service lets through what it forbids. */
import type { Declared } from "../schema/rule";
import type { Settings } from "./settings";

/** A declared resource, with what is known of its arguments as the program wrote them. */
export type Resource = Declared<Readonly<Record<string, unknown>>>;

export interface Violation {
  readonly resource: Resource;
  /** One sentence: the resource, what is wrong, what to do. */
  readonly message: string;
}

/** A rule that needs a value which is not known yet says nothing: it is asked again when the value is known. */
export interface PolicyRule {
  /** What switches it off, and what its figure is called. */
  readonly option: Exclude<keyof Settings, "branches" | "now">;
  /** Its name in a policy pack. */
  readonly name: string;
  /** What holds, and why. */
  readonly description: string;
  /** Judges a resource by itself, before it is made. */
  one?(resource: Resource, settings: Settings): string | undefined;
  /** Judges what only the whole program shows. */
  all?(resources: readonly Resource[], settings: Settings): readonly Violation[];
}

/** How messages call a resource. */
export function called({ type, logicalName, name }: Resource): string {
  return `${type} '${logicalName}'${name === undefined ? "" : ` (${name})`}`;
}

/** Whether one of these arguments is there and its value not known. */
export function isUnsure({ unknown = [] }: Resource, ...keys: readonly string[]): boolean {
  return keys.some((key) => unknown.includes(key));
}
