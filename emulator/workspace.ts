import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Move } from "./clock";
import { isObject } from "./json";
import type { Operation } from "./operations";
import type { Stored } from "./stored";

/** Operations are kept for clients that poll late, but not for ever. */
const KEPT_OPERATIONS = 1_000;
const KEPT_REMOVALS = 1_000;
const KEPT_MUTATIONS = 1_000;

/** The longest history that a project can keep. */
const KEPT_PAST = 35 * 86_400_000;

/** A resource as it was until then. */
interface Past {
  readonly stored: Stored;
  readonly until: number;
}

interface Snapshot {
  /** 2 was before there were roles and databases. */
  readonly format: 2 | 3;
  readonly resources: readonly Stored[];
  /** Absent in format 2. */
  readonly past?: readonly Past[];
  readonly operations: readonly Operation[];
  readonly sequence: number;
  readonly lsn: number;
  readonly clock: readonly Move[];
}

/** Everything that the service remembers, in memory, and in a folder when there is one. */
export class Workspace {
  private resources = new Map<string, Stored>();
  private operations = new Map<string, Operation>();
  /** When a name was last removed: only the last seconds matter, so it is not saved. */
  private removals = new Map<string, number>();
  /** What each mutation overwrote, by name, newest last. For stale reads, which are about the last seconds too. */
  private overwritten: Map<string, Stored | undefined>[] = [];
  private past: readonly Past[] = [];
  private sequence = 0;
  private operationCount = 0;
  private lsn = 0x1494ea8;

  constructor(private readonly folder: string | undefined) {}

  get(name: string): Stored | undefined {
    return this.resources.get(name);
  }

  /** Live, and so is everything above it. */
  live(name: string): Stored | undefined {
    const found = this.resources.get(name);
    if (found === undefined || found.deleted !== null) return undefined;
    return found.parent === "" || this.live(found.parent) !== undefined ? found : undefined;
  }

  children(parent: string, type: string): readonly Stored[] {
    return [...this.resources.values()].filter((stored) => stored.parent === parent && stored.type === type);
  }

  /** Those that were there at that moment, as they were then, as far as `keepPast` was told. */
  childrenAt(parent: string, instant: number): readonly Stored[] {
    const now = this.all().filter((stored) => stored.deleted === null);
    const then = this.past.filter(({ until }) => instant < until).map(({ stored }) => stored);
    return [...now, ...then]
      .filter((stored) => stored.parent === parent && stored.updateTime <= instant)
      .sort((left, right) => left.sequence - right.sequence);
  }

  /** To be called before a resource is changed or removed of which somebody may ask how it was. */
  keepPast(stored: Stored, until: number): void {
    this.past = [...this.past.filter((each) => each.until > until - KEPT_PAST), { stored, until }];
  }

  below(name: string): readonly Stored[] {
    return [...this.resources.values()].filter((stored) => stored.name.startsWith(`${name}/`));
  }

  all(): readonly Stored[] {
    return [...this.resources.values()];
  }

  /** All that is written until the next call of this belongs together. */
  beginMutation(): void {
    if (this.overwritten.at(-1)?.size !== 0) this.overwritten.push(new Map());
    if (this.overwritten.length > KEPT_MUTATIONS) this.overwritten.shift();
  }

  /** The resources as they were just before the last mutation of one whose name is `among` these. */
  before(among: (name: string) => boolean): Workspace {
    const past = new Workspace(undefined);
    past.resources = new Map(this.resources);
    const last = this.overwritten.findLastIndex((mutation) => [...mutation.keys()].some(among));
    for (const mutation of last < 0 ? [] : this.overwritten.slice(last).reverse()) {
      for (const [name, stored] of mutation) {
        if (stored === undefined) past.resources.delete(name);
        else past.resources.set(name, stored);
      }
    }
    return past;
  }

  /** Completes what the mutation that made it has written, whatever was written since. */
  amend(stored: Stored): void {
    this.resources.set(stored.name, stored);
  }

