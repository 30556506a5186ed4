/** Sorting by need. */

/** Each after those that it needs, otherwise as they were. Where some need each other, the first of them stays first. */
export function inOrder<Item>(items: readonly Item[], needs: (item: Item) => readonly Item[]): readonly Item[] {
  const met = new Set<Item>();
  const sorted: Item[] = [];
  const visit = (item: Item) => {
    if (met.has(item)) return;
    met.add(item);
    for (const needed of needs(item)) visit(needed);
    sorted.push(item);
  };
  for (const item of items) visit(item);
  return sorted;
}
