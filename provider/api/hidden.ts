/** Keeps what signs in out of what is said, whoever said it first. */

const mark = "[secret]";

/** Shorter texts are no secrets, and taking them out would leave holes in every word. */
const shortest = 8;

/** Also without the parts of a token, which say what it says. */
export function hidden(text: string, secrets: readonly (string | undefined)[]): string {
  const parts = secrets.flatMap((secret) => (secret === undefined ? [] : [secret, ...secret.split(".")]));
  const long = parts.filter((part) => part.length >= shortest);
  return long.reduce((left, part) => left.replaceAll(part, mark), text);
}

/** What of a request's headers signs in, without the word for its kind. */
export function secretsOf(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    /^authorization$|token$/i.test(name) ? value.replace(/^(Bearer|Basic) /, "") : [],
  );
}

/** Without what looks like a token, for texts of programs whose tokens are not known here. */
export function withoutTokens(text: string): string {
  return text.replace(/\b(eyJ[\w-]{7}[\w.-]*|(dapi|dkea|dose)[\da-f]{16}\w*)/g, mark);
}
