/** A project of TypeScript, held to its own tsconfig.json by its own compiler. */
import { join } from "node:path";
import { run } from "../../tools/process.mts";

/** For programs that are compiled once by a test: every command of Pulumi would check their types again, for seconds. */
export const typesAreChecked = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" } as const;

export async function expectCompiles(project: string): Promise<void> {
  const tsc = join(project, "node_modules/typescript/bin/tsc");
  expect(await run(process.execPath, [tsc, "--noEmit", "-p", project])).toMatchObject({ status: 0, stdout: "" });
}
