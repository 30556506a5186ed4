import type { Context } from "./collection";
import { internalError, invalid } from "./errors";
import { type JsonObject, textAt } from "./json";
import { type Check, instant, pattern, text } from "./shape";
import type { Stored } from "./stored";
import { formatInstant, parseInstant, parseSeconds } from "./values";

/** A client's "now" may be a little ahead of ours. */
const CLOCK_SKEW = 1_000;

/** How branches and snapshots are told where they start from. */
export const SOURCE_FIELDS: Readonly<Record<string, Check>> = {
  source_branch: text(),
  source_branch_lsn: pattern(/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/, 'a log sequence number such as "0/1494EA8"'),
  source_branch_time: instant,
};

/** That a branch's point is given once is an assumption; of snapshots it is documented. */
export const SOURCE_POINT = { source_point: ["source_branch_lsn", "source_branch_time"] };

/** Facts about where something starts that has `spec`; filled in also when the caller gave no point. */
export function sourcePoint(spec: JsonObject, source: Stored, project: Stored, context: Context): JsonObject {
  const time = parseInstant(textAt(spec, "source_branch_time") ?? "");
  if (time !== undefined) checkWindow(time, project, context);
  return {
    source_branch: source.name,
    source_branch_lsn: textAt(spec, "source_branch_lsn") ?? context.nextLsn(),
    source_branch_time: formatInstant(time ?? Math.floor(context.now / 1_000) * 1_000),
  };
}

/** The same for what will be asked for that very point: with one of position and time, and that not rounded. */
export function exactPoint(spec: JsonObject, source: Stored, project: Stored, context: Context): JsonObject {
  const time = parseInstant(textAt(spec, "source_branch_time") ?? "");
  if (time !== undefined) checkWindow(time, project, context);
  const lsn = textAt(spec, "source_branch_lsn");
  return {
    source_branch: source.name,
    ...(lsn === undefined ? { source_branch_time: formatInstant(time ?? context.now) } : { source_branch_lsn: lsn }),
  };
}

/** What the source had of roles and databases there. Of a position nobody knows the time: then it is what it has now. */
export function contentsAt(spec: JsonObject, source: Stored, context: Context): readonly Stored[] {
  const moment = parseInstant(textAt(spec, "source_branch_time") ?? "") ?? context.now;
  return context.contents(source.name, Math.max(moment, source.createTime));
}

/** The rule is documented, the text an invention. */
function checkWindow(time: number, project: Stored, context: Context): void {
  if (context.settings.wholeMinuteFailure && time % 60_000 === 0) throw internalError();
  const history = parseSeconds(textAt(project.inputs, "spec.history_retention_duration") ?? "") ?? 0;
  if (time < context.now - history * 1_000 || time > context.now + CLOCK_SKEW) {
    throw invalid("source_branch_time must lie within the history retention window of the project");
  }
}
