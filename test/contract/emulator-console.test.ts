/** The page for people, in a real browser, and what guards it. */
import { once } from "node:events";
import { createServer, request as plainRequest } from "node:http";
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from "playwright-core";
import { findBrowser } from "../../tools/browser.mts";
import { type Client, READ_ONLY, refusal, refused, startClient } from "./emulator-client";

// Generous: other suites may be compiling at the same time.
jest.setTimeout(60_000);

const shop = "projects/shop";
const production = `${shop}/branches/production`;
const primary = `${production}/endpoints/primary`;

let client: Client;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the browser complains of: errors of scripts, breaches of the content security policy, files not found. */
let troubles: string[];

beforeAll(async () => {
  client = await startClient();
  // Chromium's sandbox refuses to be started by root.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  // A browser's first start on a machine may take long.
  browser = await chromium.launch({ executablePath: findBrowser(), args, timeout: 170_000 });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await client.emulator.close();
});
beforeEach(async () => {
  await client.control("POST", "reset");
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  troubles = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(error.message));
});
afterEach(async () => {
  await context.close();
  expect(troubles).toEqual([]);
});

async function openConsole(): Promise<void> {
  await page.goto(client.emulator.url);
  await page.getByText("Live", { exact: true }).waitFor();
}

/** Two projects and branches forked from one another. */
async function fillWorkspace(): Promise<void> {
  const branch = (id: string, spec: object) => client.ok("POST", `${shop}/branches?branch_id=${id}`, { spec });
  const sizes = { autoscaling_limit_min_cu: 0.5, autoscaling_limit_max_cu: 4, suspend_timeout_duration: "300s" };
  await client.ok("POST", "projects?project_id=shop", {
    spec: { display_name: "Shop", default_endpoint_settings: sizes },
  });
  await branch("staging", { no_expiry: true });
  await branch("dev", { no_expiry: true, source_branch: `${shop}/branches/staging` });
  await branch("pr-1", { ttl: "86400s", source_branch: `${shop}/branches/dev` });
  await client.ok("POST", `${production}/endpoints?endpoint_id=reader`, {
    spec: { endpoint_type: READ_ONLY, no_suspension: true },
  });
}

/** Moves focus as somebody without a mouse does. */
async function tabTo(wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await hasFocus(wanted)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("no number of tabs leads there");
}

function hasFocus(wanted: Locator): Promise<boolean> {
  return wanted.evaluate((node) => node === node.ownerDocument.activeElement);
}

function button(name: string): Locator {
  return page.getByRole("button", { name, exact: true });
}

function said(text: string): Promise<void> {
  return page.getByRole("status").getByText(text).waitFor();
}

