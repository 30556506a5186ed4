/** Durations and timestamps as protobuf-JSON spells them. */

const WIRE_DURATION = /^(\d{1,12}(?:\.\d{1,9})?)s$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const PEOPLES_DURATION = /^(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|h|d)$/;
const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Seconds of `"300s"`; nothing else is a duration on the wire, neither `"5m"` nor `300`. */
export function parseSeconds(text: string): number | undefined {
  const digits = WIRE_DURATION.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function formatSeconds(seconds: number): string {
  return `${seconds}s`;
}

/** Milliseconds since the epoch of an RFC 3339 timestamp. */
export function parseInstant(text: string): number | undefined {
  const instant = TIMESTAMP.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}

export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Milliseconds of `"0s"`, `"250ms"`, `"5m"`: for the emulator's own options, never for the service's fields. */
export function parseWait(text: string): number | undefined {
  const [, digits, unit] = PEOPLES_DURATION.exec(text) ?? [];
  if (digits === undefined || !(unit === "ms" || unit === "s" || unit === "m" || unit === "h" || unit === "d")) {
    return undefined;
  }
  return Number(digits) * MILLISECONDS[unit];
}

export function formatWait(milliseconds: number): string {
  return `${milliseconds / 1_000}s`;
}
