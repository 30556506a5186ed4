/** `npm run demo` as a person and as a pipeline meet it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { driftIn } from "../../tools/demo/drift.mts";
import { Page, wrap } from "../../tools/demo/page.mts";
import { drawn } from "../../tools/demo/tree.mts";
import { markedProcesses } from "../../tools/marked.mts";
import { checkout } from "../../tools/places.mts";
import { finished } from "../../tools/process.mts";

jest.setTimeout(300_000);

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The demo with a temporary folder of its own and a mark by which all of its processes are known. */
function startDemo(env: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-lakebase-demo-test-"));
  folders.push(folder);
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  const mark = randomUUID();
  const child = spawn(process.execPath, ["tools/demo.mts"], {
    cwd: checkout,
    env: { ...process.env, TMPDIR: temporary, DEMO_TEST: mark, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Postgres does not inherit the mark, and its folder may be elsewhere: both bear the emulator's number.
  const seen = new Set<number>();
  child.stdout?.on("data", () => {
    for (const id of markedProcesses("DEMO_TEST", mark)) seen.add(id);
  });
  return {
    child,
    end: finished(child),
    remains: () => ({
      processes: markedProcesses("DEMO_TEST", mark),
      files: readdirSync(temporary),
      ofEmulator: [...serverCommands(), ...serverFolders()].filter((text) =>
        seen.has(Number(/lakebase-(\d+)-/.exec(text)?.[1])),
      ),
    }),
  };
}

function serverCommands(): readonly string[] {
  return execFileSync("ps", ["-axww", "-o", "command="], { encoding: "utf8" }).split("\n");
}

function serverFolders(): readonly string[] {
  return [tmpdir(), "/tmp", "/var/tmp"].flatMap((place) => readdirSync(place));
}

/** Resolves with the match once it is printed. */
function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let seen = "";
  let complaints = "";
  return new Promise((resolve, reject) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      complaints += chunk.toString();
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      const match = pattern.exec(seen);
      if (match) resolve(match);
    });
    child.on("close", () => reject(new Error(`the demo ended without printing ${pattern}:\n${seen}${complaints}`)));
  });
}

const nothing = { processes: [], files: [], ofEmulator: [] };

test("the demo goes through all steps, says what each sent, and leaves nothing", async () => {
  // A workspace that the caller is signed in to is none of the demo's business.
  const demo = startDemo({ DATABRICKS_HOST: "https://workspace.invalid", DATABRICKS_TOKEN: "canary" });
  const { status, stdout, stderr } = await demo.end;
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).not.toContain("\u001b");
  expect(stdout).not.toContain("canary");
  const steps = [...stdout.matchAll(/^\d+ +(.+)\n[\s\S]*?^ {3}(\w+) requests?( \(.+\))? · /gm)];
  expect(steps.map(([, title, count, kinds]) => [title, count, kinds?.trim()])).toEqual([
    ["Preview", "no", undefined],
    ["Create", "5", "(5 POST)"],
    ["The same again", "no", undefined],
    ["Connect", "no", undefined],
    ["Fork a branch with its rows", "2", "(2 POST)"],
    ["Change one setting", "1", "(1 PATCH)"],
    ["Find an edit from outside", "5", "(5 GET)"],
    ["Set it right", "6", "(5 GET, 1 PATCH)"],
    ["Refuse a bad value", "no", undefined],
    ["Destroy", "4", "(4 DELETE)"],
  ]);
  expect(stdout).toMatch(
    /└─ dev · from production · expires [\s\S]+├─ primary · read-write · 0\.5–4 CU · sleeps after 5m/,
  );
  expect(stdout).toMatch(/✓ 127\.\S+ · emulator@example\.com in databricks_postgres · by token, certificate checked\n/);
  expect(stdout).toMatch(/✓ 127\.\S+ · feature has tea, milk\n/);
  expect(stdout).toContain("production has  tea, milk, bread\n   feature has     tea, milk, salt\n");
  expect(stdout).toMatch(/update_mask +spec\.autoscaling_limit_max_cu\n/);
  expect(stdout).toContain("primary: suspendTimeoutDuration is 3600s, declared 5m");
  expect(stdout.replace(/\s+/g, " ")).toContain(
    "autoscalingLimitMaxCu is 12 CU, 11.5 above autoscalingLimitMinCu (0.5)",
  );
  expect(demo.remains()).toEqual(nothing);
});

