/** The examples in docs/: each compiles against the packed package, and a preview takes those of resources. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { checkout } from "../../tools/places.mts";
import { run } from "../../tools/process.mts";
import { Stack } from "../../tools/sandbox.mts";
import { useEmulator } from "../support/emulator";
import { errors } from "../support/shop";

jest.setTimeout(180_000);

const emulator = useEmulator();

interface Example {
  /** Its page, and which one of the page it is. */
  readonly name: string;
  readonly page: string;
  readonly text: string;
}

const pages = readdirSync(join(checkout, "docs"), { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".md"),
);
const examples: readonly Example[] = pages.flatMap((page) => {
  const fences = readFileSync(join(checkout, "docs", page), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, text = ""], index) => ({ name: `${page} ${index + 1}`, page, text }));
});
const ofResources = examples.filter(({ page }) => page.startsWith("resources"));

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.create({ env: emulator.env });
});
afterAll(() => stack.close());

test("every resource's page has one", () => {
  const resourcePages = pages.filter((page) => page.startsWith("resources"));
  expect(resourcePages.length).toBeGreaterThan(0);
  expect(resourcePages.filter((page) => !examples.some((example) => example.page === page))).toEqual([]);
});

test("all compile, strictly", async () => {
  const tsconfig = JSON.parse(readFileSync(join(checkout, "examples/quickstart/tsconfig.json"), "utf8"));
  const files = examples.map(({ name }) => `examples/${name.replace(/\W+/g, "-")}.ts`);
  for (const [index, { text }] of examples.entries()) {
    stack.write(files[index] ?? "", text);
  }
  stack.write("tsconfig.json", JSON.stringify({ ...tsconfig, include: undefined, files }));
  const tsc = join(stack.project, "node_modules/typescript/bin/tsc");
  const { status, stdout } = await run(process.execPath, [tsc, "--noEmit", "-p", stack.project]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});

test.each(ofResources)("a preview takes $name", async ({ text }) => {
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  stack.write("index.js", outputText);
  const { status, ...step } = await stack.preview();
  expect({ status, errors: errors({ status, ...step }) }).toEqual({ status: 0, errors: "" });
});
