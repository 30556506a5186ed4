/** The tarball that users install: what is in it, and that the provider needs none of the emulator's dependencies. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultManifest } from "../../tools/package.mts";
import { packTarball } from "../../tools/sandbox.mts";

jest.setTimeout(180_000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "package-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

test("it holds compiled code, types and papers, nothing else", async () => {
  const files = run("tar", "-tzf", await packTarball())
    .trim()
    .split("\n");
  const strange = files.filter(
    (file) =>
      !/^package\/(dist\/provider\/.*\.(js|d\.ts)|dist\/emulator\/.*\.js|dist\/emulator\/console\/\w+\.(html|css|mjs|svg)|package\.json|docs\/([a-z-]+\/)?([a-z-]+|README)\.md|README\.md|CHANGELOG\.md|LICENSE)$/.test(
        file,
      ),
  );
  expect(strange).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining([
      "package/dist/provider/runtime.js",
      "package/docs/README.md",
      "package/docs/resources/branch.md",
      "package/dist/emulator/main.js",
      "package/dist/emulator/console/page.html",
    ]),
  );
});

test("without the optional dependencies the provider and the command work, applications and packs of policies load no Pulumi of ours, and the emulator says what it lacks", async () => {
  writeFileSync(join(folder, "package.json"), JSON.stringify(defaultManifest()));
  run("npm", "install", "--omit=optional", "--prefer-offline", "--no-audit", "--no-fund", await packTarball());
  const loaded = run(
    process.execPath,
    "-p",
    'const l = require("pulumi-lakebase"); typeof require("pulumi-lakebase/runtime").handler("Branch", "dev").check + " " + typeof l.Branch.get',
  );
  expect(loaded.trim()).toBe("function function");
  const forRequests =
    "Object.keys(require.cache).filter((file) => /node_modules.(undici|@databricks|pg|yaml).(?!.*node_modules)/.test(file))";
  for (const entry of ["pulumi-lakebase", "pulumi-lakebase/runtime"]) {
    expect(run(process.execPath, "-p", `require("${entry}"); ${forRequests}.length`).trim()).toBe("0");
  }
  const pulumi = 'Object.keys(require.cache).filter((file) => file.includes("@pulumi")).length';
  for (const [module, loads] of [
    ["connections", "Object.keys(l).length > 2"],
    ["policy", "l.lakebasePolicies().length > 2"],
  ] as const) {
    const count = `const l = require("pulumi-lakebase/${module}"); ${loads} && require.cache && ${pulumi}`;
    expect(run(process.execPath, "-p", count).trim()).toBe("0");
  }
  const { status, stderr } = spawnSync(process.execPath, ["node_modules/pulumi-lakebase/dist/emulator/main.js"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(/npm install/);
  expect(run("node_modules/.bin/pulumi-lakebase", "--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
});
