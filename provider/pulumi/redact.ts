/** Keeps the values of secret arguments out of messages. The engine hides them in what it prints itself, not in our words. */
import { isRecord } from "../schema/unknown";
import { secretsIn } from "./shell";

type Values = Readonly<Record<string, unknown>>;

/** The text without the values of arguments that are secret in any of these inputs or outputs. */
export function redact(text: string, ...sources: readonly Values[]): string {
  const names = new Set(sources.flatMap((source) => secretsIn(source["__provider"])));
  const values = sources.flatMap((source) => [...names].flatMap((name) => leaves(source[name])));
  // The longest first, since one value may be a part of another.
  const sorted = [...new Set(values)].sort((a, b) => b.length - a.length);
  return sorted.reduce((redacted, value) => redacted.replaceAll(value, "[secret]"), text);
}

function leaves(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (isRecord(value)) return Object.values(value).flatMap(leaves);
  return value === undefined || value === null || value === "" ? [] : [String(value)];
}
