/** YAML, and JSON, which is YAML too: its value, and where in the text each part of it stands. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import type { Path } from "../schema/unknown";

export interface Source {
  readonly value: unknown;
  /** What keeps it from being read. */
  readonly faults: readonly Fault[];
  /** Where a part stands, or the nearest part around it. */
  offset(path: Path, isKey?: boolean): number | undefined;
  /** Line and column, from 1; nothing for what is nowhere. */
  position(offset: number | undefined): readonly number[];
}

export interface Fault {
  readonly offset: number | undefined;
  /** A sentence. */
  readonly message: string;
}

/** More copies of an anchor than a table written by hand has. The parser counts copies within copies. */
const mostCopies = 100;

export function sourceOf(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const { value, faults } = read(document);
  return {
    value,
    faults,
    offset: (path, isKey = false) => offsetIn(document, path, isKey),
    position(offset) {
      if (offset === undefined) return [];
      const { line, col } = lines.linePos(offset);
      return [line, col];
    },
  };
}

function read(document: Document): { readonly value?: unknown; readonly faults: readonly Fault[] } {
  const { errors, contents } = document;
  if (errors.length > 0) {
    return { faults: errors.map(({ code, message, pos }) => ({ offset: pos[0], message: wordsFor(code, message) })) };
  }
  if (!isMap(contents)) {
    const what =
      contents === null || (isScalar(contents) && contents.value === null)
        ? "is empty"
        : `is a ${isSeq(contents) ? "list" : "single value"}`;
    const message = `the file ${what}; write a table of environments: projectId, environments and so on`;
    return { faults: [{ offset: isNode(contents) ? contents.range?.[0] : undefined, message }] };
  }
  const lost = lostAliases(document);
  if (lost.length > 0) return { faults: lost };
  try {
    return { value: document.toJS({ maxAliasCount: mostCopies }), faults: [] };
  } catch {
    const message = `the file copies its anchors more than ${mostCopies} times; write out what they stand for`;
    return { faults: [{ offset: undefined, message }] };
  }
}

function wordsFor(code: string, message: string): string {
  switch (code) {
    case "DUPLICATE_KEY":
      return "this key is there already; leave one of the two out";
    case "TAB_AS_INDENT":
      return "this line is indented with a tab; use spaces";
    case "MULTIPLE_DOCS":
      return "a second document begins here; write one table in one file";
    default:
      if (/call stack/.test(message)) return "the file is nested deeper than any table; write one of environments";
      return `the file is neither YAML nor JSON: ${message}`;
  }
}

/** Aliases that stand for nothing, or for what they are a part of. */
function lostAliases(document: Document): readonly Fault[] {
  const found: Fault[] = [];
  visit(document, {
    Alias(_, alias, around) {
      const meant = alias.resolve(document);
      const isInside = around.some((node) => node === meant);
      if (meant !== undefined && !isInside) return;
      const message = isInside
        ? `*${alias.source} is a part of what &${alias.source} stands for; write out what is meant`
        : `*${alias.source} is no anchor that stands before it; write &${alias.source} where it is meant`;
      found.push({ offset: alias.range?.[0], message });
    },
  });
  return found;
}

function offsetIn(document: Document, path: Path, isKey: boolean): number | undefined {
  let offset = startOf(document.contents);
  let value: unknown = document.contents;
  for (const [depth, key] of path.entries()) {
    const inner = seen(value, document);
    if (isSeq(inner)) {
      value = inner.items[Number(key)];
      offset = startOf(value) ?? offset;
      continue;
    }
    const pair = pairOf(inner, key, document);
    if (pair === undefined) return offset;
    ({ value } = pair);
    const isLast = depth === path.length - 1;
    const isText = isScalar(value) && value.value !== null;
    offset = (isLast && isText && !isKey ? startOf(value) : startOf(pair.key)) ?? offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** What an alias stands for. */
function seen(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** The entry of a map, or of one that is merged into it. */
function pairOf(map: unknown, key: string, document: Document): Pair | undefined {
  if (!isMap(map)) return undefined;
  // The parser has a symbol for the key that merges.
  const named = ({ key }: Pair) => (isScalar(key) ? (key.source ?? String(key.value)) : undefined);
  const own = map.items.find((item) => named(item) === key);
  const merged = seen(map.items.find((item) => named(item) === "<<")?.value, document);
  if (own !== undefined || merged === undefined) return own;
  const all = isSeq(merged) ? merged.items : [merged];
  return all.map((one) => pairOf(seen(one, document), key, document)).find((pair) => pair !== undefined);
}
