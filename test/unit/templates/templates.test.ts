/** templates/: what `pulumi new` asks and replaces. That they work is test/e2e/templates.test.ts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { checkout } from "../../../tools/places.mts";
import { filesOf, placeholder, templates } from "../../support/templates.ts";

/** Files beside `Pulumi.yaml` and `README.md` that name the project. */
const replacing: Readonly<Record<string, readonly string[]>> = {
  "lakebase-environments": ["environments.yaml"],
  "lakebase-preview-per-pr": ["package.json"],
};
const names = readdirSync(templates);

test("there is one for a branch, one for environments and one for pull requests", () => {
  expect(names).toEqual(["lakebase-environments", "lakebase-preview-per-pr", "lakebase-quickstart"]);
});

describe.each(names)("%s", (name) => {
  const folder = join(templates, name);
  const read = (path: string) => readFileSync(join(folder, path), "utf8");
  const project = parse(read("Pulumi.yaml"));

  test("is called and described by who uses it, and says what it is", () => {
    expect(project).toMatchObject({
      name: placeholder("PROJECT"),
      description: placeholder("DESCRIPTION"),
      runtime: "nodejs",
    });
    expect(project.template).toMatchObject({
      displayName: expect.stringMatching(/^Lakebase/),
      description: expect.any(String),
      quickstart: expect.stringContaining("README.md"),
    });
  });

  test("asks for what has a description and a default, and for no secret", () => {
    const settings = Object.entries<Readonly<Record<string, unknown>>>(project.template.config);
    expect(settings.length).toBeGreaterThan(0);
    const programs = filesOf(folder)
      .filter((path) => path.endsWith(".ts"))
      .map(read)
      .join();
    for (const [key, setting] of settings) {
      expect(setting).toEqual({ description: expect.any(String), default: expect.any(String) });
      // A stack that `pulumi new` did not make has no settings: the program has the same defaults.
      const [, written] = new RegExp(`config\\.get\\w*\\("${key}"\\) \\?\\? "?([^",]+)`).exec(programs) ?? [];
      expect({ key, written }).toEqual({ key, written: setting["default"] });
    }
  });

  test("has the words that `pulumi new` replaces where they are meant", () => {
    const replaced = filesOf(folder).flatMap((path) =>
      [...read(path).matchAll(/\$\{(?:PROJECT|DESCRIPTION)\}/g)].map(([word]) => `${path} ${word}`),
    );
    // In YAML, the engine writes the value with an end of line: nothing may follow.
    const yaml = filesOf(folder).filter((path) => /\.ya?ml$/.test(path));
    expect(yaml.map(read).join()).not.toMatch(/\$\{(PROJECT|DESCRIPTION)\}./);
    expect(new Set(replaced.map((found) => found.split(" ")[0]))).toEqual(
      new Set(["Pulumi.yaml", "README.md", ...(replacing[name] ?? [])]),
    );
  });

  test("installs the version of this checkout, and leaves out of git what is made", () => {
    const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
    const { name: own, dependencies, scripts } = JSON.parse(read("package.json"));
    expect({ own, version: dependencies["pulumi-lakebase"] }).toEqual({ version: `^${version}` });
    expect(scripts.check).toMatch(/^pulumi-lakebase check/);
    expect(read(".gitignore").split("\n")).toEqual(expect.arrayContaining(["node_modules/", "bin/"]));
    expect(filesOf(folder)).not.toContain("package-lock.json");
  });
});
