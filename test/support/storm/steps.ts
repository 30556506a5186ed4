/** Single steps of the engine: what it asks of the provider, and what it keeps of the answer or the failure. */
import { readConfig } from "../../../provider/pulumi/config";
import { Session } from "../../../provider/pulumi/session";
import { providerKey } from "../../../provider/pulumi/shell";
import type { Bag, Entry, Made } from "./state";
import { json, Wired } from "./wired";

export interface EngineOptions {
  readonly host: string;
  readonly token: string;
  readonly means: Session["means"];
  readonly note: (line: string) => void;
}

export class Steps {
  state: readonly Entry[];
  readonly errors: string[] = [];
  readonly #session: Session;

  constructor(
    state: readonly Entry[],
    readonly options: EngineOptions,
    /** Whatever happens to the state is kept at once: a run may be killed. */
    readonly keep: (state: readonly Entry[]) => void,
  ) {
    this.state = state;
    const { host, token, means, note } = options;
    const config: Bag = { "lakebase:host": host, "lakebase:token": token, "lakebase:operationTimeout": "120s" };
    this.#session = new Session(
      readConfig((key) => config[key]),
      {},
      (message) => note(`warning: ${message}`),
      means,
    );
  }

  async check(made: Made, olds: Bag, news: Bag): Promise<Bag | undefined> {
    const checked = await this.try(made, "check", (provider) => provider.check(olds, news));
    if (checked === undefined) return undefined;
    const { inputs = news, failures = [] } = checked;
    for (const { reason } of failures) this.#fail(made, "check", reason);
    return failures.length > 0 ? undefined : { ...inputs, [providerKey]: news[providerKey] };
  }

  /** In place of what is gone, or beside what is to go. */
  async create(made: Made, inputs: Bag, gone?: Entry, replaced?: Entry): Promise<Entry | undefined> {
    const entry = await this.#make(made, inputs, "create", async (provider) => {
      const { id, outs = {} } = await provider.create(inputs);
      return { id, outs };
    });
    if (!entry) return undefined;
    if (replaced) this.replace(replaced, { ...replaced, isReplaced: true });
    this.replace(gone, entry);
    return entry.isUnfinished ? undefined : entry;
  }

  async update(made: Made, inputs: Bag, old: Entry): Promise<Entry | undefined> {
    const entry = await this.#make(made, inputs, "update", async (provider) => {
      const { outs = {} } = await provider.update(old.id, old.outputs, inputs);
      return { id: old.id, outs };
    });
    if (entry) this.replace(old, entry);
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
      const { id, outs } = await task(new Wired(this.#session, made));
      this.options.note(`${verb} ${made.urn}: done`);
      return { ...usual, id, outputs: { ...outs, ...provider }, isUnfinished: false };
    } catch (failure) {
      this.#fail(made, verb, failure);
      const { id, properties } = failure as { readonly id?: string; readonly properties?: Bag };
      if (!id) return undefined;
      return { ...usual, id, outputs: json(properties ?? {}), isUnfinished: true };
    }
  }

  async delete(entry: Entry, isToBeRemade: boolean): Promise<boolean> {
    const done = await this.try(entry, "delete", async (provider) => {
      await provider.delete(entry.id, entry.outputs);
      return true;
    });
    if (!done) return false;
    this.options.note(`delete ${entry.urn}: done`);
    if (isToBeRemade) this.replace(entry, { ...entry, isToBeRemade });
    else this.remove(entry);
    return true;
  }

  async try<Result>(
    made: Pick<Entry, "type" | "key">,
    verb: string,
    task: (provider: Wired) => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await task(new Wired(this.#session, made));
    } catch (failure) {
      this.#fail(made, verb, failure);
      return undefined;
    }
  }

  #fail({ type, key }: Pick<Entry, "type" | "key">, verb: string, failure: unknown): void {
    const message = failure instanceof Error ? failure.message : String(failure);
    const stack = failure instanceof Error && failure.stack ? ` STACK ${failure.stack}` : "";
    this.options.note(`${verb} ${type}::${key}: FAILED: ${message}`);
    this.errors.push(`${message}${stack}`);
  }

  replace(old: Entry | undefined, entry: Entry): void {
    this.set((state) =>
      old && state.includes(old) ? state.map((other) => (other === old ? entry : other)) : [...state, entry],
    );
  }

  remove(entry: Entry): void {
    this.set((state) => state.filter((other) => other !== entry));
  }

  set(change: (state: readonly Entry[]) => readonly Entry[]): void {
    this.state = change(this.state);
    this.keep(this.state);
  }
}
