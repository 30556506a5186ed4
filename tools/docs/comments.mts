/**
 * What the sources say in comments, asked of the TypeScript compiler, since comments are not there at run time: it finds
 * them wherever a declaration takes its parts from.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { checkout } from "../places.mts";

/** Comments by path, e.g. `group.min`. */
export type Comments = ReadonlyMap<string, string>;

export interface Comment {
  /** Paragraphs, each as one line. */
  readonly text: string;
  /** The code in it, and that of its `@example` tags. */
  readonly examples: readonly string[];
}

export class Sources {
  readonly checker: ts.TypeChecker;
  readonly #program: ts.Program;

  constructor() {
    const { config } = ts.readConfigFile(join(checkout, "tsconfig.build.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, checkout);
    const entries = entryPoints().map(({ file }) => join(checkout, file));
    this.#program = ts.createProgram(entries, options);
    this.checker = this.#program.getTypeChecker();
  }

  /** What a module exports, by name. */
  exports(path: string): ReadonlyMap<string, ts.Symbol> {
    const file = this.#program.getSourceFile(join(checkout, path));
    const module = file && this.checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${path} is no module that provider/index.ts needs`);
    const symbols = this.checker.getExportsOfModule(module).map((symbol) => this.origin(symbol));
    return new Map(symbols.map((symbol) => [symbol.name, symbol]));
  }

  /** The names of what a module declares itself. */
  declaredIn(path: string): ReadonlySet<string> {
    const found = [...this.exports(path)].filter(([, symbol]) => fileOf(symbol) === path);
    return new Set(found.map(([name]) => name));
  }

  /** What the comment at a module's top says, if that is for its users. */
  introduction(path: string): string | undefined {
    const text = this.#program.getSourceFile(join(checkout, path))?.text ?? "";
    const [first] = ts.getLeadingCommentRanges(text, 0) ?? [];
    const comment = first === undefined ? "" : text.slice(first.pos, first.end);
    return comment.includes("@packageDocumentation")
      ? bareComment(comment.replace("@packageDocumentation", ""))
      : undefined;
  }

  /** What an import or export stands for. */
  origin(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** Whether it is there at run time, and not a type alone. */
  isValue({ flags }: ts.Symbol): boolean {
    return (flags & ts.SymbolFlags.Value) !== 0;
  }

  comment(symbol: ts.Symbol): Comment {
    const tags = symbol.getJsDocTags(this.checker).filter(({ name }) => name === "example");
    const whole = ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
    const texts = [whole, ...tags.map(({ text }) => ts.displayPartsToString(text))];
    return {
      text: unwrapped(whole.replace(fence, "")),
      examples: texts.flatMap((text) => [...text.matchAll(fence)].map(([, code = ""]) => code.trim())),
    };
  }

  /** Comments on the properties of a type, and on those of the messages in it. */
  comments(type: ts.Type | undefined, at = ""): Comments {
    const found = (type?.getProperties() ?? []).filter((property) => isWritten(property));
    return new Map(
      found.flatMap((property) => {
        const path = at === "" ? property.name : `${at}.${property.name}`;
        const own = this.comment(property).text;
        return [[path, own] as const, ...this.comments(this.#message(property), path)];
      }),
    );
  }

  typeOf(type: ts.Type | undefined, property: string): ts.Type | undefined {
    const symbol = type?.getProperty(property);
    return symbol && this.checker.getTypeOfSymbol(symbol);
  }

  /** The type of a message, or of those in a list: what programs write for a schema, and below that the type itself. */
  #message(property: ts.Symbol): ts.Type {
    const own = this.checker.getTypeOfSymbol(property);
    const written = this.checker.getNonNullableType(this.typeOf(this.typeOf(own, "_zod"), "input") ?? own);
    const [element] = this.checker.isArrayType(written)
      ? this.checker.getTypeArguments(written as ts.TypeReference)
      : [];
    return element ?? written;
  }
}

const fence = /^```\w*\n([\s\S]*?)^```$/gm;

/** Whether a property is written down in a declaration, and not one that every text or list has. */
function isWritten({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(ts.isPropertyAssignment);
}

/** A file's path from the checkout, with the separators of links. */
export function fileOf({ declarations = [] }: ts.Symbol): string {
  const [first] = declarations;
  return first === undefined ? "" : fileWith(first);
}

export function fileWith(node: ts.Node): string {
  return relative(checkout, node.getSourceFile().fileName).replaceAll("\\", "/");
}

export function liesIn(symbol: ts.Symbol, folder: string): boolean {
  return `${dirname(fileOf(symbol))}/`.startsWith(`${folder}/`);
}

/** The comment before an expression that is no declaration by itself. */
export function commentBefore(node: ts.Node): string {
  const text = node.getSourceFile().text;
  const [range] = (ts.getLeadingCommentRanges(text, node.pos) ?? []).slice(-1);
  const comment = range === undefined ? "" : text.slice(range.pos, range.end);
  return comment.startsWith("/**") ? bareComment(comment) : "";
}

function bareComment(comment: string): string {
  return unwrapped(comment.slice(3, -2).replace(/^\s*\* ?/gm, ""));
}

/** A module that programs import. */
export interface EntryPoint {
  /** What they import it as. */
  readonly name: string;
  /** Its source, from the checkout. */
  readonly file: string;
}

export function entryPoints(): readonly EntryPoint[] {
  const { name, exports } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  const typed = Object.entries(exports as Record<string, string | { readonly types: string }>);
  return typed.flatMap(([path, target]) =>
    typeof target === "string"
      ? []
      : [
          {
            name: join(name, path),
            file: target.types.replace(/^\.\/dist\/|\.d\.ts$/g, (part) => (part === ".d.ts" ? ".ts" : "")),
          },
        ],
  );
}

function unwrapped(text: string): string {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, " ").trim());
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}
