/**
 * What Pulumi's engine does with a program and a state, as far as a provider can tell: check, diff, create, update, replace,
 * delete and refresh, in the order of dependencies and side by side where there are none. It keeps of a failed step what
 * the engine keeps (pkg/resource/deploy of Pulumi 3.274: step_generator.go, step.go, deployment_executor.go), and calls
 * the provider through its adapter to the dynamic host, with values as JSON as gRPC has them.
 */
import type { dynamic } from "@pulumi/pulumi";
import { readConfig } from "../../../provider/pulumi/config";
import { Handlers } from "../../../provider/pulumi/handlers";
import { DynamicProvider } from "../../../provider/pulumi/host";
import { Session } from "../../../provider/pulumi/session";
import { providerKey, shell } from "../../../provider/pulumi/shell";
import * as definitions from "../../../provider/resources";
import type { AnyDefinition } from "../../../provider/schema/definition";
import { unknownValue } from "../../../provider/schema/unknown";
import { type Declared, isRef, type Program } from "./program";

type Values = Readonly<Record<string, unknown>>;
type Bag = Record<string, unknown>;

const byType = new Map(
  Object.values(definitions).map((definition) => [definition.type, definition as unknown as AnyDefinition]),
);

/** A resource in the state. */
export interface Entry {
  readonly urn: string;
  readonly type: string;
  readonly key: string;
  readonly id: string;
  readonly inputs: Bag;
  readonly outputs: Bag;
  /** URNs by the argument that they are used in. */
  readonly uses: Readonly<Record<string, string>>;
  /** Made, but not well. */
  readonly isUnfinished: boolean;
  /** Deleted already, to be made again. */
  readonly isToBeRemade: boolean;
  /** Replaced already, to be deleted. */
  readonly isReplaced: boolean;
}

export interface EngineOptions {
  readonly host: string;
  readonly token: string;
  readonly means: Session["means"];
  readonly note: (line: string) => void;
}

/** A stack: its state, and what can be done with it. Each run has a provider process of its own. */
export class Engine {
  state: readonly Entry[] = [];
  readonly warnings: string[] = [];

  constructor(readonly options: EngineOptions) {}

  up(program: Program): Promise<readonly string[]> {
    return new Run(this).up(program);
  }

  refresh(): Promise<readonly string[]> {
    return new Run(this).refresh();
  }

  destroy(): Promise<readonly string[]> {
    return new Run(this).destroy();
  }
}

export function urnOf({ type, key }: Pick<Declared, "type" | "key">): string {
  return `${type}::${key}`;
}

class Run {
  readonly errors: string[] = [];
  readonly #session: Session;
  /** Resources deleted in this run because what they depend on is replaced. */
  readonly #deletedFirst = new Set<string>();
  #generating: Promise<unknown> = Promise.resolve();

