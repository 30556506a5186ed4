/**
 * A service that answers nonsense, over real HTTP: whatever comes, each verb ends, with values that a state can hold or
 * with one sentence, and sends nothing but requests of the declared shape. Time is counted, not spent.
 */
import fc from "fast-check";
import { Client } from "../../provider/api/client";
import { leavesDoubt } from "../../provider/api/errors";
import { Transport } from "../../provider/api/transport";
import { readConfig } from "../../provider/pulumi/config";
import { Handlers } from "../../provider/pulumi/handlers";
import { Session } from "../../provider/pulumi/session";
import type { AnyDefinition } from "../../provider/schema/definition";
import { CountedClock } from "../support/clock.ts";
import { type OddAnswer, useOddServer } from "../support/odd-server.ts";
import { namedDeclarations } from "../unit/support/arbitraries";
import { resources, type Values, args as withRequired } from "../unit/support/resources";

const server = useOddServer();

jest.setTimeout(120_000);

/** More requests than any verb has a reason to send, however long it waits: a verb that gets here would go on for ever. */
const mostRequests = 2_000;

function connect(definition: AnyDefinition): Handlers {
  const config: Values = {
    "lakebase:host": server.url,
    "lakebase:token": "dapi-canary",
    "lakebase:operationTimeout": "60s",
  };
  const session = new Session(
    readConfig((key) => config[key]),
    {},
    () => {},
    { clock: new CountedClock() },
  );
  return new Handlers(definition, "it", session);
}

const name = "projects/shop";
const good = {
  name: `${name}/operations/b3A=`,
  done: true,
  response: {
    name,
    uid: "7e4f",
    create_time: "2026-01-02T03:04:05Z",
    update_time: "2026-01-02T03:04:05Z",
    spec: { display_name: "Shop" },
    status: { display_name: "Shop", pg_version: 17, current_state: "READY", expire_time: "2026-03-02T03:04:05Z" },
  },
};

/** The good answer with another value at one of its places. */
const places: readonly (readonly string[])[] = placesOf(good);

function placesOf(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const record = value as Values;
  return { ...record, [key]: replaced(record[key], rest, by) };
}

const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    "../../../elsewhere",
    "projects/shop/operations/../../x",
    "projects/shop?x=1",
    "https://elsewhere.example/",
    "projects/shop/operations/a\r\nb: c",
    "STATE_OF_TOMORROW",
    "+999999-13-45",
    "",
    9e307,
    -1,
    null,
    [],
    {},
  ),
);

const wrong = fc.tuple(fc.constantFrom(...places), odd, fc.boolean()).map(([place, by, asOperation]) => {
  const body = replaced(good, place, by) as Values | null;
  return JSON.stringify(asOperation ? body : (body?.["response"] ?? body));
});

