/** What Postgres says against a script, without the script's own words: they may hold what is nobody's business. */

interface DatabaseError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly position?: unknown;
}

/** Shorter pieces are not the script's, but the language's. */
const shortest = 4;

/** The rest of a sentence: the error's code, its place, and Postgres's words as far as they are its own. */
export function refusal(failure: unknown, sql: string): string {
  const { code, message, position } = (typeof failure === "object" && failure !== null ? failure : {}) as DatabaseError;
  const at = Number(position);
  const line = at > 0 ? ` in line ${sql.slice(0, at - 1).split("\n").length}` : "";
  const words = ownWords(String(message ?? failure), sql, code);
  return `${typeof code === "string" ? `${code}${line}` : `failed${line}`}${words ? `: ${words}` : ""}`;
}

function ownWords(message: string, sql: string, code: unknown): string {
  // What a script raises by itself is the script's (class P0), and so is a message that is written there.
  const isScripts = (typeof code === "string" && code.startsWith("P0")) || holds(sql, message);
  if (isScripts) return "";
  return message.replace(/"[^"]*"|'[^']*'/g, "…").replace(/\s+/g, " ");
}

function holds(sql: string, message: string): boolean {
  return message.length >= shortest && sql.includes(message);
}
