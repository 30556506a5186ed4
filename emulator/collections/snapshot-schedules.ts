import { firings, WEEKDAYS } from "../cadence";
import type { Collection, Context } from "../collection";
import { invalid, notFound, required } from "../errors";
import { at, type Json, numberAt } from "../json";
import { generateId } from "../names";
import { body, duration, list, message, oneOf, within } from "../shape";
import { newStored, type Stored } from "../stored";
import { formatInstant } from "../values";
import { copiedContents } from "./contents";
import { demandRoot, newSnapshot } from "./snapshots";

const CADENCES = ["daily_schedule", "weekly_schedule", "monthly_schedule"] as const;
const SHORTEST_RETENTION = 3_600;

const hour = within(0, 23);

const cadence = message(
  {
    daily_schedule: message({ hour }),
    weekly_schedule: message({ day_of_week: oneOf(...WEEKDAYS), hour }),
    monthly_schedule: message({ day: within(1, 31), hour }),
    retention: duration(SHORTEST_RETENTION, Number.MAX_SAFE_INTEGER),
  },
  { cadence: CADENCES },
);

/** When the service takes snapshots of a branch by itself. Every branch has one, which begins empty. */
export const snapshotSchedules: Collection = {
  type: "SnapshotSchedule",
  segment: "snapshot-schedule",
  parent: "Branch",
  without: ["uid", "parent", "create_time", "update_time"],
  missing: "branch id not found",
  body: body({ schedule: list(whole) }),
  // Emptied by a request that names it and has none (databricks/cli testserver, 2026-09).
  mask: { paths: ["schedule"], groups: {}, tolerated: [], resets: [], starSkips: [], empties: ["schedule"] },
  update,
  implied: (branch) => [emptySchedule(branch)],
  unfold,
  render: ({ inputs }) => ({ schedule: inputs["schedule"] }),
};

/** The rules are documented (databricks-sdk for Python 0.162, ScheduleCadence), the texts are inventions. */
function whole(value: Json, path: string): Json {
  const read = cadence(value, path);
  const kind = CADENCES.find((member) => at(read, member) !== undefined);
  if (kind === undefined) throw invalid(`Field '${path}' must have one of ${CADENCES.join(", ")}`);
  if (at(read, "retention") === undefined) throw required(`${path}.retention`);
  if (kind === "weekly_schedule" && at(read, `${kind}.day_of_week`) === undefined) {
    throw required(`${path}.${kind}.day_of_week`, "DAY_OF_WEEK_UNSPECIFIED");
  }
  if (kind === "monthly_schedule" && at(read, `${kind}.day`) === undefined) throw required(`${path}.${kind}.day`, "0");
  return read;
}

function emptySchedule(branch: Stored): Stored {
  const made = { now: branch.createTime, doneAt: branch.readyAt, nextSequence: () => branch.sequence };
  const name = `${branch.name}/snapshot-schedule`;
  const own = {
    type: "SnapshotSchedule",
    name,
    id: "",
    parent: branch.name,
    uid: `${branch.uid}-schedule`,
    inputs: {},
  };
  return newStored(own, made);
}

function update(existing: Stored, inputs: Stored["inputs"], context: Context): Stored {
  const branch = context.find(existing.parent);
  if (branch === undefined) throw notFound("branch id not found");
  demandRoot(branch);
  return { ...existing, inputs, facts: { taken_to: context.now } };
}

/** The snapshots that were due. What the service calls them is unknown, so that is an assumption. */
function unfold(schedule: Stored, context: Context): readonly Stored[] {
  const branch = context.find(schedule.parent);
  const { schedule: cadences = [] } = schedule.inputs;
  const from = numberAt(schedule.facts, "taken_to") ?? context.now;
  const due = Array.isArray(cadences) ? firings(cadences, from, context.now) : [];
  if (branch === undefined || due.length === 0) return [];
  const taken = due.flatMap(({ at: moment, until }) => {
    const made = { now: moment, doneAt: moment, nextSequence: context.nextSequence };
    const inputs = { spec: { source_branch: branch.name, expire_time: formatInstant(until) } };
    const facts = { scheduled: true, source_branch: branch.name, source_branch_time: formatInstant(moment) };
    const snapshot = newSnapshot(branch, generateId("scheduled"), inputs, facts, made);
    return [snapshot, ...copiedContents(snapshot, context.contents(branch.name, moment), made)];
  });
  return [...taken, { ...schedule, facts: { taken_to: context.now } }];
}
