/** What Pulumi shows of a resource → what the rules read. */
import { typeToken } from "../pulumi/shell";
import { isRecord, separate, unknownValue } from "../schema/unknown";
import type { Resource } from "./policy-rule";

/** A resource of this package, from its type for Pulumi and its inputs; `undefined` for any other. */
export function declared(token: string, logicalName: string, inputs: unknown): Resource | undefined {
  const start = typeToken("");
  if (!token.startsWith(start)) return undefined;
  const { known, unknown } = separate(plain(inputs));
  const args = isRecord(known) ? known : {};
  const name = args["name"];
  return {
    type: token.slice(start.length),
    logicalName,
    name: typeof name === "string" ? name : undefined,
    args,
    unknown: [...new Set(unknown.flatMap(([first]) => (first === undefined ? [] : [first])))],
  };
}

/** How the engine shows a secret where it shows none. */
const secret = "[secret]";

/** A copy in which all that cannot be read is unknown: @pulumi/policy throws where an unknown value is asked for. */
function plain(value: unknown): unknown {
  if (value === secret) return unknownValue;
  if (Array.isArray(value)) return value.map((_, index) => read(value, index));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(value, key)]));
}

function read(holder: object, key: string | number): unknown {
  try {
    return plain(Reflect.get(holder, key));
  } catch {
    return unknownValue;
  }
}
