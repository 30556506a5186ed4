import { randomInt, randomUUID } from "node:crypto";
import { invalid, required } from "./errors";

/** The ids that the service accepts (databricks/cli live_errors/bad_database_id, aws-prod-ucws 2026-05-19). */
const ID_PATTERN = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

const WORDS = ["autumn", "bold", "calm", "dawn", "fern", "gold", "lake", "mist", "noble", "pine", "quiet", "river"];
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** The id that a caller chose, or the service's refusal of it. */
export function checkId(field: string, id: string | undefined, minimum = 1, pattern: RegExp = ID_PATTERN): string {
  if (id === undefined || id === "") throw required(field);
  if (id.length < minimum) throw invalid(`Field ${field} must be at least ${minimum} characters`);
  if (!pattern.test(id)) {
    throw invalid(`Field ${field} must match pattern ${pattern.source}, got '${id}'.`);
  }
  return id;
}

/** An id for what a caller made without one, such as `role-calm-lake-1a2b3c4d`. */
export function generateId(kind: string): string {
  return wordy(kind);
}

export function projectUid(): string {
  return randomUUID();
}

export function branchUid(): string {
  return wordy("br");
}

export function endpointUid(): string {
  return wordy("ep");
}

function wordy(prefix: string): string {
  const tail = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return `${prefix}-${WORDS[randomInt(WORDS.length)]}-${WORDS[randomInt(WORDS.length)]}-${tail}`;
}
