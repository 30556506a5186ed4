/** Changes → lines, which text and Markdown show alike: what it is, then what is said of it, then its parts. */
import type { Action, Change, FactChange, PartChange } from "./difference";
import { type Line, lineDifference, type Sign, signed } from "./lines";
import { visible, visibleLines } from "./visible";

const signs: Readonly<Record<Action, Sign>> = { added: "+", removed: "-", changed: "~" };

/** These say by themselves what they are. */
const wordless: ReadonlySet<string> = new Set([
  "type",
  "not null",
  "unique",
  "persistence",
  "restrictive",
  "definition",
  "privileges",
  "labels",
  "state",
  "options",
  "aggregate",
]);

const words: Readonly<Record<string, string>> = { grant: "grant to", revocation: "revoked from" };

/** Longer ones stand below each other. */
const longest = 64;
const indent = "    ";

/** Whether a line is about a thing itself or goes on below one. */
export interface Outlined extends Line {
  readonly isHead: boolean;
}

export function outline({ parts, ...change }: Change): readonly Outlined[] {
  const own = lines(change);
  const theirs = parts.flatMap(lines).map(({ sign, text }) => ({ sign, text: `${indent}${text}` }));
  return [...own, ...theirs].map((line, index) => ({ ...line, isHead: index === 0 }));
}

function lines({ action, kind, name, facts }: Omit<Change, "parts"> | PartChange): readonly Line[] {
  const sign = signs[action];
  const head = `${words[kind] ?? kind} ${visible(name)}`;
  const [short, long] = [facts.filter((fact) => !isLong(fact)), facts.filter(isLong)];
  const said = short.map((fact) => (action === "changed" ? changed(fact) : stated(fact)));
  const separator = action === "changed" ? [": ", ", "] : [" ", " "];
  const first = said.length === 0 ? head : `${head}${separator[0]}${said.join(separator[1])}`;
  return [{ sign, text: first }, ...long.flatMap((fact) => below(fact, action))];
}

function isLong({ from, to }: FactChange): boolean {
  const both = [from, to].filter((text) => text !== undefined);
  return both.some((text) => text.includes("\n")) || (both.length === 2 && both.join("").length > longest);
}

function stated({ fact, from, to }: FactChange): string {
  return told(fact, to ?? from ?? "");
}

function changed({ fact, from, to }: FactChange): string {
  if (from === undefined) return `now ${told(fact, to ?? "")}`;
  if (to === undefined) return `no longer ${told(fact, from)}`;
  return `${fact} ${visible(from)} → ${visible(to)}`;
}

function told(fact: string, text: string): string {
  const shown = fact === "comment" ? JSON.stringify(text) : text;
  return `${wordless.has(fact) ? "" : `${fact} `}${visible(shown)}`;
}

function below({ fact, from, to }: FactChange, action: Action): readonly Line[] {
  const [before, after] = [from, to].map((text) => (text === undefined ? [] : visibleLines(text)));
  const title = fact === "definition" ? [] : signed(signs[action], [`${fact}:`]);
  const body = lineDifference(before ?? [], after ?? []);
  return [...title, ...body].map(({ sign, text }) => ({ sign, text: `${indent}${text}` }));
}
