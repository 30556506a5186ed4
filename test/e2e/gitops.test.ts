/** What README.md of examples/gitops says, and every step of its pipelines, as they give it to a shell, on the local Lakebase. */

import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { EmulatorUnderTest } from "../support/emulator";
import { blocksOf } from "../support/markdown.ts";
import { commandsIn, gitops, isSetUp, pipelines } from "../support/pipelines.ts";
import { useStacks } from "../support/stack";
import { Team } from "../support/team.ts";

const emulator = new EmulatorUnderTest();
const newStack = useStacks();
beforeAll(() => emulator.start({ postgres: true }));
afterAll(() => emulator.close());

interface Comment {
  readonly id: number;
  readonly user: { readonly type: string };
  body: string;
}

/** As much of GitHub's API as comments need. */
class GitHub {
  readonly comments: Comment[] = [{ id: 1, user: { type: "User" }, body: "<!-- Plan -->\nA person's own words" }];
  readonly calls: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const text = (await request.toArray()).join("");
      const { pathname } = new URL(request.url ?? "", "http://localhost");
      this.calls.push(`${request.method} ${pathname}`);
      const authorized = request.headers.authorization === "Bearer ghs-not-a-secret";
      const answer = authorized ? this.#answer(request.method, pathname, text) : undefined;
      response.writeHead(answer === undefined ? 403 : 200).end(JSON.stringify(answer ?? {}));
    });
  }

  static async start(): Promise<GitHub> {
    const github = new GitHub();
    github.#server.listen(0, "127.0.0.1");
    await once(github.#server, "listening");
    return github;
  }

  get env(): Readonly<Record<string, string>> {
    const { port } = this.#server.address() as AddressInfo;
    return {
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_REPOSITORY: "octo/shop",
      GITHUB_TOKEN: "ghs-not-a-secret",
    };
  }

  #answer(method: string | undefined, path: string, text: string): unknown {
    if (method === "GET" && path === "/repos/octo/shop/issues/7/comments") return this.comments;
    const { body } = JSON.parse(text) as { body: string };
    if (method === "POST" && path === "/repos/octo/shop/issues/7/comments") {
      const made = { id: this.comments.length + 1, user: { type: "Bot" }, body };
      this.comments.push(made);
      return made;
    }
    const own = this.comments.find(({ id }) => path === `/repos/octo/shop/issues/comments/${id}`);
    if (method !== "PATCH" || own === undefined) return undefined;
    own.body = body;
    return own;
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, "close");
  }
}

const shellBlocks = blocksOf(readFileSync(join(gitops, "README.md"), "utf8"))
  .filter(({ language }) => language === "sh")
  .map(({ text }) => text);

let github: GitHub;
beforeAll(async () => {
  github = await GitHub.start();
});
afterAll(() => github.close());

