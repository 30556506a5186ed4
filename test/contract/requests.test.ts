/** How many requests are on their way at a time, over which connections, and what becomes of them when the service limits them. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Client } from "../../provider/api/client";
import { connect } from "../../provider/api/connect";
import type { Clock } from "../../provider/api/retry";
import { CountedClock } from "../support/clock.ts";
import { useEmulator } from "../support/emulator.ts";

// Its clock moves only when a test moves it.
const emulator = useEmulator({ now: () => 0 });

function clientOf(host: string, clock: Clock, requestsInFlight?: number): Promise<Client> {
  const options = { retryBudgetMs: 300_000, waitTimeoutMs: 600_000, clock };
  return connect(
    { host, token: emulator.token },
    {},
    { ...options, ...(requestsInFlight !== undefined && { requestsInFlight }) },
  );
}

function createProject(client: Client, id: string): Promise<unknown> {
  return client.create(
    "projects",
    `projects/${id}`,
    { project_id: id },
    { spec: {} },
    () => true,
    () => {},
  );
}

/** Nobody's wait is over, as far as a test can see. */
class StandingClock extends CountedClock {
  override sleep(ms: number): Promise<void> {
    this.waits.push(ms);
    return new Promise(() => {});
  }
}

/** A service that counts, and answers nothing before `patience` requests have come. */
async function countingServer(patience: number, answer: (request: IncomingMessage) => unknown) {
  const count = { connections: 0, requests: 0, atOnce: 0, most: 0 };
  const held: (() => void)[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    count.requests++;
    count.atOnce++;
    count.most = Math.max(count.most, count.atOnce);
    held.push(() => {
      count.atOnce--;
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer(request)));
    });
    if (count.requests >= patience) for (const send of held.splice(0)) setImmediate(send);
  });
  server.on("connection", () => {
    count.connections++;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server always has an AddressInfo once it listens.
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}`, count, close };
}

test.each([
  { given: 1, want: 1 },
  { given: 4, want: 4 },
  { given: undefined, want: 16 },
])(
  "of 100 operations at most $want requests are on their way at a time, over as many connections",
  async ({ given, want }) => {
    const polled = new Set<string>();
    const service = await countingServer(want, ({ method, url = "" }) => {
      if (method === "POST") return { name: `${/project_id=([^&]*)/.exec(url)?.[1]}/operations/1`, done: false };
      const done = polled.has(url);
      polled.add(url);
      return { name: url, done, ...(done && { response: {} }) };
    });
    try {
      const client = await clientOf(service.url, new CountedClock(), given);
      await Promise.all(Array.from({ length: 100 }, (_, n) => createProject(client, `p${n}`)));
      expect(service.count.requests).toBe(300);
      expect(service.count.most).toBe(want);
      expect(service.count.connections).toBe(want);
    } finally {
      await service.close();
    }
  },
);

test("who waits for an operation, or to send a request again, keeps no other from being sent", async () => {
  const clock = new StandingClock();
  const client = await clientOf(emulator.url, clock, 1);
  await emulator.outside("POST", "projects?project_id=shop", { spec: {} });
  await emulator.fault({ method: "POST", operation: "hang" });
  void createProject(client, "other");
  await emulator.fault({ method: "GET", path: "projects/none", status: 503 });
  void client.get("projects/none");
  await client.get("projects/shop");
  await client.get("projects/shop");
  expect(clock.waits).toHaveLength(2);
  expect(await emulator.calls()).toEqual([
    "POST projects",
    "GET projects/none",
    "GET projects/shop",
    "GET projects/shop",
  ]);
});

test("at a limit of 15 requests a second at most 5 % are refused, and all takes at most 1.1 times the least", async () => {
  await emulator.outside("POST", "projects?project_id=shop", { spec: {} });
  await emulator.settings({ requestLimit: 15 });
  const clock = new CountedClock((ms) => emulator.clock({ advance: `${Math.ceil(ms) / 1000}s` }));
  const client = await clientOf(emulator.url, clock);
  const began = clock.now();
  for (let n = 0; n < 300; n++) await client.get("projects/shop");
  const refused = (await emulator.requests()).filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThanOrEqual(0.05 * 300);
  expect(clock.now() - began).toBeLessThanOrEqual((1.1 * 1000 * (300 - 15)) / 15);
});

test("a refusal slows down the others too", async () => {
  const clock = new CountedClock();
  const client = await clientOf(emulator.url, clock);
  await emulator.outside("POST", "projects?project_id=shop", { spec: {} });
  await emulator.fault({ method: "GET", path: "projects/none", status: 429, retryAfter: "20" });
  const began = clock.now();
  await client.get("projects/none").catch(() => {});
  expect(clock.now() - began).toBeGreaterThanOrEqual(20_000);
  const standing = new StandingClock();
  const other = await clientOf(emulator.url, standing);
  await emulator.fault({ method: "GET", path: "projects/none", status: 429, retryAfter: "20" });
  void other.get("projects/none");
  while (standing.waits.length === 0) await new Promise((resolve) => setImmediate(resolve));
  void other.get("projects/shop");
  while (standing.waits.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(standing.waits).toEqual([20_000, 20_000]);
});
