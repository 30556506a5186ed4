/** A file that cannot be read as a table, in a sentence. */
export class BadFile extends Error {}

export interface Column {
  readonly name: string;
  /** As Postgres calls it. */
  readonly type: string;
}

/** Values as Postgres reads them, in the order of the columns. */
export type Row = readonly (string | null)[];

/** The rows of a Delta table. */
export interface DeltaFile {
  readonly columns: readonly Column[];
  /** In pieces that fit into memory. */
  rows(): AsyncIterable<readonly Row[]>;
}
