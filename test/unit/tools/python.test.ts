import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonWith } from "../../../tools/python.mts";

let folder: string;
let requirements: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "python-test-")));
  requirements = file("requirements.txt", "shop==1.0\n");
  mkdirSync(join(folder, "bin"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string, mode = 0o644): string {
  writeFileSync(join(folder, name), text, { mode });
  return join(folder, name);
}

/** Stands in for Python: says its version, makes an environment with itself in it, and installs as `pip` does. */
function standIn({ version = "3.11", probe = 0, pip = "exit 0" } = {}): void {
  const cases = [
    `*ensurepip*) echo ${version}; exit ${probe};;`,
    `"-m venv "*) mkdir "$3/bin"; cp "$0" "$3/bin/python";;`,
    `"-m pip "*) ${pip};;`,
  ];
  file("bin/python3", `#!/bin/sh\ncase "$*" in\n${cases.join("\n")}\nesac\n`, 0o755);
}

function python(): Promise<string> {
  return pythonWith(requirements, join(folder, "cache"), join(folder, "bin"));
}

/** The environments in the cache, links to them aside. */
function environments(): readonly string[] {
  const entries = readdirSync(join(folder, "cache"), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

test("an environment is made once per requirements and version", async () => {
  standIn();
  const first = await python();
  expect(await python()).toBe(first);
  standIn({ version: "3.12" });
  const newer = await python();
  file("requirements.txt", "shop==1.1\n");
  expect(new Set([first, newer, await python()]).size).toBe(3);
});

test("two that make it at one time end up with the same one and leave no other", async () => {
  standIn();
  const [one, two] = await Promise.all([python(), python()]);
  expect(one).toBe(two);
  expect(environments()).toHaveLength(1);
});

test("an environment that somebody deleted is made anew", async () => {
  standIn();
  await python();
  for (const name of environments()) {
    rmSync(join(folder, "cache", name), { recursive: true });
  }
  await python();
  expect(environments()).toHaveLength(1);
});

test("what pip says is told, and half an environment is not left behind", async () => {
  standIn({ pip: "echo 'No matching distribution found for shop==1.0' >&2; exit 1" });
  await expect(python()).rejects.toThrow(/pip install .*\n {2}No matching distribution found for shop==1\.0$/);
  expect(readdirSync(join(folder, "cache"))).toEqual([]);
});

test("without Python, or without its venv, one sentence says what to install", async () => {
  const install =
    "install Python 3 with venv and pip, on Debian and Ubuntu with 'apt-get install python3 python3-venv'.";
  await expect(python()).rejects.toThrow(`since there is no python3 on PATH; ${install}`);
  standIn({ probe: 1 });
  await expect(python()).rejects.toThrow(`since ${join(folder, "bin/python3")} has no venv with pip; ${install}`);
});
