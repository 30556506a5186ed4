/** What `pulumi new` takes. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { checkout } from "../../tools/places.mts";
import { packTarball } from "../../tools/sandbox.mts";

export const templates = join(checkout, "templates");

/** A word that `pulumi new` replaces, as a template has it. */
export function placeholder(word: "PROJECT" | "DESCRIPTION"): string {
  return `\${${word}}`;
}

/** Paths below a folder, of all its files. */
export function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** Makes what of a checkout is needed after `npm pack`, in `pulumi-lakebase` below a folder, and returns its path. */
export async function checkedOut(root: string): Promise<string> {
  const folder = join(root, "pulumi-lakebase");
  mkdirSync(folder);
  symlinkSync(templates, join(folder, "templates"));
  for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(checkout, file), join(folder, file));
  const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  copyFileSync(await packTarball(), join(folder, `pulumi-lakebase-${version}.tgz`));
  return folder;
}
