import { judges } from "../support/checking";
import { drifts } from "../support/drift";
import { snapshotSchedule } from "../support/resources";

const definition = snapshotSchedule;

/** One entry, kept for a week. */
function entry(cadence: Readonly<Record<string, unknown>>) {
  return { schedule: [{ ...cadence, retention: "7d" }] };
}

describe("a snapshot schedule", () => {
  judges([
    {
      name: "may have every cadence",
      definition,
      args: {
        schedule: [
          { dailySchedule: { hour: 23 }, retention: "7d" },
          { weeklySchedule: { dayOfWeek: "MONDAY", hour: 0 }, retention: "30d" },
          { monthlySchedule: { day: 31 }, retention: "365d" },
        ],
      },
    },
    {
      name: "may have one cadence more than once",
      definition,
      args: {
        schedule: [
          { dailySchedule: { hour: 3 }, retention: "7d" },
          { dailySchedule: { hour: 15 }, retention: "1d" },
        ],
      },
    },
    { name: "may be empty", definition, args: { schedule: [] } },
    {
      name: "is a list",
      definition,
      args: { schedule: { dailySchedule: {}, retention: "7d" } },
      want: "schedule must be a list of: dailySchedule, weeklySchedule, monthlySchedule, retention",
    },
    {
      name: "is needed",
      definition,
      args: { schedule: undefined },
      want: "schedule is missing; SnapshotSchedule needs it: it must be a list of: dailySchedule, weeklySchedule, monthlySchedule, retention",
    },
  ]);
});

describe("an entry of a snapshot schedule", () => {
  const one =
    "schedule has an entry without exactly one of dailySchedule, weeklySchedule and monthlySchedule; give each entry one of them";
  const hour = "is not an hour of a day; write 0 to 23";
  const day = "is not a day of a month; write 1 to 31";
  judges([
    { name: "has a cadence", definition, args: entry({}), want: one },
    {
      name: "has one cadence",
      definition,
      args: entry({ dailySchedule: {}, monthlySchedule: { day: 1 } }),
      want: one,
    },
    {
      name: "has one cadence, whatever the others have",
      definition,
      args: {
        schedule: [
          { dailySchedule: {}, retention: "7d" },
          { dailySchedule: {}, weeklySchedule: { dayOfWeek: "MONDAY" }, retention: "7d" },
        ],
      },
      want: one,
    },
    {
      name: "has an hour up to 23",
      definition,
      args: entry({ dailySchedule: { hour: 24 } }),
      want: `schedule.0.dailySchedule.hour ${hour}`,
    },
    {
      name: "has an hour from 0",
      definition,
      args: entry({ dailySchedule: { hour: -1 } }),
      want: `schedule.0.dailySchedule.hour ${hour}`,
    },
    {
      name: "has a whole hour",
      definition,
      args: entry({ weeklySchedule: { dayOfWeek: "MONDAY", hour: 3.5 } }),
      want: "schedule.0.weeklySchedule.hour must be a whole hour, 0 to 23",
    },
    {
      name: "has a day of the week",
      definition,
      args: entry({ weeklySchedule: { dayOfWeek: "Monday" } }),
      want: 'schedule.0.weeklySchedule.dayOfWeek must be a day of the week such as "MONDAY"',
    },
    {
      name: "says which day of the week",
      definition,
      args: entry({ weeklySchedule: {} }),
      want: 'schedule.0.weeklySchedule.dayOfWeek is missing; SnapshotSchedule needs it: it must be a day of the week such as "MONDAY"',
    },
    {
      name: "has a day from 1",
      definition,
      args: entry({ monthlySchedule: { day: 0 } }),
      want: `schedule.0.monthlySchedule.day ${day}`,
    },
    {
      name: "has a day up to 31",
      definition,
      args: entry({ monthlySchedule: { day: 32 } }),
      want: `schedule.0.monthlySchedule.day ${day}`,
    },
    {
      name: "says how long its snapshots are kept",
      definition,
      args: { schedule: [{ dailySchedule: {} }] },
      want: 'schedule.0.retention is missing; SnapshotSchedule needs it: it must be a duration such as "300s", "12h" or "7d", at least 1h',
    },
  ]);
});

describe("the snapshots of a schedule", () => {
  const kept = (retention: unknown) => ({ schedule: [{ dailySchedule: {}, retention }] });
  judges([
    { name: "are kept for an hour", definition, args: kept("1h") },
    { name: "are kept for years", definition, args: kept("1000d") },
    {
      name: "are not kept for less than an hour",
      definition,
      args: kept("3599s"),
      want: "schedule.0.retention is shorter than the service allows; write at least 1h",
    },
  ]);
});

describe("drift: a snapshot schedule's", () => {
  const nightly = { daily_schedule: { hour: 3 }, retention: "604800s" };
  const weekly = { weekly_schedule: { day_of_week: "SUNDAY" }, retention: "2592000s" };
  const both = {
    schedule: [
      { weeklySchedule: { dayOfWeek: "SUNDAY", hour: 0 }, retention: "30d" },
      { dailySchedule: { hour: 3 }, retention: "7d" },
    ],
  };
  drifts(definition, { schedule: [nightly] }, [
    {
      field: "list in the declared order",
      declared: both,
      same: { schedule: [weekly, nightly] },
      changed: {},
      becomes: { schedule: [{ dailySchedule: { hour: 3 }, retention: "604800s" }] },
    },
    {
      field: "list in another order",
      declared: both,
      same: { schedule: [nightly, weekly] },
      changed: { schedule: [nightly, { ...weekly, retention: "86400s" }] },
      becomes: {
        schedule: [
          { dailySchedule: { hour: 3 }, retention: "604800s" },
          { weeklySchedule: { dayOfWeek: "SUNDAY" }, retention: "86400s" },
        ],
      },
    },
    {
      field: "hour of midnight, which the service may leave out,",
      declared: { schedule: [{ dailySchedule: {}, retention: "7d" }] },
      same: { schedule: [{ daily_schedule: { hour: 0 }, retention: "604800s" }] },
      changed: {},
      becomes: { schedule: [{ dailySchedule: { hour: 3 }, retention: "604800s" }] },
    },
    {
      field: "list that is empty",
      declared: { schedule: [] },
      same: { schedule: undefined },
      changed: {},
      becomes: { schedule: [{ dailySchedule: { hour: 3 }, retention: "604800s" }] },
    },
    {
      field: "list that is null where it was never set",
      declared: { schedule: [] },
      same: { schedule: null },
      changed: {},
      becomes: { schedule: [{ dailySchedule: { hour: 3 }, retention: "604800s" }] },
    },
    {
      field: "list that somebody empties",
      declared: both,
      same: { schedule: [weekly, nightly] },
      changed: { schedule: null },
      becomes: { schedule: undefined },
    },
  ]);
});
