/** SQL that a program declares: one text, or the files of a folder in the order of their names. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Script {
  /** The file's name; `sql` for a text of the program. */
  readonly name: string;
  readonly text: string;
}

/** What the state keeps of a text. */
export function fingerprint(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** The `.sql` files of a folder. Throws what the file system says where it cannot be read. */
export function scriptsIn(folder: string): readonly Script[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => ({ name, text: withoutMark(readFileSync(join(folder, name), "utf8")) }));
}

/** Editors may begin a file with a byte order mark, which Postgres takes for a word. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}
