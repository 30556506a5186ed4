/** Durations as people write them. */

/** Seconds in a duration such as `"300s"`, `"5m"`, `"12h"`, `"7d"` or `"1d12h"`; `undefined` when it is none. */
export function seconds(text: string): number | undefined {
  const match = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d{1,9})?)s)?$/.exec(text.trim());
  if (!match) return undefined;
  const [days, hours, minutes, rest] = match.slice(1).map((part) => Number(part ?? 0));
  const total = (days ?? 0) * 86400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (rest ?? 0);
  return Number.isSafeInteger(Math.trunc(total)) ? total : undefined;
}

/** A number of seconds as people read it: `604800` is `"7d"`. */
export function readable(total: number): string {
  for (const [unit, size] of [
    ["d", 86400],
    ["h", 3600],
    ["m", 60],
  ] as const) {
    if (total >= size && total % size === 0) return `${total / size}${unit}`;
  }
  return `${total}s`;
}
