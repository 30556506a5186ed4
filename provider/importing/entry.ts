/** An object → its entry in the file that `pulumi import --file` reads. */
import { providerKey, shell, typeToken } from "../pulumi/shell";
import { outputs } from "../schema/service";
import type { Found } from "./walk";

type Values = Readonly<Record<string, unknown>>;

/**
 * A resource as it is to stand in the state. With its outputs the engine does not read it, which it could not do for a
 * dynamic resource: it would ask the host without saying by which provider.
 */
export interface Entry {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
}

/** One that is let go of stands there as if it had been taken over. */
export function entry({ definition, name, wire }: Found, logicalName: string, inputs: Values, isLetGo: boolean): Entry {
  const provider = { [providerKey]: shell(definition.type, logicalName) };
  const kept = isLetGo ? { adopted: { changes: {} } } : {};
  return {
    type: typeToken(definition.type),
    name: logicalName,
    id: name,
    inputs: { ...inputs, ...provider },
    outputs: { ...inputs, ...outputs(definition, wire), ...kept, ...provider },
  };
}
