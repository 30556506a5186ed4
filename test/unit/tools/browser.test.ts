import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBrowser } from "../../../tools/browser.mts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "browser-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  chmodSync(path, 0o755);
  return path;
}

test("the browser of the tests is the one on the path, whatever it is called", () => {
  const chrome = program("google-chrome");
  expect(findBrowser({ PATH: folder })).toBe(chrome);
  const chromium = program("chromium");
  expect(findBrowser({ PATH: folder, LAKEBASE_TEST_BROWSER: "" })).toBe(chromium);
});

test("the browser that is named is taken before any other", () => {
  program("chromium");
  expect(findBrowser({ PATH: folder, LAKEBASE_TEST_BROWSER: "/opt/browser" })).toBe("/opt/browser");
});

test("without one it says what to install", () => {
  expect(() => findBrowser({ PATH: folder })).toThrow(
    "the console's tests need a Chromium: install one (Debian, Ubuntu: apt-get install chromium)",
  );
});
