import type { View } from "./collection";
import type { JsonObject } from "./json";
import type { Stored } from "./stored";

/** Where the computes of one endpoint answer; `reader` is that of a group's readable standbys, where it has its own. */
export type Hosts = Readonly<Record<"host" | "pooled", string>> & Readonly<Partial<Record<"reader", string>>>;

/** One change of something inside a branch. */
export interface Change {
  readonly verb: "create" | "update" | "delete";
  /** As it will be; on delete, as it was. */
  readonly stored: Stored;
  /** As it was, unless it is new. */
  readonly before: Stored | undefined;
  /** The parameters of the call, such as `reassign_owned_to`. */
  readonly query: Readonly<Record<string, string>>;
}

/** What stands behind the resources, as far as the service has to know. */
export interface Data {
  /** Hosts for a new endpoint; undefined where nothing answers. */
  nextHosts(): Hosts | undefined;
  /** Makes what new resources hold. Answers the facts about the first of them that only the data knows. */
  make(created: readonly Stored[], view: View): Promise<JsonObject>;
  /**
   * Carries out in Postgres what a mutation means. Throws the service's refusal when Postgres refuses; then nothing has
   * changed. Answers facts about `stored` that only the data knows.
   */
  carryOut(change: Change, view: View): Promise<JsonObject>;
}

/** A control plane without data. */
export const NO_DATA: Data = {
  nextHosts: () => undefined,
  make: async () => ({}),
  carryOut: async () => ({}),
};
