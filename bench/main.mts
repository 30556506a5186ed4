/** `npm run bench`: measures, and prints tables as bench/README.md has them. Parts can be named: `npm run bench -- start`. */
import { lifecycles } from "./lifecycle.mts";
import { postgres } from "./postgres.mts";
import { scales } from "./scale.mts";
import { starts } from "./start.mts";

const parts: Readonly<Record<string, () => Promise<string>>> = {
  lifecycle: lifecycles,
  start: starts,
  scale: scales,
  postgres,
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in parts));
if (unknown.length > 0)
  throw new Error(`no such part: ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
for (const [name, part] of Object.entries(parts)) {
  if (named.length === 0 || named.includes(name)) console.log(`\n## ${name}\n\n${await part()}`);
}
