/**
 * How long a resource may take by its `customTimeouts`. Pulumi hands them to providers, and the dynamic host hands them
 * to nobody, so the class puts them into an input of their own.
 */
import { isRecord } from "../schema/unknown";

type Values = Readonly<Record<string, unknown>>;

/** The key of that input, which outputs have too. Pulumi does not show what begins like this. */
export const timeoutsKey = "__timeouts";

const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3 };

/** In milliseconds; `undefined` when nothing is said of it, or 0, which Pulumi takes for that. */
export function timeoutOf(values: Values, verb: "create" | "update" | "delete"): number | undefined {
  const timeouts = values[timeoutsKey];
  const text = isRecord(timeouts) ? timeouts[verb] : undefined;
  return (typeof text === "string" && milliseconds(text)) || undefined;
}

/** A duration as Go writes it, which is what Pulumi takes, e.g. `1h30m` or `1.5s`. It refuses what is none. */
function milliseconds(text: string): number {
  const parts = [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
  return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (units[unit] ?? 0), 0);
}

/** What goes along with the values of a resource that has any. */
export function timeoutsIn({ [timeoutsKey]: timeouts }: Values): Values {
  return timeouts === undefined ? {} : { [timeoutsKey]: timeouts };
}