describe("the page", () => {
  test("of an empty workspace says what to do", async () => {
    await openConsole();
    await page.getByText(`export DATABRICKS_HOST=${client.emulator.url}`).waitFor();
    await page.getByText(`export DATABRICKS_TOKEN=${client.emulator.token}`).waitFor();
    await page.getByText("pulumi up", { exact: true }).waitFor();
    await page.getByText("No requests yet.").waitFor();
  });

  test("shows each branch below its source, with its computes", async () => {
    await fillWorkspace();
    await openConsole();
    const forks = (branch: string) =>
      page.getByRole("list", { name: `Forks of ${shop}/branches/${branch}`, exact: true });
    await forks("production").getByText("staging", { exact: true }).waitFor();
    await forks("staging").getByText("dev", { exact: true }).waitFor();
    const preview = forks("dev").getByRole("listitem").filter({ hasText: "pr-1" });
    await preview.getByText("expires in 23 h").waitFor();
    const computes = page.getByRole("list", { name: `Computes of ${production}`, exact: true });
    expect(await computes.getByRole("listitem").allInnerTexts()).toEqual([
      expect.stringMatching(/^awake\s+primary\s+read-write\s+0\.5–4 CU\s+sleeps after 5 min\s+Suspend$/),
      expect.stringMatching(/^awake\s+reader\s+read-only\s+0\.5–4 CU\s+never sleeps\s+Suspend$/),
    ]);
    await page.getByText("1 database: databricks_postgres · 1 role: emulator@example.com").first().waitFor();
    await page.getByText("1 project · 4 branches · 5 of 5 computes awake").waitFor();
  });

  test("shows what was changed by the API without a reload, and what time does", async () => {
    await fillWorkspace();
    await openConsole();
    await page.evaluate("document.title = 'not loaded again'");
    await client.ok("PATCH", `${shop}?update_mask=spec.display_name`, { spec: { display_name: "Corner shop" } });
    await page.getByRole("heading", { name: "Corner shop" }).waitFor();
    for (const id of ["ann", "bob", "cid", "dan", "eve"]) {
      await client.ok("POST", `${production}/roles?role_id=${id}`, { spec: { postgres_role: id } });
    }
    await page.getByText("6 roles: emulator@example.com, ann, bob, cid, dan and 1 more").waitFor();
    await client.control("POST", "clock", { advance: "10m" });
    await page.getByText("1 of 5 computes awake").waitFor();
    await client.ok("DELETE", `${shop}?purge=true`);
    await page.getByText("Nothing here yet").waitFor();
    expect(await page.title()).toBe("not loaded again");
  });

  test("takes a name for text, whatever is in it", async () => {
    const name = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>&amp;`;
    await client.ok("POST", "projects?project_id=shop", { spec: { display_name: name } });
    await client.api("GET", "projects/%3Cimg%20src=x%3E?a=<b>bold</b>");
    await openConsole();
    expect(await page.getByRole("article").getByRole("heading").textContent()).toBe(name);
    await page.getByText("a=<b>bold</b>").waitFor();
    expect(await page.locator("main img, main script, main b").count()).toBe(0);
    expect(await page.title()).toBe("Lakebase emulator");
  });

  test.each([320, 360, 800])("has nothing to scroll sideways in a window of %d pixels", async (width) => {
    await page.setViewportSize({ width, height: 740 });
    await openConsole();
    await page.getByText("Nothing here yet").waitFor();
    await expectToFit();
    await fillWorkspace();
    const long = "a".repeat(60);
    await client.ok("POST", `${shop}/branches?branch_id=${long}`, {
      spec: { ttl: "90000s", source_branch: `${shop}/branches/dev` },
    });
    await page.getByText(long, { exact: true }).waitFor();
    await page.getByRole("heading", { name: "Faults" }).click();
    await expectToFit();
  });

  async function expectToFit(): Promise<void> {
    const [content = 0, window = 0] = await page
      .locator("html")
      .evaluate((root) => [root.scrollWidth, root.clientWidth] as const);
    expect(content).toBeLessThanOrEqual(window);
  }
});

describe("the keyboard", () => {
  test("alone is enough to suspend and to wake a compute", async () => {
    await fillWorkspace();
    await openConsole();
    const state = async () => (await client.ok("GET", primary)).status.current_state;
    await tabTo(button(`Suspend ${primary}`));
    await page.keyboard.press("Enter");
    await button(`Wake ${primary}`).waitFor();
    await said(`${primary} sleeps.`);
    expect([await state(), await hasFocus(button(`Wake ${primary}`))]).toEqual(["IDLE", true]);
    await page.keyboard.press("Space");
    await button(`Suspend ${primary}`).waitFor();
    await said(`${primary} is awake.`);
    expect([await state(), await hasFocus(button(`Suspend ${primary}`))]).toEqual(["ACTIVE", true]);
  });

  test("keeps its place and what was typed when the page changes around it", async () => {
    await fillWorkspace();
    await openConsole();
    await tabTo(page.getByLabel("Show requests with"));
    await page.keyboard.type("pat");
    await client.ok("POST", "projects?project_id=other", { spec: { display_name: "Other" } });
    await page.getByRole("heading", { name: "Other" }).waitFor();
    await page.keyboard.type("ch");
    expect(await page.getByLabel("Show requests with").inputValue()).toBe("patch");
    const preview = `${shop}/branches/pr-1/endpoints/primary`;
    await button(`Suspend ${preview}`).focus();
    await client.ok("DELETE", "projects/other?purge=true");
    await client.ok("POST", `${shop}/branches?branch_id=pr-0`, { spec: { no_expiry: true } });
    await page.getByText("pr-0", { exact: true }).waitFor();
    await page.getByRole("heading", { name: "Other" }).waitFor({ state: "detached" });
    expect(await hasFocus(button(`Suspend ${preview}`))).toBe(true);
    // Of what goes away with focus in it, the nearest heading takes it.
    await client.ok("DELETE", `${shop}/branches/pr-1`);
    await button(`Suspend ${preview}`).waitFor({ state: "detached" });
    expect(await hasFocus(page.getByRole("heading", { name: "Workspace" }))).toBe(true);
  });

  test("advances the clock", async () => {
    await fillWorkspace();
    await openConsole();
    const before = Date.parse((await client.control("GET", "clock")).now);
    await tabTo(button("Advance the clock by +1 d"));
    await page.keyboard.press("Enter");
    await said("The clock is 1 d further.");
    await page.getByText("pr-1", { exact: true }).waitFor({ state: "detached" });
    await page.locator("#shift").getByText("+1 d", { exact: true }).waitFor();
    const now = (await client.control("GET", "clock")).now;
    expect(Date.parse(now)).toBeGreaterThanOrEqual(before + 86_400_000);
    await page.locator("#now").getByText(now.slice(0, 10)).waitFor();
  });
});

describe("faults and requests", () => {
  test("a fault that was injected strikes, and both are seen", async () => {
    await openConsole();
    await page.getByRole("heading", { name: "Faults" }).click();
    await page.getByLabel("What happens").selectOption("503");
    await page.getByLabel("Method").selectOption("GET");
    await page.getByLabel("Path, a regular expression").fill("projects$");
    await page.getByLabel("Retry-After, seconds").fill("3");
    await button("Inject fault").click();
    await page.getByText("1 waiting").waitFor();
    await page.getByText("GET projects$: 503, retry after 3").waitFor();
    const struck = await client.api("GET", "projects");
    expect([struck.status, struck.headers.get("retry-after")]).toEqual([503, "3"]);
    const row = page.getByRole("row").filter({ hasText: "fault: 503, retry after 3" });
    await row.getByText("503", { exact: true }).waitFor();
    await page.getByText("none waiting").waitFor();
  });

  test.each([
    ["latency", { latencyMs: 2_000 }],
    ["before", { drop: "before" }],
    ["after", { drop: "after" }],
    ["fail", { operation: "fail" }],
    ["undone", { operation: "fail", effect: false }],
    ["hang", { operation: "hang" }],
    ["lost", { status: 500, effect: true }],
    ["stale", { stale: true }],
    ["500", { status: 500 }],
  ])("the form knows %s", async (kind, fault) => {
    await openConsole();
    await page.getByRole("heading", { name: "Faults" }).click();
    await page.getByLabel("What happens").selectOption(kind);
    await page.getByLabel("Times").fill("2");
    await button("Inject fault").click();
    await page.getByText("1 waiting").waitFor();
    expect((await client.control("GET", "faults")).faults).toMatchObject([{ ...fault, times: 2 }]);
    await button("Clear all faults").click();
    await page.getByText("none waiting").waitFor();
  });

  test("requests come as they are made, can be sifted, and are not kept for ever", async () => {
    await openConsole();
    for (let n = 1; n <= 205; n += 1) await client.api("GET", `projects/number-${n}`);
    await page.getByText("projects/number-205", { exact: true }).waitFor();
    const rows = page.locator("tbody tr");
    expect(await rows.first().textContent()).toMatch(/^\d\d:\d\d:\d\dGETprojects\/number-205404$/);
    await page.getByText("projects/number-5", { exact: true }).waitFor({ state: "detached" });
    expect(await rows.count()).toBe(200);
    await page.getByLabel("Show requests with").fill("404 number-20");
    expect(await rows.locator("visible=true").count()).toBe(7);
    await page.getByLabel("Show requests with").fill("patch");
    await page.getByText("No request has these words.").waitFor();
    await client.control("DELETE", "requests");
    await page.getByText("No requests yet.").waitFor();
  });
});

describe("a web page elsewhere", () => {
  const change = { method: "POST", body: '{"advance":"7d"}' };

  test("cannot steer the emulator from the same browser", async () => {
    const attack = `<script type="module">
      const at = "${client.emulator.url}/_emulator/";
      const send = (path, init) => fetch(at + path, init).catch(() => {});
      await send("reset", { method: "POST", mode: "no-cors" });
      await send("clock", { method: "POST", mode: "no-cors", body: '{"advance":"7d"}' });
      await send("clock", { method: "POST", headers: { "content-type": "application/json" }, body: '{"advance":"7d"}' });
      document.title = await fetch(at + "state").then((answer) => answer.text()).catch(() => "not read");
    </script>`;
    const elsewhere = createServer((_request, response) => {
      response.setHeader("content-type", "text/html").end(attack);
    }).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    const address = elsewhere.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await client.ok("POST", "projects?project_id=shop", { spec: {} });
    const before = (await client.control("GET", "clock")).now;
    const foreign = await context.newPage();
    for (const name of ["localhost", "127.0.0.1"]) {
      await foreign.goto(`http://${name}:${port}/`);
      await foreign.waitForFunction("document.title !== ''");
      expect(await foreign.title()).toBe("not read");
    }
    elsewhere.close();
    elsewhere.closeAllConnections();
    expect((await client.api("GET", shop)).status).toBe(200);
    const after = (await client.control("GET", "clock")).now;
    expect(Date.parse(after) - Date.parse(before)).toBeLessThan(7 * 86_400_000);
  });

  test.each([
    { origin: "https://example.com" },
    { origin: "null" },
    { origin: "http://127.0.0.1:1" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("is refused: %p", async (headers) => {
    for (const path of ["clock", "reset", "faults", "computes"]) {
      const answer = await client.raw("POST", `/_emulator/${path}`, { ...change, headers });
      expect(refusal(answer)).toEqual(refused(403, "PERMISSION_DENIED", "another origin"));
    }
  });

  test.each(["application/x-www-form-urlencoded", "application/json"])(
    "is none of the business of a plain client that sends %s",
    async (type) => {
      const answer = await client.raw("POST", "/_emulator/clock", { ...change, headers: { "content-type": type } });
      expect(answer.status).toBe(200);
    },
  );

  test.each([
    ["evil.example", 403],
    ["evil.example:8787", 403],
    ["127.0.0.1.evil.example", 403],
    ["10.0.0.1", 403],
    ["localhost", 200],
    ["localhost:8787", 200],
    ["[::1]:8787", 200],
    ["127.1.2.3", 200],
  ])("gets the page and its routes under this machine's names only: %s", async (host, want) => {
    for (const path of ["/", "/_emulator/state", "/_emulator/console/page.mjs", "/_emulator/requests"]) {
      const request = plainRequest(`${client.emulator.url}${path}`, { headers: { host } }).end();
      const [response] = await once(request, "response");
      response.resume();
      expect([path, response.statusCode]).toEqual([path, want]);
    }
  });

  test("may not frame the page, and the page may load nothing from there", async () => {
    const { headers } = await client.raw("GET", "/");
    const policy = headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    for (const name of ["page.html", "page.css", "page.mjs", "icon.svg"]) {
      const file = await client.raw("GET", `/_emulator/console/${name}`);
      expect([file.status, file.headers.get("x-content-type-options")]).toEqual([200, "nosniff"]);
      expect(file.body).not.toMatch(/https?:\/\/(?!www\.w3\.org\/)/);
    }
    expect((await client.raw("GET", "/_emulator/console/..%2Fserver.ts")).status).toBe(404);
  });
});

describe("what the page is made of", () => {
  test("is to be had as JSON", async () => {
    await fillWorkspace();
    await client.control("POST", "faults", { stale: true, path: "x" });
    const state = await client.control("GET", "state");
    expect(state).toMatchObject({
      settings: { operationTime: "0s" },
      faults: [{ stale: true, path: "x", times: 1, what: "stale read" }],
    });
    const [branch] = state.projects[0].branches;
    const endpoints = branch.endpoints.map((endpoint: { name: string }) => endpoint.name);
    expect(endpoints).toEqual([primary, `${production}/endpoints/reader`]);
    expect(branch.endpoints[0]).toEqual(await client.ok("GET", primary));
  });

  test.each([
    [{}, 400, "'endpoint' must be a name such as"],
    [{ endpoint: production, action: "wake" }, 400, `got '${production}'`],
    [{ endpoint: primary, action: "restart" }, 400, '\'action\' must be "wake" or "suspend"'],
    [{ endpoint: `${production}/endpoints/absent`, action: "wake" }, 404, "endpoint not found"],
    [{ endpoint: `${production}/endpoints/reader`, action: "wake" }, 400, "is disabled"],
  ])("a compute is not steered by %p", async (body, status, text) => {
    await fillWorkspace();
    await client.ok("PATCH", `${production}/endpoints/reader?update_mask=spec.disabled`, { spec: { disabled: true } });
    const answer = await client.raw("POST", "/_emulator/computes", { body: JSON.stringify(body) });
    expect(refusal(answer)).toEqual(refused(status, expect.any(String), text));
  });

  test("an open stream of events ends with the emulator, and does not hinder its end", async () => {
    const other = await startClient();
    const response = await fetch(`${other.emulator.url}/_emulator/events`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toMatch(/^event: state\ndata: \{.*\}\n\n$/);
    await other.ok("GET", "projects");
    expect((await reader?.read())?.value).toContain('event: request\ndata: {"n":1,"method":"GET"');
    await other.emulator.close();
    const rest = async () => {
      while (!(await reader?.read())?.done);
    };
    await rest().catch(() => {});
  });
});
