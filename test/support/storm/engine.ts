/**
 * What Pulumi's engine does with a program and a state, as far as a provider can tell: check, diff, create, update, replace,
 * delete and refresh, in the order of dependencies and side by side where there are none. It keeps of a failed step what
 * the engine keeps (pkg/resource/deploy of Pulumi 3.274: step_generator.go, step.go, deployment_executor.go).
 */
import { providerKey, shell } from "../../../provider/pulumi/shell";
import { unknownValue } from "../../../provider/schema/unknown";
import { type Declared, isRef, type Program } from "./program";
import { type Bag, type Entry, inOrder } from "./state";
import { type EngineOptions, Steps } from "./steps";
import { json } from "./wired";

/** A stack: its state, and what can be done with it. Each run has a provider process of its own. */
export class Engine {
  state: readonly Entry[] = [];

  constructor(readonly options: EngineOptions) {}

  up(program: Program): Promise<readonly string[]> {
    return this.#run().up(program);
  }

  refresh(): Promise<readonly string[]> {
    return this.#run().refresh();
  }

  destroy(): Promise<readonly string[]> {
    return this.#run().destroy();
  }

  #run(): Run {
    const keep = (state: readonly Entry[]) => {
      this.state = state;
    };
    return new Run(new Steps(this.state, this.options, keep));
  }
}

function urnOf({ type, key }: Pick<Declared, "type" | "key">): string {
  return `${type}::${key}`;
}

function refsOf({ args }: Declared): readonly string[] {
  return Object.values(args).flatMap((value) => (isRef(value) ? [value.ref] : []));
}

class Run {
  /** Resources deleted in this run because what they depend on is replaced. */
  readonly #deletedFirst = new Set<string>();
  #generating: Promise<unknown> = Promise.resolve();

  constructor(readonly steps: Steps) {}

  async up(program: Program): Promise<readonly string[]> {
    const registered = new Map<string, Promise<Entry | undefined>>();
    for (const declared of program) {
      const needed = refsOf(declared).map((key) => registered.get(key));
      registered.set(declared.key, this.#register(declared, program, needed));
    }
    await Promise.all(registered.values());
    if (this.steps.errors.length > 0) return this.steps.errors;
    const wanted = new Set(program.map(urnOf));
    // What is gone already and not wanted any more is just forgotten.
    this.steps.set((state) => state.filter(({ urn, isToBeRemade }) => wanted.has(urn) || !isToBeRemade));
    await this.#deleteAll(this.steps.state.filter(({ urn, isReplaced }) => isReplaced || !wanted.has(urn)));
    return this.steps.errors;
  }

  async refresh(): Promise<readonly string[]> {
    await Promise.all(
      this.steps.state.map(async (entry) => {
        if (entry.isToBeRemade) return;
        const read = await this.steps.try(entry, "refresh", (provider) => provider.read(entry.id, entry.outputs));
        if (read === undefined) return;
        const { id = "", props = {}, inputs } = read;
        if (id === "") this.steps.remove(entry);
        else {
          const provider = { [providerKey]: entry.outputs[providerKey] };
          this.steps.replace(entry, {
            ...entry,
            outputs: { ...props, ...provider },
            ...(inputs && { inputs: { ...inputs, ...provider } }),
            isUnfinished: false,
          });
        }
      }),
    );
    return this.steps.errors;
  }

  async destroy(): Promise<readonly string[]> {
    this.steps.set((state) => state.filter(({ isToBeRemade }) => !isToBeRemade));
    await this.#deleteAll(this.steps.state);
    return this.steps.errors;
  }

  async #register(
    declared: Declared,
    program: Program,
    needed: readonly (Promise<Entry | undefined> | undefined)[],
  ): Promise<Entry | undefined> {
    const found = await Promise.all(needed);
    const above = new Map(found.flatMap((entry) => (entry ? [[entry.key, entry]] : [])));
    if (above.size < new Set(refsOf(declared)).size) return undefined;
    const resolve = (value: unknown) => (isRef(value) ? above.get(value.ref)?.outputs["name"] : value);
    const args = Object.fromEntries(Object.entries(declared.args).map(([key, value]) => [key, resolve(value)]));
    const news = json({ ...args, [providerKey]: shell(declared.type, declared.key) });
    const uses = Object.fromEntries(
      Object.entries(declared.args).flatMap(([key, value]) =>
        isRef(value) ? [[key, urnOf(program.find((other) => other.key === value.ref) ?? declared)]] : [],
      ),
    );
    // Steps are thought out one after another, and done side by side.
    const step = await this.#next(() => (this.steps.errors.length > 0 ? undefined : this.#plan(declared, news, uses)));
    return step?.();
  }

