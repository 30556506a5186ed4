/** One object of the service, by its definition and its full name: what the API's verbs are for its kind. */
import type { Client } from "../api/client";
import { ApiError, isNotFound, OperationError } from "../api/errors";
import type { AnyDefinition } from "../schema/definition";
import type { Wire } from "../schema/marks";
import { collectionOf, idQuery, projectOf } from "../schema/name";
import { creation } from "../schema/plan";
import { isGone } from "../schema/service";
import { isRecord, valueAt } from "../schema/unknown";

type Values = Readonly<Record<string, unknown>>;

export class Remote {
  /** The service's clock when it last said that the object is not there. */
  missedAt: number | undefined;

  constructor(
    readonly definition: AnyDefinition,
    readonly client: Client,
    readonly name: string,
  ) {}

  async get(): Promise<Wire> {
    const { foreign } = this.definition;
    if (!foreign) return this.client.get(this.name);
    return this.#shown(await this.client.read(foreign.path(this.name)));
  }

  /** The object, unless it is not there or has been deleted. */
  async look(): Promise<Wire | undefined> {
    try {
      const resource = await this.get();
      return isGone(resource) ? undefined : resource;
    } catch (failure) {
      if (!isNotFound(failure)) throw failure;
      this.missedAt = (failure instanceof ApiError ? failure.at : undefined) ?? this.client.clock.now();
      return undefined;
    }
  }

  /**
   * The same for one of many that are read together and not changed in between: from a list where that shows it as it
   * is known, `known` being the state's outputs. Nothing is gone because of a list.
   */
  async lookAmongMany(known: Values): Promise<Wire | undefined> {
    return (await this.#listed(known)) ?? this.look();
  }

  async #listed({ uid }: Values): Promise<Wire | undefined> {
    const { definition, client, name } = this;
    // One whose name was used again too soon is listed, under another uid, and cannot be read.
    if (!definition.listed || (definition.rests !== undefined && uid === undefined)) return undefined;
    const resource = await client.listed(name);
    if (!resource || !isWhole(definition, resource) || isGone(resource)) return undefined;
    if (uid !== undefined && resource["uid"] !== uid) return undefined;
    return hasExpired(resource, client.serviceNow ?? client.clock.now()) ? undefined : resource;
  }

  /** What its collection has, deleted ones too when asked for. */
  siblings(query: Readonly<Record<string, string>> = {}): Promise<readonly Wire[]> {
    return this.client.list(collectionOf(this.definition, this.name), query);
  }

  /** `taken` is called when the service has taken the request, before the wait. */
  post(args: Values, query: Readonly<Record<string, string | undefined>>, taken: () => void): Promise<Wire> {
    const { definition, name } = this;
    return this.client.create(
      collectionOf(definition, name),
      name,
      { ...idQuery(definition, args), ...query },
      creation(definition, args),
      this.#settled,
      taken,
    );
  }

  async set(mask: readonly string[], body: Values, taken: () => void = () => {}): Promise<Wire> {
    const { foreign } = this.definition;
    if (!foreign) return this.client.update(this.name, mask, body, this.#settled, taken);
    // Who would not be known here would lose what they have.
    const whole = foreign.write(body, await this.#managers((one) => one));
    return this.#shown(await this.client.replace(foreign.path(this.name), whole));
  }

  delete(query: Readonly<Record<string, string | undefined>> = {}): Promise<void> {
    return this.client.delete(this.name, query);
  }

  /** Waits for an object that a change before this one left unsettled. */
  async settle(resource: Wire): Promise<Wire> {
    return this.definition.foreign ? resource : this.client.settle(this.name, resource, this.#settled);
  }

  readonly #settled = (resource: Wire): boolean | undefined => {
    const { definition } = this;
    if (!isWhole(definition, resource)) return undefined;
    const failed = definition.failed?.(resource);
    if (failed !== undefined) throw new OperationError(`${this.name} ${failed}`, this.name);
    return definition.settled?.(resource) ?? true;
  };

  async #shown(answer: Wire): Promise<Wire> {
    return { name: this.name, ...this.definition.foreign?.read(answer, await this.#managers()) };
  }

  /** As far as they can be known: who the requests run as, and who the project belongs to. */
  async #managers(
    ask = (one: Promise<unknown>): Promise<unknown> => one.catch(() => undefined),
  ): Promise<readonly string[]> {
    const { client, name } = this;
    const project = client.get(projectOf(name)).then((found) => valueAt(found, ["status", "owner"]));
    const known = await Promise.all([client.caller(), project].map(ask));
    return [...new Set(known.filter((one) => typeof one === "string"))];
  }
}

function isWhole({ flat }: AnyDefinition, resource: Wire): boolean {
  return typeof resource["name"] === "string" && (flat || isRecord(resource["status"]));
}

/** Whether its time has come since it was listed. */
function hasExpired(resource: Wire, now: number): boolean {
  return Date.parse(String(valueAt(resource, ["status", "expire_time"]))) <= now;
}
