/** Values as TypeScript, laid out as the usual formatters do it. */

/** Columns of a line. */
export const width = 120;

/** A value that is too long for its line begins a line of its own, unless that would not gain anything. */
const shortKey = 2;

/** Text that is to stand in a value as it is, e.g. the name of a variable. */
export class Code {
  constructor(readonly text: string) {}
}

/** A value that begins at `column` of a line that is indented by `indent` and ends with a comma. */
function literal(value: unknown, indent: number, column: number): string {
  const flat = oneLine(value);
  if (!isBroken(value) && column + flat.length < width) return flat;
  return broken(value, indent);
}

/** Each entry in lines of its own. */
export function broken(value: unknown, indent: number): string {
  const inner = indent + 2;
  const start = " ".repeat(inner);
  const end = " ".repeat(indent);
  if (Array.isArray(value) && value.length > 0) {
    return `[\n${value.map((item) => `${start}${literal(item, inner, inner)},\n`).join("")}${end}]`;
  }
  const entries = isPlain(value) ? Object.entries(value) : [];
  if (entries.length === 0) return oneLine(value);
  const lines = entries.map(([name, item]) => {
    const before = `${start}${key(name)}:`;
    const text = literal(item, inner, before.length + 1);
    const isTooLong = !text.includes("\n") && before.length + 1 + text.length >= width && key(name).length > shortKey;
    return `${before}${isTooLong ? `\n${start}  ` : " "}${text},\n`;
  });
  return `{\n${lines.join("")}${end}}`;
}

function oneLine(value: unknown): string {
  if (value instanceof Code) return value.text;
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (!isPlain(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, item]) => `${key(name)}: ${oneLine(item)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** Formatters give each of several objects in a list lines of its own. */
function isBroken(value: unknown): boolean {
  if (Array.isArray(value)) {
    const isTable = value.length > 1 && value.every((item) => isPlain(item) && Object.keys(item).length > 1);
    return isTable || value.some(isBroken);
  }
  return isPlain(value) && Object.values(value).some(isBroken);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Code);
}

/** In the quotes that need fewer escapes, double ones otherwise. */
export function quoted(text: string): string {
  const double = JSON.stringify(text);
  const count = (quote: string) => text.split(quote).length - 1;
  if (count('"') <= count("'")) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}
