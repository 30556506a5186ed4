/** Seconds as people read them: `604800` is `7d`. */
export function readable(total: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
  ] as const;
  const [unit, size] = units.find(([, each]) => total >= each && total % each === 0) ?? ["s", 1];
  return `${total / size}${unit}`;
}
