/** The provider as the engine reaches it: values go to and fro as JSON, as gRPC carries them. */
import type { dynamic } from "@pulumi/pulumi";
import { Handlers } from "../../../provider/pulumi/handlers";
import { DynamicProvider } from "../../../provider/pulumi/host";
import type { Session } from "../../../provider/pulumi/session";
import * as definitions from "../../../provider/resources";
import type { AnyDefinition } from "../../../provider/schema/definition";
import type { Bag, Entry } from "./state";

const byType = new Map(
  Object.values(definitions).map((definition) => [definition.type, definition as unknown as AnyDefinition]),
);

export class Wired {
  readonly provider: DynamicProvider;

  constructor(session: Session, { type, key }: Pick<Entry, "type" | "key">) {
    const definition = byType.get(type);
    if (!definition) throw new Error(`there is no resource ${type}`);
    this.provider = new DynamicProvider(
      () => new Handlers(definition, key, session),
      () => {},
    );
  }

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

export function json<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
