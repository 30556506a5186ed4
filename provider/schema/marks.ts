/**
 * Marks say what a zod schema cannot: what a change of the field means and where it goes on the wire.
 * A definition attaches them with zod's own `.register(marks, {…})`; everything else is derived from them.
 */
import { z } from "zod";

/** What the value of a removed argument can depend on. */
export interface ResetContext {
  /** Full name of the resource. */
  readonly name: string;
  /** Canonical arguments of the project above it, when the program declares that project. */
  readonly project?: Readonly<Record<string, unknown>> | undefined;
}

/** What the service says of a resource, as it came over the wire. */
export type Wire = Readonly<Record<string, unknown>>;

/** How a duration that counts from its last renewal becomes a moment. */
export interface Slides {
  /** The argument that gets the moment: a member of a oneof group, whose members the duration then stands for. */
  readonly into: string;
  /** The argument whose change renews it. */
  readonly renewedBy: string;
  /** Whether one that is over stays so. */
  readonly staysOver: (args: Readonly<Record<string, unknown>>) => boolean;
}

export interface Marks {
  /** A change replaces the resource. Taking the argument out of the program is no change. */
  readonly immutable?: true;
  /** Read only when the resource is created; the text says why a later change is refused. */
  readonly createOnly?: string;
  /** Member of this oneof group. The service's update mask names the group, never the member. */
  readonly oneof?: string;
  /** Taken when no member of the oneof group is given. */
  readonly assumed?: unknown;
  /**
   * What a removed argument is set to, since the service keeps a value that is merely left out.
   * A function answers `undefined` when the value is not known; then the removal is refused.
   * For a oneof group, one member carries it, as `{ member: value }`.
   */
  readonly resetTo?: unknown;
  /** Where the field lives: under `spec` (default), beside it, or only with us. */
  readonly place?: "spec" | "top" | "local";
  /** Sent as this query parameter of the delete. Implies `place: "local"`. */
  readonly onDelete?: string;
  /** A moment, or reckoned from one: the service rounds it to a second. */
  readonly rounded?: true;
  /** A duration that counts from the object's creation, also when it is set later. */
  readonly fromCreation?: true;
  /** A duration that counts from its last renewal: the service is told the moment that it makes. Implies `place: "local"`. */
  readonly slides?: Slides;
  /** What is sent for a value, where that is not the value itself. */
  readonly sent?: (value: unknown) => unknown;
  /** Written by the provider itself: not for programs, and not proposed to them. */
  readonly internal?: true;
  /** The service never shows the value, so that somebody else's change of it is not seen. */
  readonly notShown?: true;
  /** The service shows a value of its own where none was given, so that what it shows need not have been asked for. */
  readonly filledIn?: true | ((resource: Wire) => boolean);
  /** Reads the argument's value from the service's answer, where it is not `status.<the field's name>`. */
  readonly fromService?: (resource: Wire, declared: unknown) => unknown;
}

export const marks = z.registry<Marks>();
