/** What the demo prints: plain lines, in colour where a person looks at a terminal, and never wider than it. */
import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** The part of a stream that a page needs, so that a test can look at what was printed. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const widest = 100;
const narrowest = 30;
const margin = "   ";
const tick = 100;

export class Page {
  readonly #screen: Screen;
  readonly #colours: boolean;

  constructor(screen: Screen, env: NodeJS.ProcessEnv) {
    this.#screen = screen;
    this.#colours = screen.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  }

  heading(text: string): void {
    this.#print(this.#styled("bold", text));
  }

  text(text: string): void {
    this.line("", text);
  }

  /** What a person types for it. */
  command(text: string): void {
    this.#wrapped(`${margin}$ `, `${margin}  `, text, "cyan");
  }

  /** A line with a sign before it; a long one goes on below its own beginning. */
  line(sign: string, text: string, format?: Format): void {
    const first = sign === "" ? margin : `${margin}${sign} `;
    this.#wrapped(first, " ".repeat(first.length), text, format);
  }

  quiet(text: string): void {
    this.line("", text, "dim");
  }

  /** Lines with a shape of their own, as a tree: `rest` stands before what does not fit. */
  shaped(lines: readonly Shaped[]): void {
    for (const { first, rest, text } of lines) {
      this.#wrapped(`${margin}${first}`, `${margin}${rest}`, text);
    }
  }

  gap(): void {
    this.#print("");
  }

  /** Shows that something takes its time; the line goes when the work is done. A log gets nothing. */
  async busy<Result>(text: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#screen.isTTY !== true) return work();
    const start = performance.now();
    const show = () => {
      const line = `${margin}${text} … ${seconds(performance.now() - start)}`;
      this.#screen.write(`\r${this.#styled("dim", line.slice(0, this.#width - 1))}`);
    };
    show();
    const timer = setInterval(show, tick);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      this.#screen.write("\r\u001b[K");
    }
  }

  get #width(): number {
    return Math.max(narrowest, Math.min(this.#screen.columns ?? widest, widest));
  }

  #wrapped(first: string, rest: string, text: string, format?: Format): void {
    for (const [index, line] of wrap(text, this.#width - Math.max(first.length, rest.length)).entries()) {
      this.#print(`${index === 0 ? first : rest}${format === undefined ? line : this.#styled(format, line)}`);
    }
  }

  #print(line: string): void {
    this.#screen.write(`${line.trimEnd()}\n`);
  }

  #styled(format: Format, text: string): string {
    return this.#colours ? styleText(format, text, { validateStream: false }) : text;
  }
}

export interface Shaped {
  readonly first: string;
  readonly rest: string;
  readonly text: string;
}

/** Breaks at spaces; a word that is too long stays whole, so that it can be copied. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = `${last} ${word}`;
    }
  }
  return lines;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

export function count(number: number, noun: string): string {
  return `${number === 0 ? "no" : number} ${noun}${number === 1 ? "" : "s"}`;
}
