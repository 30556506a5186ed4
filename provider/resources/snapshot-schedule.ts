import { z } from "zod";
import * as limits from "../rules/limits";
import { ofRootBranch, uniqueName } from "../rules/stack";
import { define } from "../schema/definition";
import { marks } from "../schema/marks";
import { duration, inAnyOrder, listOf, message, reference } from "../schema/values";

const hours = `${limits.scheduleHour.least} to ${limits.scheduleHour.most}`;
const days = `${limits.scheduleDay.least} to ${limits.scheduleDay.most}`;

function hour() {
  return z
    .int(`must be a whole hour, ${hours}`)
    .min(limits.scheduleHour.least, `is not an hour of a day; write ${hours}`)
    .max(limits.scheduleHour.most, `is not an hour of a day; write ${hours}`)
    .default(0);
}

/**
 * When the service takes snapshots of a root branch by itself. Every branch has one schedule, which begins empty:
 * declaring it sets it, and deleting it empties it.
 *
 * @example
 * ```ts
 * new lakebase.SnapshotSchedule("nightly", {
 *   parent: "projects/shop/branches/production",
 *   schedule: [
 *     { dailySchedule: { hour: 3 }, retention: "7d" },
 *     { weeklySchedule: { dayOfWeek: "SUNDAY", hour: 4 }, retention: "30d" },
 *   ],
 * });
 * ```
 */
export const snapshotSchedule = define({
  type: "SnapshotSchedule",
  collection: "snapshot-schedule",
  args: {
    /** The branch, a root branch of its project: a `Branch`, or its full name. A change replaces the schedule. */
    parent: reference("Branch").register(marks, { immutable: true, place: "local" }),
    /** The moments, in any order. Each has one of the three cadences. */
    schedule: listOf({
      /** Every day. */
      dailySchedule: message({
        /** Hour of the day (UTC), 0 to 23. Default 0. */
        hour: hour(),
      }).optional(),
      /** Every week. */
      weeklySchedule: message({
        /** The day of the week, e.g. `MONDAY`. */
        dayOfWeek: z.enum(
          ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"],
          'must be a day of the week such as "MONDAY"',
        ),
        /** Hour of the day (UTC), 0 to 23. Default 0. */
        hour: hour(),
      }).optional(),
      /** Every month. */
      monthlySchedule: message({
        /** The day of the month, 1 to 31. */
        day: z
          .int(`must be a day of a month, ${days}`)
          .min(limits.scheduleDay.least, `is not a day of a month; write ${days}`)
          .max(limits.scheduleDay.most, `is not a day of a month; write ${days}`),
        /** Hour of the day (UTC), 0 to 23. Default 0. */
        hour: hour(),
      }).optional(),
      /** How long its snapshots are kept, at least 1 h. */
      retention: duration(limits.scheduleRetention),
    })
      .transform(inAnyOrder)
      .register(marks, { place: "top" }),
  },
  status: {},
  rules: [
    /** Each entry of `schedule` has exactly one cadence. */
    ({ schedule }) => {
      const wrong = schedule.findIndex(
        ({ retention: _, ...cadences }) =>
          Object.values(cadences).filter((cadence) => cadence !== undefined).length !== 1,
      );
      return wrong < 0
        ? undefined
        : {
            property: "schedule",
            message:
              "has an entry without exactly one of dailySchedule, weeklySchedule and monthlySchedule; give each entry one of them",
          };
    },
  ],
  stackRules: [uniqueName("parent"), ofRootBranch("parent")],
  /** Every branch has its schedule: deleting it empties it. */
  permanent: { cleared: {} },
});