test.each([
  ["SIGINT", "while a command runs", /\$ pulumi up/],
  ["SIGTERM", "while Postgres runs", /production=>/],
] as const)("after %s %s nothing is left", async (signal, _when, moment) => {
  const demo = startDemo();
  await printed(demo.child, moment);
  demo.child.kill(signal);
  const { status, stdout, stderr } = await demo.end;
  expect({ status, stderr }).toEqual({ status: 130, stderr: "" });
  expect(stdout).toMatch(/Interrupted\. No process and no folder is left\.\n$/);
  expect(demo.remains()).toEqual(nothing);
});

test("a step that is not as promised ends the demo with what was promised and what came instead", async () => {
  const demo = startDemo();
  const [, host] = await printed(demo.child, /emulator at (http:\S+)/);
  await fetch(`${host}/_emulator/faults`, {
    method: "POST",
    body: JSON.stringify({ method: "POST", path: "/branches$", status: 403 }),
  });
  const { status, stdout, stderr } = await demo.end;
  expect(status).toBe(1);
  expect(stdout).toMatch(/\n2 {2}Create\n/);
  expect(stdout).not.toMatch(/\n3 {2}|as they should/);
  expect(stderr).toMatch(/^The demo failed: 'pulumi up' succeeds; instead: status \d+\n/);
  expect(stderr).toContain("POST projects/quickstart/branches: PERMISSION_DENIED (403)");
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(demo.remains()).toEqual(nothing);
});

test("preparation that fails is said in a sentence, with a status that a pipeline sees", async () => {
  const demo = startDemo({ PULUMI_LAKEBASE_TARBALL: "/there/is/no.tgz" });
  const { status, stderr } = await demo.end;
  expect(status).toBe(1);
  expect(stderr).toMatch(/^The demo failed: npm install failed:\n/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(demo.remains()).toEqual(nothing);
});

describe("the page", () => {
  function pageOf(screen: { readonly isTTY?: boolean; readonly columns?: number }, env: NodeJS.ProcessEnv = {}) {
    let text = "";
    const write = (part: string) => {
      text += part;
    };
    const page = new Page({ ...screen, write }, env);
    page.heading("Title");
    page.command("pulumi up");
    page.line("✗", "a message that is longer than a narrow terminal is wide", "red");
    page.shaped(
      drawn([{ text: "projects/p", children: [{ text: "production", children: [{ text: "primary · 1 CU" }] }] }]),
    );
    return text;
  }

  test.each([
    { name: "colours a terminal", screen: { isTTY: true }, env: {}, want: true },
    { name: "leaves a pipe plain", screen: {}, env: {}, want: false },
    { name: "honours NO_COLOR", screen: { isTTY: true }, env: { NO_COLOR: "1" }, want: false },
    { name: "leaves a dumb terminal plain", screen: { isTTY: true }, env: { TERM: "dumb" }, want: false },
  ])("$name", ({ screen, env, want }) => {
    expect(pageOf(screen, env).includes("\u001b[")).toBe(want);
  });

  test("is no wider than the terminal", () => {
    const lines = pageOf({ columns: 40 }).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(lines).toContain("   └─ production");
    expect(lines).toContain("      └─ primary · 1 CU");
  });

  test("keeps a long word whole, so that it can be copied", () => {
    expect(wrap("see projects/shop/branches/production now", 10)).toEqual([
      "see",
      "projects/shop/branches/production",
      "now",
    ]);
  });
});

test("drift is what differs between declared and found inputs, by resource", () => {
  const event = (name: string, declared: object, found: object) =>
    JSON.stringify({
      resOutputsEvent: {
        metadata: { urn: `urn:pulumi:dev::p::T::${name}`, old: { inputs: declared }, new: { inputs: found } },
      },
    });
  const log = [
    event("same", { ttl: "7d" }, { ttl: "7d" }),
    event("edited", { a: 1, b: [1] }, { a: 1, b: [2] }),
    `{"other":1}`,
    "",
  ];
  expect(driftIn(log.join("\n"))).toEqual([{ name: "edited", property: "b", declared: [1], found: [2] }]);
});
