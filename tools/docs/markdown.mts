/** Markdown, piece by piece. */

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function fenced(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``;
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

/** `a`, `a or b`, `a, b or c`. */
export function listed(items: readonly string[], last = "or"): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`;
}

/** `SyncedTable` → `synced-table`. */
export function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
}

/** `SyncedTable` → `synced table`. */
export function plainly(name: string): string {
  return kebab(name).replaceAll("-", " ");
}

/** Parts with an empty line between them, without those that are empty. */
export function parts(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}

export function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}
