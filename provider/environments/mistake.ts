import type { Path } from "../schema/unknown";

/** Something that is wrong with a table. */
export interface Mistake {
  /** Where it is, e.g. `["environments", "dev", "ttl"]`. */
  readonly path: Path;
  /** What is wrong and what to do, as the rest of a sentence that begins with the path. */
  readonly message: string;
  /** Whether it is the key itself that is wrong, and not its value. */
  readonly isKey?: true;
}

export function sentence({ path, message }: Mistake): string {
  return `${path.length === 0 ? "the table" : path.join(".")} ${message}`;
}
