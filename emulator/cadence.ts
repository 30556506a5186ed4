import { type Json, numberAt, objectAt, textAt } from "./json";
import { parseSeconds } from "./values";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** As JavaScript counts them. */
export const WEEKDAYS = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"] as const;

export interface Firing {
  readonly at: number;
  /** When what it makes is to go. */
  readonly until: number;
}

/**
 * When cadences fire after `from` and up to `to`, oldest first, without those whose snapshot would be gone by then. Of
 * several that fire together there is one, with the longest retention.
 */
export function firings(cadences: readonly Json[], from: number, to: number): readonly Firing[] {
  const longest = Math.max(0, ...cadences.map(retentionOf));
  const first = Math.floor(Math.max(from, to - longest) / DAY);
  const found: Firing[] = [];
  for (let day = first * DAY; day <= to; day += DAY) {
    const today = cadences.filter((cadence) => firesOn(cadence, new Date(day)));
    for (const [hour, together] of Map.groupBy(today, hourOf)) {
      const at = day + hour * HOUR;
      const until = at + Math.max(...together.map(retentionOf));
      if (at > from && at <= to && until > to) found.push({ at, until });
    }
  }
  return found.sort((left, right) => left.at - right.at);
}

function retentionOf(cadence: Json): number {
  return (parseSeconds(textAt(cadence, "retention") ?? "") ?? 0) * 1_000;
}

function hourOf(cadence: Json): number {
  const [kind = ""] = ["daily_schedule", "weekly_schedule", "monthly_schedule"].filter((key) => has(cadence, key));
  return numberAt(cadence, `${kind}.hour`) ?? 0;
}

function firesOn(cadence: Json, day: Date): boolean {
  if (has(cadence, "weekly_schedule")) {
    return textAt(cadence, "weekly_schedule.day_of_week") === WEEKDAYS[day.getUTCDay()];
  }
  if (!has(cadence, "monthly_schedule")) return true;
  // In shorter months on the last day (databricks-sdk for Python 0.162, MonthlySchedule).
  const lastDay = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  return day.getUTCDate() === Math.min(numberAt(cadence, "monthly_schedule.day") ?? 1, lastDay);
}

function has(cadence: Json, key: string): boolean {
  return objectAt({ cadence }, "cadence")[key] !== undefined;
}
