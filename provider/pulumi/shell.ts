/** The text that stands for a resource's provider in the state: an address and nothing else. */

/** Bytes. Longer names are cut: the text stays small, and the name only tells resources apart in messages and stack rules. */
const longestName = 50;

/** A missing package is the one failure that this text has to explain by itself; only Node's own errors have a code. */
const onError = `catch(e){e.stack="";if(e.code)e.message="pulumi-lakebase is not installed here: run npm install";throw e}}`;

/** `secrets` are the names of arguments whose values are secret, so that no message shows one. */
export function shell(type: string, logicalName: string, secrets: readonly string[] = []): string {
  const address = [type, short(logicalName), ...secrets].map((part) => JSON.stringify(part)).join();
  return `exports.handler=()=>{try{return require("pulumi-lakebase/runtime").handler(${address})}${onError}`;
}

/** The names of secret arguments in such a text. */
export function secretsIn(text: unknown): readonly string[] {
  const [, address] = /\.handler\((".*")\)\}catch\(e\)\{[^{}]*\}\}$/.exec(String(text)) ?? [];
  if (address === undefined) return [];
  const [, , ...secrets] = JSON.parse(`[${address}]`) as string[];
  return secrets;
}

function short(name: string): string {
  if (bytes(name) <= longestName) return name;
  let start = "";
  for (const character of name) {
    if (bytes(start + character) > longestName - 9) break;
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
