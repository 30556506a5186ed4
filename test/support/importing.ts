/** The package's `import` and Pulumi's, as a person runs one after the other. */
import { join } from "node:path";
import { type Finished, run } from "../../tools/process.mts";
import type { Stack } from "./stack.ts";

export function importing(stack: Stack, ...args: readonly string[]): Promise<Finished> {
  const program = join(stack.project, "node_modules/pulumi-lakebase/dist/provider/command/main.js");
  return run(process.execPath, [program, "import", ...args], { cwd: stack.project, env: stack.env });
}

export async function expectImported(stack: Stack): Promise<void> {
  const { status, diagnostics } = await stack.start("import", "--file", "import.json", "--generate-code=false").done;
  expect({ status, diagnostics }).toEqual({ status: 0, diagnostics: [] });
}