  constructor(readonly engine: Engine) {
    const { host, token, means } = engine.options;
    const config: Values = { "lakebase:host": host, "lakebase:token": token, "lakebase:operationTimeout": "120s" };
    this.#session = new Session(
      readConfig((key) => config[key]),
      {},
      (message) => {
        engine.warnings.push(message);
        engine.options.note(`warning: ${message}`);
      },
      means,
    );
  }

  async up(program: Program): Promise<readonly string[]> {
    const registered = new Map<string, Promise<Entry | undefined>>();
    for (const declared of program) {
      const needed = refsOf(declared).map((key) => registered.get(key));
      registered.set(declared.key, this.#register(declared, program, needed));
    }
    await Promise.all(registered.values());
    if (this.errors.length > 0) return this.errors;
    const wanted = new Set(program.map(urnOf));
    // What is gone already and not wanted any more is just forgotten.
    this.#set((state) => state.filter(({ urn, isToBeRemade }) => wanted.has(urn) || !isToBeRemade));
    await this.#deleteAll(this.engine.state.filter(({ urn, isReplaced }) => isReplaced || !wanted.has(urn)));
    return this.errors;
  }

  async refresh(): Promise<readonly string[]> {
    await Promise.all(
      this.engine.state.map(async (entry) => {
        if (entry.isToBeRemade) return;
        const read = await this.#try(entry, "refresh", (provider) => provider.read(entry.id, entry.outputs));
        if (read === undefined) return;
        const { id = "", props = {}, inputs } = read;
        if (id === "") this.#remove(entry);
        else {
          const provider = { [providerKey]: entry.outputs[providerKey] };
          this.#replace(entry, {
            ...entry,
            outputs: { ...props, ...provider },
            ...(inputs && { inputs: { ...inputs, ...provider } }),
            isUnfinished: false,
          });
        }
      }),
    );
    return this.errors;
  }

  async destroy(): Promise<readonly string[]> {
    this.#set((state) => state.filter(({ isToBeRemade }) => !isToBeRemade));
    await this.#deleteAll(this.engine.state);
    return this.errors;
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
    const step = await this.#next(() => (this.errors.length > 0 ? undefined : this.#plan(declared, news, uses)));
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
    const old = this.engine.state.find((entry) => names.includes(entry.urn) && !entry.isReplaced);
    const made = { urn, type: declared.type, key: declared.key, uses };
    const isDeletedFirst = this.#deletedFirst.has(urn);
    const inputs = await this.#check(made, old && !isDeletedFirst ? old.inputs : {}, news);
    if (inputs === undefined) return undefined;
    if (!old) return () => this.#create(made, inputs, undefined);
    if (isDeletedFirst) return () => this.#create(made, inputs, old);
    const diff = await this.#try(made, "diff", (provider) => provider.diff(old.id, old.outputs, inputs));
    if (diff === undefined) return undefined;
    const { changes = false, replaces = [], deleteBeforeReplace = false } = diff;
    if (replaces.length > 0 || old.isToBeRemade) {
      const fresh = await this.#check(made, {}, news);
      if (fresh === undefined) return undefined;
      if (old.isToBeRemade) return () => this.#create(made, fresh, old);
      if (!deleteBeforeReplace) return () => this.#createBeside(made, fresh, old);
      const first = await this.#dependents(old);
      for (const entry of first) this.#deletedFirst.add(entry.urn);
      return async () => {
        for (const entry of [...first, old]) {
          if (!(await this.#delete(entry, true))) return undefined;
        }
        const gone = this.engine.state.find((entry) => entry.urn === old.urn && entry.isToBeRemade);
        return this.#create(made, fresh, gone);
      };
    }
    if (changes || old.isUnfinished) return () => this.#update(made, inputs, old);
    const same = { ...old, ...made, inputs };
    this.#replace(old, same);
    return async () => same;
  }

  /** Those that a replacement of it replaces too, the deepest first. */
  async #dependents(root: Entry): Promise<readonly Entry[]> {
    const replaced = new Set([root.urn]);
    const found: Entry[] = [];
    for (const entry of inOrder(this.engine.state)) {
      if (entry.isReplaced || entry.isToBeRemade || replaced.has(entry.urn)) continue;
      const unknown = Object.entries(entry.uses).filter(([, urn]) => replaced.has(urn));
      if (unknown.length === 0) continue;
      const news = { ...entry.inputs, ...Object.fromEntries(unknown.map(([key]) => [key, unknownValue])) };
      const diff = await this.#try(entry, "diff", (provider) => provider.diff(entry.id, entry.outputs, news));
      if ((diff?.replaces ?? []).length === 0) continue;
      replaced.add(entry.urn);
      found.unshift(entry);
    }
    return found;
  }

  async #check(made: Made, olds: Bag, news: Bag): Promise<Bag | undefined> {
    const checked = await this.#try(made, "check", (provider) => provider.check(olds, news));
    if (checked === undefined) return undefined;
    const { inputs = news, failures = [] } = checked;
    for (const { reason } of failures) this.#fail(made, "check", reason);
    return failures.length > 0 ? undefined : { ...inputs, [providerKey]: news[providerKey] };
  }

  async #create(made: Made, inputs: Bag, old: Entry | undefined): Promise<Entry | undefined> {
    const entry = await this.#make(made, inputs, "create", async (provider) => {
      const { id, outs = {} } = await provider.create(inputs);
      return { id, outs };
    });
    if (entry) this.#replace(old, entry);
    return entry?.isUnfinished ? undefined : entry;
  }

  async #createBeside(made: Made, inputs: Bag, old: Entry): Promise<Entry | undefined> {
    const entry = await this.#make(made, inputs, "create", async (provider) => {
      const { id, outs = {} } = await provider.create(inputs);
      return { id, outs };
    });
    if (!entry) return undefined;
    this.#replace(old, { ...old, isReplaced: true });
    this.#replace(undefined, entry);
    return entry.isUnfinished ? undefined : entry;
  }

  async #update(made: Made, inputs: Bag, old: Entry): Promise<Entry | undefined> {
    const entry = await this.#make(made, inputs, "update", async (provider) => {
      const { outs = {} } = await provider.update(old.id, old.outputs, inputs);
      return { id: old.id, outs };
    });
    if (entry) this.#replace(old, entry);
    return entry?.isUnfinished ? undefined : entry;
  }

  /** What is kept of a create or an update: nothing of one that failed, and of one that was made but not well, what the provider says. */
  async #make(
    made: Made,
    inputs: Bag,
    verb: string,
    task: (provider: Wired) => Promise<{ readonly id: string; readonly outs: Bag }>,
  ): Promise<Entry | undefined> {
    const usual = { ...made, inputs, isToBeRemade: false, isReplaced: false };
    const provider = { [providerKey]: inputs[providerKey] };
    try {
      const { id, outs } = await task(this.#provider(made));
      this.engine.options.note(`${verb} ${made.urn}: done`);
      return { ...usual, id, outputs: { ...outs, ...provider }, isUnfinished: false };
    } catch (failure) {
      this.#fail(made, verb, failure);
      const { id, properties } = failure as { readonly id?: string; readonly properties?: Bag };
      if (!id) return undefined;
      return { ...usual, id, outputs: json(properties ?? {}), isUnfinished: true };
    }
  }

  /** What depends on something goes before it; what does not depend on one another goes at the same time. */
  async #deleteAll(entries: readonly Entry[]): Promise<void> {
    let left = entries;
    while (left.length > 0 && this.errors.length === 0) {
      const needed = new Set(left.flatMap(({ uses }) => Object.values(uses)));
      const free = left.filter(({ urn }) => !needed.has(urn));
      const now = free.length > 0 ? free : left;
      await Promise.all(now.map((entry) => this.#delete(entry, false)));
      left = left.filter((entry) => !now.includes(entry));
    }
  }

  async #delete(entry: Entry, isToBeRemade: boolean): Promise<boolean> {
    const done = await this.#try(entry, "delete", async (provider) => {
      await provider.delete(entry.id, entry.outputs);
      return true;
    });
    if (!done) return false;
    this.engine.options.note(`delete ${entry.urn}: done`);
    if (isToBeRemade) this.#replace(entry, { ...entry, isToBeRemade });
    else this.#remove(entry);
    return true;
  }

  async #try<Result>(
    made: Pick<Entry, "type" | "key">,
    verb: string,
    task: (provider: Wired) => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await task(this.#provider(made));
    } catch (failure) {
      this.#fail(made, verb, failure);
      return undefined;
    }
  }

  #fail({ type, key }: Pick<Entry, "type" | "key">, verb: string, failure: unknown): void {
    const message = failure instanceof Error ? failure.message : String(failure);
    const stack = failure instanceof Error && failure.stack ? ` STACK ${failure.stack}` : "";
    this.engine.options.note(`${verb} ${type}::${key}: FAILED: ${message}`);
    this.errors.push(`${message}${stack}`);
  }

  #provider({ type, key }: Pick<Entry, "type" | "key">): Wired {
    const definition = byType.get(type);
    if (!definition) throw new Error(`there is no resource ${type}`);
    return new Wired(
      new DynamicProvider(
        () => new Handlers(definition, key, this.#session),
        () => {},
      ),
    );
  }

  #replace(old: Entry | undefined, entry: Entry): void {
    this.#set((state) =>
      old && state.includes(old) ? state.map((other) => (other === old ? entry : other)) : [...state, entry],
    );
  }

  #remove(entry: Entry): void {
    this.#set((state) => state.filter((other) => other !== entry));
  }

  #set(change: (state: readonly Entry[]) => readonly Entry[]): void {
    this.engine.state = change(this.engine.state);
  }
}

