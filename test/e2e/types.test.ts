/** What an editor shows to those who use the installed package, asked as editors ask: through TypeScript's language service. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { installProject } from "../../tools/sandbox.mts";

jest.setTimeout(120_000);

const program = `
import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";
import { lakebasePolicies } from "pulumi-lakebase/policy";

const project = new lakebase.Project("shop", {
  projectId: "shop", pgVersion: "17", customTags: { team: pulumi.output("shop") },
  defaultEndpointSettings: { suspendTimeoutDuration: "5m" },
});
const branch = new lakebase.Branch("dev", { parent: project, branchId: "dev", ttl: pulumi.output("7d") });
const taken = new lakebase.Role("app", { parent: branch, postgresRole: "app", adopt: true, deleteOnRelease: pulumi.output(true) });
export const owner: pulumi.Output<string> = taken.name;
const source: lakebase.BranchArgs = { parent: project.name, branchId: "b", sourceBranch: branch };
const endpoint = lakebase.Endpoint.get("main", "projects/shop/branches/production/endpoints/primary");
export const host: pulumi.Output<string> = endpoint.host;
export const state = endpoint.status.currentState;
export const kept = [branch.ttl, source];

const both = new lakebase.BranchWithCompute("both", { parent: project, branchId: "both", compute: { autoscalingLimitMaxCu: 2 } });
export const uri: pulumi.Output<string> = both.connection({ database: "app", pooled: true }).uri;
export const size: pulumi.Output<number | undefined> = lakebase.getEndpointOutput({ name: endpoint }).autoscalingLimitMaxCu;
export async function read(): Promise<string | undefined> {
  const { token } = await lakebase.getDatabaseCredential({ endpoint: "projects/shop/branches/dev/endpoints/primary", ttl: "5m" });
  const [first] = await lakebase.listBranches({ parent: "projects/shop", showDeleted: true });
  export_(token);
  return (await lakebase.listProjects()).length > 0 ? first?.status.currentState : first?.deleteTime;
}
export const policies = lakebasePolicies({ branches: { preview: ["pr-*"] }, previewTtl: "7d", devCu: false }).map(({ name }) => name);
// @ts-expect-error a figure that does not exist
lakebasePolicies({ stagingCu: 4 });
declare function export_(token: pulumi.Output<string>): void;

// @ts-expect-error an argument that does not exist
new lakebase.Branch("a", { parent: project, branchId: "a", timeToLive: "7d" });
// @ts-expect-error a missing argument
new lakebase.Branch("a", { parent: project });
// @ts-expect-error a type of endpoint that does not exist
new lakebase.Endpoint("a", { parent: branch, endpointId: "a", endpointType: "READ_ONLY" });
// @ts-expect-error a list that needs its parent
lakebase.listBranches({ showDeleted: true });
// @ts-expect-error endpoints that were deleted are not kept
lakebase.listEndpoints({ parent: "projects/shop/branches/dev", showDeleted: true });
// @ts-expect-error a compute's id is its own
new lakebase.BranchWithCompute("a", { parent: project, branchId: "a", compute: { endpointId: "a" } });
// @ts-expect-error a number where a name or a resource belongs
new lakebase.Branch("a", { parent: 7, branchId: "a" });
`;

const resolutions = [
  { name: "node16", module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  { name: "bundler", module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
];

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "types-"));
  await installProject(folder);
  writeFileSync(join(folder, "index.ts"), program);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function service(options: ts.CompilerOptions): ts.LanguageService {
  const file = join(folder, "index.ts");
  return ts.createLanguageService({
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => ({ strict: true, target: ts.ScriptTarget.ES2022, types: [], ...options }),
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
  });
}

test.each(resolutions)("a program's right and wrong arguments are told apart ($name)", ({ name: _, ...options }) => {
  const found = service(options).getSemanticDiagnostics(join(folder, "index.ts"));
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
});

const hovers = [
  { at: "branchId", want: /^The last part of the branch's name/ },
  { at: 'ttl: pulumi.output("7d")', want: /^The service deletes the branch this long after its creation/ },
  { at: "ttl, source", want: /^The service deletes the branch this long after its creation/ },
  { at: "suspendTimeoutDuration", want: /^A compute sleeps after this long without a connection: 60 s to 7 d/ },
  { at: 'Project("shop"', want: /^A Lakebase project/ },
  { at: "connection({", want: /^As that of its endpoint/ },
  { at: "pooled: true", want: /^`true`: the host behind which connections are pooled/ },
  { at: "getDatabaseCredential({", want: /^Asks for a password: a token/ },
  { at: "compute: {", want: /^What the branch's read-write compute `primary` is to be/ },
];

test.each(hovers)("hovering over `$at` shows its documentation", ({ at, want }) => {
  const [options = {}] = resolutions;
  const info = service(options).getQuickInfoAtPosition(join(folder, "index.ts"), program.indexOf(at));
  expect(ts.displayPartsToString(info?.documentation)).toMatch(want);
});
