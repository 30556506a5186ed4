import type { View } from "../collection";
import { type JsonObject, numberAt, objectAt, textAt } from "../json";
import type { Stored } from "../stored";
import { parseInstant } from "../values";
import type { Workspace } from "../workspace";
import { DEFAULT_MAJOR } from "./installation";
import { plainly } from "./plainly";
import { NoSuchPoint, type Point } from "./restore";
import type { Storage } from "./storage";

/** Branches, and snapshots of them: a snapshot is a branch that nobody connects to, and so stays as it was. */
export function holdsData({ type }: Stored): boolean {
  return type === "Branch" || type === "Snapshot";
}

/** The branch or the snapshot that it starts from; a project's first branch starts from nothing. */
export function sourceOf({ facts }: Stored): string | undefined {
  return textAt(facts, "source_snapshot") ?? textAt(facts, "source_branch");
}

export interface BeginningsOptions {
  readonly workspace: Workspace;
  readonly storage: Storage;
  /** Of the data, for messages. */
  readonly folder: string;
  now(): number;
  /** The machine's time at a time of the emulator's. */
  toMachine(instant: number): number;
  log(line: string): void;
}

/** What branches and snapshots start with. */
export class Beginnings {
  constructor(private readonly options: BeginningsOptions) {}

  /** As it was asked for. Answers the facts about it that only the data knows. */
  make(holder: Stored, view: View): Promise<JsonObject> {
    return this.makeFrom(holder, this.pointOf(objectAt(holder.submitted, "spec")), view);
  }

  /**
   * Of what was not made when it was asked for, or is made by the clock alone: then the history of its source may not have
   * its point, and the snapshot that it was to start from may be gone.
   */
  async makeLate(holder: Stored): Promise<void> {
    const { workspace, folder, now, log } = this.options;
    const view = { now: now(), find: (name: string) => workspace.live(name) };
    try {
      const given = holder.type === "Snapshot" ? holder.facts : objectAt(holder.submitted, "spec");
      await this.makeFrom(holder, this.pointOf(given), view);
    } catch (error) {
      if (!(error instanceof NoSuchPoint)) throw new Error(`${holder.name}: ${plainly(error, folder)}`);
      log(`${holder.name} starts from its source as that is now: ${error.message}`);
      const hasSource = view.find(sourceOf(holder) ?? "") !== undefined;
      const facts = hasSource ? holder.facts : objectAt(holder.facts, "restored_from");
      await this.makeFrom({ ...holder, facts }, undefined, view);
    }
  }

  private async makeFrom(
    holder: Stored,
    point: Point | undefined,
    view: Pick<View, "find" | "now">,
  ): Promise<JsonObject> {
    const { storage, toMachine } = this.options;
    const project = view.find(holder.parent);
    const sourceName = sourceOf(holder);
    if (sourceName === undefined) {
      const major = numberAt(project?.inputs, "spec.pg_version") ?? DEFAULT_MAJOR;
      // A time in the second of its creation counts as after it: clients often give no more.
      const at = toMachine(holder.createTime) - 1_000;
      await storage.addRoot(holder.uid, major, textAt(project?.facts, "owner") ?? "", at);
      return {};
    }
    const source = storage.branch(view.find(sourceName)?.uid ?? "");
    if (source === undefined) throw new NoSuchPoint("its source has no data");
    const lsn = await storage.fork(holder.uid, source, point, toMachine(view.now));
    const isForked = holder.type === "Branch" && textAt(holder.facts, "source_branch") !== undefined;
    const isGiven = point !== undefined && "lsn" in point;
    return isForked && !isGiven ? { source_branch_lsn: lsn } : {};
  }

  private pointOf(given: JsonObject): Point | undefined {
    const lsn = textAt(given, "source_branch_lsn");
    if (lsn !== undefined) return { lsn };
    const time = parseInstant(textAt(given, "source_branch_time") ?? "");
    return time === undefined ? undefined : { time: this.options.toMachine(time) };
  }
}
