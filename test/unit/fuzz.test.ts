/** Files and settings that hold anything at all: they are read, or refused in sentences that tell no secret. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { whatIsWrong } from "../../provider/api/auth";
import { explainAuth } from "../../provider/api/explain";
import { readProfiles } from "../../provider/api/profiles";
import { declarations, settingNames } from "../../provider/api/settings";
import { readTableFile } from "../../provider/environments/file";
import { readConfig } from "../../provider/pulumi/config";

jest.setTimeout(60_000);

/** A programmer's words, a stack, or what steers a terminal. */
const unfit = /Cannot read|is not a function|not iterable|Maximum call|\[object|\n\s+at |undefined/;

const keys = [
  "projectId",
  "environments",
  "production",
  "presets",
  "ttl",
  "roles",
  "databases",
  "dev",
  "__proto__",
  "<<",
];
const scalars = fc.oneof(
  fc.constantFrom(
    "a",
    "dev",
    "1d",
    "~",
    "*x",
    "&x y",
    "!!js/function x",
    "!!binary A",
    "1e999",
    "0x1",
    "[",
    "{",
    "'",
    '"',
    "|",
    "- ",
  ),
  fc.string({ maxLength: 8 }),
);

const lines = fc
  .array(
    fc
      .tuple(fc.nat(4), fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 6 })), scalars)
      .map(([depth, key, value]) => `${"  ".repeat(depth)}${key}: ${value}`),
    { maxLength: 12 },
  )
  .map((all) => all.join("\n"));

const trees = fc
  .letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...keys), tie("tree"), { maxKeys: 5 }),
    ),
  }))
  .tree.map((tree) => JSON.stringify({ projectId: "shop", environments: tree }));

const bombs: readonly string[] = [
  `${"[".repeat(20_000)}`,
  `${"{a: ".repeat(5_000)}1${"}".repeat(5_000)}`,
  `${"- ".repeat(20_000)}`,
  [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefghi".split("").map((key, at) => `${key}: &${key} [${Array(9).fill(`*${"abcdefgh"[at]}`)}]`),
  ].join("\n"),
  "environments: &a\n  dev: *a\n",
  "environments:\n  dev: &d\n    <<: *d\n",
  "\u0000\u0001\ufeff",
  "%YAML 9.9\n---\nprojectId: shop\n",
];

describe("a file of environments", () => {
  function expectRead(text: string): void {
    const { table, problems } = readTableFile("environments.yaml", text);
    expect(table === undefined).toBe(problems.length > 0);
    for (const problem of problems) expect(problem).not.toMatch(unfit);
  }

  test("is read or refused in sentences", () => {
    fc.assert(fc.property(fc.oneof(lines, trees, fc.string()), expectRead), { numRuns: 300 });
  });

  test.each(bombs.map((text) => [text.slice(0, 20), text]))("is refused in sentences when it is %j…", (_, text) => {
    expectRead(text);
  });
});

describe("~/.databrickscfg", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "fuzz-"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const names = fc.constantFrom("DEFAULT", "shop", "__proto__", "constructor", "__settings__", "a b", "");
  const settings = fc.constantFrom(
    "host",
    "token",
    "client_id",
    "default_profile",
    "auth_type",
    "__proto__",
    "toString",
  );
  const values = fc.oneof(fc.constantFrom("https://a.example", "true", "[x]", "a = b", "\u0000"), fc.string());
  const files = fc.oneof(
    fc
      .array(
        fc.tuple(
          names,
          fc.array(
            fc.tuple(settings, values).map(([key, value]) => `${key} = ${key === "token" ? "dapi-canary" : value}`),
          ),
        ),
      )
      .map((all) => all.map(([name, inner]) => `[${name}]\n${inner.join("\n")}\n`).join("")),
    fc.string(),
    fc.uint8Array(),
  );

  test("is read or refused in sentences, for any profile", async () => {
    await fc.assert(
      fc.asyncProperty(files, names, async (text, profile) => {
        const path = join(home, "cfg");
        writeFileSync(path, text);
        const environment = { HOME: home, DATABRICKS_CONFIG_FILE: path, DATABRICKS_CONFIG_PROFILE: profile };
        const profiles = await readProfiles(environment);
        const said = explainAuth([], environment, profiles);
        const wrong = whatIsWrong({}, environment) ?? "";
        expect(`${JSON.stringify(said)} ${wrong}`).not.toMatch(/canary|Cannot read|is not a function/);
      }),
      { numRuns: 150 },
    );
  });

  test("is refused in a sentence when it is a folder", async () => {
    await expect(readProfiles({ HOME: home, DATABRICKS_CONFIG_FILE: home })).rejects.toThrow(/cannot be read: /);
  });
});

test("any configuration and environment is taken or refused in sentences", () => {
  const config = fc.dictionary(
    fc.constantFrom(
      ...settingNames.map((name) => `lakebase:${name}`),
      "lakebase:operationTimeout",
      "lakebase:autoscalingSpreadLimit",
      "lakebase:maxRequestsInFlight",
    ),
    fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("1e999", "-1", "0", "99999999999d", "https://a.example", "http://[", "\r\nx: y"),
    ),
  );
  const environment = fc.dictionary(
    fc.constantFrom(...settingNames.map((name) => declarations[name].variable)),
    fc.oneof(fc.string(), fc.constantFrom("https://a.example", "true", "\u0000")),
  );
  fc.assert(
    fc.property(config, environment, (given, variables) => {
      const { problems, signIn, waitTimeoutMs } = readConfig((key) =>
        Object.hasOwn(given, key) ? given[key] : undefined,
      );
      expect(Number.isNaN(waitTimeoutMs)).toBe(false);
      const wrong = whatIsWrong(signIn, { HOME: "/nonexistent", ...variables });
      for (const problem of [...problems, wrong ?? ""])
        expect(problem).not.toMatch(/Cannot read|is not a function|\n\s+at |NaN/);
    }),
    { numRuns: 300 },
  );
});