type Made = Pick<Entry, "urn" | "type" | "key" | "uses">;

/** What is used before what uses it. */
function inOrder(state: readonly Entry[]): readonly Entry[] {
  const done: Entry[] = [];
  let left = state;
  while (left.length > 0) {
    const waiting = new Set(left.map(({ urn }) => urn));
    const free = left.filter(({ uses }) => !Object.values(uses).some((urn) => waiting.has(urn)));
    if (free.length === 0) return [...done, ...left];
    done.push(...free);
    left = left.filter((entry) => !free.includes(entry));
  }
  return done;
}

function refsOf({ args }: Declared): readonly string[] {
  return Object.values(args).flatMap((value) => (isRef(value) ? [value.ref] : []));
}

/** The provider, with values that go to and fro as gRPC carries them. */
class Wired {
  constructor(readonly provider: DynamicProvider) {}

  async check(olds: Bag, news: Bag): Promise<dynamic.CheckResult> {
    return json(await this.provider.check(json(olds), json(news)));
  }

  async diff(id: string, olds: Bag, news: Bag): Promise<dynamic.DiffResult> {
    return json(await this.provider.diff(id, json(olds), json(news)));
  }

  async create(inputs: Bag): Promise<dynamic.CreateResult> {
    return json(await this.provider.create(json(inputs)));
  }

  async read(id: string, props: Bag): Promise<dynamic.ReadResult> {
    return json(await this.provider.read(id, json(props)));
  }

  async update(id: string, olds: Bag, news: Bag): Promise<dynamic.UpdateResult> {
    return json(await this.provider.update(id, json(olds), json(news)));
  }

  delete(id: string, props: Bag): Promise<void> {
    return this.provider.delete(id, json(props));
  }
}

function json<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
