/** What a preview's branch is called: made of a git ref or a pull request's number, whatever stands in them. */
import { createHash } from "node:crypto";
import { resourceId } from "../rules/limits";

export interface PreviewOf {
  /** What the ids of all previews begin with. */
  readonly prefix: string;
  /** A git ref, such as `feature/login`. Of this and `pullRequest`, one is given. */
  readonly ref?: string | undefined;
  readonly pullRequest?: number | undefined;
  /** Tells refs and numbers of several repositories apart. */
  readonly repository?: string | undefined;
  /** Another text is another branch. */
  readonly reset?: string | undefined;
}

const longestPrefix = 30;
/** 48 bits: as much as keeps the names of one project apart, and nobody from making one that meets another's by chance. */
const hashLength = 12;

/**
 * `PREFIX-SLUG-HASH`. The slug is for people, and says what a name holds of letters and digits; the hash is of all that
 * was given, so that two names with one slug have two ids. The prefix has to be right (`mistakeIn`).
 */
export function previewBranchId(preview: PreviewOf): string {
  const { prefix, ref, pullRequest, repository = "", reset = "" } = preview;
  const given = [prefix, ref ?? null, pullRequest ?? null, repository, reset];
  const hash = createHash("sha256").update(JSON.stringify(given)).digest("hex").slice(0, hashLength);
  const room = resourceId.most - prefix.length - hashLength - 2;
  const slug = pullRequest === undefined ? slugOf(ref ?? "", room) : `pr-${pullRequest}`;
  return [prefix, slug, hash].filter((part) => part !== "").join("-");
}

/** What is wrong with what a preview is told, as the rest of a sentence; `undefined` when nothing is. */
export function mistakeIn({ prefix, ref, pullRequest, repository, reset }: PreviewOf): string | undefined {
  if (typeof prefix !== "string" || prefix.length > longestPrefix || !resourceId.pattern.test(prefix)) {
    return `prefix is ${shown(prefix)}; write 1 to ${longestPrefix} lower-case letters, digits or hyphens, a letter first and no hyphen last`;
  }
  if (ref !== undefined && pullRequest !== undefined) {
    return "ref and pullRequest are both given; write the one that the preview is for";
  }
  if (ref === undefined && pullRequest === undefined) {
    return "neither ref nor pullRequest is given; write a git ref such as feature/login, or the number of a pull request";
  }
  if (pullRequest !== undefined && !(Number.isSafeInteger(pullRequest) && pullRequest > 0)) {
    return `pullRequest is ${shown(pullRequest)}, which is not the number of a pull request; write a whole number from 1`;
  }
  for (const [name, text] of Object.entries({ ref, repository, reset })) {
    if (text !== undefined && typeof text !== "string") {
      return `${name} is not a plain text; write one that is known when the program runs, since the branch's id is made of it`;
    }
  }
  return ref === "" ? "ref is empty; write a git ref such as feature/login" : undefined;
}

/** Letters and digits of a name, and a hyphen for all that lies between them. */
function slugOf(name: string, room: number): string {
  return name
    .replace(/^refs\/heads\//, "")
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, room)
    .replace(/-$/, "");
}

/** A wrong value in an error: as the program wrote it, cut to a line. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
