/** One run of the provider, as the engine has it do its part: the verbs of resources over real HTTP, without the engine. */
import { readConfig } from "../../provider/pulumi/config";
import { Handlers } from "../../provider/pulumi/handlers";
import { Session } from "../../provider/pulumi/session";
import * as definitions from "../../provider/resources";
import type { AnyDefinition } from "../../provider/schema/definition";
import type { EmulatorUnderTest } from "./emulator.ts";

type Values = Readonly<Record<string, unknown>>;
type Bag = Record<string, unknown>;

const byType = new Map(
  Object.values(definitions).map((definition) => [definition.type, definition as unknown as AnyDefinition]),
);

/** A resource as the state keeps it. */
export interface Kept {
  readonly type: string;
  readonly logicalName?: string;
  readonly id: string;
  readonly inputs: Bag;
  readonly outs: Bag;
}

export class Run {
  readonly warnings: string[] = [];
  readonly #session: Session;

  constructor(emulator: EmulatorUnderTest, config: Values = {}, means: Session["means"] = {}) {
    const all: Values = { "lakebase:host": emulator.url, "lakebase:token": emulator.token, ...config };
    this.#session = new Session(
      readConfig((key) => all[key]),
      {},
      (message) => this.warnings.push(message),
      means,
    );
  }

  async create(type: string, args: Values, logicalName = "it"): Promise<Kept> {
    const own = { type, logicalName };
    const inputs = await this.#check(own, {}, args);
    const { id, outs } = await this.#of(own).create(inputs);
    return { ...own, id, inputs, outs };
  }

  /** What `pulumi up` does with a resource that it knows: nothing where nothing differs. */
  async update(known: Kept, args: Values): Promise<Kept> {
    const { id, inputs, outs } = known;
    const news = await this.#check(known, inputs, args);
    const { changed, replaces } = this.#of(known).diff(outs, news);
    if (replaces.length > 0) throw new Error(`replaces because of ${replaces.join(", ")}`);
    return { ...known, inputs: news, outs: changed.length > 0 ? await this.#of(known).update(id, outs, news) : outs };
  }

  /** What `pulumi up` does with what has to go before it is made anew, with an alias if its logical name is another. */
  async replace(known: Kept, args: Values, logicalName: string): Promise<Kept> {
    const own = { ...known, logicalName };
    const news = await this.#check(own, known.inputs, args);
    const { deleteBeforeReplace } = this.#of(own).diff(known.outs, news);
    if (!deleteBeforeReplace) throw new Error("nothing has to go before");
    await this.delete(known);
    return { ...own, inputs: news, ...(await this.#of(own).create(news)) };
  }

  /** `undefined` when it is gone. */
  async refresh(known: Kept): Promise<Kept | undefined> {
    const { id, inputs, outs } = known;
    const read = await this.#of(known).read(id, outs);
    return read.id === "" ? undefined : { ...known, inputs: read.inputs ?? inputs, outs: read.outs };
  }

  delete(known: Kept): Promise<void> {
    return this.#of(known).delete(known.id, known.outs);
  }

  #of({ type, logicalName = "it" }: Pick<Kept, "type" | "logicalName">): Handlers {
    const definition = byType.get(type);
    if (!definition) throw new Error(`there is no resource ${type}`);
    return new Handlers(definition, logicalName, this.#session);
  }

  async #check(own: Pick<Kept, "type" | "logicalName">, olds: Values, news: Values): Promise<Bag> {
    const { inputs, failures } = await this.#of(own).check(olds, news);
    const [first] = failures;
    if (first) throw new Error(first.reason);
    return inputs;
  }
}
