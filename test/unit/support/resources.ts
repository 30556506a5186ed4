/** The definitions as the core takes them, with the least that a program must write for each. */
import * as definitions from "../../../provider/resources";
import type { AnyDefinition } from "../../../provider/schema/definition";

export type Values = Readonly<Record<string, unknown>>;

export const project = definitions.project as unknown as AnyDefinition;
export const branch = definitions.branch as unknown as AnyDefinition;
export const endpoint = definitions.endpoint as unknown as AnyDefinition;

export const resources: readonly AnyDefinition[] = Object.values(definitions).map(
  (definition) => definition as unknown as AnyDefinition,
);

const least: Readonly<Record<string, Values>> = {
  Project: { projectId: "shop" },
  Branch: { parent: "projects/shop", branchId: "dev" },
  Endpoint: {
    parent: "projects/shop/branches/dev",
    endpointId: "replica",
    endpointType: "ENDPOINT_TYPE_READ_ONLY",
  },
};

/** The required arguments and what a test adds to them. */
export function args(definition: AnyDefinition, more: Values = {}): Record<string, unknown> {
  return { ...least[definition.type], ...more };
}
