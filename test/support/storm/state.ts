/** The state of a stack, as the engine keeps it. */

export type Bag = Record<string, unknown>;

/** A resource in the state. */
export interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly key: string;
  readonly id: string;
  readonly inputs: Bag;
  readonly outputs: Bag;
  /** URNs by the argument that they are used in. */
  readonly uses: Readonly<Record<string, string>>;
  /** Made, but not well. */
  readonly isUnfinished: boolean;
  /** Deleted already, to be made again. */
  readonly isToBeRemade: boolean;
  /** Replaced already, to be deleted. */
  readonly isReplaced: boolean;
}

/** Which resource it is, and what it uses. */
export type Made = Pick<Entry, "urn" | "type" | "key" | "uses">;

/** What is used before what uses it. */
export function inOrder(state: readonly Entry[]): readonly Entry[] {
  const done: Entry[] = [];
  let left = state;
  while (left.length > 0) {
    const waiting = new Set(left.map(({ urn }) => urn));
    const free = left.filter(({ uses }) => !Object.values(uses).some((urn) => waiting.has(urn)));
    if (free.length === 0) return [...done, ...left];
    done.push(...free);
    left = left.filter((entry) => !free.includes(entry));
  }
  return done;
}
