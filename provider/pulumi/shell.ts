/** The text that stands for a resource's provider in the state: an address and nothing else. */

/** Longer names are cut: the text stays small, and the name only tells resources apart in messages and stack rules. */
const longestName = 60;

export function shell(type: string, logicalName: string): string {
  const name =
    logicalName.length > longestName
      ? `${logicalName.slice(0, longestName - 9)}~${fingerprint(logicalName)}`
      : logicalName;
  return `exports.handler=()=>{try{return require("pulumi-lakebase/runtime").handler(${JSON.stringify(type)},${JSON.stringify(name)})}catch(e){e.stack="";throw e}}`;
}

/** A short hash (FNV-1a), so that two long names with one beginning stay apart. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}