const bodies = fc.oneof(
  wrong,
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.nat(400).map((length) => JSON.stringify(good).slice(0, length)),
  fc.constantFrom(
    "",
    "<html><head><title>Sign in</title></head><body><pre>Bad gateway</pre></body></html>",
    `{"name":"${name}","status":{"pg_version":1e999,"logical_size_bytes":99999999999999999999}}`,
    `{"error_code":${JSON.stringify("A".repeat(5000))},"message":${JSON.stringify("b\u001b[2J\n".repeat(5000))}}`,
    `{"error_code":"NOT_FOUND","message":null,"details":[null,1,{"metadata":null}]}`,
    `{"name":"${name}","status":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
    `{"name":"${name}","status":${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}}`,
    `{"name":"${name}","__proto__":{"status":{}},"status":{"__proto__":{"x":1},"constructor":null}}`,
    `{"next_page_token":"again","projects":[1,null,"x"],"branches":{},"endpoints":"","roles":[[]]}`,
    `{"next_page_token":"again"}`,
  ),
  fc.uint8Array({ maxLength: 64 }),
);

const answers: fc.Arbitrary<OddAnswer> = fc
  .record({
    status: fc.oneof(
      { weight: 4, arbitrary: fc.constant(200) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(201, 204, 301, 302, 307, 400, 401, 403, 404, 409, 413, 429, 500, 502, 503, 504),
      },
    ),
    headers: fc.dictionary(
      fc.constantFrom("content-type", "content-encoding", "retry-after", "date", "x-request-id", "location"),
      fc.constantFrom(
        "application/json",
        "text/html",
        "gzip",
        "99999999999999",
        "-1",
        "1e999",
        "Wed, 31 Dec 9999 23:59:59 GMT",
        "never",
        "https://elsewhere.example/",
      ),
      { maxKeys: 3 },
    ),
    body: bodies,
  })
  .map((answer) => (answer.status === 204 ? { ...answer, body: "" } : answer));

/** Pairs of a collection and a name, or one collection; operations' ids are base64 with slashes. */
const path =
  /^\/api\/2\.0\/(postgres(\/[a-z][a-z_-]*\/\w[\w.-]*)*(\/[a-z][a-z_-]*|\/operations\/[\w+/=-]+)?|permissions\/database-projects\/\w[\w.-]*|preview\/scim\/v2\/Me)$/;

function expectDeclaredShape(): void {
  for (const { method, target, headers, body } of server.asked) {
    const [pathname = "", query] = target.split("?");
    expect(pathname).toMatch(path);
    for (const key of new URLSearchParams(query).keys()) expect(key).toMatch(/^[a-z][a-z_]*$/);
    expect(headers.authorization).toBe("Bearer dapi-canary");
    if (method === "GET" || method === "DELETE") expect(body).toBe("");
    else expect(typeof JSON.parse(body)).toBe("object");
  }
}

/** A programmer's words, a stack, more than a line, or the token. */
const unfit =
  /Cannot read|is not a function|not iterable|Maximum call|Invalid time|Invalid array|JSON at position|\[object|\n|\p{Cc}|canary/u;

function expectSentence(failure: unknown): void {
  expect(failure).toBeInstanceOf(Error);
  const { message } = failure as Error;
  expect(message).not.toMatch(unfit);
  expect(message.length).toBeLessThan(5_000);
  expect(message).toMatch(/\w{3}/);
}

/** A state is JSON, and JSON has no number that is infinite. */
function expectKeepable(value: unknown): void {
  expect(JSON.parse(JSON.stringify(value ?? null))).toEqual(value ?? null);
}

async function expectEnd(task: Promise<unknown>): Promise<void> {
  await task.then(expectKeepable, expectSentence);
  expect(server.asked.length).toBeLessThan(mostRequests);
  expectDeclaredShape();
  server.asked.length = 0;
}

function answerWith(all: readonly OddAnswer[]): void {
  let next = 0;
  server.answer = (_, response) => {
    // Ends a verb that would not end, so that the test can say so.
    if (server.asked.length >= mostRequests) response.destroy();
    const answer = all[Math.min(next++, all.length - 1)];
    return server.asked.length >= mostRequests ? undefined : answer;
  };
}

describe.each(resources.map((definition) => ({ type: definition.type, definition })))("$type", ({ definition }) => {
  const cases = fc.tuple(namedDeclarations(definition), fc.array(answers, { minLength: 1, maxLength: 4 }));

  test("ends well or with a sentence, whatever the service answers", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([declared, all]) => {
        const handlers = connect(definition);
        const { inputs } = await handlers.check({}, withRequired(definition, declared));
        const id = String(inputs["name"]);
        const outs = { ...inputs, status: {} };
        const verbs: readonly (() => Promise<unknown>)[] = [
          () => handlers.create(inputs),
          () => handlers.read(id, outs),
          () => handlers.read(id, {}),
          () => handlers.update(id, { ...withRequired(definition), status: {} }, inputs),
          () => handlers.update(id, inputs, inputs),
          () => handlers.delete(id, outs),
        ];
        for (const verb of verbs) {
          answerWith(all);
          await expectEnd(verb());
        }
      }),
      { numRuns: 25 },
    );
  });
});

function client(answerMs?: number): Client {
  const transport = new Transport({
    host: server.url,
    credentials: { type: "pat", headers: async () => ({ authorization: "Bearer dapi-canary" }) },
    userAgent: "pulumi-lakebase/test",
    clock: new CountedClock(),
    retryBudgetMs: 60_000,
    answerMs,
  });
  return new Client(transport, { waitTimeoutMs: 60_000 });
}

const mebibyte = "x".repeat(2 ** 20);

test("an answer of 100 MiB is refused after 16 MiB, and asked for once", async () => {
  let sent = 0;
  server.answer = (_, response) => {
    const more = () => {
      while (!response.destroyed && sent < 100) {
        sent++;
        if (!response.write(mebibyte)) return;
      }
      response.end();
    };
    response.on("drain", more);
    more();
    return undefined;
  };
  await expect(client().get("projects/shop")).rejects.toThrow(
    "GET projects/shop: UNREADABLE (200): the answer has more than 16 MiB; check that the host is a Databricks workspace",
  );
  // What lies in the sockets' buffers comes to a few more.
  expect(sent).toBeLessThan(40);
  expect(server.asked).toHaveLength(1);
});

function failedCreate(one: Client): Promise<unknown> {
  const nothing = () => {};
  return one.create("projects", "projects/shop", {}, {}, () => true, nothing).catch((reason: unknown) => reason);
}

test("a create whose answer was too large may have happened", async () => {
  server.answer = () => ({ status: 200, body: mebibyte.repeat(17) });
  const failure = await failedCreate(client());
  expect(leavesDoubt(failure)).toBe(true);
});

test("an answer that comes byte by byte without an end is given up", async () => {
  server.answer = (_, response) => {
    const dripping = setInterval(() => response.write(" "), 5);
    response.on("close", () => clearInterval(dripping));
    return undefined;
  };
  const failure = await failedCreate(client(200));
  expect(String(failure)).toMatch(/POST projects: no answer from .*: it took longer than 0.2 s; check the host/);
  expect(leavesDoubt(failure)).toBe(true);
});

test.each([
  { name: "always the same next page", token: () => "again", want: "one page twice", asked: 2 },
  {
    name: "always another next page",
    token: (count: number) => `page-${count}`,
    want: "more than 1000 pages",
    asked: 1_001,
  },
])("a list with $name is given up", async ({ token, want, asked }) => {
  server.answer = () => ({ status: 200, body: JSON.stringify({ next_page_token: token(server.asked.length) }) });
  await expect(client().list("projects")).rejects.toThrow(`GET projects: UNREADABLE (200): the answers name ${want}`);
  expect(server.asked).toHaveLength(asked);
});

test("a list of half a million things that are no objects is an empty one", async () => {
  server.answer = () => ({ status: 200, body: JSON.stringify({ projects: Array(500_000).fill(1) }) });
  expect(await client().list("projects")).toEqual([]);
});

test.each([
  "projects/../../../2.0/secrets",
  "projects/./shop",
  "projects/shop?x=1",
  "projects/shop#x",
  "projects/shop%2e%2e",
  "projects/shop\r\nx-other: 1",
  "projects/a b",
  "projects/\u00e4",
  "projects/..\\x",
])("%j becomes no part of a path", async (name) => {
  await expect(client().get(name)).rejects.toThrow(
    /is not sent, since no name is written so; check the names and ids$/,
  );
  expect(server.asked).toEqual([]);
});
