/** Objects as the service shows them, for imports. */
import type { Found } from "../../../provider/importing/walk";
import type { AnyDefinition } from "../../../provider/schema/definition";
import type { Wire } from "../../../provider/schema/marks";
import type { Values } from "../support/resources";

const made = "2026-11-24T12:00:00Z";

/** An object with this status; one without a status has its fields beside its name. */
export function found(definition: AnyDefinition, name: string, said: Values, parent?: Found): Found {
  const wire: Wire = definition.flat
    ? { name, create_time: made, ...said }
    : { name, uid: `uid-of-${name}`, create_time: made, status: said };
  return { definition, name, wire, ...(parent && { parent }) };
}

/** The same, made at another time. */
export function madeAt(one: Found, create_time: string): Found {
  return { ...one, wire: { ...one.wire, create_time } };
}
