/**
 * What the documentation calls a kind of value, where its zod type alone would say too little. Registered where the
 * kind is made, so that the pages know of a new kind without a line of their own.
 */
import { z } from "zod";

export interface Words {
  /** What a value of this kind is, e.g. `duration`. Default: what the zod type says. */
  readonly kind?: string;
  /** The values that it takes, in a few words, e.g. `2d to 35d`. */
  readonly limits?: string;
  /** How programs write it, when the kind is a text with a form of its own. */
  readonly written?: string;
}

export const words = z.registry<Words>();
