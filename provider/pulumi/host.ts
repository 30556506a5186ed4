/** The adapter to Pulumi's dynamic host: its calls → handlers, their results → what the host takes. */
import type { dynamic } from "@pulumi/pulumi";
import { Created } from "./failures";
import type { Verbs } from "./handlers";
import { redact } from "./redact";
import { providerKey } from "./shell";
import { timeoutOf, timeoutsIn, timeoutsKey } from "./timeouts";

type Values = Readonly<Record<string, unknown>>;

export class DynamicProvider implements dynamic.ResourceProvider {
  readonly #connect: (waitTimeoutMs?: number) => Verbs;
  #configure: (request: dynamic.ConfigureRequest) => void;

  constructor(connect: (waitTimeoutMs?: number) => Verbs, configure: (request: dynamic.ConfigureRequest) => void) {
    this.#connect = connect;
    this.#configure = configure;
  }

  /** Only stores: the host goes on with other calls before this one ends. */
  async configure(request: dynamic.ConfigureRequest): Promise<void> {
    this.#configure(request);
  }

  async check(olds: Values, news: Values): Promise<dynamic.CheckResult> {
    const { inputs, failures } = await quietly(() => this.#connect().check(bare(olds), bare(news)), olds, news);
    return {
      inputs: { ...inputs, ...timeoutsIn(news) },
      failures: failures.map((one) => ({ ...one, reason: redact(one.reason, olds, news) })),
    };
  }

  async diff(_id: string, olds: Values, news: Values): Promise<dynamic.DiffResult> {
    const planned = await quietly(async () => this.#connect().diff(bare(olds), bare(news)), olds, news);
    return {
      changes: planned.changed.length > 0,
      replaces: [...planned.replaces],
      deleteBeforeReplace: planned.deleteBeforeReplace,
    };
  }

  async create(inputs: Values): Promise<dynamic.CreateResult> {
    const verbs = () => this.#connect(timeoutOf(inputs, "create"));
    const { id, outs } = await quietly(() => verbs().create(bare(inputs)), inputs);
    return { id, outs: { ...outs, ...timeoutsIn(inputs) } };
  }

  async read(id: string, props: Values): Promise<dynamic.ReadResult> {
    const { id: found, outs, inputs } = await quietly(() => this.#connect().read(id, bare(props)), props);
    const timeouts = timeoutsIn(props);
    return { id: found, props: { ...outs, ...timeouts }, ...(inputs && { inputs: { ...inputs, ...timeouts } }) };
  }

  async update(id: string, olds: Values, news: Values): Promise<dynamic.UpdateResult> {
    const verbs = () => this.#connect(timeoutOf(news, "update"));
    const outs = await quietly(() => verbs().update(id, bare(olds), bare(news)), olds, news);
    return { outs: { ...outs, ...timeoutsIn(news) } };
  }

  async delete(id: string, props: Values): Promise<void> {
    const verbs = () => this.#connect(timeoutOf(props, "delete"));
    await quietly(() => verbs().delete(id, bare(props)), props);
  }
}

function bare(values: Values): Values {
  const { [providerKey]: _, [timeoutsKey]: _timeouts, ...rest } = values;
  return rest;
}

/** The host prints an error with its stack; one without prints clean. The last of the values is the resource as it is to be. */
async function quietly<Result>(task: () => Promise<Result>, ...values: readonly Values[]): Promise<Result> {
  try {
    return await task();
  } catch (failure) {
    const error = failure instanceof Error ? failure : new Error(String(failure));
    const message = redact(error.message, ...values);
    const plain = Object.assign(new Error(message), { name: "", stack: "" });
    if (!(error instanceof Created)) throw plain;
    const last = values.at(-1) ?? {};
    // Without its provider among the properties, the resource could never be refreshed or destroyed.
    throw Object.assign(plain, {
      id: error.id,
      properties: { ...error.properties, ...timeoutsIn(last), [providerKey]: last[providerKey] },
      reasons: [message],
    });
  }
}
