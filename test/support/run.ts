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
  readonly id: string;
  readonly inputs: Bag;
  readonly outs: Bag;
}

export class Run {
  readonly warnings: string[] = [];
  readonly #session: Session;

  constructor(emulator: EmulatorUnderTest, config: Values = {}) {
    const all: Values = { "lakebase:host": emulator.url, "lakebase:token": emulator.token, ...config };
    this.#session = new Session(
      readConfig((key) => all[key]),
      {},
      (message) => this.warnings.push(message),
    );
  }

  async create(type: string, args: Values): Promise<Kept> {
    const inputs = await this.#check(type, {}, args);
    const { id, outs } = await this.#of(type).create(inputs);
    return { type, id, inputs, outs };
  }

  /** What `pulumi up` does with a resource that it knows: nothing where nothing differs. */
  async update({ type, id, inputs, outs }: Kept, args: Values): Promise<Kept> {
    const news = await this.#check(type, inputs, args);
    const { changed, replaces } = this.#of(type).diff(outs, news);
    if (replaces.length > 0) throw new Error(`replaces because of ${replaces.join(", ")}`);
    return { type, id, inputs: news, outs: changed.length > 0 ? await this.#of(type).update(id, outs, news) : outs };
  }

  /** `undefined` when it is gone. */
  async refresh({ type, id, inputs, outs }: Kept): Promise<Kept | undefined> {
    const read = await this.#of(type).read(id, outs);
    return read.id === "" ? undefined : { type, id, inputs: read.inputs ?? inputs, outs: read.outs };
  }

  delete({ type, id, outs }: Kept): Promise<void> {
    return this.#of(type).delete(id, outs);
  }

  #of(type: string): Handlers {
    const definition = byType.get(type);
    if (!definition) throw new Error(`there is no resource ${type}`);
    return new Handlers(definition, "it", this.#session);
  }

  async #check(type: string, olds: Values, news: Values): Promise<Bag> {
    const { inputs, failures } = await this.#of(type).check(olds, news);
    const [first] = failures;
    if (first) throw new Error(first.reason);
    return inputs;
  }
}
