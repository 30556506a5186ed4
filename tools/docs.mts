/**
 * `npm run docs` writes README's tables from the declarations: arguments and their meaning from provider/resources,
 * numbers from provider/rules/limits. A test holds README to what this makes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { readable } from "./durations.mts";
import { checkout, whenStarted } from "./places.mts";

export interface Argument {
  /** `["group", "min"]` for `group.min`. */
  readonly path: readonly string[];
  readonly type: string;
  readonly required: boolean;
  /** Its JSDoc, as one line. */
  readonly doc: string;
}

export interface Resource {
  readonly type: string;
  readonly doc: string;
  readonly args: readonly Argument[];
}

/** The figures that the table of rules shows, as provider/rules/limits.ts has them. */
export interface Limits {
  readonly resourceId: Range;
  readonly endpointId: Range;
  readonly displayName: Range;
  readonly pgVersions: readonly number[];
  readonly historyRetention: Range;
  readonly suspendTimeout: Range;
  readonly branchTtl: Range;
  readonly compute: {
    readonly smallest: number;
    readonly largestAutoscaling: number;
    readonly fixed: readonly number[];
    readonly spread: number;
    readonly serviceSpread: number;
  };
  readonly groupSize: Range;
  readonly branchesPerProject: number;
  readonly protectedBranchesPerProject: number;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** How the table calls the kinds of values, by what a declaration begins with. */
const kinds: Readonly<Record<string, (call: ts.CallExpression) => string>> = {
  id: () => "text",
  reference: (call) => `\`${textOf(call.arguments[0])}\` or its name`,
  duration: () => "duration",
  timestamp: () => "timestamp",
  lsn: () => "LSN",
  only: () => "`true`",
  message: () => "object",
  computeSize: () => "number",
  groupSize: () => "number",
  pgSettings: () => "map of texts",
  "z.boolean": () => "boolean",
  "z.string": () => "text",
  "z.int": () => "number",
  "z.record": () => "map of texts",
  "z.union": () => "number",
  "z.enum": (call) => words(call.arguments[0]),
};

/** Reads one file of provider/resources; `undefined` for one that declares no resource. */
export function readResource(source: string): Resource | undefined {
  const file = ts.createSourceFile("resource.ts", source, ts.ScriptTarget.Latest, true);
  for (const statement of file.statements.filter(ts.isVariableStatement)) {
    const call = statement.declarationList.declarations[0]?.initializer;
    if (call !== undefined && ts.isCallExpression(call) && call.expression.getText() === "define") {
      const [declaration] = call.arguments;
      const args = property(declaration, "args");
      return { type: textOf(property(declaration, "type")), doc: docOf(statement), args: readArguments(args, []) };
    }
  }
  return undefined;
}

function readArguments(shape: ts.Node | undefined, at: readonly string[]): readonly Argument[] {
  if (shape === undefined || !ts.isObjectLiteralExpression(shape)) return [];
  return shape.properties.filter(ts.isPropertyAssignment).flatMap((field) => {
    const path = [...at, field.name.getText()];
    const { first, methods } = chain(field.initializer);
    const name = first.expression.getText().replace(/\s/g, "");
    const kind = kinds[name];
    if (kind === undefined) throw new Error(`tools/docs.mts has no word for values that begin with ${name}(…)`);
    const own = { path, type: kind(first), required: !methods.includes("optional"), doc: docOf(field) };
    return [own, ...(name === "message" ? readArguments(first.arguments[0], path) : [])];
  });
}

/** `id(…).optional().register(…)` → the call of `id`, and the names of what follows. */
function chain(node: ts.Expression): { readonly first: ts.CallExpression; readonly methods: readonly string[] } {
  if (!ts.isCallExpression(node)) throw new Error(`${node.getText()} does not begin with a call`);
  const target = node.expression;
  if (ts.isPropertyAccessExpression(target) && ts.isCallExpression(target.expression)) {
    const { first, methods } = chain(target.expression);
    return { first, methods: [...methods, target.name.text] };
  }
  return { first: node, methods: [] };
}

function property(node: ts.Node | undefined, name: string): ts.Expression | undefined {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return undefined;
  return node.properties.filter(ts.isPropertyAssignment).find((field) => field.name.getText() === name)?.initializer;
}

function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : "";
}

function words(node: ts.Node | undefined): string {
  return node !== undefined && ts.isArrayLiteralExpression(node)
    ? node.elements.map((element) => `\`${textOf(element)}\``).join(" or ")
    : "";
}

function docOf(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment;
  return (ts.getTextOfJSDocComment(comment) ?? "").replace(/\s+/g, " ").trim();
}

