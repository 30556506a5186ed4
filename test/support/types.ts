/** A project of TypeScript, held to its own tsconfig.json by its own compiler. */
import { join } from "node:path";
import { run } from "../../tools/process.mts";

export async function expectCompiles(project: string): Promise<void> {
  const tsc = join(project, "node_modules/typescript/bin/tsc");
  expect(await run(process.execPath, [tsc, "--noEmit", "-p", project])).toMatchObject({ status: 0, stdout: "" });
}
