import { chownSync, type Dirent, existsSync, linkSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./account";
import { copyInto } from "./copy";

/** A copy that nobody writes to any more, and since when what it was made from may have changed. */
export interface Reference {
  readonly data: string;
  readonly since: number;
}

/** The kernel's clock for files goes in ticks of up to 10 ms: two writes closer than that may bear the same time. */
const TICK = 20;
const SECOND = 1_000_000_000n;

/**
 * A copy of `from` that will not be written to: what is as it was in the reference becomes a second name of the file
 * there, so that a copy costs as much as has changed. As with every copy of a running cluster, its log makes up for what
 * is written meanwhile.
 */
export async function mirror(
  from: string,
  to: string,
  leftOut: ReadonlySet<string>,
  reference: Reference,
  account: Account | undefined,
): Promise<void> {
  const changed: [folder: string, files: string[]][] = [];
  // A thousand small files: asked for one by one they would take longer than they keep others waiting.
  visit(from, to, reference.data, leftOut);
  await Promise.all(changed.map(([folder, files]) => copyInto(folder, files, account)));

  function visit(source: string, target: string, same: string, without: ReadonlySet<string>): void {
    mkdirSync(target, { recursive: true, mode: 0o700 });
    if (account !== undefined) chownSync(target, account.uid, account.gid);
    const files: string[] = [];
    for (const entry of entriesOf(source)) {
      if (without.has(entry.name)) continue;
      const file = join(source, entry.name);
      const copy = join(target, entry.name);
      const old = join(same, entry.name);
      if (entry.isDirectory()) visit(file, copy, old, NOTHING);
      else if (!linked(file, copy, old, reference.since - TICK)) files.push(file);
    }
    if (files.length > 0) changed.push([target, files]);
  }
}

/** Of a folder that is gone meanwhile, none: its database was dropped. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (existsSync(folder)) throw error;
    return [];
  }
}

const NOTHING: ReadonlySet<string> = new Set();

/** Whether `copy` is now a name of `old`, because `file` has not been written to since `old` was copied from it. */
function linked(file: string, copy: string, old: string, before: number): boolean {
  try {
    const [now, then] = [lstatSync(file, { bigint: true }), lstatSync(old, { bigint: true })];
    // Some file systems know whole seconds only, in which much may happen.
    const isExact = then.mtimeNs % SECOND !== 0n;
    const isSame = isExact && now.mtimeNs === then.mtimeNs && now.size === then.size && then.mtimeMs < before;
    if (isSame) linkSync(old, copy);
    return isSame;
  } catch {
    // One of them is not there; copying finds out which.
    return false;
  }
}