test("a repository's whole day: deployed, planned, previewed, commented on, closed, and looked after at night", async () => {
  const stack = await newStack({ from: gitops, env: emulator.postgresEnv });
  const team = new Team(stack, emulator);
  const ran = new Set<string>();
  const run = async (commands: readonly string[], occasion = {}, files = {}) => {
    for (const command of commands) ran.add(command);
    const printed = await team.run(commands, occasion, files);
    expect(team.failures).toEqual([]);
    return printed;
  };
  const pull = { PULL_REQUEST: "7", COMMIT: "a".repeat(40), ...github.env };
  const change = { "migrations/002-prices.sql": "alter table items add column cents int check (cents > 0)" };

  // It is three hours ago. The first deployment, where there is no stack yet, and a preview, on somebody's machine.
  await emulator.clock({ now: new Date(Date.now() - 3 * 3_600_000).toISOString() });
  const [onYourMachine, afterwards, ...more] = shellBlocks;
  expect(more).toEqual([]);
  const said = await run([onYourMachine ?? ""]);
  expect(said).toMatch(/Stack 'pr-7' has been removed/);
  await team.sql("production", "insert into items (name, customer) values ('A book', 'A real person')");
  expect(await team.branches()).toEqual(["dev", "production", "staging"]);

  // A pull request changes a size and the schema.
  const table = readFileSync(join(gitops, "environments.yaml"), "utf8");
  const larger = {
    "environments.yaml": table.replace("staging:\n    preset: small", "staging:\n    preset: standard"),
  };
  const plan = [
    "npm run --silent plan > plan.txt 2>&1",
    "npm run --silent comment Plan plan.txt",
    "npm run --silent check",
  ];
  await run(plan, pull, { ...change, ...larger });
  expect(github.comments.map(({ user }) => user.type)).toEqual(["User", "Bot"]);
  expect(github.comments[1]?.body).toMatch(
    /^<!-- Plan -->\n### Plan\n\n```\n[\s\S]*staging[\s\S]*CU[\s\S]*autoscalingLimitMaxCu/,
  );
  await run(plan, pull, change);
  expect(github.comments).toHaveLength(2);
  expect(github.comments[1]?.body).not.toContain("autoscalingLimitMaxCu");
  expect(github.comments[0]?.body).toContain("A person's own words");

  await run(
    [
      "npm run --silent preview:check",
      "npm run --silent preview:up",
      "npm run --silent preview:diff > schema.md || [ $? -eq 1 ]",
      "npm run --silent comment Schema schema.md",
    ],
    pull,
    change,
  );
  expect(github.comments[2]?.body).toMatch(/^<!-- Schema -->\n<!-- [\s\S]*column cents/);
  const [preview = ""] = (await team.branches()).filter((id) => id.startsWith("preview-"));
  expect(preview).toMatch(/^preview-shop-pr-7-/);
  expect(await team.sql(preview, "select customer from items order by id")).toEqual(["customer 1", "Nobody"]);
  expect(await team.sql("production", "select customer from items")).toEqual(["A real person"]);

  // It is merged.
  await run(["npm run --silent preview:down"], pull, change);
  await run(["npm run --silent deploy"], {}, change);
  expect(await team.branches()).toEqual(["dev", "production", "staging"]);
  expect(await team.sql("production", "select cents from items")).toEqual([null]);
  const column = "select count(*)::int from information_schema.columns where column_name = 'cents'";
  for (const branch of ["staging", "dev"]) expect([branch, ...(await team.sql(branch, column))]).toEqual([branch, 1]);

  // The state is lost, and noticed after more than an hour.
  rmSync(join(stack.root, "state/.pulumi/stacks/shop-environments/production.json"));
  await emulator.clock({ advance: "10800s" });
  await team.run(["npm run --silent deploy"], {}, change);
  expect(team.failures.splice(0)).toEqual([
    expect.stringMatching(/projects\/shop exists since .*older than an hour; to take it over write adopt: true/),
  ]);
  expect(afterwards).toBe("npm run recover\n");
  await run(["npm run --silent recover"], {}, change);
  expect(await team.sql("production", "select cents from items")).toEqual([null]);

  // At night nothing is amiss; then somebody turns a knob by hand.
  await run(["npm run --silent drift", "npm run --silent sweep"], {}, change);
  const primary = "projects/shop/branches/dev/endpoints/primary";
  await emulator.outside("PATCH", `${primary}?update_mask=spec.disabled`, { spec: { disabled: true } });
  await emulator.outside("PATCH", `${primary}?update_mask=spec.autoscaling_limit_max_cu`, {
    spec: { autoscaling_limit_max_cu: 8 },
  });
  await team.run(["npm run --silent drift"], {}, change);
  expect(team.failures.splice(0)).toEqual([expect.stringContaining("[diff: ~autoscalingLimitMaxCu]")]);

  // What was taken over is deleted when it leaves the table, as everything is.
  await run(["npm run --silent deploy"], {}, { ...change, "environments.yaml": table.split("  dev:")[0] ?? "" });
  expect(await team.branches()).toEqual(["production", "staging"]);

  const steps = pipelines.flatMap(commandsIn).filter((command) => !isSetUp(command));
  expect(steps.map(unredirected).filter((step) => ![...ran].map(unredirected).includes(step))).toEqual([]);
}, 400_000);

/** Where its output goes is no part of a step. */
function unredirected(command: string): string {
  return command.replace(/ > \S+( 2>&1)?/, "");
}
