import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "./account";
import { type Copy, makeFolder } from "./backup";

/** A cluster that branches start from. Nothing is ever written to it. */
export interface Base extends Copy {
  readonly id: string;
  readonly data: string;
}

const UNFINISHED = ".new";

/** The clusters in one folder. Each is there for as long as somebody holds it. */
export class Bases {
  private readonly held = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private readonly account: Account | undefined,
    /** Those that stay, since they can be shared by what does not exist yet. */
    private readonly stays: (id: string) => boolean,
  ) {}

  /** Removes what nobody holds: `held` is all that is needed of what an earlier process left. */
  async load(held: readonly string[]): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const id of held) this.hold(id);
    for (const entry of await readdir(this.folder)) {
      if (!this.held.has(entry) && !this.stays(entry)) await this.remove(entry);
    }
  }

  has(id: string): boolean {
    return existsSync(join(this.folder, id));
  }

  async find(id: string): Promise<Base> {
    // Written by `make`.
    const copy: Copy = JSON.parse(await readFile(join(this.folder, id, "base.json"), "utf8"));
    return { id, data: join(this.folder, id, "data"), ...copy };
  }

  /** Made beside its place and renamed, so that what is there is whole. Held by the caller. */
  async make(id: string, fill: (data: string) => Promise<Copy>): Promise<Base> {
    const unfinished = join(this.folder, `${id}${UNFINISHED}`);
    try {
      await rm(unfinished, { recursive: true, force: true });
      await makeFolder(unfinished, this.account);
      await writeFile(join(unfinished, "base.json"), JSON.stringify(await fill(join(unfinished, "data"))));
      await rename(unfinished, join(this.folder, id));
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true, maxRetries: 3 });
      throw error;
    }
    this.hold(id);
    return this.find(id);
  }

  hold(id: string): void {
    this.held.set(id, (this.held.get(id) ?? 0) + 1);
  }

  async release(id: string): Promise<void> {
    const left = (this.held.get(id) ?? 0) - 1;
    if (left > 0) {
      this.held.set(id, left);
      return;
    }
    this.held.delete(id);
    if (!this.stays(id)) await this.remove(id);
  }

  private remove(entry: string): Promise<void> {
    return rm(join(this.folder, entry), { recursive: true, force: true, maxRetries: 3 });
  }
}
