import { stat } from "node:fs/promises";
import { ServiceError } from "../errors";
import { at, type JsonObject, numberAt, objectAt, textAt } from "../json";
import type { Sources } from "../sources";
import type { Stored } from "../stored";
import { formatInstant } from "../values";
import type { Workspace } from "../workspace";
import type { Cluster } from "./cluster";
import { BadFile } from "./delta-file";
import { openDeltaFile } from "./delta-reader";
import { asServiceRefusal } from "./refusal";
import { fillTable, hasTable, makePlace, makeTable, targetOf } from "./synced-tables";

export interface SyncsOptions {
  readonly workspace: Workspace;
  /** Files by the full names of the Delta tables that they stand for. */
  readonly deltaTables: Readonly<Record<string, string>>;
  now(): number;
  save(): void;
  /** Does something in the data of the branch of that name. */
  perform<T>(branch: string, work: (cluster: Cluster) => Promise<T>): Promise<T>;
}

/** The files that stand for Delta tables, and the synced tables that are filled from them. */
export class Syncs implements Sources {
  private readonly files = new Map<string, string>();

  constructor(private readonly options: SyncsOptions) {
    this.reset();
  }

  /** Back to the files that the emulator was started with. */
  reset(): void {
    this.files.clear();
    for (const [table, file] of Object.entries(this.options.deltaTables)) this.files.set(keyOf(table), file);
  }

  list(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.files].sort());
  }

  async give(table: string, file: string): Promise<void> {
    this.files.set(keyOf(table), file);
    for (const stored of this.tables()) {
      if (keyOf(sourceOf(stored)) !== keyOf(table)) continue;
      if (!hasRows(stored) || isContinuous(stored)) await this.sync(stored);
    }
  }

  sync(stored: Stored): Promise<void> {
    return this.syncWhen(stored, () => true);
  }

  /** What was made where no Postgres ran, or has waited for a file that is there now. */
  async complete(): Promise<void> {
    for (const stored of this.tables().filter((each) => !hasRows(each))) {
      const isNews = this.fileOf(stored) !== undefined || textAt(stored.facts, "detailed_state") === undefined;
      if (isNews) await this.sync(stored);
    }
  }

  /** Continuous ones whose file is another than the last time. */
  async follow(): Promise<void> {
    for (const stored of this.tables().filter(isContinuous)) {
      const file = this.fileOf(stored);
      const stamp = file && (await stampOf(file));
      // It may have been synced while this waited for its turn.
      const isNews = ({ facts }: Stored) => stamp !== undefined && stamp !== textAt(facts, "source_stamp");
      if (isNews(stored)) await this.syncWhen(stored, isNews);
    }
  }

  /**
   * Makes the table when it is new or not there, and fills it; answers the facts about it. Columns and places that Postgres
   * does not take are refused. What is wrong with the source or its rows fails the table, which shows that.
   */
  async run(stored: Stored, cluster: Cluster, isNew: boolean): Promise<JsonObject> {
    const begun = this.options.now();
    const target = targetOf(stored.id, objectAt(stored.inputs, "spec"));
    const file = this.fileOf(stored);
    const source_stamp = file && (await stampOf(file));
    let isMade = !isNew;
    try {
      await makePlace(cluster, target);
      if (file === undefined) throw new BadFile(unknownSource(sourceOf(stored)));
      const source = await openDeltaFile(file);
      if (isNew || !(await hasTable(cluster, target))) await makeTable(cluster, target, source.columns);
      isMade = true;
      await fillTable(cluster, target, source);
      return { ...this.synced(stored, begun), source_stamp };
    } catch (error) {
      const reason = error instanceof BadFile || isMade ? reasonOf(error) : undefined;
      if (reason === undefined) throw error;
      return { ...failed(stored, reason), source_stamp };
    }
  }

  private async syncWhen(stored: Stored, isWanted: (current: Stored) => boolean): Promise<void> {
    const { workspace, perform, save } = this.options;
    await perform(branchOf(stored), async (cluster) => {
      const before = this.current(stored);
      if (before === undefined || !isWanted(before)) return;
      const facts = await this.run(before, cluster, false);
      const after = this.current(stored);
      if (after !== undefined) workspace.amend({ ...after, facts: { ...after.facts, ...facts } });
    });
    save();
  }

  /** The commits of the Delta table are an invention: one for each time that it was synced. */
  private synced(stored: Stored, begun: number): JsonObject {
    const ended = this.options.now();
    const version = (numberAt(stored.facts, "last_processed_commit_version") ?? -1) + 1;
    return {
      detailed_state: undefined,
      message: undefined,
      last_processed_commit_version: version,
      last_sync: {
        sync_start_time: formatInstant(begun),
        sync_end_time: formatInstant(ended),
        delta_table_sync_info: { delta_commit_version: version, delta_commit_time: formatInstant(begun) },
      },
    };
  }

  private fileOf(stored: Stored): string | undefined {
    return this.files.get(keyOf(sourceOf(stored)));
  }

  private tables(): readonly Stored[] {
    const { workspace } = this.options;
    return workspace
      .all()
      .filter((stored) => stored.type === "SyncedTable" && this.current(stored) === stored)
      .filter((stored) => workspace.live(branchOf(stored)) !== undefined);
  }

  /** As it is now, unless it is gone or going. */
  private current({ name, uid }: Stored): Stored | undefined {
    const found = this.options.workspace.live(name);
    return found?.uid === uid && found.facts["deleting_until"] === undefined ? found : undefined;
  }
}

/** A table that was filled before still has those rows. */
function failed(stored: Stored, message: string): JsonObject {
  return { detailed_state: `SYNCED_TABLE_${hasRows(stored) ? "ONLINE_PIPELINE_FAILED" : "OFFLINE_FAILED"}`, message };
}

function hasRows(stored: Stored): boolean {
  return at(stored.facts, "last_sync") !== undefined;
}

/** Of what is wrong with the source or its rows; undefined is the emulator's own trouble. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof BadFile || error instanceof ServiceError) return error.message;
  return asServiceRefusal(error)?.message;
}

function unknownSource(table: string): string {
  return `the emulator has no file for Delta table ${table}; start it with --delta-table ${table}=FILE, or POST the file to /_emulator/delta-tables`;
}

/** The full name of the branch that the table is on. */
export function branchOf(stored: Stored): string {
  return textAt(stored.inputs, "spec.branch") ?? "";
}

function sourceOf(stored: Stored): string {
  return textAt(stored.inputs, "spec.source_table_full_name") ?? "";
}

function isContinuous(stored: Stored): boolean {
  return textAt(stored.inputs, "spec.scheduling_policy") === "CONTINUOUS";
}

/** Names in Unity Catalog are the same in capitals. */
function keyOf(table: string): string {
  return table.toLowerCase();
}

/** Changes with the file. */
async function stampOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? "" : `${found.mtimeMs} ${found.size} ${found.ino}`;
}
