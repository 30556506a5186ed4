/** What Pulumi's dynamic host loads for this provider: counted, since that is what its start takes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shell } from "../../provider/pulumi/shell";
import { DynamicHost } from "../../tools/dynamic-host.mts";
import { useEmulator } from "../support/emulator.ts";

const emulator = useEmulator();
const folder = mkdtempSync(join(tmpdir(), "host-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
jest.setTimeout(120_000);

/** Files that a host has loaded by the time it is ended, after it did the given work. */
async function loadedBy(work: (host: DynamicHost) => Promise<void>): Promise<readonly string[]> {
  const report = join(folder, "loaded.json");
  const preload = join(folder, "preload.js");
  writeFileSync(
    preload,
    `process.on("SIGTERM", () => {
      require("node:fs").writeFileSync(${JSON.stringify(report)}, JSON.stringify(Object.keys(require.cache)));
      process.exit();
    });`,
  );
  const host = new DynamicHost();
  await host.start({ NODE_OPTIONS: `--require ${preload}`, ...emulator.env });
  await host.configure({});
  await work(host);
  await host.close();
  return JSON.parse(readFileSync(report, "utf8"));
}

const shop = { __provider: shell("Project", "shop"), projectId: "shop" };
const ofOther = (loaded: readonly string[]) => new Set(loaded.filter((file) => !file.includes("/@pulumi/pulumi/")));

test("a check loads no HTTP client, no SDK, no YAML, no Postgres, no emulator, and at most 170 modules more than none", async () => {
  const nothing = { __provider: "exports.handler=()=>({check:async(o,n)=>({inputs:n,failures:[]})})" };
  const floor = ofOther(await loadedBy(async (host) => void (await host.check({}, nothing))));
  const loaded = ofOther(await loadedBy(async (host) => void (await host.check({}, shop))));
  const own = [...loaded].filter((file) => !floor.has(file));
  expect(own.filter((file) => /\/node_modules\/(?!pulumi-lakebase\/|zod\/)/.test(file))).toEqual([]);
  expect(own.filter((file) => /emulator|command|components|environments|schema-diff/.test(file))).toEqual([]);
  expect(own.length).toBeGreaterThan(50);
  expect(own.length).toBeLessThanOrEqual(170);
});

test("a create loads an HTTP client, and still no SDK where the token is given", async () => {
  const loaded = await loadedBy(async (host) => void (await host.create(shop)));
  expect(loaded.some((file) => file.includes("/undici/"))).toBe(true);
  expect(loaded.filter((file) => /sdk-experimental|\/yaml\/|\/pg\/|emulator/.test(file))).toEqual([]);
});
