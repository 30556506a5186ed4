/** What Postgres says against a script, without the script's own words: they may hold what is nobody's business. */

interface DatabaseError {
  readonly routine?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly position?: unknown;
}

/** Shorter pieces are not the script's, but the language's. */
const shortest = 4;

/** What is not Postgres's word but our own, and can be told as it is. */
export class OwnRefusal extends Error {}

/** The rest of a sentence: the error's code, its place, and Postgres's words as far as they are its own. */
export function refusal(failure: unknown, sql: string): string {
  if (failure instanceof OwnRefusal) return failure.message;
  const { code, message, position, routine } = (
    typeof failure === "object" && failure !== null ? failure : {}
  ) as DatabaseError;
  const at = Number(position);
  const line = at > 0 ? ` in line ${sql.slice(0, at - 1).split("\n").length}` : "";
  const words = isScripts(code, routine) ? "" : ownWords(String(message ?? failure), sql);
  return `${typeof code === "string" ? `${code}${line}` : `failed${line}`}${words ? `: ${words}` : ""}`;
}

export function codeOf(failure: unknown): unknown {
  return typeof failure === "object" && failure !== null && "code" in failure ? failure.code : undefined;
}

/** Insufficient privilege. */
export function isDenied(failure: unknown): boolean {
  return codeOf(failure) === "42501";
}

/** A duplicate column, function, object, relation or schema. */
export function isThere(failure: unknown): boolean {
  return ["42701", "42723", "42710", "42P07", "42P06"].includes(String(codeOf(failure)));
}

/** What a script raises by itself (class P0, or PL/pgSQL's own routine) is the script's. */
function isScripts(code: unknown, routine: unknown): boolean {
  return (typeof code === "string" && code.startsWith("P0")) || routine === "exec_stmt_raise";
}

/** Postgres quotes names within names and texts within texts as they are, so that only the outermost quotes can be told. */
function ownWords(message: string, sql: string): string {
  if (message.length >= shortest && sql.includes(message)) return "";
  const written = new Set(words(sql).filter((word) => !common.has(word)));
  return message
    .replace(/".*"|'.*'/gs, "…")
    .replace(word, (one) => (written.has(one.toLowerCase()) ? "…" : one))
    .replace(/\s+/g, " ");
}

const word = /[\p{L}\p{N}_$]+/gu;

function words(text: string): string[] {
  return text.toLowerCase().match(word) ?? [];
}

/** Words of Postgres's messages that scripts have as well and that tell nothing: without them no message could be read. */
const common = new Set(
  (
    "a already an and any are as at be by cannot check column columns constraint create current database default denied does " +
    "drop duplicate end error exist exists extension for foreign from function group has if in index input integer into invalid " +
    "is it key language many missing must near no not null of on only operator or other out owner permission policy primary " +
    "procedure read relation role row rows schema sequence set syntax table tables text than that the there to too transaction " +
    "trigger type unique update user value values view violates was with"
  ).split(" "),
);