export function argumentTables(resources: readonly Resource[]): string {
  return resources.map(argumentTable).join("\n\n");
}

function argumentTable({ type, doc, args }: Resource): string {
  const rows = args.map((arg) => [
    `\`${arg.path.join(".")}\`${arg.required && arg.path.length === 1 ? " (required)" : ""}`,
    arg.type,
    arg.doc,
  ]);
  return `### ${type}\n\n${doc}\n\n${table(["Argument", "Type", "Meaning"], rows)}`;
}

export function ruleTable(limits: Limits): string {
  const { compute, resourceId, endpointId, displayName, groupSize } = limits;
  const rows = [
    [
      "`projectId`, `branchId`, `endpointId`",
      `${resourceId.least} to ${resourceId.most} lower-case letters, digits or hyphens, a letter first and no hyphen last; an \`endpointId\` has at least ${endpointId.least}`,
    ],
    ["`displayName`", `${displayName.least} to ${displayName.most} characters`],
    ["`pgVersion`", limits.pgVersions.join(", ")],
    ["`historyRetentionDuration`", span(limits.historyRetention)],
    ["`suspendTimeoutDuration`", span(limits.suspendTimeout)],
    ["`ttl`", `at most ${readable(limits.branchTtl.most)}`],
    [
      "Size of a compute",
      `${compute.smallest} or a whole number up to ${compute.largestAutoscaling} CU; above that ${compute.fixed.join(", ")}, with minimum and maximum equal`,
    ],
    [
      "Minimum and maximum",
      `minimum not above maximum, and at most ${compute.spread} CU apart; \`lakebase:autoscalingSpreadLimit\` raises this to at most ${compute.serviceSpread}`,
    ],
    [
      "High availability (`group`)",
      `${groupSize.least} to ${groupSize.most} computes, \`min\` and \`max\` equal; more than one needs \`noSuspension\``,
    ],
    [
      "One of several",
      "at most one of `ttl`, `expireTime`, `noExpiry`; of `suspendTimeoutDuration`, `noSuspension`; of `sourceBranchLsn`, `sourceBranchTime`",
    ],
    ["`sourceBranch`", "a branch of the same project, not the branch itself, and not one that expires"],
    ["Expiration", "not on a protected branch, the default branch, `production`, or a branch that has children"],
    ["Read-write endpoint", "one per branch, and its id is `primary`"],
    [
      "Project",
      `at most ${limits.protectedBranchesPerProject} protected and ${limits.branchesPerProject} branches in all, as far as the program declares them`,
    ],
    ["Names", "no two resources of a program with the same full name; no argument that the resource does not have"],
    ["Data", "no replacement of a `Project` or a `Branch` without `allowReplace`"],
  ];
  return table(["What", "Limit"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function span({ least, most }: Range): string {
  return `${readable(least)} to ${readable(most)}`;
}

/** The resources in the order of the barrel, parents before children. */
export function allResources(): readonly Resource[] {
  const folder = join(checkout, "provider/resources");
  const barrel = readFileSync(join(folder, "index.ts"), "utf8");
  const resources = [...barrel.matchAll(/from "\.\/([\w-]+)"/g)].flatMap(([, name]) => {
    const resource = readResource(readFileSync(join(folder, `${name}.ts`), "utf8"));
    return resource === undefined ? [] : [resource];
  });
  return resources.toSorted((one, other) => depth(one) - depth(other));
}

/** A resource's parent stands before it: `Project`, `Branch`, `Endpoint`. */
function depth({ args }: Resource): number {
  const parent = args.find(({ path }) => path.join(".") === "parent")?.type ?? "";
  return parent === "" ? 0 : parent.includes("Project") ? 1 : 2;
}

/** README with the text between `<!-- name -->` and `<!-- /name -->` made anew. */
export function withTables(readme: string, limits: Limits): string {
  const parts = { arguments: argumentTables(allResources()), rules: ruleTable(limits) };
  return Object.entries(parts).reduce((text, [name, made]) => {
    const between = new RegExp(`(<!-- ${name}\\b[^>]*-->\n)[\\s\\S]*?(\n<!-- /${name} -->)`);
    if (!between.test(text)) throw new Error(`README.md has no <!-- ${name} --> … <!-- /${name} -->`);
    return text.replace(between, (_, start: string, end: string) => `${start}\n${made}\n${end}`);
  }, readme);
}

whenStarted(import.meta.filename, async () => {
  const file = join(checkout, "README.md");
  const limits = createRequire(file)("./dist/provider/rules/limits.js") as Limits;
  writeFileSync(file, withTables(readFileSync(file, "utf8"), limits));
});
