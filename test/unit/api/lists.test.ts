/** Reads from lists over a model of the service: what they may answer, and how many requests that takes. */
import fc from "fast-check";
import { Lists, listLasts } from "../../../provider/api/lists";
import { CountedClock } from "../../support/clock.ts";

const perPage = 3;

/** A service that keeps a version of each object. An answer tells of the moment when the request has arrived. */
class Model {
  readonly requests: string[] = [];
  readonly clock = new CountedClock();
  readonly #versions = new Map<string, number>();
  readonly lists: Lists;

  constructor(
    readonly arrives: (label: string) => Promise<unknown>,
    readonly refused: readonly string[] = [],
  ) {
    this.lists = new Lists(async (collection, token) => {
      const label = `${collection} ${token ?? ""}`.trim();
      this.requests.push(label);
      await this.arrives(label);
      const page = this.#page(collection, Number(token ?? 0));
      await this.arrives(`answer to ${label}`);
      if (this.refused.includes(collection)) throw new Error(`${collection} may not be listed`);
      return page;
    }, this.clock);
  }

  set(name: string, version: number): void {
    this.#versions.set(name, version);
  }

  version(name: string): number {
    return this.#versions.get(name) ?? 0;
  }

  /** As the provider reads: listed, or else by itself. */
  async read(name: string): Promise<number> {
    const listed = await this.lists.find(name);
    if (listed) return Number(listed["version"]);
    this.requests.push(name);
    await this.arrives(name);
    const version = this.version(name);
    await this.arrives(`answer to ${name}`);
    return version;
  }

  change(name: string, version: number): Promise<void> {
    return this.lists.during(name, async () => {
      await this.arrives(`change of ${name}`);
      this.set(name, version);
      await this.arrives(`end of the change of ${name}`);
    });
  }

  #page(collection: string, from: number) {
    const all = [...this.#versions.keys()].filter((name) => name.slice(0, name.lastIndexOf("/")) === collection);
    const next = from + perPage;
    return {
      [String(collection.split("/").at(-1))]: all
        .slice(from, next)
        .map((name) => ({ name, version: this.version(name) })),
      ...(next < all.length && { next_page_token: String(next) }),
    };
  }
}

const atOnce = async () => {};
const branches = (project: string, count: number) =>
  Array.from({ length: count }, (_, n) => `projects/${project}/branches/b${n}`);

function filled(names: readonly string[], refused: readonly string[] = []): Model {
  const model = new Model(atOnce, refused);
  for (const name of names) model.set(name, 1);
  return model;
}

const names = ["projects/p", "projects/q", ...branches("p", 7), ...branches("q", 2), "projects/p/branches/b0/roles/r"];

