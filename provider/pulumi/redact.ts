/** Keeps the values of secret arguments out of messages. The engine hides them in what it prints itself, not in our words. */
import { isRecord } from "../schema/unknown";
import { all, secretsIn } from "./shell";

type Values = Readonly<Record<string, unknown>>;

/** Shorter texts are no secrets, and taking them out would leave holes in every word. */
const shortest = 4;

/** The text without the values of arguments that are secret in any of these inputs or outputs. */
export function redact(text: string, ...sources: readonly Values[]): string {
  const names = new Set(sources.flatMap((source) => secretsIn(source["__provider"])));
  if (names.size === 0) return text;
  const values = sources.flatMap(({ __provider, name, parent, ...args }) =>
    Object.entries(args).flatMap(([key, value]) => (names.has(key) || names.has(all) ? leaves(value) : [])),
  );
  const spellings = new Set(values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]));
  // The longest first, since one value may be a part of another.
  const sorted = [...spellings].sort((a, b) => b.length - a.length);
  return sorted.reduce((redacted, value) => redacted.replaceAll(value, "[secret]"), text);
}

function leaves(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (isRecord(value)) return Object.values(value).flatMap(leaves);
  return typeof value === "string" && value.length >= shortest ? [value] : [];
}
