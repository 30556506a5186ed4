/** An import as two files of a folder. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, normalize } from "node:path";
import type { Import } from "./import";

/** For `pulumi import`, and the program. */
export const fileNames = { state: "import.json", program: "index.ts" } as const;

export interface Files {
  readonly state: string;
  readonly program: string;
}

export function filesIn(folder: string): Files {
  const at = (name: string) => normalize(join(folder, name));
  return { state: at(fileNames.state), program: at(fileNames.program) };
}

/** The one that is there already, if any. */
export function existing({ state, program }: Files): string | undefined {
  return [state, program].find((file) => existsSync(file));
}

export function write(folder: string, { state, program }: Import): Files {
  const files = filesIn(folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(files.state, `${JSON.stringify(state, null, 2)}\n`);
  writeFileSync(files.program, program);
  return files;
}
