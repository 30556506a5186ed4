import type { View } from "./collection";
import type { JsonObject } from "./json";
import type { Stored } from "./stored";

/** Where the computes of one endpoint answer; `reader` is that of a group's readable standbys, where it has its own. */
export type Hosts = Readonly<Record<"host" | "pooled", string>> & Readonly<Partial<Record<"reader", string>>>;

/** What stands behind the resources, as far as the service has to know. */
export interface Data {
  /** Hosts for a new endpoint; undefined where nothing answers. */
  nextHosts(): Hosts | undefined;
  /** Makes what new resources hold. Answers the facts about the first of them that only the data knows. */
  make(created: readonly Stored[], view: View): Promise<JsonObject>;
}

/** A control plane without data. */
export const NO_DATA: Data = {
  nextHosts: () => undefined,
  make: async () => ({}),
};