  put(stored: Stored): void {
    this.remember(stored.name);
    // A soft delete or an undelete also changes whether what is below can be found.
    const wasDeleted = (this.get(stored.name)?.deleted ?? null) !== null;
    if (wasDeleted !== (stored.deleted !== null)) for (const { name } of this.below(stored.name)) this.remember(name);
    this.resources.set(stored.name, stored);
  }

  /** Removes a resource and all below it. */
  drop(name: string, now: number): void {
    for (const { name: gone } of [{ name }, ...this.below(name)]) {
      this.remember(gone);
      if (this.resources.delete(gone)) this.removals.set(gone, now);
    }
    this.past = this.past.filter(({ stored }) => !stored.name.startsWith(`${name}/`));
    forgetOldest(this.removals, KEPT_REMOVALS);
  }

  removedAt(name: string): number | undefined {
    return this.removals.get(name);
  }

  nextSequence(): number {
    this.sequence += 1;
    return this.sequence;
  }

  nextLsn(): string {
    this.lsn += 0x60;
    return `0/${this.lsn.toString(16).toUpperCase()}`;
  }

  nextOperation(): number {
    this.operationCount += 1;
    return this.operationCount;
  }

  operation(name: string): Operation | undefined {
    return this.operations.get(name);
  }

  /** Operations that still occupy a branch. */
  isBusy(branch: string, now: number): boolean {
    return [...this.operations.values()].some((running) => running.branch === branch && now < running.busyUntil);
  }

  keep(operation: Operation): void {
    this.operations.set(operation.name, operation);
    forgetOldest(this.operations, KEPT_OPERATIONS);
  }

  clear(): void {
    this.resources.clear();
    this.operations.clear();
    this.removals.clear();
    this.past = [];
    this.overwritten = [];
  }

  /** Reads the folder; answers how the clock was moved, and whether what was there is to be completed (`upgrade.ts`). */
  load(): { readonly moves: readonly Move[]; readonly isOld: boolean } {
    const nothing = { moves: [], isOld: false };
    if (this.folder === undefined) return nothing;
    mkdirSync(this.folder, { recursive: true });
    const file = join(this.folder, "workspace.json");
    if (!existsSync(file)) return nothing;
    const snapshot = parseSnapshot(readFileSync(file, "utf8"));
    if (snapshot === undefined) {
      throw new Error(`${file} is no workspace of this emulator; remove it or choose another --data folder`);
    }
    this.resources = new Map(snapshot.resources.map((stored) => [stored.name, stored]));
    this.operations = new Map(snapshot.operations.map((operation) => [operation.name, operation]));
    this.past = snapshot.past ?? [];
    this.sequence = snapshot.sequence;
    this.lsn = snapshot.lsn;
    return { moves: snapshot.clock, isOld: snapshot.format === 2 };
  }

  /** Written beside and renamed over, so that a kill leaves the old or the new state, never half of one. */
  save(clock: readonly Move[]): void {
    if (this.folder === undefined) return;
    const snapshot: Snapshot = {
      format: 3,
      resources: this.all(),
      operations: [...this.operations.values()],
      past: this.past,
      sequence: this.sequence,
      lsn: this.lsn,
      clock,
    };
    const file = join(this.folder, "workspace.json");
    writeFileSync(`${file}.new`, JSON.stringify(snapshot));
    renameSync(`${file}.new`, file);
  }

  /** The first value that a mutation overwrites is the one from before it. */
  private remember(name: string): void {
    const mutation = this.overwritten.at(-1);
    if (mutation !== undefined && !mutation.has(name)) mutation.set(name, this.resources.get(name));
  }
}

/** Maps keep the order of insertion. */
function forgetOldest(map: Map<string, unknown>, kept: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= kept) return;
    map.delete(oldest);
  }
}

function parseSnapshot(text: string): Snapshot | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isSnapshot(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The file is our own: its format number is all that needs to be checked. */
function isSnapshot(value: unknown): value is Snapshot {
  return isObject(value) && (value["format"] === 2 || value["format"] === 3) && Array.isArray(value["resources"]);
}
