/** The examples in docs/: each compiles against the packed package, and a preview takes those of resources and components. */
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
/** What a page begins with is a program; below that may stand what reads an object that is there. */
const programs = examples.filter(({ name, page }) => /^(resources|components)/.test(page) && name.endsWith(" 1"));

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.create({ env: emulator.env });
});
afterAll(() => stack.close());

test("every page of a resource or a component has one", () => {
  const pagesOf = pages.filter((page) => /^(resources|components)/.test(page));
  expect(pagesOf.length).toBeGreaterThan(0);
  expect(programs.map(({ page }) => page)).toEqual(pagesOf);
});

test("all compile, strictly", async () => {
  const [ofPacks, others] = [true, false].map((isOfPack) =>
    examples.filter(({ text }) => /@pulumi\/policy/.test(text) === isOfPack),
  );
  expect(ofPacks).toHaveLength(1);
  await expectCompiles(others ?? []);
  // The types of @pulumi/policy 1.21 do not compile strictly themselves.
  await expectCompiles(ofPacks ?? [], { skipLibCheck: true });
});

async function expectCompiles(programs: readonly Example[], options = {}): Promise<void> {
  const tsconfig = JSON.parse(readFileSync(join(checkout, "examples/quickstart/tsconfig.json"), "utf8"));
  // What waits for an answer at its top is a module: those of functions and of applications.
  const files = programs.map(
    ({ name, text }) => `examples/${name.replace(/\W+/g, "-")}.${/^.*\bawait\b/m.test(text) ? "mts" : "ts"}`,
  );
  for (const [index, { text }] of programs.entries()) {
    stack.write(files[index] ?? "", text);
  }
  const paths = {
    pg: [join(checkout, "node_modules/@types/pg/index.d.ts")],
    "@pulumi/policy": [join(checkout, "node_modules/@pulumi/policy/index.d.ts")],
  };
  const compilerOptions = { ...tsconfig.compilerOptions, paths, ...options };
  stack.write("tsconfig.json", JSON.stringify({ ...tsconfig, compilerOptions, files }));
  const tsc = join(stack.project, "node_modules/typescript/bin/tsc");
  const { status, stdout } = await run(process.execPath, [tsc, "--noEmit", "-p", stack.project]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
}

test.each(programs)("a preview takes that of $page", async ({ text }) => {
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  stack.write("index.js", outputText);
  stack.write("migrations/001.sql", "create table orders (id bigint primary key);");
  stack.write("seed/001.sql", "insert into orders values (1);");
  const { status, ...step } = await stack.preview();
  expect({ status, errors: errors({ status, ...step }) }).toEqual({ status: 0, errors: "" });
});
