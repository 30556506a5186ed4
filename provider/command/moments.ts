/** Moments as people read them. */

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** `2026-12-01 10:00Z (in 6d)`; what is no moment stands for itself. */
export function moment(value: unknown, now: number): string {
  const at = Date.parse(String(value));
  if (Number.isNaN(at)) return String(value);
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")}Z (${distance(at - now)})`;
}

function distance(ms: number): string {
  const size = Math.abs(ms);
  const [unit, length] = units.find(([, each]) => size >= each) ?? [];
  if (unit === undefined || length === undefined) return "now";
  const text = `${Math.floor(size / length)}${unit}`;
  return ms < 0 ? `${text} ago` : `in ${text}`;
}
