/** What exists in a workspace: every object that a program can declare, in the order in which one declares them. */
import type { Client } from "../api/client";
import { ApiError } from "../api/errors";
import { Gate } from "../api/gate";
import { Remote } from "../pulumi/remote";
import type { AnyDefinition } from "../schema/definition";
import type { Wire } from "../schema/marks";
import { asArguments, isGone, isZero } from "../schema/service";
import { kindsBelow, namesIn, root } from "./kinds";
import { inOrder } from "./order";

/** An object as the service shows it. */
export interface Found {
  readonly definition: AnyDefinition;
  /** Its full name. */
  readonly name: string;
  readonly wire: Wire;
  /** The object that it lies in. */
  readonly parent?: Found;
}

export interface Wanted {
  /** Ids of projects, to be taken with all that is in them. */
  readonly projects: readonly string[];
  /** Ids of branches; the others are left out, with what is in them. All when there are none. */
  readonly branches: readonly string[];
  /** Objects that lie in no project. */
  readonly others: readonly { readonly definition: AnyDefinition; readonly name: string }[];
}

/** Requests at a time: the SDKs of Databricks keep to 15 a second (databricks-sdk-go, 2026-08). */
const atOnce = 8;

export class Walk {
  readonly #gate = new Gate(atOnce);
  readonly #branches = new Set<string>();

  constructor(
    readonly client: Client,
    readonly wanted: Wanted,
    /** Told what may not be read. */
    readonly note: (text: string) => void,
  ) {}

  async run(): Promise<readonly Found[]> {
    const { projects, branches, others } = this.wanted;
    const named = [...projects.map((id) => ({ definition: root, name: `${root.collection}/${id}` })), ...others];
    const found = await Promise.all(named.map(({ definition, name }) => this.#named(definition, name)));
    const missing = branches.filter((id) => !this.#branches.has(id));
    if (missing.length > 0) {
      throw new Error(
        `none of these projects has a branch ${missing.join(", ")}; 'pulumi-lakebase tree' shows what they have`,
      );
    }
    return found.flat();
  }

  async #named(definition: AnyDefinition, name: string): Promise<readonly Found[]> {
    const wire = await this.#gate.pass(() => new Remote(definition, this.client, name).look());
    if (!wire) throw new Error(`${name} does not exist; check the name, and that the workspace is the right one`);
    return this.#withBelow({ definition, name, wire });
  }

  async #withBelow(found: Found): Promise<readonly Found[]> {
    const below = await Promise.all(kindsBelow(found.definition).map((kind) => this.#below(found, kind)));
    return [found, ...below.flat()];
  }

  async #below(parent: Found, definition: AnyDefinition): Promise<readonly Found[]> {
    const name = `${parent.name}/${definition.collection}`;
    const wires = definition.id === undefined ? await this.#one(definition, name) : await this.#list(name);
    const found = wires.map((wire) => ({ definition, name: String(wire["name"]), wire, parent }));
    const kept = found.filter((one) => !isGone(one.wire) && this.#isWanted(one) && !isUnset(one));
    const named = new Map(kept.map((one) => [one.name, one]));
    const sorted = inOrder(kept, ({ wire }) =>
      namesIn(definition, asArguments(definition, wire)).flatMap((other) => named.get(other) ?? []),
    );
    return (await Promise.all(sorted.map((one) => this.#withBelow(one)))).flat();
  }

  async #one(definition: AnyDefinition, name: string): Promise<readonly Wire[]> {
    const wire = await this.#allowed(name, () => new Remote(definition, this.client, name).look());
    return wire ? [{ ...wire, name }] : [];
  }

  async #list(collection: string): Promise<readonly Wire[]> {
    return (await this.#allowed(collection, () => this.client.list(collection))) ?? [];
  }

  /** What a workspace does not offer has no objects; what may not be read is told. */
  async #allowed<Result>(name: string, read: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await this.#gate.pass(read);
    } catch (failure) {
      if (!(failure instanceof ApiError) || failure.status === 401 || failure.status >= 500) throw failure;
      if (failure.status !== 404) this.note(`${name} cannot be read and is left out: ${failure.message}`);
      return undefined;
    }
  }

  #isWanted({ definition, name }: Found): boolean {
    const { branches } = this.wanted;
    if (definition.type !== "Branch" || branches.length === 0) return true;
    const id = name.split("/").at(-1) ?? "";
    this.#branches.add(id);
    return branches.includes(id);
  }
}

/** Whether it is there without anybody having set it. */
function isUnset({ definition, wire }: Found): boolean {
  if (!definition.permanent) return false;
  return Object.entries(asArguments(definition, wire)).every(([key, value]) => key === "parent" || isZero(value));
}