  #next<Result>(task: () => Promise<Result> | undefined): Promise<Result | undefined> {
    const own = this.#generating.then(task);
    this.#generating = own.catch(() => {});
    return own;
  }

  async #plan(
    declared: Declared,
    news: Bag,
    uses: Readonly<Record<string, string>>,
  ): Promise<(() => Promise<Entry | undefined>) | undefined> {
    const urn = urnOf(declared);
    const names = [urn, ...(declared.aliases ?? []).map((key) => urnOf({ type: declared.type, key }))];
    const old = this.steps.state.find((entry) => names.includes(entry.urn) && !entry.isReplaced);
    const made = { urn, type: declared.type, key: declared.key, uses };
    const isDeletedFirst = this.#deletedFirst.has(urn);
    const inputs = await this.steps.check(made, old && !isDeletedFirst ? old.inputs : {}, news);
    if (inputs === undefined) return undefined;
    if (!old) return () => this.steps.create(made, inputs);
    if (isDeletedFirst) return () => this.steps.create(made, inputs, old);
    const diff = await this.steps.try(made, "diff", (provider) => provider.diff(old.id, old.outputs, inputs));
    if (diff === undefined) return undefined;
    const { changes = false, replaces = [], deleteBeforeReplace = false } = diff;
    if (replaces.length > 0 || old.isToBeRemade) {
      const fresh = await this.steps.check(made, {}, news);
      if (fresh === undefined) return undefined;
      if (old.isToBeRemade) return () => this.steps.create(made, fresh, old);
      if (!deleteBeforeReplace) return () => this.steps.create(made, fresh, undefined, old);
      const first = await this.#dependents(old);
      for (const entry of first) this.#deletedFirst.add(entry.urn);
      return async () => {
        for (const entry of [...first, old]) {
          if (!(await this.steps.delete(entry, true))) return undefined;
        }
        const gone = this.steps.state.find((entry) => entry.urn === old.urn && entry.isToBeRemade);
        return this.steps.create(made, fresh, gone);
      };
    }
    if (changes || old.isUnfinished) return () => this.steps.update(made, inputs, old);
    const same = { ...old, ...made, inputs };
    this.steps.replace(old, same);
    return async () => same;
  }

  /** Those that a replacement of it replaces too, the deepest first. */
  async #dependents(root: Entry): Promise<readonly Entry[]> {
    const replaced = new Set([root.urn]);
    const found: Entry[] = [];
    for (const entry of inOrder(this.steps.state)) {
      if (entry.isReplaced || entry.isToBeRemade || replaced.has(entry.urn)) continue;
      const unknown = Object.entries(entry.uses).filter(([, urn]) => replaced.has(urn));
      if (unknown.length === 0) continue;
      const news = { ...entry.inputs, ...Object.fromEntries(unknown.map(([key]) => [key, unknownValue])) };
      const diff = await this.steps.try(entry, "diff", (provider) => provider.diff(entry.id, entry.outputs, news));
      if ((diff?.replaces ?? []).length === 0) continue;
      replaced.add(entry.urn);
      found.unshift(entry);
    }
    return found;
  }

  /** What depends on something goes before it; what does not depend on one another goes at the same time. */
  async #deleteAll(entries: readonly Entry[]): Promise<void> {
    let left = entries;
    while (left.length > 0 && this.steps.errors.length === 0) {
      const needed = new Set(left.flatMap(({ uses }) => Object.values(uses)));
      const free = left.filter(({ urn }) => !needed.has(urn));
      const now = free.length > 0 ? free : left;
      await Promise.all(now.map((entry) => this.steps.delete(entry, false)));
      left = left.filter((entry) => !now.includes(entry));
    }
  }
}
