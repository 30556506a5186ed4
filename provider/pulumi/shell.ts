/** How a resource of a definition stands in the state: its type, and the text that stands for its provider, an address and nothing else. */

/** The key under which the dynamic host keeps a resource's provider, among its inputs and its outputs. */
export const providerKey = "__provider";

/** A resource's type for Pulumi. */
export function typeToken(type: string): string {
  return `pulumi-nodejs:dynamic/lakebase:${type}`;
}

/** Bytes for the logical name and the names of secret arguments, so that the whole stays within 250. */
const room = 54;
/** Bytes of them that secrets may take. */
const roomForSecrets = 26;

/** Stands for every argument, where the names of the secret ones would take too long. */
export const all = "*";

/** A missing package is the one failure that this text has to explain by itself; only Node's own errors have a code. */
const onError = `catch(e){e.stack="";if(e.code)e.message="pulumi-lakebase is not installed here: run npm install";throw e}}`;

/** `secrets` are the names of arguments whose values are secret, so that no message shows one. */
export function shell(type: string, logicalName: string, secrets: readonly string[] = []): string {
  const every = secrets.map((secret) => `,${JSON.stringify(secret)}`).join("");
  const hidden = Buffer.byteLength(every) <= roomForSecrets ? every : `,${JSON.stringify(all)}`;
  const name = short(logicalName, room - Buffer.byteLength(hidden));
  const address = `${JSON.stringify(type)},${JSON.stringify(name)}${hidden}`;
  return `exports.handler=()=>{try{return require("pulumi-lakebase/runtime").handler(${address})}${onError}`;
}

/** The names of secret arguments in such a text. */
export function secretsIn(text: unknown): readonly string[] {
  const [, address] = /\.handler\((".*")\)\}catch\(e\)\{[^{}]*\}\}$/.exec(String(text)) ?? [];
  if (address === undefined) return [];
  const [, , ...secrets] = JSON.parse(`[${address}]`) as string[];
  return secrets;
}

/** A name that is too long is cut: it only tells resources apart in messages and stack rules. */
function short(name: string, longest: number): string {
  if (bytes(name) <= longest) return name;
  let start = "";
  for (const character of name) {
    if (bytes(start + character) > longest - 9) break;
    start += character;
  }
  return `${start}~${fingerprint(name)}`;
}

function bytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

/** A short hash (FNV-1a), so that two long names with one beginning stay apart. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