test("a read that begins after a change has ended sees it, whatever else goes on", async () => {
  const step = fc.record({
    change: fc.boolean(),
    name: fc.constantFrom(...names),
    passes: fc.constantFrom(0, 0, 0, listLasts),
    waits: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 2, maxLength: 30 }), async (scheduler, steps) => {
      const model = new Model((label) => scheduler.schedule(Promise.resolve(), label));
      for (const name of names) model.set(name, 1);
      const ended = new Map(names.map((name) => [name, 1]));
      const stale: string[] = [];
      const going: Promise<void>[] = [];
      let changing = Promise.resolve();
      for (const [index, { change, name, passes, waits }] of steps.entries()) {
        await model.clock.pass(passes);
        const version = index + 2;
        if (change) {
          // One change after another, so that a later one ends later, with reads before, beside and after it.
          await scheduler.waitFor(changing);
          changing = model.change(name, version).then(() => {
            ended.set(name, version);
          });
          going.push(changing);
        } else {
          const least = ended.get(name) ?? 0;
          going.push(
            model.read(name).then((seen) => {
              if (seen < least) stale.push(`${name}: ${seen}, not ${least}`);
            }),
          );
        }
        if (waits) await scheduler.waitFor(going.at(-1) ?? changing);
      }
      await scheduler.waitFor(Promise.all(going));
      expect(stale).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test("reads cost at most two requests each, whatever is listed and however they come", async () => {
  const some = fc.uniqueArray(fc.constantFrom(...branches("p", 40)), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), some, some, async (scheduler, there, asked) => {
      const model = new Model((label) => scheduler.schedule(Promise.resolve(), label));
      for (const name of there) model.set(name, 1);
      await scheduler.waitFor(Promise.all(asked.map((name) => model.read(name))));
      expect(model.requests.length).toBeLessThanOrEqual(2 * asked.length);
    }),
  );
});

const twelve = branches("p", 12);

test.each([
  { name: "all of a list, in its order", asked: twelve, requests: 4 },
  { name: "all of a list, in another order", asked: twelve.toReversed(), requests: 4 },
  { name: "the first page", asked: twelve.slice(0, perPage), requests: 1 },
  { name: "one on the first page", asked: twelve.slice(0, 1), requests: 1 },
  { name: "one on the last page", asked: twelve.slice(-1), requests: 2 },
  { name: "all and one that is missing", asked: [...twelve, "projects/p/branches/none"], requests: 5 },
  { name: "one project, among those of others", asked: ["projects/p"], requests: 1 },
  { name: "some projects, among those of others", asked: ["projects/p", "projects/q", "projects/r"], requests: 2 },
])("$name: $requests requests at once", async ({ asked, requests }) => {
  const model = filled([...twelve, "projects/p", "projects/q", "projects/r"]);
  await Promise.all(asked.map((name) => model.read(name)));
  expect(model.requests).toHaveLength(requests);
});

test("one after another, reads need no more than what they need at once", async () => {
  const model = filled(twelve);
  for (const name of twelve) await model.read(name);
  expect(model.requests).toHaveLength(4);
});

test.each([
  { name: "somebody asks again", before: async () => {} },
  { name: "it is too old", before: (model: Model) => model.clock.pass(listLasts), other: true },
  { name: "a sibling has changed", before: (model: Model) => model.change("projects/p/branches/b1", 2), other: true },
  { name: "the parent has changed", before: (model: Model) => model.change("projects/p", 2), other: true },
  {
    name: "something inside has changed",
    before: (model: Model) => model.change(`${twelve[1]}/roles/r`, 2),
    other: true,
  },
  {
    name: "something that lies in no project has changed",
    before: (model: Model) => model.change("catalogs/c", 2),
    other: true,
  },
])("a list is made again when $name", async ({ before, other }) => {
  const model = filled(twelve);
  await model.read("projects/p/branches/b0");
  await before(model);
  model.requests.length = 0;
  await model.read(other ? "projects/p/branches/b2" : "projects/p/branches/b0");
  expect(model.requests).toEqual(["projects/p/branches"]);
});

test("a change in another project leaves a list as it is", async () => {
  const model = filled(twelve);
  await model.read("projects/p/branches/b0");
  await model.change("projects/q/branches/b0", 2);
  model.requests.length = 0;
  await model.read("projects/p/branches/b1");
  expect(model.requests).toEqual([]);
});

test("after a change that failed, what it may still do is read, not listed", async () => {
  const model = filled(twelve);
  await expect(model.lists.during("projects/p", () => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
  await model.read("projects/p/branches/b0");
  expect(model.requests).toEqual(["projects/p/branches/b0"]);
});

test("what could not be listed once is read one by one, of every parent", async () => {
  const model = filled([...twelve, ...branches("q", 2)], ["projects/p/branches"]);
  for (const name of ["projects/p/branches/b0", "projects/p/branches/b1", "projects/q/branches/b0"]) {
    expect(await model.read(name)).toBe(1);
  }
  expect(model.requests).toEqual([
    "projects/p/branches",
    "projects/p/branches/b0",
    "projects/p/branches/b1",
    "projects/q/branches/b0",
  ]);
});
