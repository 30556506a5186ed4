/** Rows of cells → lines of a tree, aligned, wrapped and coloured. */
import { styleText } from "node:util";

type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

export interface Cell {
  readonly text: string;
  readonly style?: Style | undefined;
  /** Part of a list: it follows the cell before it after one space, and is in no column. */
  readonly listed?: true;
}

export interface Row {
  /** Rows of one kind share their columns. */
  readonly kind: string;
  readonly cells: readonly Cell[];
  readonly children?: readonly Row[];
}

export interface Paper {
  readonly width: number;
  readonly colours: boolean;
}

/** One long id does not push all others to the edge. */
const widestColumn = 32;
const gap = 2;

type Columns = ReadonlyMap<string, readonly number[]>;

/** Cells as one list, with commas between them. */
export function list(cells: readonly Cell[]): readonly Cell[] {
  return cells.map((cell, index) => ({
    ...cell,
    text: index < cells.length - 1 ? `${cell.text},` : cell.text,
    listed: true,
  }));
}

/** The lines of one tree. What does not fit into a line goes on below its second column. */
export function drawn(root: Row, paper: Paper): readonly string[] {
  return below(root, { first: "", rest: "" }, columnsOf(root), paper);
}

interface Lead {
  readonly first: string;
  readonly rest: string;
}

function below(row: Row, lead: Lead, columns: Columns, paper: Paper): readonly string[] {
  const children = row.children ?? [];
  const [firstColumn = 0] = columns.get(row.kind) ?? [];
  const indent = firstColumn + gap;
  const goesOn = `${lead.rest}${children.length > 0 ? "│" : " "}`.padEnd(lead.rest.length + indent);
  const own = linesOf(row, columns, paper.width - lead.rest.length, indent).map((line, index) => {
    const before = painted(index === 0 ? lead.first : goesOn, "dim", paper);
    return `${before}${line.map(({ text, style }) => painted(text, style, paper)).join("")}`.trimEnd();
  });
  const theirs = children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    const next = { first: `${lead.rest}${isLast ? "└─ " : "├─ "}`, rest: `${lead.rest}${isLast ? "   " : "│  "}` };
    return below(child, next, columns, paper);
  });
  return [...own, ...theirs];
}

/** All lines but the first begin behind an indent, which is not among their cells. */
function linesOf({ kind, cells }: Row, columns: Columns, width: number, indent: number): readonly (readonly Cell[])[] {
  const widths = columns.get(kind) ?? [];
  const lines: Cell[][] = [[]];
  let used = 0;
  for (const [column, cell] of cells.entries()) {
    const line = lines.at(-1) ?? [];
    const space = used === 0 ? 0 : cell.listed && cells[column - 1]?.listed ? 1 : gap;
    const fits = used === 0 || used + space + cell.text.length <= width;
    const padding = cell.listed ? 0 : Math.max(0, (widths[column] ?? 0) - cell.text.length);
    const padded = [cell, { text: " ".repeat(padding) }];
    if (fits) line.push({ text: " ".repeat(space) }, ...padded);
    else lines.push(padded);
    used = (fits ? used + space : indent) + cell.text.length + padding;
  }
  return lines;
}

function columnsOf(root: Row): Columns {
  const found = new Map<string, number[]>();
  const visit = ({ kind, cells, children = [] }: Row) => {
    const widths = found.get(kind) ?? [];
    cells.forEach(({ text, listed }, index) => {
      if (!listed && text.length <= widestColumn) widths[index] = Math.max(widths[index] ?? 0, text.length);
    });
    found.set(kind, widths);
    children.forEach(visit);
  };
  visit(root);
  return found;
}

function painted(text: string, style: Style | undefined, { colours }: Paper): string {
  return colours && style !== undefined && text.trim() !== ""
    ? styleText(style, text, { validateStream: false })
    : text;
}
